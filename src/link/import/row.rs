//! A row as it is written.

use ahash::AHashSet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::link::table::Tier;
use crate::link::text::normalise::{exact, fold};

/// An entity with its names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Row {
    /// The id.
    pub id: String,
    /// The canonical name.
    pub name: String,
    /// PER, ORG, LOC, MISC or a finer type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Strings, or objects where more is to be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Value>,
    /// Related entities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// First day, month or year of its existence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last day, month or year of its existence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its Wikidata id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wikidata: Option<String>,
    /// Where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Site links, inhabitants, or another count that says how widely it is named.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub popularity: u64,
    /// What the table may do with it.
    #[serde(default, skip_serializing_if = "is_curated")]
    pub tier: Tier,
    /// Name and aliases as they are compared.
    #[serde(skip)]
    known: AHashSet<String>,
}

/// A relation to another entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Such as `located_in`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of the other.
    pub target: String,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn is_curated(tier: &Tier) -> bool {
    *tier == Tier::Curated
}

impl Row {
    /// A row without aliases.
    pub(super) fn new(id: impl Into<String>, name: impl Into<String>, kind: &str) -> Self {
        Self { id: id.into(), name: name.into(), kind: kind.into(), ..Self::default() }
    }

    pub(super) fn with_source(self, source: impl Into<String>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Adds an alias that is not among them yet.
    pub(super) fn add_alias(&mut self, text: &str, is_exact: bool) {
        self.add_alias_row(text, || if is_exact { json!({"text": text, "case": "exact"}) } else { json!(text) });
    }

    /// Adds a name that many others bear too.
    pub(super) fn add_weak_alias(&mut self, text: &str) {
        self.add_alias_row(text, || json!({"text": text, "weak": true}));
    }

    /// Adds an alias that was used between two dates, of which either may be missing.
    pub(super) fn add_dated_alias(&mut self, text: &str, from: Option<&str>, to: Option<&str>) {
        self.add_alias_row(text, || {
            let mut alias = json!({"text": text});
            for (key, date) in [("valid_from", from), ("valid_to", to)] {
                if let Some(date) = date {
                    alias[key] = json!(date);
                }
            }
            if from.or(to).is_some() { alias } else { json!(text) }
        });
    }

    fn add_alias_row(&mut self, text: &str, alias: impl FnOnce() -> Value) {
        if fold(text).is_empty() {
            return;
        }
        if self.known.is_empty() {
            self.known.insert(exact(&self.name));
        }
        if self.known.insert(exact(text)) {
            self.aliases.push(alias());
        }
    }

    /// Lets codes of up to three capitals ("FR", "USA") match in their case only, and takes out those in small letters,
    /// which are words. Gives the last that was taken out, and how many were.
    pub(super) fn restrict_codes(&mut self) -> Option<(String, u64)> {
        const MAX_LETTERS: usize = 3;
        let is_short =
            |text: &str| text.is_ascii() && text.bytes().filter(u8::is_ascii_alphabetic).count() <= MAX_LETTERS;
        let mut removed = None;
        self.aliases.retain_mut(|alias| {
            let Value::String(text) = alias else { return true };
            if !is_short(text) || text.is_empty() {
                return true;
            }
            if text.starts_with(|first: char| first.is_ascii_lowercase()) {
                let count = removed.take().map_or(0, |(_, count)| count);
                removed = Some((std::mem::take(text), count + 1));
                return false;
            }
            if !text.contains(|letter: char| letter.is_ascii_lowercase()) {
                *alias = json!({"text": text, "case": "exact"});
            }
            true
        });
        removed
    }

    /// Adds a relation that is not among them yet.
    pub(super) fn relate(&mut self, kind: &str, target: &str) {
        let is_same = |known: &Relation| known.kind == kind && known.target == target;
        if target != self.id && !self.relations.iter().any(is_same) {
            self.relations.push(Relation { kind: kind.into(), target: target.into() });
        }
    }
}
