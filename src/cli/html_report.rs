//! `namewire report`: a page that shows a run.

use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::html_report::{ReportOptions, write_report};
use namewire::tables::Period;
use namewire::write::FileAccess;

use super::End;
use super::log::inform;
use super::reading::ReadingArgs;
use super::results::ResultsArgs;

#[derive(Debug, Args)]
#[command(after_help = "One HTML file, which opens in a browser and needs no network. Sentences are shown of runs with
--context; articles in full, with their mentions, where --input names the inputs of the run.

Examples:
  namewire extract news/ --context --out m.jsonl --articles a.jsonl --summary s.json
  namewire report m.jsonl --articles a.jsonl --summary s.json --input news/ --out report.html
  namewire report run/ --out report.html")]
pub(super) struct ReportArgs {
    #[command(flatten)]
    results: ResultsArgs,
    /// The page.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The inputs of the run, to show up to 100 articles in full, with the reading flags of that run.
    #[arg(long = "input", value_name = "INPUT", num_args = 1..)]
    inputs: Vec<PathBuf>,
    /// The summary of the run, for its model and table. A directory of shards has them in its manifest.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// The title of the page.
    #[arg(long, value_name = "TEXT", default_value = "namewire report")]
    title: String,
    /// The periods of trends; days become weeks, and weeks months, where there are more than 400.
    #[arg(long, value_name = "day|week|month", default_value = "day", hide_default_value = true)]
    by: Period,
    /// Do not print where the page is.
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(super) fn run(args: &ReportArgs) -> Result<End> {
    let files = args.results.files()?;
    let mut access = FileAccess::default();
    files.read_by(&mut access);
    access.read_all("summary", &args.summary).read_all("input", &args.inputs).write_other("report", &args.out);
    access.check()?;
    let mut options = ReportOptions::default();
    options.title.clone_from(&args.title);
    options.tables = args.results.options();
    options.tables.by = args.by;
    options.summary.clone_from(&args.summary);
    options.inputs.clone_from(&args.inputs);
    options.read = args.reading.options();
    let all = write_report(&files, &options, &args.out)?;
    if !args.quiet {
        let (totals, entities) = (&all.totals, all.entities.len());
        inform(&format!("{} articles, {} mentions, {entities} entities\n", totals.articles, totals.mentions));
        inform(&format!("{}\n", args.out.display()));
    }
    Ok(End::Done)
}
