//! The entity table: the user's rows, compiled in memory, over a compiled table in a file if there is one.
//!
//! Several files form one table. Anything invalid is an error that names its file and line: a misspelt key or a
//! relation to a missing entity would otherwise lose data silently.
//!
//! | file | does |
//! |---|---|
//! | `record`, `source` | lines of JSON Lines as records; rows that extend or remove entities |
//! | `compile/` | records to a compiled table, in memory or on disk |
//! | `image/` | a compiled table as bytes: header, sections, index by hash |
//! | `layer` | one compiled table: its entities, keys and rows |
//! | `base` | what the user's rows change of the table under them |
//! | `open` | files and texts as one table |
//! | `entity`, `row` | what lookups give |
//! | `spellings` | words of aliases by neighbouring spellings |

mod base;
mod compile;
mod entity;
mod image;
mod keys;
mod layer;
mod open;
pub(crate) mod record;
pub(crate) mod row;
mod rows;
mod source;
pub(crate) mod spellings;

use std::cmp::Ordering;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ahash::AHashSet;
use jiff::civil::Date;

use crate::date::DateRange;
use crate::error::{Error, ErrorKind};
use crate::link::text::normalise::fold;
use base::Base;
pub use compile::{BuildOptions, Built, TableBuilder};
use entity::BASE;
pub use entity::{Entity, EntityIx, RowOrigin};
pub(crate) use image::cursor::Texts;
use image::index::hash;
use layer::Layer;
pub use open::StatedTable;
use record::EntityRecord;
pub use record::Tier;
use row::Row;
pub(crate) use rows::Rows;
use spellings::SpellingIndex;

/// Entities and their aliases, checked and compiled for lookup.
#[derive(Debug)]
pub struct EntityTable {
    /// The rows of JSON Lines.
    own: Layer,
    base: Option<Base>,
    kinds: Vec<Arc<str>>,
    /// What other entities state as their `country`.
    countries: AHashSet<EntityIx>,
    sha256: String,
    /// Built when the first name asks for it.
    spellings: OnceLock<SpellingIndex>,
}

impl EntityTable {
    fn layer(&self, number: u32) -> (&Layer, u32) {
        match &self.base {
            Some(base) if number >= BASE => (&base.layer, number - BASE),
            _ => (&self.own, number),
        }
    }

    /// The entity behind an index of this table.
    pub fn entity(&self, ix: EntityIx) -> Entity<'_> {
        let (layer, number) = self.layer(ix.0);
        Entity { ix, ..layer.entity(number) }
    }

    /// True for an entity of a compiled table, which has no line that could be changed.
    pub fn is_compiled(&self, ix: EntityIx) -> bool {
        ix.0 >= BASE
    }

    /// The type of an entity.
    pub(crate) fn kind(&self, ix: EntityIx) -> &str {
        let (layer, number) = self.layer(ix.0);
        layer.kind(number)
    }

    /// Where the row of an entity is written.
    pub fn origin(&self, ix: EntityIx) -> RowOrigin {
        let (layer, number) = self.layer(ix.0);
        let (file, line) = layer.entity(number).origin;
        RowOrigin { file: layer.file(file), line }
    }

    /// What an entity is related to, without being the same: types of relation and entities.
    pub fn relations(&self, ix: EntityIx) -> impl Iterator<Item = (&str, EntityIx)> {
        let (layer, number) = self.layer(ix.0);
        let raw = layer.entity(number).relations;
        raw.filter_map(move |(kind, target)| Some((layer.relation(kind), self.current(layer.ix(target.0))?)))
    }

    /// Related entities in either direction.
    pub(crate) fn neighbours(&self, ix: EntityIx) -> impl Iterator<Item = EntityIx> {
        let (layer, number) = self.layer(ix.0);
        let added = self.base.iter().flat_map(move |base| base.added_neighbours(ix));
        let still = move |other: EntityIx| match &self.base {
            Some(base) => base.still_related(ix, other),
            None => Some(other),
        };
        layer.neighbours(number).filter_map(still).chain(added)
    }

    /// True for entities that are related in either direction.
    pub(crate) fn is_neighbour(&self, ix: EntityIx, other: EntityIx) -> bool {
        let (layer, number) = self.layer(ix.0);
        let added = |ix, other| self.base.iter().flat_map(|base| base.added_neighbours(ix)).any(|added| added == other);
        layer.is_neighbour(number, other) || added(ix, other) || added(other, ix)
    }

    /// What the user's rows have in place of an entity; none where they remove it.
    fn current(&self, ix: EntityIx) -> Option<EntityIx> {
        self.base.as_ref().map_or(Some(ix), |base| base.current(ix))
    }

    /// The entity with this id.
    pub fn find(&self, id: &str) -> Option<EntityIx> {
        let below = || self.base.as_ref().and_then(|base| base.current(base.find(id)?));
        self.own.find(id).map(EntityIx).or_else(below)
    }

    /// The row that makes an entity, as the table has it with all that extends it.
    pub(crate) fn record(&self, id: &str) -> Option<EntityRecord> {
        let (layer, number) = self.layer(self.find(id)?.0);
        Some(layer.entity_record(number, |target| self.entity(target).id.to_owned()))
    }

    /// The row that makes an entity, as a line of JSON Lines has it. Names that the background does without are missing.
    pub fn row_json(&self, ix: EntityIx) -> serde_json::Value {
        self.record(self.entity(ix).id).map_or(serde_json::Value::Null, |record| record.to_json())
    }

    /// The entities that have a name or an alias, as folded, what is named most first.
    pub fn named(&self, name: &str) -> Vec<EntityIx> {
        let mut entities: Vec<EntityIx> = Vec::new();
        for entity in self.rows(&fold(name)).map(|row| self.row_entity(row)) {
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        entities
    }

    /// False where a compiled table has been changed since it was written. Reads all of it.
    pub fn is_whole(&self) -> bool {
        self.base.as_ref().is_none_or(|base| base.layer.image.is_whole())
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.own.len() as usize + self.base.as_ref().map_or(0, Base::len)
    }

    /// Never true for a table that was read: one without entities is an error.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many aliases there are, names included. Of a compiled table, those of entities that rows replace count too.
    pub fn alias_count(&self) -> usize {
        let below = self.base.as_ref().map_or(0, |base| base.layer.image.counts.aliases);
        self.own.image.counts.aliases as usize + below as usize
    }

    /// The types of the entities, sorted.
    pub(crate) fn kinds(&self) -> &[Arc<str>] {
        &self.kinds
    }

    /// A type of the table as it is shared.
    pub(crate) fn shared_kind(&self, kind: &str) -> Arc<str> {
        self.kinds.iter().find(|known| &***known == kind).cloned().unwrap_or_else(|| kind.into())
    }

    /// True where some entity has this type.
    pub(crate) fn has_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| &**known == kind)
    }

    /// True for what other entities state as their `country`.
    pub(crate) fn is_country(&self, entity: EntityIx) -> bool {
        self.countries.contains(&entity)
    }

    /// The rows of a folded key, what is named most first.
    pub(crate) fn rows(&self, key: &str) -> Rows<'_> {
        let hash = hash(key);
        Rows::new(self, self.own.rows(key, hash), self.base.as_ref().map(|base| base.layer.rows(key, hash)))
    }

    /// The rows of a folded key that are looked for in texts.
    pub(crate) fn curated_rows<'t>(&'t self, key: &str) -> impl Iterator<Item = u32> + Clone + use<'t> {
        self.rows(key).filter(|&row| self.is_curated_row(row))
    }

    /// The order of two entities, by id.
    pub(crate) fn order(&self, left: EntityIx, right: EntityIx) -> Ordering {
        if (left.0 < BASE) == (right.0 < BASE) {
            left.cmp(&right)
        } else {
            self.entity(left).id.cmp(self.entity(right).id)
        }
    }

    /// A row by its number.
    pub(crate) fn row(&self, number: u32) -> Row<'_> {
        let (layer, number) = self.layer(number);
        layer.row(number)
    }

    /// True for a row whose alias is a mention wherever a text has it.
    fn is_curated_row(&self, number: u32) -> bool {
        let (layer, number) = self.layer(number);
        layer.is_curated_row(number)
    }

    /// The entity of a row.
    pub(crate) fn row_entity(&self, number: u32) -> EntityIx {
        let (layer, number) = self.layer(number);
        layer.row_entity(number)
    }

    /// The type of mention that a row makes.
    pub(crate) fn row_kind<'t>(&'t self, row: &Row<'t>) -> &'t str {
        row.rules().kind.unwrap_or_else(|| self.kind(row.entity))
    }

    /// Which lengths of key begin with this word, as bits, among the keys that are looked for in texts.
    pub(crate) fn lengths(&self, first_word: &str) -> u64 {
        let hash = hash(first_word);
        let below = self.base.as_ref().map_or(0, |base| base.layer.lengths(first_word, hash));
        self.own.lengths(first_word, hash) | below
    }

    /// Words of the longest key.
    pub(crate) fn longest(&self) -> usize {
        self.layers().map(|layer| layer.image.counts.longest).max().unwrap_or_default() as usize
    }

    /// True where some key holds punctuation other than commas and hyphens.
    pub(crate) fn has_breaks(&self) -> bool {
        self.layers().any(|layer| layer.image.counts.has_breaks)
    }

    fn layers(&self) -> impl Iterator<Item = &Layer> {
        std::iter::once(&self.own).chain(self.base.iter().map(|base| &base.layer))
    }

    /// The keys of curated entities, each with its rows of one of the tables.
    pub(crate) fn curated_keys(&self) -> impl Iterator<Item = (&str, Rows<'_>)> {
        let of_own = self.own.curated_keys().map(|(key, rows)| (key, Rows::new(self, rows, None)));
        let below = self.base.iter().flat_map(|base| base.layer.curated_keys());
        of_own.chain(below.map(|(key, rows)| (key, Rows::new(self, rows, None))))
    }

    /// The words of the aliases by their neighbouring spellings.
    pub(crate) fn spellings(&self) -> &SpellingIndex {
        self.spellings.get_or_init(|| SpellingIndex::new(self))
    }

    /// SHA-256 of the sources, in the order in which they were given; of a compiled table, the digest that it states.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

fn table_error(file: impl AsRef<Path>, line: u32, what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Table, what).at(file).line(line.into())
}

/// A name without its qualifier in brackets.
pub(crate) fn bare_name(name: &str) -> &str {
    match name.rsplit_once(" (") {
        Some((bare, qualifier)) if qualifier.ends_with(')') && !bare.trim().is_empty() => bare,
        _ => name,
    }
}

/// ISO dates, and years before the common era ("-0634"), which histories need and newsrooms do not.
pub(crate) fn read_date(text: &str) -> Option<DateRange> {
    let Some(year) = text.strip_prefix('-') else { return DateRange::parse_iso(text) };
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    Some(DateRange { first: Date::new(-year, 1, 1).ok()?, last: Date::new(-year, 12, 31).ok()? })
}

#[cfg(test)]
mod compiled_tests;
#[cfg(test)]
mod tests;
