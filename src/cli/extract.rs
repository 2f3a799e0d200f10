//! `namewire extract`: articles in, linked mentions out.

use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::run::{Run, RunEnd, RunOptions, Target};

use super::inference::InferenceArgs;
use super::interrupt::Interrupt;
use super::limits::LimitArgs;
use super::log::inform;
use super::run::RunArgs;
use super::target::LongRunArgs;
use super::terminal::Terminal;
use super::{End, estimate, print, report};

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

Exit status: 0 all articles were processed; 1 some were rejected; 2 the run was not possible, or
has failed; 130 and 143 Ctrl-C or SIGTERM has stopped it.")]
pub(super) struct ExtractArgs {
    /// Files (text, JSON, CSV, Parquet, web pages and archives, XML, tar, zip), directories of such files, or - for standard
    /// input.
    #[arg(required_unless_present_any = ["retry", "files_from"], value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Process the records in these rejects files again, under their old ids and places. A record of which a file
    /// holds only the start is read from its input.
    #[arg(long, value_name = "REJECTS", num_args = 1.., conflicts_with_all = ["inputs", "files_from"])]
    retry: Vec<PathBuf>,
    /// Also write the spans that the model found, before tables and links.
    #[arg(long, value_name = "FILE")]
    spans: Option<PathBuf>,
    /// Write counts, stage times, versions and hashes as one JSON object.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    long_runs: LongRunArgs,
    #[command(flatten)]
    inference: InferenceArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

impl ExtractArgs {
    fn options(&self) -> Result<RunOptions> {
        let mut options = self.run.options(&self.inputs)?;
        options.inputs.retry.clone_from(&self.retry);
        self.inference.apply(&mut options.engine)?;
        options.output.target = self.long_runs.target(&self.run.writing, self.spans.as_ref())?;
        options.output.summary.clone_from(&self.summary);
        self.limits.apply(&mut options.limits);
        Ok(options)
    }
}

pub(super) fn run(args: &ExtractArgs) -> Result<End> {
    let options = args.options()?;
    let is_directory = matches!(options.output.target, Target::Directory { .. });
    let run = Run::open(options)?;
    if args.long_runs.check {
        return print(&estimate::table(&run.estimate()?, run.engine()));
    }
    // The process ends after this run, and its memory with it: to free model, sessions and table would take 30 ms.
    std::mem::forget(run.engine().clone());
    let interrupt = Interrupt::watch(run.handle().stop().clone(), is_directory)?;
    args.limits.guard(run.handle());
    let terminal = Terminal::new(args.run.writing.quiet);
    match run.execute(&terminal)? {
        RunEnd::Complete(summary) => {
            if !args.run.writing.quiet {
                report::show(&summary, &args.run.writing.out);
            }
            Ok(End::of_rejects(summary.written.counts.rejected))
        }
        RunEnd::AlreadyComplete(written) => {
            let (shards, records) = (written.shards, written.counts.records);
            let out = args.run.writing.out.display();
            inform(&format!("namewire: {out}: the run is complete, with {shards} shards of {records} records\n"));
            Ok(End::of_rejects(written.counts.rejected))
        }
        RunEnd::Stopped(stopped) => {
            inform(&format!("namewire: {}\n", report::describe_stop(&stopped)));
            Ok(End::Interrupted(interrupt.status()))
        }
    }
}
