//! Flags about batches and decoding that several commands share.

use clap::{Args, ValueEnum};
use namewire::decode::{Aggregation, Decoding, Rule, Strategy};
use namewire::engine::EngineOptions;
use namewire::error::{Error, Result};

#[derive(Debug, Args)]
#[command(next_help_heading = "Inference")]
pub(super) struct InferenceArgs {
    /// Sessions that infer at the same time [default: one per core on a CPU, two on a GPU]. Does not change
    /// the output.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Maximum number of padded tokens in a batch [default: 512 on a CPU, by the model's width on a GPU].
    #[arg(long, value_name = "N")]
    batch_tokens: Option<usize>,
    /// Maximum number of sentences in a batch. Where the model scales by the whole batch (dynamic quantisation), 1 makes a
    /// sentence's scores independent of its neighbours; the bundled model does not [default: 64 on a CPU,
    /// 4096 on a GPU].
    #[arg(long, value_name = "N")]
    batch_rows: Option<usize>,
    /// Compute equal sentences every time. Does not change the output of a model whose scores do not
    /// depend on the batch.
    #[arg(long)]
    no_dedup: bool,
    /// Articles that are sorted and batched together [default: 128 on a CPU, 1024 on a GPU].
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
    /// Choose the labels of each sentence independently. By default, the labels of a
    /// capitalised word are made consistent over the article.
    #[arg(long, alias = "no-agreement")]
    no_consistency: bool,
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
    /// Applies these flags.
    pub(super) fn apply(&self, options: &mut EngineOptions) -> Result<()> {
        options.rule = self.rule()?;
        options.dedup = !self.no_dedup;
        options.workers = self.workers;
        options.batch_tokens = self.batch_tokens;
        options.batch_rows = self.batch_rows;
        options.chunk_articles = self.chunk_articles;
        Ok(())
    }

    fn rule(&self) -> Result<Rule> {
        let words = |aggregation| {
            let decoding = self.decode.unwrap_or_default().into();
            Ok(Rule::Words { aggregation, decoding, consistency: !self.no_consistency })
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
        match (self.decode, self.no_consistency) {
            (None, false) => Ok(Rule::Transformers(strategy)),
            (Some(_), _) => {
                Err(Error::config("--decode does not go with --aggregation hf-…, which takes each label as it is"))
            }
            (None, true) => Err(Error::config(
                "--no-consistency does not go with --aggregation hf-…, where sentences are always independent",
            )),
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
