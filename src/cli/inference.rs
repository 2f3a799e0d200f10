//! Flags about batches and decoding that several commands share.

use clap::{Args, ValueEnum};
use namewire::config::{Config, available_cores};
use namewire::decode::{Aggregation, Decoding, Rule, Strategy};
use namewire::error::Result;
use namewire::infer::{Device, DeviceKind};
use namewire::model::Model;

use super::session::misuse;

#[derive(Debug, Args)]
#[command(next_help_heading = "Inference")]
pub(super) struct InferenceArgs {
    /// Sessions that infer at the same time [default: one per core on a CPU, two on a GPU]. Does not change
    /// the output.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Most padded tokens in a batch [default: 512 on a CPU, by the model's width on a GPU].
    #[arg(long, value_name = "N")]
    batch_tokens: Option<usize>,
    /// Most sentences in a batch. Where the model scales by the whole batch (dynamic quantisation), 1 makes a
    /// sentence's scores independent of its neighbours; the bundled model does not [default: 64 on a CPU,
    /// 4096 on a GPU].
    #[arg(long, value_name = "N")]
    batch_rows: Option<usize>,
    /// Compute equal sentences each time anew. Does not change the output of a model whose scores do not
    /// depend on the batch.
    #[arg(long)]
    no_dedup: bool,
    /// Articles that are sorted and batched together [default: 64 on a CPU, 1024 on a GPU].
    #[arg(long, value_name = "N")]
    chunk_articles: Option<usize>,
    /// How the tokens of a word vote on its label. hf-…: for comparisons, exactly the spans that the
    /// token-classification pipeline of transformers makes of a sentence with that aggregation_strategy; they
    /// stay as they are with --entities none.
    #[arg(long, value_enum, default_value_t)]
    aggregation: AggregationArg,
    /// The best legal sequence of labels (viterbi), or each word's best label (greedy) [default: viterbi].
    #[arg(long, value_enum)]
    decode: Option<DecodingArg>,
    /// Choose the labels of each sentence by itself. By default, the places of a capitalised word in an article have
    /// a say in each other's labels.
    #[arg(long)]
    no_agreement: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum AggregationArg {
    #[default]
    First,
    Max,
    Average,
    HfNone,
    HfSimple,
    HfFirst,
    HfAverage,
    HfMax,
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
            ("--batch-tokens", self.batch_tokens.unwrap_or(1)),
            ("--batch-rows", self.batch_rows.unwrap_or(1)),
            ("--chunk-articles", self.chunk_articles.unwrap_or(1)),
        ];
        if let Some((flag, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return Err(misuse(format!("{flag} must be at least 1")));
        }
        config.rule = self.rule()?;
        config.dedup = !self.no_dedup;
        self.set_limits(config);
        Ok(())
    }

    fn rule(&self) -> Result<Rule> {
        let words = |aggregation| {
            let decoding = self.decode.unwrap_or_default().into();
            Ok(Rule::Words { aggregation, decoding, consistency: !self.no_agreement })
        };
        let strategy = match self.aggregation {
            AggregationArg::First => return words(Aggregation::First),
            AggregationArg::Max => return words(Aggregation::Max),
            AggregationArg::Average => return words(Aggregation::Average),
            AggregationArg::HfNone => Strategy::None,
            AggregationArg::HfSimple => Strategy::Simple,
            AggregationArg::HfFirst => Strategy::First,
            AggregationArg::HfAverage => Strategy::Average,
            AggregationArg::HfMax => Strategy::Max,
        };
        match (self.decode, self.no_agreement) {
            (None, false) => Ok(Rule::Transformers(strategy)),
            (Some(_), _) => Err(misuse("--decode has no part in --aggregation hf-…, which takes each label as it is")),
            (None, true) => {
                Err(misuse("--no-agreement has no part in --aggregation hf-…: there, sentences are by themselves"))
            }
        }
    }

    /// Takes over what depends on the device and the model; flags go before.
    pub(super) fn settle(&self, config: &mut Config, device: Device, model: &Model) {
        if device != Device::Cpu {
            config.for_gpu(model.hidden_size);
            self.set_limits(config);
        }
    }

    fn set_limits(&self, config: &mut Config) {
        let set = |limit: &mut usize, flag: Option<usize>| *limit = flag.unwrap_or(*limit);
        set(&mut config.batch.tokens, self.batch_tokens);
        set(&mut config.batch.rows, self.batch_rows);
        set(&mut config.chunk.articles, self.chunk_articles);
    }

    /// How many sessions to open: on a CPU one per core, on a GPU two, so that one copies while one computes.
    pub(super) fn workers(&self, device: Device) -> usize {
        self.workers.unwrap_or(match device.kind() {
            DeviceKind::Cpu => available_cores(),
            DeviceKind::Gpu => 2,
        })
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
