//! The entity table, checked line by line and compiled for lookup.
//!
//! Several files form one table. Anything invalid is an error that names its file and line: a misspelt key or a
//! relation to a missing entity would otherwise lose data silently.

mod entity;
mod keys;
pub(crate) mod lexicon;
pub(crate) mod record;
pub(crate) mod spellings;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ahash::AHashSet;
use jiff::civil::Date;

use super::text::lists;
use super::text::normalise::{exact, fold};
use crate::date::DateRange;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::sha256_joined;
pub use entity::{Entity, EntityIx, RowOrigin};
use lexicon::{Lexicon, Row, Rules};
use record::{AliasRecord, CaseRule, EntityRecord};
use spellings::SpellingIndex;

/// Entities and their aliases: loaded, checked and compiled for lookup.
#[derive(Debug)]
pub struct EntityTable {
    entities: Vec<Entity>,
    pub(crate) lexicon: Lexicon,
    kinds: Vec<Arc<str>>,
    /// What other entities state as their `country`.
    countries: AHashSet<EntityIx>,
    sha256: String,
    /// Built when the first name asks for it.
    spellings: OnceLock<SpellingIndex>,
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
        for (name, text) in sources {
            read_lines(&Arc::from(*name), text, &mut records)?;
        }
        if records.is_empty() {
            let named = sources.first().map_or("", |(name, _)| name);
            return Err(Error::new(ErrorKind::Table, "the entity table holds no entity")
                .at(named)
                .help("give a file with one entity per line, or none at all to write plain mentions"));
        }
        let sha256 = sha256_joined(sources.iter().map(|(_, text)| text.as_bytes()));
        Self::build(records, sha256)
    }

    fn build(mut records: Vec<(EntityRecord, RowOrigin)>, sha256: String) -> Result<Self> {
        records.sort_by(|(left, _), (right, _)| left.id.cmp(&right.id));
        let ids = checked_ids(&records)?;
        let mut shared = Shared::default();
        let mut rows = Vec::with_capacity(records.len() * 2);
        let mut entities = Vec::with_capacity(records.len());
        // Each record goes as soon as it is an entity: a large table is not held twice.
        for (at, (record, origin)) in records.into_iter().enumerate() {
            let ix = EntityIx(at as u32);
            let entity = entity_of(&record, origin, &ids, &mut shared)?;
            // An alias that repeats the name gives it rules: then the name is no alias by itself.
            let name = fold(bare_name(&record.name));
            if !record.aliases.iter().any(|alias| fold(&alias.text) == name) {
                rows.push(name_row(&entity, ix)?);
            }
            for alias in &record.aliases {
                rows.push(alias_row(alias, &entity.origin, ix, &mut shared)?);
            }
            entities.push(entity);
        }
        drop(ids);
        link_neighbours(&mut entities);
        let lexicon = Lexicon::new(rows, &entities);
        let mut kinds: Vec<Arc<str>> = entities.iter().map(|entity| entity.kind.clone()).collect();
        kinds.sort();
        kinds.dedup();
        let relations = entities.iter().flat_map(|entity| &entity.relations);
        let countries = relations.filter(|(kind, _)| &**kind == "country").map(|&(_, target)| target).collect();
        Ok(Self { entities, lexicon, kinds, countries, sha256, spellings: OnceLock::new() })
    }

    /// A table without entities.
    pub(crate) fn empty() -> Self {
        Self {
            entities: Vec::new(),
            lexicon: Lexicon::new(Vec::new(), &[]),
            kinds: Vec::new(),
            countries: AHashSet::new(),
            sha256: String::new(),
            spellings: OnceLock::new(),
        }
    }

    /// The entity behind an index of this table.
    pub fn entity(&self, ix: EntityIx) -> &Entity {
        &self.entities[ix.0 as usize]
    }

    /// The entity with this id.
    pub fn find(&self, id: &str) -> Option<EntityIx> {
        let at = self.entities.binary_search_by(|entity| (*entity.id).cmp(id)).ok()?;
        Some(EntityIx(at as u32))
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Never true for a table that was read: one without entities is an error.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// How many aliases there are, names included.
    pub fn alias_count(&self) -> usize {
        self.lexicon.given_rows()
    }

    /// The types of the entities, sorted.
    pub(crate) fn kinds(&self) -> &[Arc<str>] {
        &self.kinds
    }

    /// True where some entity has this type.
    pub(crate) fn has_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| &**known == kind)
    }

    /// True for what other entities state as their `country`.
    pub(crate) fn is_country(&self, entity: EntityIx) -> bool {
        self.countries.contains(&entity)
    }

    /// The words of the aliases by their neighbouring spellings.
    pub(crate) fn spellings(&self) -> &SpellingIndex {
        self.spellings.get_or_init(|| SpellingIndex::new(&self.lexicon))
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

/// Texts that many entities have in common, each held once.
#[derive(Default)]
struct Shared(AHashSet<Arc<str>>);

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.0.insert(new.clone());
        new
    }
}

/// The ids in their order, once each is known to be of one entity only.
fn checked_ids(records: &[(EntityRecord, RowOrigin)]) -> Result<Vec<Arc<str>>> {
    match records.windows(2).find(|pair| pair[0].0.id == pair[1].0.id) {
        Some([(_, first), (record, origin)]) => Err(table_error(
            &*origin.file,
            origin.line,
            format!("the id `{}` is taken: first at {}:{}", record.id, first.file, first.line),
        )
        .help("give each entity an id of its own, or put all aliases on one line")),
        _ => Ok(records.iter().map(|(record, _)| record.id.as_str().into()).collect()),
    }
}

fn entity_of(record: &EntityRecord, origin: RowOrigin, ids: &[Arc<str>], shared: &mut Shared) -> Result<Entity> {
    let mut relations = Vec::with_capacity(record.relations.len());
    for relation in &record.relations {
        let target = ids.binary_search_by(|id| (**id).cmp(&relation.target)).map_err(|_| {
            table_error(
                &*origin.file,
                origin.line,
                format!("`{}` has a relation to `{}`, which is not in the table", record.id, relation.target),
            )
            .help("add that entity, or take the relation out")
        })?;
        relations.push((shared.text(&relation.kind), EntityIx(target as u32)));
    }
    let (valid_from, valid_to) = period(record.valid_from.as_deref(), record.valid_to.as_deref(), &origin)?;
    let id = ids
        .binary_search_by(|id| (**id).cmp(&record.id))
        .map_or_else(|_| record.id.as_str().into(), |at| ids[at].clone());
    Ok(Entity {
        id,
        name: record.name.as_str().into(),
        kind: shared.text(&record.kind),
        relations: relations.into(),
        valid_from,
        valid_to,
        described_by: content_words(record.description.as_deref().unwrap_or_default(), shared),
        description: record.description.as_deref().map(|text| shared.text(text)),
        wikidata: record.wikidata.as_deref().map(Arc::from),
        source: record.source.as_deref().map(|text| shared.text(text)),
        origin,
        neighbours: Box::default(),
    })
}

/// Folded words of a description that could tell one entity from another.
fn content_words(description: &str, shared: &mut Shared) -> Box<[Arc<str>]> {
    let folded = fold(description);
    let tells = |word: &&str| {
        word.len() >= 4 && !lists::is_filler(word) && !word.starts_with(|first: char| first.is_ascii_digit())
    };
    let mut words: Vec<&str> = folded.split([' ', ',', '|']).filter(tells).collect();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(|word| shared.text(word)).collect()
}

fn link_neighbours(entities: &mut [Entity]) {
    let mut pairs: Vec<(u32, EntityIx)> = Vec::new();
    for (at, entity) in entities.iter().enumerate() {
        for &(_, target) in entity.relations.iter().filter(|(_, target)| target.0 as usize != at) {
            pairs.extend([(at as u32, target), (target.0, EntityIx(at as u32))]);
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    for of_one in pairs.chunk_by(|left, right| left.0 == right.0) {
        entities[of_one[0].0 as usize].neighbours = of_one.iter().map(|&(_, other)| other).collect();
    }
}

/// The name is an alias too; a qualifier in brackets ("Dabiq (magazine)") is not part of what news writes.
fn name_row(entity: &Entity, ix: EntityIx) -> Result<Row> {
    let name = bare_name(&entity.name);
    checked_alias(name, &entity.origin)?;
    let alias = exact(name);
    let alias = if alias == *entity.name { entity.name.clone() } else { alias.into() };
    Ok(Row::new(ix, alias, false, Rules::default()))
}

/// A name without its qualifier in brackets.
pub(crate) fn bare_name(name: &str) -> &str {
    match name.rsplit_once(" (") {
        Some((bare, qualifier)) if qualifier.ends_with(')') && !bare.trim().is_empty() => bare,
        _ => name,
    }
}

fn checked_alias(alias: &str, origin: &RowOrigin) -> Result<()> {
    if !fold(alias).is_empty() {
        return Ok(());
    }
    Err(table_error(&*origin.file, origin.line, format!("the alias `{alias}` has no letter or digit"))
        .help("take it out"))
}

fn alias_row(alias: &AliasRecord, origin: &RowOrigin, entity: EntityIx, shared: &mut Shared) -> Result<Row> {
    checked_alias(&alias.text, origin)?;
    if let Some(prior) = alias.prior.filter(|prior| !(*prior > 0.0 && *prior <= 1.0)) {
        let what = format!("the prior {prior} of alias `{}` is not in (0, 1]", alias.text);
        return Err(table_error(&*origin.file, origin.line, what)
            .help("a prior is the share of uses of this alias that mean this entity"));
    }
    let (valid_from, valid_to) = period(alias.valid_from.as_deref(), alias.valid_to.as_deref(), origin)?;
    let folded =
        |words: &[String]| words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).map(Box::from).collect();
    let rules = Rules {
        valid_from,
        valid_to,
        prior: alias.prior,
        requires: folded(&alias.requires),
        excludes: folded(&alias.excludes),
        kind: alias.kind.as_deref().map(|kind| shared.text(kind)),
    };
    Ok(Row::new(entity, exact(&alias.text).into(), alias.case == CaseRule::Exact, rules))
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
pub(crate) fn read_date(text: &str) -> Option<DateRange> {
    let Some(year) = text.strip_prefix('-') else { return DateRange::parse_iso(text) };
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    Some(DateRange { first: Date::new(-year, 1, 1).ok()?, last: Date::new(-year, 12, 31).ok()? })
}

#[cfg(test)]
mod tests;
