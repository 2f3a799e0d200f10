//! One compiled table with its lists: the base in a file, or the user's rows in memory.

use std::sync::Arc;

use jiff::civil::Date;

use super::bare_name;
use super::entity::{self, Entity, EntityIx};
use super::image::cursor::Cursor;
use super::image::index::Index;
use super::image::{Image, Section, read_u32};
use super::record::{AliasRecord, CaseRule, EntityRecord, RelationRecord, Tier};
use super::row::{self, Row};
use crate::link::text::normalise::exact;

/// A compiled table whose numbers of entities and rows begin at `first`.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) image: Image,
    first: u32,
    pub(super) kinds: Vec<Arc<str>>,
    relations: Vec<Arc<str>>,
    pub(super) sources: Vec<Arc<str>>,
    files: Vec<Arc<str>>,
}

/// Bytes to which offsets count.
const ALIGNMENT: usize = 4;

impl Layer {
    pub(super) fn new(image: Image, first: u32) -> Self {
        let list = |section| Cursor::new(image.section(section)).last_texts().map(Arc::from).collect();
        let [kinds, relations, sources, files] =
            [Section::Kinds, Section::Relations, Section::Sources, Section::Files].map(list);
        Self { image, first, kinds, relations, sources, files }
    }

    /// How many entities there are.
    pub(super) fn len(&self) -> u32 {
        self.image.counts.entities
    }

    /// The number that an entity of this table has among those of all tables.
    pub(super) fn ix(&self, number: u32) -> EntityIx {
        EntityIx(number | self.first)
    }

    /// The record of an entity, by its number in this table.
    pub(super) fn entity(&self, number: u32) -> Entity<'_> {
        let mut read = entity::read(self.record(number));
        read.entity.kind = self.kind(number);
        read.entity.source = read.source.checked_sub(1).map(|source| text(&self.sources, source));
        read.entity
    }

    fn record(&self, number: u32) -> &[u8] {
        let heads = self.image.section(Section::EntityHeads);
        self.image.from(Section::Entities, read_u32(heads, number as usize * 2) as usize * ALIGNMENT)
    }

    pub(super) fn kind(&self, number: u32) -> &str {
        text(&self.kinds, read_u32(self.image.section(Section::EntityHeads), number as usize * 2 + 1))
    }

    pub(super) fn id(&self, number: u32) -> &str {
        Cursor::new(self.record(number)).text()
    }

    /// The number of the entity with an id, of which they are in order.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    pub(super) fn relation(&self, number: u32) -> &str {
        text(&self.relations, number)
    }

    pub(super) fn file(&self, number: u32) -> Arc<str> {
        self.files.get(number as usize).cloned().unwrap_or_default()
    }

    /// What an entity is related to in either direction, in order.
    pub(super) fn neighbours(&self, number: u32) -> impl Iterator<Item = EntityIx> + '_ {
        self.neighbour_bytes(number).chunks_exact(4).map(|four| self.ix(read_u32(four, 0)))
    }

    /// True where an entity is among the neighbours of another.
    pub(super) fn is_neighbour(&self, number: u32, other: EntityIx) -> bool {
        let neighbours = self.neighbour_bytes(number);
        let (mut low, mut high) = (0, neighbours.len() / 4);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ix(read_u32(neighbours, middle)).cmp(&other) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }

    fn neighbour_bytes(&self, number: u32) -> &[u8] {
        let starts = self.image.section(Section::NeighbourStarts);
        let neighbours = self.image.section(Section::Neighbours);
        let all = neighbours.len() / 4;
        let start = (read_u32(starts, number as usize) as usize).min(all);
        let end = (read_u32(starts, number as usize + 1) as usize).clamp(start, all);
        &neighbours[start * 4..end * 4]
    }

    /// The entities that others state as their country.
    pub(super) fn countries(&self) -> impl Iterator<Item = EntityIx> + '_ {
        self.image.section(Section::Countries).chunks_exact(4).map(|four| self.ix(read_u32(four, 0)))
    }

    /// A row by its number in this table.
    pub(super) fn row(&self, number: u32) -> Row<'_> {
        let mut row = row::read(record_at(self.image.from(Section::Keys, number as usize * ALIGNMENT)), &self.kinds);
        row.entity = self.ix(row.entity.0);
        row
    }

    pub(super) fn is_curated_row(&self, number: u32) -> bool {
        row::read_tier(record_at(self.image.from(Section::Keys, number as usize * ALIGNMENT))) == Tier::Curated
    }

    pub(super) fn row_entity(&self, number: u32) -> EntityIx {
        let bytes = self.image.from(Section::Keys, number as usize * ALIGNMENT);
        self.ix(row::read_entity(record_at(bytes)).0)
    }

    /// The rows of a key.
    pub(super) fn rows(&self, key: &str, hash: u64) -> LayerRows<'_> {
        let index = Index::new(
            self.image.section(Section::KeyStarts),
            self.image.section(Section::KeyTags),
            self.image.section(Section::KeyOffsets),
        );
        let mut found = index.candidates(hash).map(|offset| self.key_at(offset));
        found.find(|(known, _)| *known == key).map_or_else(LayerRows::default, |(_, rows)| rows)
    }

    /// The key at an offset, and its rows.
    pub(super) fn key_at(&self, offset: u32) -> (&str, LayerRows<'_>) {
        let keys = self.image.section(Section::Keys);
        let start = (offset as usize).saturating_mul(ALIGNMENT).min(keys.len());
        let mut cursor = Cursor::new(&keys[start..]);
        let key = cursor.text();
        let left = cursor.number();
        let at = (keys.len() - cursor.len()).next_multiple_of(ALIGNMENT);
        (key, LayerRows { keys, at, left, first: self.first })
    }

    /// Which lengths of key begin with this word, as bits.
    pub(super) fn lengths(&self, first_word: &str, hash: u64) -> u64 {
        let index = Index::new(
            self.image.section(Section::WordStarts),
            self.image.section(Section::WordTags),
            self.image.section(Section::WordOffsets),
        );
        let mut entries = index.candidates(hash).map(|offset| self.image.from(Section::Words, offset as usize));
        let found = entries.find_map(|entry| {
            let mut cursor = Cursor::new(entry);
            cursor.is_text(first_word).then(|| cursor.u64())
        });
        found.unwrap_or_default()
    }

    /// The keys of curated entities, with their rows.
    pub(super) fn curated_keys(&self) -> impl Iterator<Item = (&str, LayerRows<'_>)> {
        self.image.section(Section::Curated).chunks_exact(4).map(|four| self.key_at(read_u32(four, 0)))
    }

    /// The numbers of the rows of an entity, in the order of their keys' hashes.
    pub(super) fn rows_of(&self, number: u32) -> impl Iterator<Item = u32> + '_ {
        let starts = self.image.section(Section::EntityRowStarts);
        let rows = self.image.section(Section::EntityRows);
        let range = read_u32(starts, number as usize) as usize..read_u32(starts, number as usize + 1) as usize;
        range.take_while(|at| at * 4 < rows.len()).map(|at| read_u32(rows, at) | self.first)
    }

    /// The record from which an entity was compiled.
    pub(super) fn entity_record(&self, number: u32, id_of: impl Fn(EntityIx) -> String) -> EntityRecord {
        let entity = self.entity(number);
        let rows = self.rows_of(number).map(|row| self.row(row & !self.first)).filter(|row| !row.derived);
        let name = exact(bare_name(entity.name));
        let mut aliases: Vec<AliasRecord> = rows
            .map(|row| {
                let rules = row.rules();
                AliasRecord {
                    text: row.alias.to_owned(),
                    case: if row.exact_case { CaseRule::Exact } else { CaseRule::Fold },
                    valid_from: rules.valid_from.map(written),
                    valid_to: rules.valid_to.map(written),
                    prior: row.prior,
                    requires: rules.requires.map(str::to_owned).collect(),
                    excludes: rules.excludes.map(str::to_owned).collect(),
                    kind: rules.kind.map(str::to_owned),
                    is_weak: row.is_weak,
                }
            })
            .collect();
        // The name is an alias by itself.
        aliases.retain(|alias| alias.has_rules() || alias.text != name);
        aliases.sort_by(|left, right| left.text.cmp(&right.text));
        let relations = entity.relations.map(|(kind, target)| RelationRecord {
            kind: self.relation(kind).to_owned(),
            target: id_of(self.ix(target.0)),
        });
        EntityRecord {
            id: entity.id.to_owned(),
            name: entity.name.to_owned(),
            kind: entity.kind.to_owned(),
            aliases,
            relations: relations.collect(),
            valid_from: entity.valid_from.map(written),
            valid_to: entity.valid_to.map(written),
            description: entity.description.map(str::to_owned),
            wikidata: entity.wikidata.map(str::to_owned),
            source: entity.source.map(str::to_owned),
            popularity: Some(entity.popularity),
            tier: Some(entity.tier),
            extends: false,
            removed: false,
        }
    }
}

fn text(list: &[Arc<str>], number: u32) -> &str {
    list.get(number as usize).map_or("", |text| text)
}

/// The bytes of a row, without its length.
fn record_at(bytes: &[u8]) -> &[u8] {
    let mut cursor = Cursor::new(bytes);
    let len = cursor.number() as usize;
    cursor.bytes(len)
}

/// The numbers of the rows of one key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LayerRows<'t> {
    keys: &'t [u8],
    at: usize,
    left: u32,
    first: u32,
}

impl LayerRows<'_> {
    /// The number of the next row.
    pub(super) const fn peek(&self) -> Option<u32> {
        if self.left > 0 && self.at < self.keys.len() { Some((self.at / ALIGNMENT) as u32 | self.first) } else { None }
    }
}

impl Iterator for LayerRows<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let row = self.peek()?;
        let mut cursor = Cursor::new(&self.keys[self.at..]);
        let len = cursor.number() as usize;
        let end = (self.keys.len() - cursor.len()).saturating_add(len);
        self.at = end.next_multiple_of(ALIGNMENT);
        self.left -= 1;
        Some(row)
    }
}

/// A day as tables write it; before the common era, its year.
fn written(day: Date) -> String {
    if day.year() < 0 { format!("-{:04}", -day.year()) } else { day.to_string() }
}
