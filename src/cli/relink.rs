//! `namewire relink`: articles and the spans that a model found in them, linked to another table.

use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::run::{RunOptions, relink};

use super::End;
use super::engine::{LinkingArgs, ModelArgs};
use super::log::inform;
use super::reading::{ReadingArgs, WritingArgs};
use super::selection::{ListArgs, SelectionArgs};

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
}

impl RelinkArgs {
    /// The settings that the flags give.
    fn options(&self) -> Result<RunOptions> {
        let mut options = RunOptions::default();
        options.inputs.paths.clone_from(&self.inputs);
        options.inputs.listed = self.list.listed(&self.inputs)?;
        options.inputs.setting_files.extend(self.list.files_from.clone());
        options.inputs.setting_files.extend(self.model.labels_file());
        options.read = self.reading.options();
        options.read.selection = self.selection.selection(self.list.seed);
        options.languages = self.reading.languages().to_vec();
        self.model.apply(&mut options.engine)?;
        self.linking.apply(&mut options.engine);
        self.writing.apply(&mut options.output);
        options.output.target = self.writing.files(None);
        Ok(options)
    }
}

pub(super) fn run(args: &RelinkArgs) -> Result<End> {
    let report = relink(&args.options()?, &args.spans)?;
    if !args.writing.quiet {
        let (articles, mentions, linked) = (report.articles, report.mentions, report.linked);
        inform(&format!("{articles} articles, {mentions} mentions, {linked} linked, {:.2} s\n", report.seconds));
    }
    Ok(End::of_rejects(report.rejected))
}
