//! `namewire relink`: articles and the spans that a model found in them, linked to another table.

use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::run::{RunOptions, relink};

use super::End;
use super::log::inform;
use super::run::RunArgs;

#[derive(Debug, Args)]
#[command(after_help = "The output is, byte for byte, that of a fresh extract run with the same table and flags.

Examples:
  namewire extract news/ --spans spans.jsonl --out mentions.jsonl
  namewire relink --spans spans.jsonl --input news/ --entities better.jsonl --out mentions.jsonl")]
pub(super) struct RelinkArgs {
    /// The spans file that `extract --spans` wrote.
    #[arg(long, value_name = "FILE")]
    spans: PathBuf,
    /// The inputs of that run, in the same order; - for standard input.
    #[arg(long = "input", required_unless_present = "files_from", num_args = 1.., value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
}

impl RelinkArgs {
    fn options(&self) -> Result<RunOptions> {
        let mut options = self.run.options(&self.inputs)?;
        options.output.target = self.run.writing.files(None);
        Ok(options)
    }
}

pub(super) fn run(args: &RelinkArgs) -> Result<End> {
    let report = relink(&args.options()?, &args.spans)?;
    if !args.run.writing.quiet {
        let (articles, mentions, linked) = (report.articles, report.mentions, report.linked);
        inform(&format!("{articles} articles, {mentions} mentions, {linked} linked, {:.2} s\n", report.seconds));
    }
    Ok(End::of_rejects(report.rejected))
}
