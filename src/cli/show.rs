//! `namewire show`: articles with their mentions in colour, and the entity of each.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use namewire::article::{Article, Field};
use namewire::config::Config;
use namewire::engine::{Engine, EngineOptions, Parts};
use namewire::error::Result;
use namewire::link::{EntityTable, LinkedMention};
use namewire::outcome::Outcome;
use namewire::read::{Records, discover};

use super::engine::{LinkingArgs, ModelArgs};
use super::log::inform;
use super::reading::ReadingArgs;
use super::{End, print};

#[derive(Debug, Args)]
#[command(after_help = "After each mention: its entity; without one, its type in square brackets and a question mark.

Examples:
  namewire show seeds/articles/01-davutoglu-geneva.txt
  namewire show dump.jsonl.gz --limit 3
  echo 'Assad met Erdogan.' | namewire show -")]
pub(super) struct ShowArgs {
    /// Files or directories of articles, or - for standard input.
    #[arg(required = true, value_name = "ARTICLE")]
    articles: Vec<PathBuf>,
    /// Maximum number of articles.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// When to use colours: auto is on a terminal, unless NO_COLOR is set.
    #[arg(long, value_enum, default_value_t)]
    color: ColorArg,
    #[command(flatten)]
    linking: LinkingArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    model: ModelArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ColorArg {
    #[default]
    Auto,
    Always,
    Never,
}

impl ColorArg {
    fn is_on(self) -> bool {
        let is_wanted =
            || std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
        self == Self::Always || (self == Self::Auto && is_wanted())
    }
}

pub(super) fn run(args: &ShowArgs) -> Result<End> {
    let read = args.reading.options();
    let mut options = EngineOptions::default();
    args.model.apply(&mut options)?;
    args.linking.apply(&mut options);
    options.workers = Some(1);
    let inputs = discover(&args.articles, &read)?;
    let records = Records::new(inputs, &read).take(args.limit.unwrap_or(usize::MAX));
    let engine = Engine::open(&options, Parts::default(), Config { read: read.clone(), ..Config::default() })?;
    let pipeline = &engine.pipeline;
    let table = pipeline.linker().map(|linker| linker.table());
    let style = Style { is_coloured: args.color.is_on() };
    let mut end = End::Done;
    for record in records {
        let shown = match record.and_then(|record| record.parse(&read)) {
            Err(reject) => Err(reject.to_string()),
            Ok(article) => pipeline.with_article(article.clone(), |outcome| match outcome {
                Outcome::Processed(done) => Ok(Ok(style.article(&article, &done.mentions, table))),
                Outcome::Rejected(reject) => Ok(Err(reject.to_string())),
                Outcome::Skipped(_) => Ok(Ok(String::new())),
            })?,
        };
        match shown {
            Ok(text) => {
                print(&text)?;
            }
            Err(reject) => {
                inform(&format!("namewire: {reject}\n"));
                end = End::WithRejects;
            }
        }
    }
    Ok(end)
}

struct Style {
    is_coloured: bool,
}

impl Style {
    fn article(&self, article: &Article, mentions: &[LinkedMention], table: Option<&EntityTable>) -> String {
        let mut out = String::new();
        let date = article.date.map_or(String::new(), |date| format!("  {}", date.first));
        let head = self.painted("2", &format!("── {}{date}", printable(&article.id)));
        let _ = writeln!(out, "{head}\n");
        for field in Field::ALL {
            let text = article.field(field);
            if text.is_empty() {
                continue;
            }
            let mut at = 0;
            for mention in mentions.iter().filter(|mention| mention.field == field) {
                let (start, end) = (mention.span.start, mention.span.end);
                // Mentions of one field do not overlap, but for some settings that compare.
                let (Some(before), Some(surface)) = (text.get(at..start), text.get(start..end)) else { continue };
                out.push_str(&printable(before));
                self.push_mention(&mut out, surface, mention, table);
                at = end;
            }
            out.push_str(&printable(&text[at..]));
            out.push_str("\n\n");
        }
        out
    }

    fn push_mention(&self, out: &mut String, surface: &str, mention: &LinkedMention, table: Option<&EntityTable>) {
        let entity = mention.link.entity.zip(table).map(|(entity, table)| table.entity(entity));
        let colour = match &*mention.kind {
            "PER" | "PERSON" => "34",
            "ORG" => "33",
            "LOC" | "GPE" => "32",
            "MISC" => "35",
            _ => "36",
        };
        let weight = if entity.is_some() { "1" } else { "4" };
        out.push_str(&self.painted(&format!("{weight};{colour}"), &printable(surface)));
        let note = match entity {
            Some(entity) => format!("[{}]", printable(entity.id)),
            None => format!("[{}?]", printable(&mention.kind)),
        };
        out.push_str(&self.painted("2", &note));
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.is_coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The text without characters that a terminal would obey.
fn printable(text: &str) -> String {
    let safe = |char: char| if char.is_control() && !matches!(char, '\n' | '\t') { '\u{FFFD}' } else { char };
    text.replace("\r\n", "\n").chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_does_not_command_the_terminal() {
        assert_eq!(printable("a\x1b[31mb\r\nc\x07\td\u{9b}2J"), "a\u{FFFD}[31mb\nc\u{FFFD}\td\u{FFFD}2J");
    }
}
