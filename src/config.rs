//! Every setting of a run, with its default and the reason for it.

use crate::batch::BatchLimits;
use crate::decode::{Aggregation, Decoding};
use crate::read::ReadOptions;

/// What a [`Pipeline`](crate::pipeline::Pipeline) does with its articles.
#[derive(Clone, Debug)]
pub struct Config {
    /// How inputs are read.
    pub read: ReadOptions,
    /// How many articles are worked on together.
    pub chunk: ChunkLimits,
    /// How windows are put into batches.
    pub batch: BatchLimits,
    /// Compute equal windows once.
    pub dedup: bool,
    /// Bytes of scores that are remembered across chunks, where the model's scores do not depend on the batch:
    /// some sixty thousand sentences. A syndicated copy seldom comes later.
    pub memory_bytes: usize,
    /// How a word's tokens vote.
    pub aggregation: Aggregation,
    /// How label sequences are chosen.
    pub decoding: Decoding,
    /// Threads for everything but inference.
    pub host_threads: usize,
    /// Which articles are processed by their language.
    pub languages: LanguageRule,
}

/// A chunk is the unit of work: its windows are sorted and batched together, so that the output depends on
/// where chunks begin and never on timing.
#[derive(Clone, Copy, Debug)]
pub struct ChunkLimits {
    /// Most articles. 64 hold about two thousand sentences, enough for batches of equal length.
    pub articles: usize,
    /// Most bytes of records; an article that is longer is a chunk of its own. Bounds the memory of a chunk:
    /// 36 bytes of scores for each token, three or four bytes of text.
    pub bytes: usize,
}

/// What is done with articles in a language that the model was not made for.
#[derive(Clone, Debug, Default)]
pub struct LanguageRule {
    /// ISO 639-1 codes of the languages that the model knows; empty: unknown, nothing is foreign.
    pub known: Vec<String>,
    /// Process these languages only; empty: all.
    pub only: Vec<String>,
}

impl LanguageRule {
    /// True where the model was not made for this language, as far as anybody says.
    pub fn is_foreign(&self, language: &str) -> bool {
        !self.known.is_empty() && !self.known.iter().any(|known| known == language)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            read: ReadOptions::default(),
            chunk: ChunkLimits { articles: 64, bytes: 1 << 20 },
            // Measured on two cores: 512 padded tokens keep a layer's activations within the L2 cache.
            batch: BatchLimits { tokens: 512, rows: 64, equal_lengths: true },
            dedup: true,
            memory_bytes: 64 << 20,
            aggregation: Aggregation::First,
            decoding: Decoding::Viterbi,
            host_threads: available_cores(),
            languages: LanguageRule::default(),
        }
    }
}

/// The cores that this process may use.
pub fn available_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
