//! The settings of the pipeline, each with its default and the reason for it.

use std::time::Duration;

use crate::batch::BatchLimits;
use crate::decode::Rule;
use crate::read::ReadOptions;
use crate::segment::Segmentation;

/// What a [`Pipeline`](crate::pipeline::Pipeline) does with its articles.
#[derive(Clone, Debug)]
pub struct Config {
    /// How inputs are read.
    pub read: ReadOptions,
    /// Where sentences come from.
    pub segmentation: Segmentation,
    /// How many articles are processed together.
    pub chunk: ChunkLimits,
    /// How windows are put into batches.
    pub batch: BatchLimits,
    /// Whether equal windows are computed once.
    pub dedup: bool,
    /// Maximum bytes of the score cache, which lasts over chunks where the model's scores do not depend on the batch:
    /// some sixty thousand sentences. A syndicated copy seldom comes later than that.
    pub memory_bytes: usize,
    /// How scores become mentions.
    pub rule: Rule,
    /// Whether names inside addresses are mentions where no linker decides it.
    pub keep_addresses: bool,
    /// Chunks between the preparer and the collector: one being inferred, one ready, one being finished.
    pub chunks_in_flight: usize,
    /// Maximum bytes of text whose results are held before they are written; a longer article is held alone.
    pub finish_bytes: usize,
    /// How long a worker may be busy with one batch or chunk before it counts as hanging; `None`: no limit. Generous,
    /// since a chunk may be a single article of maximum length.
    pub stall: Option<Duration>,
    /// Whether the reader is watched too; not where an input is a pipe, which may stay silent.
    pub watch_reader: bool,
    /// Threads for everything but inference.
    pub host_threads: usize,
    /// Which articles are processed by their language.
    pub languages: LanguageRule,
}

/// A chunk is the unit of work: its windows are sorted and batched together, so that the output depends on where chunks
/// begin and never on timing.
#[derive(Clone, Copy, Debug)]
pub struct ChunkLimits {
    /// Maximum number of articles. 128 hold about three thousand sentences, enough for batches of equal length.
    pub articles: usize,
    /// Maximum bytes of records; a longer article is a chunk by itself. Bounds the memory of a chunk:
    /// 36 bytes of scores for each token, three or four bytes of text.
    pub bytes: usize,
    /// Records of a shard of the output, which no chunk crosses, so that a run can be resumed at any shard.
    pub shard: Option<u64>,
}

/// How articles are treated by their language.
#[derive(Clone, Debug, Default)]
pub struct LanguageRule {
    /// ISO 639-1 codes of the languages that the model knows; empty: unknown, nothing is foreign.
    pub known: Vec<String>,
    /// Process these languages only; empty: all.
    pub only: Vec<String>,
}

impl LanguageRule {
    /// True where the model is known to be made for other languages only.
    pub fn is_foreign(&self, language: &str) -> bool {
        !self.known.is_empty() && !self.known.iter().any(|known| known == language)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            read: ReadOptions::default(),
            chunk: ChunkLimits { articles: 128, bytes: 1 << 20, shard: None },
            segmentation: Segmentation::Rules,
            // Measured on two cores: 512 padded tokens keep a layer's activations within the L2 cache.
            batch: BatchLimits { tokens: 512, rows: 64, equal_lengths: true },
            dedup: true,
            memory_bytes: 64 << 20,
            rule: Rule::default(),
            keep_addresses: false,
            chunks_in_flight: 3,
            finish_bytes: 1 << 20,
            stall: Some(Duration::from_secs(600)),
            watch_reader: false,
            host_threads: available_cores(),
            languages: LanguageRule::default(),
        }
    }
}

impl Config {
    /// Sets chunks and batches for a GPU and a model of this hidden size (unknown: 768, as in bert-base). Fixed by
    /// configuration and model alone, so that a run can be repeated anywhere.
    ///
    /// A product fills a GPU by its tokens times its width, so that a narrow model needs more tokens: 16384 at 768,
    /// 32768 at 384 and below, 8192 at 1024. One layer of bert-base then holds some 300 MB in half precision. A
    /// chunk of a thousand articles fills thirty such batches, whose lengths differ by a few tokens at most: padding
    /// is bounded by the sort, and batches of one length would be too small.
    pub fn for_gpu(&mut self, hidden_size: Option<usize>) {
        let fitting = 16384 * 768 / hidden_size.unwrap_or(768).max(1);
        // The power of two at or below.
        let tokens = (1usize << fitting.max(1).ilog2()).clamp(2048, 32768);
        self.batch = BatchLimits { tokens, rows: 4096, equal_lengths: false };
        self.chunk = ChunkLimits { articles: 1024, bytes: 8 << 20, ..self.chunk };
    }
}

/// The cores that this process may use.
pub fn available_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_gets_fewer_tokens_of_a_wider_model() {
        let tokens = |hidden| {
            let mut config = Config::default();
            config.for_gpu(hidden);
            assert!(!config.batch.equal_lengths);
            config.batch.tokens
        };
        let sizes = [Some(16), Some(384), Some(768), None, Some(1024), Some(4096), Some(1 << 20), Some(0)];
        assert_eq!(sizes.map(tokens), [32768, 32768, 16384, 16384, 8192, 2048, 2048, 32768]);
    }
}
