//! `namewire entities show`: what a table says about an entity, and where.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use namewire::error::{Error, Result};
use namewire::link::{EntityIx, EntityTable, Tier};
use serde_json::Value;

use crate::cli::engine::tables;
use crate::cli::{End, print};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire entities show Aleppo
  namewire entities show geonames/170063 --entities base.nwt my.jsonl --json")]
pub(crate) struct ShowArgs {
    /// An id, or a name or alias, in any case.
    #[arg(value_name = "ID|NAME")]
    entity: String,
    /// The files of the table [default: the starter table].
    #[arg(long, value_name = "FILE", num_args = 1..)]
    entities: Vec<PathBuf>,
    /// A line of JSON for each entity, as tables have it.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &ShowArgs) -> Result<End> {
    let table = tables(&args.entities).open()?.ok_or_else(|| Error::config("there is no table"))?;
    let found = table.find(&args.entity).map_or_else(|| table.named(&args.entity), |entity| vec![entity]);
    if found.is_empty() {
        return Err(Error::config(format!("no entity has the id or the name `{}`", args.entity))
            .help("give a whole name: parts of names are not searched"));
    }
    let mut text = String::new();
    for entity in found {
        if args.json {
            let _ = writeln!(text, "{}", table.row_json(entity));
        } else {
            describe(&table, entity, &mut text);
        }
    }
    print(&text)?;
    Ok(End::Done)
}

fn describe(table: &EntityTable, ix: EntityIx, text: &mut String) {
    let entity = table.entity(ix);
    let origin = table.origin(ix);
    let tier = if entity.tier == Tier::Background { ", background" } else { "" };
    let _ = writeln!(text, "{}  {} ({}{tier})  {}:{}", entity.id, entity.name, entity.kind, origin.file, origin.line);
    let mut line = |key: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "    {key:<12} {value}");
        }
    };
    line("description", entity.description.unwrap_or_default().into());
    line("wikidata", entity.wikidata.unwrap_or_default().into());
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    line("from", day(entity.valid_from));
    line("to", day(entity.valid_to));
    if entity.popularity > 0.0 {
        line("popularity", entity.popularity.to_string());
    }
    line("source", entity.source.unwrap_or_default().into());
    let row = table.row_json(ix);
    for alias in row["aliases"].as_array().into_iter().flatten() {
        line("alias", shown(alias));
    }
    for (kind, other) in table.relations(ix) {
        let other = table.entity(other);
        line(kind, format!("{} ({})", other.name, other.id));
    }
}

/// An alias, with its rules in JSON.
fn shown(alias: &Value) -> String {
    match alias {
        Value::String(text) => text.clone(),
        Value::Object(rules) => {
            let mut rules = rules.clone();
            let text = rules.shift_remove("text").unwrap_or_default();
            format!("{}  {}", text.as_str().unwrap_or_default(), Value::Object(rules))
        }
        other => other.to_string(),
    }
}
