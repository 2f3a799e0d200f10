//! Entities of a table, and their records in a compiled one.

use std::sync::Arc;

use jiff::civil::Date;

use super::image::cursor::{Cursor, Texts, push_date, push_number, push_text, push_texts};
use super::record::Tier;

/// An entity of an [`EntityTable`](super::EntityTable), by its number there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityIx(pub(crate) u32);

/// The number of the first entity of the compiled table under the user's rows. Numbers say nothing about the order of
/// ids from one to the other.
pub(crate) const BASE: u32 = 1 << 31;

/// A real-world entity that mentions can be linked to, as its table has it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Entity<'t> {
    /// The user's id for it.
    pub id: &'t str,
    /// Its canonical name.
    pub name: &'t str,
    /// PER, ORG, LOC, MISC, or whatever types the table uses.
    pub kind: &'t str,
    /// First day on which it existed.
    pub valid_from: Option<Date>,
    /// Last day on which it existed.
    pub valid_to: Option<Date>,
    /// What it is, in a line.
    pub description: Option<&'t str>,
    /// Its Wikidata id.
    pub wikidata: Option<&'t str>,
    /// Where the row comes from.
    pub source: Option<&'t str>,
    /// How widely it is named, by the source's own count; 0 where none is stated.
    pub popularity: f32,
    /// What the table may do with it.
    pub tier: Tier,
    pub(crate) ix: EntityIx,
    /// The file, by its number, and the line that define it.
    pub(crate) origin: (u32, u32),
    /// Folded content words of the description, sorted.
    pub(crate) described_by: Texts<'t>,
    pub(crate) relations: RawRelations<'t>,
}

/// The file and line of a row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOrigin {
    /// The file as it was named.
    pub file: Arc<str>,
    /// Counted from 1.
    pub line: u32,
}

/// Relations as a record has them: numbers of a type of relation and of an entity.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RawRelations<'t> {
    cursor: Cursor<'t>,
}

impl Iterator for RawRelations<'_> {
    type Item = (u32, EntityIx);

    fn next(&mut self) -> Option<(u32, EntityIx)> {
        (!self.cursor.is_empty()).then(|| (self.cursor.number(), EntityIx(self.cursor.number())))
    }
}

/// An entity on its way into a compiled table. Types, sources and files are numbers of their lists.
#[derive(Debug)]
pub(crate) struct EntityDraft<'d> {
    pub(crate) id: &'d str,
    pub(crate) name: &'d str,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_to: Option<Date>,
    pub(crate) description: Option<&'d str>,
    pub(crate) wikidata: Option<&'d str>,
    /// One more than its number.
    pub(crate) source: u32,
    pub(crate) popularity: f32,
    pub(crate) tier: Tier,
    pub(crate) origin: (u32, u32),
    pub(crate) described_by: &'d [&'d str],
    pub(crate) relations: &'d [(u32, EntityIx)],
}

impl EntityDraft<'_> {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        push_text(out, self.id);
        push_text(out, self.name);
        out.push(self.tier as u8);
        out.extend(self.popularity.to_le_bytes());
        push_date(out, self.valid_from);
        push_date(out, self.valid_to);
        push_text(out, self.description.unwrap_or_default());
        push_text(out, self.wikidata.unwrap_or_default());
        push_number(out, self.source);
        push_number(out, self.origin.0);
        push_number(out, self.origin.1);
        let mut relations = Vec::with_capacity(self.relations.len() * 4);
        for &(kind, target) in self.relations {
            push_number(&mut relations, kind);
            push_number(&mut relations, target.0);
        }
        push_number(out, relations.len() as u32);
        out.extend(relations);
        push_texts(out, self.described_by.iter().copied());
    }
}

/// What a record holds beside the lists of its table.
pub(super) struct EntityRecordBytes<'t> {
    pub(super) entity: Entity<'t>,
    /// One more than the number of the source.
    pub(super) source: u32,
}

fn stated(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Reads a record; its type and source are filled in by the table.
pub(super) fn read(bytes: &[u8]) -> EntityRecordBytes<'_> {
    let mut cursor = Cursor::new(bytes);
    let (id, name) = (cursor.text(), cursor.text());
    let tier = if cursor.byte() == Tier::Background as u8 { Tier::Background } else { Tier::Curated };
    let popularity = cursor.f32();
    let (valid_from, valid_to) = (cursor.date(), cursor.date());
    let (description, wikidata) = (cursor.text(), cursor.text());
    let source = cursor.number();
    let origin = (cursor.number(), cursor.number());
    let len = cursor.number() as usize;
    let relations = RawRelations { cursor: Cursor::new(cursor.bytes(len)) };
    let described_by = cursor.last_texts();
    let entity = Entity {
        id,
        name,
        kind: "",
        valid_from,
        valid_to,
        description: stated(description),
        wikidata: stated(wikidata),
        source: None,
        popularity,
        tier,
        ix: EntityIx::default(),
        origin,
        described_by,
        relations,
    };
    EntityRecordBytes { entity, source }
}
