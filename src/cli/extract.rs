//! `namewire extract`: articles in, linked mentions out.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use namewire::config::{Config, available_cores};
use namewire::decode::{Aggregation, Decoding};
use namewire::error::Result;
use namewire::infer::Device;
use namewire::link::Linker;
use namewire::pipeline::Pipeline;
use namewire::read::{Records, discover};
use namewire::write::{Outputs, render};

use super::progress::Progress;
use super::reading::{ReadingArgs, WritingArgs};
use super::session::{LinkingArgs, ModelArgs, describe, misuse, open_backends};
use super::summary::Summary;
use super::{End, say};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire extract news/ --out mentions.jsonl
  namewire extract dump.jsonl.gz --text-field body --keep url,source --out mentions.jsonl
  cat story.txt | namewire extract - --out -
  namewire extract news/ --entities none --types PER,ORG --min-score 0.8 --out people.jsonl
  namewire extract news/ --entities seeds/entities.jsonl my-people.jsonl --out mentions.jsonl")]
pub(super) struct ExtractArgs {
    /// Files (.txt, .jsonl, .ndjson, each also as .gz or .zst), directories of such files, or - for
    /// standard input.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Also write what the model alone found, before tables and links.
    #[arg(long, value_name = "FILE")]
    spans: Option<PathBuf>,
    /// Write counts, stage times, versions and hashes as one JSON object.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    #[command(flatten)]
    writing: WritingArgs,
    #[command(flatten)]
    linking: LinkingArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    inference: InferenceArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Inference")]
struct InferenceArgs {
    /// Sessions that infer at the same time [default: one per core on a CPU, two on a GPU]. Does not change
    /// the output.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Most padded tokens in a batch.
    #[arg(long, value_name = "N", default_value_t = Config::default().batch.tokens)]
    batch_tokens: usize,
    /// Most sentences in a batch; 1 makes a sentence's scores independent of its neighbours.
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

pub(super) fn run(args: &ExtractArgs) -> Result<End> {
    let mut config = args.config()?;
    let lines = args.writing.lines(args.spans.is_some())?;
    let inputs = discover(&args.inputs, &config.read)?;
    // Whatever may be wrong with model, table or outputs shows before the first article is read.
    let linker = args.linking.open_linker()?;
    let (runtime, device) = args.model.open_runtime()?;
    let model = args.model.open_model(device)?;
    config.languages.known = model.card.languages.clone();
    let workers = args.inference.workers.unwrap_or(match device {
        Device::Cpu => available_cores(),
        Device::Cuda(_) => 2,
    });
    let backends = open_backends(runtime, &model, device, workers)?;
    let pipeline = Pipeline::new(model, linker, backends, config)?;
    let mut outputs = Outputs::create(&args.writing.paths(args.spans.clone(), args.summary.clone()))?;

    let records = Records::new(inputs, &pipeline.config().read);
    let progress = Progress::start(args.writing.quiet, records.progress(), pipeline.counters());
    let mut summary = Summary::default();
    let table = pipeline.linker().map(Linker::table);
    let report = pipeline.run(
        records,
        |outcome| render(outcome, table, &lines),
        |rendered| {
            summary.count(&rendered);
            outputs.write(&rendered)
        },
    );
    progress.stop();
    let report = report?;
    let setting = super::summary::Setting { runtime, device: describe(device), workers, pipeline: &pipeline };
    outputs.write_summary(&summary.text(&report, &setting))?;
    let rejects = outputs.finish()?;
    if !args.writing.quiet {
        say(&summary.describe(&report, &setting, &args.writing.out, rejects.as_deref()));
    }
    Ok(if report.rejected > 0 { End::SetAside } else { End::Done })
}

impl ExtractArgs {
    fn config(&self) -> Result<Config> {
        let mut config = Config {
            aggregation: self.inference.aggregation.into(),
            decoding: self.inference.decode.into(),
            ..Config::default()
        };
        self.reading.apply(&mut config)?;
        config.batch.tokens = self.inference.batch_tokens;
        config.batch.rows = self.inference.batch_rows;
        config.dedup = !self.inference.no_dedup;
        config.chunk.articles = self.inference.chunk_articles;
        let counts = [
            ("--workers", self.inference.workers.unwrap_or(1)),
            ("--batch-tokens", self.inference.batch_tokens),
            ("--batch-rows", self.inference.batch_rows),
            ("--chunk-articles", self.inference.chunk_articles),
        ];
        match counts.iter().find(|(_, count)| *count == 0) {
            Some((flag, _)) => Err(misuse(format!("{flag} must be at least 1"))),
            None => Ok(config),
        }
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
