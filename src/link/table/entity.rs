//! Canonical entities.

use std::sync::Arc;

use jiff::civil::Date;

/// Index of an entity in its table; the order is that of the ids, whatever the order of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityIx(pub(crate) u32);

/// One canonical entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The user's id for it.
    pub id: Arc<str>,
    /// Its canonical name.
    pub name: Arc<str>,
    /// PER, ORG, LOC, MISC, or whatever types the table uses.
    pub kind: Arc<str>,
    /// What it is related to, without being the same.
    pub relations: Box<[(Arc<str>, EntityIx)]>,
    /// First day on which it existed.
    pub valid_from: Option<Date>,
    /// Last day on which it existed.
    pub valid_to: Option<Date>,
    /// What it is, in a line.
    pub description: Option<Arc<str>>,
    /// Its Wikidata id.
    pub wikidata: Option<Arc<str>>,
    /// Where the row comes from.
    pub source: Option<Arc<str>>,
    /// The file and line that define it.
    pub origin: RowOrigin,
    /// Related entities in either direction, sorted.
    pub(crate) neighbours: Box<[EntityIx]>,
    /// Folded content words of the description, sorted.
    pub(crate) described_by: Box<[Arc<str>]>,
}

/// A line of a table file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOrigin {
    /// The file as it was named.
    pub file: Arc<str>,
    /// Counted from 1.
    pub line: u32,
}
