//! The Research Organization Registry: an array of records, in schema version 1 or 2.

use std::path::Path;

use serde_json::Value;

use super::json_array;
use super::lines::open;
use super::row::Row;
use super::rows::Rows;
use crate::error::{Error, ErrorKind, Result};

pub(super) fn read(path: &Path, rows: &mut Rows) -> Result<()> {
    let (mut number, mut failure) = (0, None);
    let read = json_array::for_each(open(path)?, |record| {
        number += 1;
        let place = || format!("{} record {number}", path.display());
        let written = match row(&record) {
            Some(_) if record["status"] == "withdrawn" => {
                rows.tally.skip("withdrawn", || format!("{} {}", place(), record["id"]));
                Ok(())
            }
            Some(row) => rows.write_new(row, place),
            None if number == 1 => Err(not_ror(path)),
            None => {
                rows.tally.skip("unreadable_record", place);
                Ok(())
            }
        };
        failure = written.err();
        failure.is_none()
    });
    match (failure, read) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) if number == 0 => Err(not_ror(path).because(error)),
        (None, Err(error)) => Err(Error::new(ErrorKind::Input, "the JSON is truncated or broken")
            .at(path)
            .line(error.line() as u64)
            .help("download the file again")
            .because(error)),
        (None, Ok(())) => Ok(()),
    }
}

fn not_ror(path: &Path) -> Error {
    Error::new(ErrorKind::Input, "the file is not an array of records of ROR")
        .at(path)
        .help("unzip the data dump and give its JSON (v1.…-ror-data.json or …_schema_v2.json)")
}

/// A record as a row, in either version.
fn row(record: &Value) -> Option<Row> {
    let id = id_of(record["id"].as_str()?)?;
    let mut row = match record["names"].as_array() {
        Some(names) => row_of_names(id, names)?,
        None => row_of_lists(id, record)?,
    };
    let lower = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    for relationship in items(&record["relationships"]) {
        let kind = match &*lower(&relationship["type"]) {
            "parent" => "part_of",
            "related" => "related_to",
            "predecessor" => "successor_of",
            // The other side says the same.
            _ => continue,
        };
        if let Some(other) = relationship["id"].as_str().and_then(id_of) {
            row.relate(kind, &other);
        }
    }
    let wikidata = external_id(&record["external_ids"]);
    row.wikidata = wikidata.filter(|id| id.starts_with('Q')).map(str::to_owned);
    row.valid_from =
        record["established"].as_u64().filter(|year| (1000..3000).contains(year)).map(|year| year.to_string());
    row.description = description(record);
    Some(row)
}

/// The last part of "https://ror.org/03yrm5c26".
fn id_of(url: &str) -> Option<String> {
    let (_, code) = url.split_once("ror.org/")?;
    (code.len() == 9).then(|| format!("ror/{code}"))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Version 2: `names`, each with its types.
fn row_of_names(id: String, names: &[Value]) -> Option<Row> {
    let has = |name: &Value, kind: &str| items(&name["types"]).any(|known| known == kind);
    let shown = names.iter().find(|name| has(name, "ror_display")).or(names.first())?;
    let mut row = Row::new(id, shown["value"].as_str()?, "ORG");
    for name in names {
        row.add_alias(name["value"].as_str().unwrap_or_default(), has(name, "acronym"));
    }
    Some(row)
}

/// Version 1: `name`, `aliases`, `labels`, `acronyms`.
fn row_of_lists(id: String, record: &Value) -> Option<Row> {
    let mut row = Row::new(id, record["name"].as_str()?, "ORG");
    let labels = items(&record["labels"]).map(|label| &label["label"]);
    for name in items(&record["aliases"]).chain(labels) {
        row.add_alias(name.as_str().unwrap_or_default(), false);
    }
    for acronym in items(&record["acronyms"]) {
        row.add_alias(acronym.as_str().unwrap_or_default(), true);
    }
    Some(row)
}

fn external_id(ids: &Value) -> Option<&str> {
    let entry = match ids.as_array() {
        Some(entries) => entries.iter().find(|entry| entry["type"] == "wikidata")?,
        None => &ids["Wikidata"],
    };
    entry["preferred"].as_str().or_else(|| entry["all"][0].as_str())
}

/// Such as "university in Berlin, Germany".
fn description(record: &Value) -> Option<String> {
    let kind = items(&record["types"]).next()?.as_str()?.to_lowercase();
    let kind = match &*kind {
        "education" => "university or school",
        "healthcare" => "hospital or clinic",
        "facility" => "research facility",
        "other" => "organization",
        kind => kind,
    };
    let details = &record["locations"][0]["geonames_details"];
    let city = details["name"].as_str().or_else(|| record["addresses"][0]["city"].as_str());
    let country = details["country_name"].as_str().or_else(|| record["country"]["country_name"].as_str());
    let place: Vec<&str> = city.into_iter().chain(country).collect();
    Some(if place.is_empty() { kind.into() } else { format!("{kind} in {}", place.join(", ")) })
}
