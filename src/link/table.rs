//! The entity table: what a user wrote, checked line by line.
//!
//! Several files are one table. Whatever cannot stand is an error that names its file and line, because a
//! misspelt key or a relation to nowhere would otherwise lose data without a word.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashMap;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::lexicon::{Lexicon, Row};
use super::normalise::{exact, fold};
use super::record::{AliasRecord, CaseRule, EntityRecord};
use crate::date::DateRange;
use crate::error::{Error, ErrorKind, Result};

/// Index of an entity in its table; the order is that of the ids, whatever the order of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityIx(pub(super) u32);

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
    pub relations: Vec<(Arc<str>, EntityIx)>,
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
    pub(super) neighbours: Vec<EntityIx>,
    /// Folded content words of the description, sorted.
    pub(super) described_by: Vec<Box<str>>,
}

/// A line of a table file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOrigin {
    /// The file as it was named.
    pub file: Arc<str>,
    /// Counted from 1.
    pub line: u32,
}

/// Entities and their aliases: loaded, checked and compiled for lookup.
#[derive(Debug)]
pub struct EntityTable {
    entities: Vec<Entity>,
    by_id: AHashMap<Arc<str>, EntityIx>,
    pub(super) lexicon: Lexicon,
    kinds: Vec<Arc<str>>,
    sha256: String,
}

impl EntityTable {
    /// Reads one or more JSON Lines files as one table.
    pub fn load(paths: &[PathBuf]) -> Result<Self> {
        let mut sources = Vec::with_capacity(paths.len());
        for path in paths {
            let bytes = std::fs::read(path).map_err(|error| {
                Error::new(ErrorKind::Table, "cannot read the entity table").at(path).because(error)
            })?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let line =
                    1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..error.utf8_error().valid_up_to()]).count();
                table_error(path, line as u32, "the line is not valid UTF-8").help("save the table as UTF-8")
            })?;
            sources.push((path.display().to_string(), text));
        }
        let sources: Vec<(&str, &str)> = sources.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Self::parse(&sources)
    }

    /// Reads a table from texts, each with the name that errors and evidence give it.
    pub fn parse(sources: &[(&str, &str)]) -> Result<Self> {
        let mut records = Vec::new();
        let mut hash = Sha256::new();
        for (name, text) in sources {
            hash.update(text.as_bytes());
            read_lines(&Arc::from(*name), text, &mut records)?;
        }
        if records.is_empty() {
            let named = sources.first().map_or("", |(name, _)| name);
            return Err(Error::new(ErrorKind::Table, "the entity table holds no entity")
                .at(named)
                .help("give a file with one entity per line, or none at all to write plain mentions"));
        }
        let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        records.sort_by(|(left, _), (right, _)| left.id.cmp(&right.id));
        Self::build(&records, sha256)
    }

    fn build(records: &[(EntityRecord, RowOrigin)], sha256: String) -> Result<Self> {
        let by_id = index_ids(records)?;
        let mut rows = Vec::new();
        let mut kinds: AHashMap<&str, Arc<str>> = AHashMap::new();
        let mut entities = Vec::with_capacity(records.len());
        for (at, (record, origin)) in records.iter().enumerate() {
            let ix = EntityIx(at as u32);
            let kind = kinds.entry(record.kind.as_str()).or_insert_with(|| record.kind.as_str().into()).clone();
            entities.push(entity_of(record, origin, kind, &by_id)?);
            rows.push(name_row(record, origin, ix)?);
            for alias in &record.aliases {
                rows.push(alias_row(alias, origin, ix)?);
            }
        }
        link_neighbours(&mut entities);
        let lexicon = Lexicon::new(rows, &entities);
        let kinds = kinds.into_values().collect();
        Ok(Self { entities, by_id, lexicon, kinds, sha256 })
    }

    /// The entity behind an index of this table.
    pub fn entity(&self, ix: EntityIx) -> &Entity {
        &self.entities[ix.0 as usize]
    }

    /// The entity with this id.
    pub fn find(&self, id: &str) -> Option<EntityIx> {
        self.by_id.get(id).copied()
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Never true: an empty table is refused.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// How many aliases there are, names included.
    pub fn alias_count(&self) -> usize {
        self.lexicon.given_rows()
    }

    /// True where some entity has this type.
    pub(super) fn has_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| &**known == kind)
    }

    /// SHA-256 of the sources, in the order in which they were given.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

fn table_error(file: impl AsRef<Path>, line: u32, what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Table, what).at(file).line(line.into())
}

fn read_lines(file: &Arc<str>, text: &str, records: &mut Vec<(EntityRecord, RowOrigin)>) -> Result<()> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    for (line, number) in text.lines().zip(1u32..) {
        if line.trim().is_empty() {
            continue;
        }
        let record: EntityRecord = serde_json::from_str(line).map_err(|error| {
            table_error(&**file, number, format!("the line is not an entity: {error}"))
                .help("one JSON object per line: {\"id\":…, \"name\":…, \"type\":…, \"aliases\":[…]}")
        })?;
        for (key, value) in [("id", &record.id), ("name", &record.name), ("type", &record.kind)] {
            if value.trim().is_empty() {
                return Err(table_error(&**file, number, format!("`{key}` is empty")));
            }
        }
        records.push((record, RowOrigin { file: file.clone(), line: number }));
    }
    Ok(())
}

fn index_ids(records: &[(EntityRecord, RowOrigin)]) -> Result<AHashMap<Arc<str>, EntityIx>> {
    let mut by_id: AHashMap<Arc<str>, EntityIx> = AHashMap::with_capacity(records.len());
    for (at, (record, origin)) in records.iter().enumerate() {
        if let Some(first) = by_id.insert(record.id.as_str().into(), EntityIx(at as u32)) {
            let first = &records[first.0 as usize].1;
            return Err(table_error(
                &*origin.file,
                origin.line,
                format!("the id `{}` is taken: first at {}:{}", record.id, first.file, first.line),
            )
            .help("give each entity an id of its own, or put all aliases on one line"));
        }
    }
    Ok(by_id)
}

fn entity_of(
    record: &EntityRecord,
    origin: &RowOrigin,
    kind: Arc<str>,
    by_id: &AHashMap<Arc<str>, EntityIx>,
) -> Result<Entity> {
    let mut relations = Vec::with_capacity(record.relations.len());
    for relation in &record.relations {
        let target = by_id.get(relation.target.as_str()).ok_or_else(|| {
            table_error(
                &*origin.file,
                origin.line,
                format!("`{}` has a relation to `{}`, which is not in the table", record.id, relation.target),
            )
            .help("add that entity, or take the relation out")
        })?;
        relations.push((Arc::from(relation.kind.as_str()), *target));
    }
    let (valid_from, valid_to) = period(record.valid_from.as_deref(), record.valid_to.as_deref(), origin)?;
    let shared = |text: &Option<String>| text.as_deref().map(Arc::from);
    Ok(Entity {
        id: record.id.as_str().into(),
        name: record.name.as_str().into(),
        kind,
        relations,
        valid_from,
        valid_to,
        description: shared(&record.description),
        wikidata: shared(&record.wikidata),
        source: shared(&record.source),
        origin: origin.clone(),
        neighbours: Vec::new(),
        described_by: content_words(record.description.as_deref().unwrap_or_default()),
    })
}

/// Folded words of a description that could tell one entity from another.
fn content_words(description: &str) -> Vec<Box<str>> {
    let mut words: Vec<Box<str>> =
        fold(description).split([' ', ',', '|']).filter(|word| word.len() >= 4).map(Box::from).collect();
    words.sort();
    words.dedup();
    words
}

fn link_neighbours(entities: &mut [Entity]) {
    for at in 0..entities.len() {
        let targets: Vec<EntityIx> = entities[at].relations.iter().map(|&(_, target)| target).collect();
        for target in targets.into_iter().filter(|target| target.0 as usize != at) {
            entities[at].neighbours.push(target);
            entities[target.0 as usize].neighbours.push(EntityIx(at as u32));
        }
    }
    for entity in entities {
        entity.neighbours.sort_unstable();
        entity.neighbours.dedup();
    }
}

/// The name is an alias too; a qualifier in brackets ("Dabiq (magazine)") is not part of what news writes.
fn name_row(record: &EntityRecord, origin: &RowOrigin, entity: EntityIx) -> Result<Row> {
    let name = match record.name.rsplit_once(" (") {
        Some((name, qualifier)) if qualifier.ends_with(')') && !name.trim().is_empty() => name,
        _ => record.name.as_str(),
    };
    alias_row(&AliasRecord { text: name.into(), ..AliasRecord::default() }, origin, entity)
}

fn alias_row(alias: &AliasRecord, origin: &RowOrigin, entity: EntityIx) -> Result<Row> {
    let error = |what: String| table_error(&*origin.file, origin.line, what);
    if fold(&alias.text).is_empty() {
        return Err(error(format!("the alias `{}` has no letter or digit", alias.text)).help("take it out"));
    }
    if let Some(prior) = alias.prior.filter(|prior| !(*prior > 0.0 && *prior <= 1.0)) {
        return Err(error(format!("the prior {prior} of alias `{}` is not in (0, 1]", alias.text))
            .help("a prior is the share of uses of this alias that mean this entity"));
    }
    let (valid_from, valid_to) = period(alias.valid_from.as_deref(), alias.valid_to.as_deref(), origin)?;
    let folded =
        |words: &[String]| words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).map(Box::from).collect();
    Ok(Row {
        entity,
        alias: exact(&alias.text).into(),
        origin: origin.clone(),
        exact_case: alias.case == CaseRule::Exact,
        valid_from,
        valid_to,
        prior: alias.prior,
        requires: folded(&alias.requires),
        excludes: folded(&alias.excludes),
        kind: alias.kind.as_deref().map(Arc::from),
        derived: false,
    })
}

fn period(from: Option<&str>, to: Option<&str>, origin: &RowOrigin) -> Result<(Option<Date>, Option<Date>)> {
    let read = |key: &str, text: Option<&str>| {
        text.map(|text| {
            read_date(text).ok_or_else(|| {
                table_error(&*origin.file, origin.line, format!("`{key}` is not a date: `{text}`"))
                    .help("write YYYY, YYYY-MM or YYYY-MM-DD")
            })
        })
        .transpose()
    };
    let first = read("valid_from", from)?.map(|range| range.first);
    let last = read("valid_to", to)?.map(|range| range.last);
    match (first, last) {
        (Some(first), Some(last)) if first > last => {
            Err(table_error(&*origin.file, origin.line, format!("`valid_from` {first} is after `valid_to` {last}")))
        }
        period => Ok(period),
    }
}

/// ISO dates, and years before the common era ("-0634"), which histories need and newsrooms do not.
fn read_date(text: &str) -> Option<DateRange> {
    let Some(year) = text.strip_prefix('-') else { return DateRange::parse_iso(text) };
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    Some(DateRange { first: Date::new(-year, 1, 1).ok()?, last: Date::new(-year, 12, 31).ok()? })
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
