//! Flags about batches and decoding that several commands share.

use clap::{Args, ValueEnum};
use namewire::config::{Config, available_cores};
use namewire::decode::{Aggregation, Decoding};
use namewire::error::Result;
use namewire::infer::Device;

use super::session::misuse;

#[derive(Debug, Args)]
#[command(next_help_heading = "Inference")]
pub(super) struct InferenceArgs {
    /// Sessions that infer at the same time [default: one per core on a CPU, two on a GPU]. Does not change
    /// the output.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Most padded tokens in a batch.
    #[arg(long, value_name = "N", default_value_t = Config::default().batch.tokens)]
    batch_tokens: usize,
    /// Most sentences in a batch. Where the model scales by the whole batch (dynamic quantisation), 1 makes a
    /// sentence's scores independent of its neighbours; the bundled model does not.
    #[arg(long, value_name = "N", default_value_t = Config::default().batch.rows)]
    batch_rows: usize,
    /// Compute equal sentences each time anew. Does not change the output of a model whose scores do not
    /// depend on the batch.
    #[arg(long)]
    no_dedup: bool,
    /// Articles that are sorted and batched together.
    #[arg(long, value_name = "N", default_value_t = Config::default().chunk.articles)]
    chunk_articles: usize,
    /// How the tokens of a word vote on its label.
    #[arg(long, value_enum, default_value_t)]
    aggregation: AggregationArg,
    /// The best legal sequence of labels (viterbi), or each word's best label (greedy).
    #[arg(long, value_enum, default_value_t)]
    decode: DecodingArg,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum AggregationArg {
    #[default]
    First,
    Max,
    Average,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DecodingArg {
    #[default]
    Viterbi,
    Greedy,
}

impl InferenceArgs {
    /// Takes these flags over into a configuration.
    pub(super) fn apply(&self, config: &mut Config) -> Result<()> {
        let counts = [
            ("--workers", self.workers.unwrap_or(1)),
            ("--batch-tokens", self.batch_tokens),
            ("--batch-rows", self.batch_rows),
            ("--chunk-articles", self.chunk_articles),
        ];
        if let Some((flag, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return Err(misuse(format!("{flag} must be at least 1")));
        }
        config.aggregation = self.aggregation.into();
        config.decoding = self.decode.into();
        config.batch.tokens = self.batch_tokens;
        config.batch.rows = self.batch_rows;
        config.chunk.articles = self.chunk_articles;
        config.dedup = !self.no_dedup;
        Ok(())
    }

    /// How many sessions to open: on a CPU one per core, on a GPU two, so that one copies while one computes.
    pub(super) fn workers(&self, device: Device) -> usize {
        self.workers.unwrap_or(match device {
            Device::Cpu => available_cores(),
            Device::Cuda(_) => 2,
        })
    }
}

impl From<AggregationArg> for Aggregation {
    fn from(arg: AggregationArg) -> Self {
        match arg {
            AggregationArg::First => Self::First,
            AggregationArg::Max => Self::Max,
            AggregationArg::Average => Self::Average,
        }
    }
}

impl From<DecodingArg> for Decoding {
    fn from(arg: DecodingArg) -> Self {
        match arg {
            DecodingArg::Viterbi => Self::Viterbi,
            DecodingArg::Greedy => Self::Greedy,
        }
    }
}
