//! `namewire extract`: articles in, linked mentions out.

use std::path::PathBuf;

use clap::Args;
use namewire::config::Config;
use namewire::error::Result;
use namewire::link::Linker;
use namewire::pipeline::Pipeline;
use namewire::read::{Input, Ledger, Position, Records, Retry, Selection, discover};
use namewire::write::render;

use super::identity::identity;
use super::inference::InferenceArgs;
use super::interrupt::Interrupt;
use super::limits::LimitArgs;
use super::progress::Progress;
use super::reading::{ReadingArgs, WritingArgs};
use super::selection::{ListArgs, SelectionArgs};
use super::session::{LinkingArgs, ModelArgs};
use super::summary::{Setting, Summary};
use super::target::LongRunArgs;
use super::{End, check, log, say};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire extract news/ --out mentions.jsonl
  namewire extract dump.jsonl.gz --text-field body --keep url,source --out mentions.jsonl.zst
  cat story.txt | namewire extract - --out -
  namewire extract news/ --entities none --types PER,ORG --min-score 0.8 --out people.jsonl
  namewire extract news/ --entities seeds/entities.jsonl my-people.jsonl --out mentions.jsonl
  namewire extract dump.jsonl.zst --out run/ --check
  namewire extract dump.jsonl.zst --out run/ --compress zst --resume
  namewire extract --retry run/rejects-*.jsonl.zst --max-article-mb 64 --out more.jsonl

Exit status: 0 all articles were processed; 1 some were set aside; 2 the run was not possible, or
has failed; 130 and 143 Ctrl-C or SIGTERM has stopped it.")]
pub(super) struct ExtractArgs {
    /// Files (.txt, .jsonl, .ndjson, each also as .gz or .zst), directories of such files, or - for
    /// standard input.
    #[arg(required_unless_present_any = ["retry", "files_from"], value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Process again what these rejects files hold, under the ids and places that it had. What a file holds only the
    /// start of is read from the input that it came from.
    #[arg(long, value_name = "REJECTS", num_args = 1.., conflicts_with_all = ["inputs", "files_from"])]
    pub(super) retry: Vec<PathBuf>,
    /// Also write what the model alone found, before tables and links.
    #[arg(long, value_name = "FILE")]
    spans: Option<PathBuf>,
    /// Write counts, stage times, versions and hashes as one JSON object.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    #[command(flatten)]
    pub(super) writing: WritingArgs,
    #[command(flatten)]
    long_runs: LongRunArgs,
    #[command(flatten)]
    pub(super) linking: LinkingArgs,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    inference: InferenceArgs,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

pub(super) fn run(args: &ExtractArgs) -> Result<End> {
    let mut config = Config::default();
    args.reading.apply(&mut config)?;
    args.inference.apply(&mut config)?;
    let target = args.long_runs.target(&args.writing, args.spans.as_ref(), args.summary.as_ref())?;
    let (articles, spans) = target.writes();
    let lines = args.writing.lines(articles, spans)?;
    config.chunk.shard = target.shard_size();
    args.selection.apply(args.list.seed, &mut config)?;
    let inputs = inputs(args, &config)?;
    // Whatever may be wrong with model, table or outputs shows before the first article is read.
    let linker = args.linking.open_linker()?;
    let (runtime, device) = args.model.open_runtime()?;
    let model = args.model.open_model(device)?;
    config.languages.known = model.card.languages.clone();
    args.inference.settle(&mut config, device, &model);
    let workers = args.inference.workers(device);
    let backends = args.model.open_backends(runtime, &model, device, workers)?;
    args.limits.settle(&mut config, &inputs, &model, workers, target.longest_article())?;
    let pipeline = Pipeline::new(model, linker, backends, config)?;
    let setting = Setting { runtime, device: args.model.describe(device), workers, pipeline: &pipeline };
    if args.long_runs.check {
        return check::run(&inputs, &setting, &lines, args.writing.encoding());
    }
    let ledger = Ledger::new(target.shard_size());
    let identity = identity(&setting, &inputs, args, spans)?;
    let handle = pipeline.handle();
    let interrupt = Interrupt::watch(handle.stop().clone(), target.words_on_interrupt())?;
    let Some(mut sink) = target.open(identity, &ledger)? else { return Ok(End::Done) };

    let end = sink.manifest().and_then(|manifest| manifest.end()).cloned();
    let done = sink.manifest().map_or(0, |manifest| manifest.totals.counts.records);
    let (records, progress) = match open_records(args, &inputs, &pipeline, &ledger, (end.as_ref(), done)) {
        Ok(records) => records,
        Err(error) => return Err(sink.fail(error)),
    };
    LimitArgs::guard(&pipeline, &handle);
    let progress = Progress::start(args.writing.quiet, progress, handle.counters().clone());
    let mut summary = Summary::default();
    let table = pipeline.linker().map(Linker::table);
    let report = pipeline.run(
        records,
        &handle,
        |outcome| render(outcome, table, &lines),
        |rendered| {
            summary.count(&rendered);
            sink.write(&rendered)
        },
    );
    progress.stop();
    let report = match report {
        Ok(report) => report,
        Err(error) => return Err(sink.fail(error)),
    };
    if report.stopped {
        sink.stop()?;
        return Ok(End::Interrupted(interrupt.status()));
    }
    let wrote = sink.finish(&ledger, |wrote| summary.text(&report, wrote, &setting))?;
    if !args.writing.quiet && log::is_json() {
        tracing::info!(report = %summary.json(&report, &wrote, &setting), "done");
    } else if !args.writing.quiet {
        say(&summary.describe(&report, &wrote, &setting, &args.writing.out));
    }
    Ok(if wrote.counts.rejected > 0 { End::SetAside } else { End::Done })
}

fn inputs(args: &ExtractArgs, config: &Config) -> Result<Vec<Input>> {
    use namewire::read::Format;
    match args.retry.as_slice() {
        [] => args.list.inputs(&args.inputs, config),
        rejects => {
            let mut options = config.read.clone();
            options.format = Some(Format::Jsonl);
            discover(rejects, &options)
        }
    }
}

type RecordsFrom = (
    Box<dyn Iterator<Item = std::result::Result<namewire::read::RawRecord, namewire::read::Reject>> + Send>,
    std::sync::Arc<namewire::read::ReadProgress>,
);

/// The records of the inputs, or of what is tried again, behind `end`, before which there are `done` records.
fn open_records(
    args: &ExtractArgs,
    inputs: &[Input],
    pipeline: &Pipeline,
    ledger: &Ledger,
    (end, done): (Option<&Position>, u64),
) -> Result<RecordsFrom> {
    let options = &pipeline.config().read;
    // Which records a selection takes depends on all before them.
    let (first, done) = match end {
        Some(end) if options.selection == Selection::default() => (end.input, end.records),
        _ => (0, done),
    };
    let records = Records::new(inputs.to_vec(), options).tracked(ledger, first);
    let progress = records.progress();
    let source: RecordsFrom = match args.retry.is_empty() {
        true => (Box::new(records), progress),
        false => (Box::new(Retry::new(records, options)), progress),
    };
    let mut records = ledger.follow(source.0);
    if let Some(end) = end {
        let path = &inputs[end.input as usize].path;
        tracing::info!("reading past {done} records up to {} that are done", path.display());
        records.skip_to(end, done, path)?;
    }
    Ok((Box::new(records), source.1))
}
