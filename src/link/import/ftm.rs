//! FollowTheMoney: entities of lists of sanctions, leaks and registers, one a line, as OpenSanctions publishes them.
//!
//! Ownership, directorship and family are entities of their own there, which a first pass reads. They become relations.

use std::path::{Path, PathBuf};

use ahash::AHashMap;
use serde::Deserialize;
use serde_json::Value;

use super::lines::Lines;
use super::row::Row;
use super::rows::{Rows, Tally};
use crate::error::{Error, ErrorKind, Result};
use crate::link::table::read_date;

#[derive(Debug, Deserialize)]
struct Entity {
    id: String,
    schema: String,
    caption: Option<String>,
    properties: AHashMap<String, Vec<Value>>,
}

/// What an entity that connects two others means: its properties for these, and the relation of the first.
fn relation(schema: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match schema {
        "Ownership" => ("owner", "asset", "owner_of"),
        "Directorship" => ("director", "organization", "director_of"),
        "Membership" => ("member", "organization", "member_of"),
        "Employment" => ("employee", "employer", "employee_of"),
        "Family" => ("person", "relative", "family_of"),
        "Associate" => ("person", "associate", "associate_of"),
        "Representation" => ("agent", "client", "representative_of"),
        "Succession" => ("successor", "predecessor", "successor_of"),
        "UnknownLink" => ("subject", "object", "linked_to"),
        _ => return None,
    })
}

/// The type of entities that have names.
fn kind(schema: &str) -> Option<&'static str> {
    Some(match schema {
        "Person" => "PER",
        "Organization" | "Company" | "LegalEntity" | "PublicBody" => "ORG",
        "Vessel" | "Airplane" => "MISC",
        _ => return None,
    })
}

/// Relations by the entity that has them: the name of the relation, and the id of the other.
type Relations = AHashMap<Box<str>, Vec<(&'static str, Box<str>)>>;

pub(super) fn read(files: &[PathBuf], rows: &mut Rows) -> Result<()> {
    let mut relations = Relations::new();
    for path in files {
        each(path, &mut Tally::default(), |entity, _, _| {
            if let Some((from, to, kind)) = relation(&entity.schema) {
                for one in entity.texts(from) {
                    let others = entity.texts(to).map(|other| (kind, other.into()));
                    relations.entry(one.into()).or_default().extend(others);
                }
            }
            Ok(())
        })?;
    }
    for path in files {
        let mut tally = Tally::default();
        each(path, &mut tally, |entity, place, tally| match kind(&entity.schema) {
            Some(kind) => rows.write_new(row(&entity, kind, &relations), place),
            None => {
                if relation(&entity.schema).is_none() {
                    tally.skip("schema_without_names", || format!("{} {}", place(), entity.schema));
                }
                Ok(())
            }
        })?;
        tally.skipped.into_iter().for_each(|(reason, (count, first))| rows.tally.skip_many(reason, count, || first));
    }
    Ok(())
}

fn each(
    path: &Path,
    tally: &mut Tally,
    mut each: impl FnMut(Entity, &dyn Fn() -> String, &mut Tally) -> Result<()>,
) -> Result<()> {
    let mut lines = Lines::open(path)?;
    let (mut number, mut known) = (0, 0);
    while let Some(line) = lines.next(tally)? {
        number += 1;
        let place = || format!("{}:{number}", path.display());
        // Files that were joined lack a line end here and there.
        for entity in serde_json::Deserializer::from_str(line).into_iter() {
            match entity {
                Ok(entity) => {
                    known += 1;
                    each(entity, &place, tally)?;
                }
                Err(error) if known == 0 => return Err(not_ftm(path, number).because(error)),
                Err(error) => tally.skip("unreadable_line", || format!("{}: {error}", place())),
            }
        }
    }
    if known == 0 { Err(not_ftm(path, 1)) } else { Ok(()) }
}

fn not_ftm(path: &Path, line: u64) -> Error {
    Error::new(ErrorKind::Input, "the line is not an entity of FollowTheMoney")
        .at(path)
        .line(line)
        .help("give entities.ftm.json, one entity a line: {\"id\":…, \"schema\":\"Person\", \"properties\":{…}}")
}

impl Entity {
    fn texts(&self, property: &str) -> impl Iterator<Item = &str> {
        self.properties.get(property).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The first value that is a date.
    fn date(&self, property: &str) -> Option<String> {
        self.texts(property).find(|date| read_date(date).is_some()).map(str::to_owned)
    }
}

fn row(entity: &Entity, kind: &str, relations: &Relations) -> Row {
    let name = entity.caption.as_deref().or_else(|| entity.texts("name").next()).unwrap_or_default();
    let mut row = Row::new(&*entity.id, name, kind);
    for property in ["name", "alias", "previousName"] {
        entity.texts(property).for_each(|name| row.add_alias(name, false));
    }
    entity.texts("abbreviation").for_each(|name| row.add_alias(name, true));
    entity.texts("weakAlias").for_each(|name| row.add_weak_alias(name));
    let (from, to) = if kind == "PER" { ("birthDate", "deathDate") } else { ("incorporationDate", "dissolutionDate") };
    (row.valid_from, row.valid_to) = (entity.date(from), entity.date(to));
    let years = [&row.valid_from, &row.valid_to].map(|date| date.as_deref().and_then(read_date));
    if let [Some(from), Some(to)] = years
        && from.first > to.last
    {
        (row.valid_from, row.valid_to) = (None, None);
    }
    row.wikidata = entity.texts("wikidataId").next().map(str::to_owned);
    row.description = description(entity);
    for (kind, other) in relations.get(&*entity.id).into_iter().flatten() {
        row.relate(kind, other);
    }
    row
}

/// Position, country and topics: "Deputy Minister of Transport; ru; sanction, role.pep".
fn description(entity: &Entity) -> Option<String> {
    let countries = ["country", "nationality", "jurisdiction"].into_iter().flat_map(|property| entity.texts(property));
    let mut countries: Vec<&str> = countries.collect();
    countries.dedup();
    let topics: Vec<&str> = entity.texts("topics").collect();
    let parts =
        [entity.texts("position").next().unwrap_or_default().to_owned(), countries.join(", "), topics.join(", ")];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    (!text.is_empty()).then_some(text)
}
