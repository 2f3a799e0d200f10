//! `namewire extract`: articles in, linked mentions out.

use std::path::PathBuf;

use clap::Args;
use namewire::config::Config;
use namewire::error::Result;
use namewire::link::Linker;
use namewire::pipeline::Pipeline;
use namewire::read::Records;
use namewire::write::{Outputs, render};

use super::inference::InferenceArgs;
use super::limits::LimitArgs;
use super::progress::Progress;
use super::reading::{ReadingArgs, WritingArgs};
use super::selection::{ListArgs, SelectionArgs};
use super::session::{LinkingArgs, ModelArgs, describe, open_backends};
use super::summary::Summary;
use super::{End, log, say};

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
    #[arg(required_unless_present = "files_from", value_name = "INPUT")]
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
    selection: SelectionArgs,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    inference: InferenceArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) fn run(args: &ExtractArgs) -> Result<End> {
    let mut config = Config::default();
    args.reading.apply(&mut config)?;
    args.inference.apply(&mut config)?;
    let lines = args.writing.lines(args.spans.is_some())?;
    args.selection.apply(args.list.seed, &mut config)?;
    let inputs = args.list.inputs(&args.inputs, &config)?;
    // Whatever may be wrong with model, table or outputs shows before the first article is read.
    let linker = args.linking.open_linker()?;
    let (runtime, device) = args.model.open_runtime()?;
    let model = args.model.open_model(device)?;
    config.languages.known = model.card.languages.clone();
    args.inference.settle(&mut config, device, &model);
    let workers = args.inference.workers(device);
    let backends = open_backends(runtime, &model, args.model.options(device), workers)?;
    args.limits.settle(&mut config, &inputs, &model, workers)?;
    let pipeline = Pipeline::new(model, linker, backends, config)?;
    let mut outputs = Outputs::create(&args.writing.paths(args.spans.clone(), args.summary.clone()))?;

    let records = Records::new(inputs, &pipeline.config().read);
    LimitArgs::guard(&pipeline);
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
    if !args.writing.quiet && log::is_json() {
        tracing::info!(report = %summary.json(&report, &setting), "done");
    } else if !args.writing.quiet {
        say(&summary.describe(&report, &setting, &args.writing.out, rejects.as_deref()));
    }
    Ok(if report.rejected > 0 { End::SetAside } else { End::Done })
}
