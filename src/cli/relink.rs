//! `namewire relink`: articles and the spans that a model found in them, linked to another table.

use std::path::PathBuf;

use clap::Args;
use namewire::config::Config;
use namewire::error::{Error, Result};
use namewire::infer::Device;
use namewire::link::Linker;
use namewire::read::{Records, open_stored};
use namewire::relink::Relinker;
use namewire::write::{Outputs, SpanReader, render};

use super::reading::{ReadingArgs, WritingArgs};
use super::selection::{ListArgs, SelectionArgs};
use super::session::{LinkingArgs, ModelArgs};
use super::{End, say};

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

pub(super) fn run(args: &RelinkArgs) -> Result<End> {
    let mut config = Config::default();
    args.reading.apply(&mut config)?;
    let lines = args.writing.lines(args.writing.with_articles(), false)?;
    args.selection.apply(args.list.seed, &mut config)?;
    let inputs = args.list.inputs(&args.inputs, &config)?;
    let linker = args.linking.open_linker()?;
    // Only the tokenizer is used: it counts the tokens that the articles file states.
    let model = args.model.open_model(Device::Cpu)?;
    config.languages.known = model.card.languages.clone();
    let spans = open_stored(&args.spans).map_err(|error| Error::opening(&args.spans, error))?;
    let spans = SpanReader::new(spans, &args.spans)?;
    let mut outputs = Outputs::create(&args.writing.paths(None, None))?;
    let records = Records::new(inputs, &config.read);
    let relinker = Relinker { model, linker, config };
    let table = relinker.linker.as_ref().map(Linker::table);
    let report =
        relinker.run(records, spans, |outcome| render(outcome, table, &lines), |rendered| outputs.write(&rendered))?;
    outputs.publish()?;
    if !args.writing.quiet {
        let (articles, mentions, linked) = (report.articles, report.mentions, report.linked);
        say(&format!("{articles} articles, {mentions} mentions, {linked} linked, {:.2} s\n", report.seconds));
    }
    Ok(if report.rejected > 0 { End::SetAside } else { End::Done })
}
