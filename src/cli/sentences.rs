//! `namewire sentences`: the sentences of articles as the model sees them.

use std::path::PathBuf;

use clap::Args;
use namewire::article::{Article, Field};
use namewire::clean::CleanText;
use namewire::error::Result;
use namewire::language::language_of;
use namewire::read::{Records, discover};
use namewire::segment::sentences;
use namewire::span::CodePoints;
use namewire::write::{FileAccess, STDOUT};
use serde_json::json;

use super::log::inform;
use super::reading::ReadingArgs;
use super::{End, print_json};

#[derive(Debug, Args)]
#[command(
    after_help = "One JSON object a line: doc_id, field, the number of the sentence in the field, its offsets in the
field as given, in code points and in bytes, and its text as the model sees it, without invisible
characters. The order, the ids and the numbers are those of extract.

Examples:
  namewire sentences news/ > sentences.jsonl
  namewire sentences dump.jsonl.gz --text-field body | jq -r .text"
)]
pub(super) struct SentencesArgs {
    /// Files, directories of files, or - for standard input, as for extract.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(super) fn run(args: &SentencesArgs) -> Result<End> {
    let read = args.reading.options();
    let inputs = discover(&args.inputs, &read)?;
    let paths = inputs.iter().map(|input| &input.path);
    FileAccess::default().read_all("input", paths).write("standard output", STDOUT).check()?;
    let only = args.reading.languages();
    let mut end = End::Done;
    for record in Records::new(inputs, &read) {
        match record.and_then(|record| record.parse(&read)) {
            Ok(article) => {
                let language = if only.is_empty() { None } else { language_of(&article) };
                if language.is_none_or(|language| only.contains(&language)) {
                    print_json(&lines(&article))?;
                }
            }
            Err(reject) => {
                inform(&format!("namewire: {reject}\n"));
                end = End::WithRejects;
            }
        }
    }
    Ok(end)
}

/// The sentences of an article, one line each.
fn lines(article: &Article) -> String {
    let mut lines = String::new();
    for field in Field::ALL {
        let raw = article.field(field);
        let clean = CleanText::new(raw);
        let mut points = CodePoints::new(raw);
        for (number, sentence) in sentences(clean.text(raw), field, 0).into_iter().enumerate() {
            let bytes = clean.to_raw(sentence.span);
            let range = points.range(bytes);
            let line = json!({
                "doc_id": article.id, "field": field, "sentence": number, "start": range.start, "end": range.end,
                "start_byte": bytes.start, "end_byte": bytes.end, "text": sentence.span.slice(clean.text(raw)),
            });
            lines += &line.to_string();
            lines.push('\n');
        }
    }
    lines
}
