//! Other people's lists of names as rows of a table.

mod delimited;
mod petrarch;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;

use ahash::AHashSet;
use serde::Serialize;
use serde_json::{Value, json};

pub use delimited::delimited;
pub use petrarch::Petrarch;

use crate::error::{Error, Result};
use crate::link::text::normalise::{exact, fold};

/// A row that is written.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The id.
    pub id: String,
    /// The canonical name.
    pub name: String,
    /// PER, ORG, LOC or MISC.
    #[serde(rename = "type")]
    pub kind: String,
    /// Strings, or objects where more is to be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Value>,
    /// Related entities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Value>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Row {
    /// Adds an alias that is not among them yet.
    fn add_alias(&mut self, text: &str, is_exact: bool) {
        let same = |known: &str| exact(known) == exact(text);
        let known = self.aliases.iter().filter_map(|alias| alias.as_str().or_else(|| alias["text"].as_str()));
        if fold(text).is_empty() || same(&self.name) || known.into_iter().any(same) {
            return;
        }
        self.aliases.push(if is_exact { json!({"text": text, "case": "exact"}) } else { json!(text) });
    }

    fn relate(&mut self, kind: &str, target: &str) {
        let relation = json!({"type": kind, "target": target});
        if target != self.id && !self.relations.contains(&relation) {
            self.relations.push(relation);
        }
    }
}

/// What an import came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// Entities that were written.
    pub entities: u64,
    /// Their aliases, without the names.
    pub aliases: u64,
    /// What was left out: how often, and the first place, by reason.
    pub skipped: BTreeMap<&'static str, (u64, String)>,
}

impl Tally {
    fn skip(&mut self, reason: &'static str, place: impl FnOnce() -> String) {
        self.skipped.entry(reason).or_insert_with(|| (0, place())).0 += 1;
    }
}

/// Writes rows, each id once.
pub struct Rows<W> {
    out: W,
    ids: AHashSet<String>,
    /// What was written and left out so far.
    pub tally: Tally,
}

impl<W: Write> Rows<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, ids: AHashSet::new(), tally: Tally::default() }
    }

    /// The first of the ids that is free, which is taken from now on.
    fn take_id(&mut self, ids: &[String]) -> Option<String> {
        ids.iter().find(|id| self.ids.insert((*id).clone())).cloned()
    }

    fn write(&mut self, row: &Row) -> Result<()> {
        self.tally.entities += 1;
        self.tally.aliases += row.aliases.len() as u64;
        let written = serde_json::to_writer(&mut self.out, row).map_err(std::io::Error::from);
        written.and_then(|()| self.out.write_all(b"\n")).map_err(|error| Error::writing("-", error))
    }

    /// Ends the output.
    pub fn finish(mut self) -> Result<Tally> {
        self.out.flush().map_err(|error| Error::writing("-", error))?;
        Ok(self.tally)
    }
}
