//! `namewire entities suggest`: unlinked mentions as rows for a table.

use std::fmt::Write;
use std::io::stdin;
use std::path::PathBuf;

use clap::Args;
use namewire::engine::table_text;
use namewire::error::{Error, Result};
use namewire::link::EntityTable;
use namewire::link::suggest::{Group, Suggestions};
use namewire::read::open_stored;
use namewire::write::escaped;
use serde_json::{Value, json};

use crate::cli::engine::tables;
use crate::cli::{End, print};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire extract news/ --context --out mentions.jsonl
  namewire entities suggest mentions.jsonl --min-count 5
  namewire entities suggest mentions.jsonl --rows >> my-table.jsonl   # rows of new entities only")]
pub(crate) struct SuggestArgs {
    /// Mentions that `extract` wrote; - for standard input. With --context, groups come with example sentences.
    #[arg(required = true, value_name = "MENTIONS")]
    mentions: Vec<PathBuf>,
    /// The tables of that run, to find the entities that groups may belong to; "none" for none [default: the
    /// starter table].
    #[arg(long, value_name = "FILE", num_args = 1..)]
    entities: Vec<PathBuf>,
    /// Only groups of at least so many mentions.
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_count: u64,
    /// At most so many groups.
    #[arg(long, value_name = "N", default_value_t = 100)]
    top: usize,
    /// Only the rows of new entities, one JSON object a line, without those that may belong to a known one.
    #[arg(long, conflicts_with = "json")]
    rows: bool,
    /// One JSON object a line for each group.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &SuggestArgs) -> Result<End> {
    let table = tables(&args.entities).open()?;
    let mut suggestions = Suggestions::default();
    for path in &args.mentions {
        if path.as_os_str() == "-" {
            suggestions.read(stdin().lock(), path)?;
        } else {
            let lines = open_stored(path).map_err(|error| Error::opening(path, error))?;
            suggestions.read(lines, path)?;
        }
    }
    let mut groups = suggestions.groups(table.as_ref(), args.min_count);
    groups.truncate(args.top);
    let mut text = String::new();
    for group in &groups {
        if args.rows {
            if group.probable.is_empty() && table.as_ref().is_none_or(|table| !has_id(table, &group.row())) {
                let _ = writeln!(text, "{}", escaped(&group.row().to_string()));
            }
            continue;
        }
        let row = table.as_ref().and_then(|table| extended(table, group)).unwrap_or_else(|| group.row());
        if args.json {
            let mut value = json!(group);
            value["row"] = row;
            let _ = writeln!(text, "{}", escaped(&value.to_string()));
        } else {
            describe(group, &row, &mut text);
        }
    }
    print(&text)?;
    Ok(End::Done)
}

fn has_id(table: &EntityTable, row: &Value) -> bool {
    row["id"].as_str().is_some_and(|id| table.find(id).is_some())
}

/// The row of the entity that the group most probably belongs to, with the group's spellings.
fn extended(table: &EntityTable, group: &Group) -> Option<Value> {
    let id = &group.probable.first()?.entity_id;
    let entity = table.find(id)?;
    if table.is_compiled(entity) {
        return Some(group.extending(id));
    }
    let origin = table.origin(entity);
    let text = table_text(&origin.file)?;
    group.added_to(text.trim_start_matches('\u{FEFF}').lines().nth(origin.line as usize - 1)?)
}

fn describe(group: &Group, row: &Value, text: &mut String) {
    let Group { name, kind, mentions, articles, .. } = group;
    let reasons: Vec<String> = group.reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    let _ = writeln!(text, "{name}  {kind}: {mentions} mentions in {articles} articles ({})", reasons.join(", "));
    for example in &group.examples {
        let _ = writeln!(text, "    “{}”", example.trim());
    }
    for probable in &group.probable {
        let _ = writeln!(text, "    perhaps {} ({}, {:.2})", probable.entity_id, probable.why, probable.score);
    }
    let _ = writeln!(text, "{}\n", escaped(&row.to_string()));
}
