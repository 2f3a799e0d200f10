//! Plain lists: one alias a row, with a header (alias, entity, name, type, valid_from, valid_to).

use std::io::Read;
use std::path::Path;

use ahash::AHashMap;
use serde_json::{Value, json};

use super::lines::open;
use super::options::ImportOptions;
use super::{Row, Rows};
use crate::date::DateRange;
use crate::error::{Error, ErrorKind, Result};
use crate::link::table::bare_name;
use crate::link::text::normalise::fold;

/// The columns, by number.
struct Columns {
    alias: usize,
    entity: usize,
    name: Option<usize>,
    kind: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
}

/// Reads one file of commas, semicolons or tabs, and writes its entities in the order of their first rows. The rows of
/// an entity may stand anywhere in the file.
pub(super) fn read(path: &Path, options: &ImportOptions, rows: &mut Rows) -> Result<()> {
    let mut input = open(path)?;

    let failed = |error: csv::Error| Error::new(ErrorKind::Input, "cannot read the list").at(path).because(error);
    let mut text = Vec::new();
    input.read_to_end(&mut text).map_err(|error| Error::reading(path, error))?;
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let delimiter = [b'\t', b';', b','].into_iter().find(|mark| first.contains(mark)).unwrap_or(b',');
    if let Some(line) = unclosed_quote(&text, delimiter) {
        return Err(Error::new(ErrorKind::Input, "a field begins with a quote that is never closed")
            .at(path)
            .line(line)
            .help("close the quote, or double it where it is part of the text"));
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(&text[..]);
    let columns = Columns::find(reader.headers().map_err(failed)?, path)?;
    let mut entities: Vec<Row> = Vec::new();
    let mut by_id: AHashMap<String, usize> = AHashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) if error.is_io_error() => return Err(failed(error)),
            Err(error) => {
                rows.tally.skip("unreadable_row", || format!("{}: {error}", path.display()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let place = || format!("{}:{line}", path.display());
        let get = |column: usize| record.get(column).map(str::trim).unwrap_or_default();
        let optional = |column: Option<usize>| column.map(get).filter(|text| !text.is_empty());
        let (alias, id) = (get(columns.alias), get(columns.entity));
        if id.is_empty() || fold(alias).is_empty() {
            rows.tally.skip(if id.is_empty() { "no_entity" } else { "no_alias" }, place);
            continue;
        }
        let at = *by_id.entry(id.to_owned()).or_insert(entities.len());
        if at == entities.len() {
            entities.push(Row::new(id, "", "").with_source(path.display().to_string()));
        }
        let entity = &mut entities[at];
        if let Some(name) = optional(columns.name).filter(|name| entity.name.is_empty() && is_name(name)) {
            entity.name = name.into();
        }
        if let Some(kind) = optional(columns.kind).filter(|_| entity.kind.is_empty()) {
            entity.kind = kind.into();
        }
        match dated(alias, optional(columns.from), optional(columns.to)) {
            Some(alias) if entity.aliases.contains(&alias) => rows.tally.skip("repeated_alias", place),
            Some(alias) => entity.aliases.push(alias),
            None => rows.tally.skip("bad_date", place),
        }
    }
    entities.into_iter().try_for_each(|entity| write(entity, options.kind.as_deref(), rows))
}

/// The line on which a quoted field begins that does not end. A reader would take the rest of the file for that field.
fn unclosed_quote(text: &[u8], delimiter: u8) -> Option<u64> {
    let (mut line, mut opened) = (1, None);
    let mut starts_field = true;
    let mut bytes = text.iter().peekable();
    while let Some(&byte) = bytes.next() {
        match (byte, opened) {
            (b'"', None) if starts_field => opened = Some(line),
            (b'"', Some(_)) if bytes.peek() == Some(&&b'"') => {
                bytes.next();
            }
            (b'"', Some(_)) => opened = None,
            _ => {}
        }
        line += u64::from(byte == b'\n');
        starts_field = opened.is_none() && (byte == delimiter || byte == b'\n' || byte == b'\r');
    }
    opened
}

impl Columns {
    fn find(headers: &csv::StringRecord, path: &Path) -> Result<Self> {
        let column = |names: &[&str]| {
            headers.iter().position(|header| {
                names.contains(&header.trim_start_matches('\u{FEFF}').trim().to_lowercase().as_str())
            })
        };
        let needed = |names: &[&str]| {
            column(names).ok_or_else(|| {
                Error::new(ErrorKind::Input, format!("the first line has no column `{}`", names[0]))
                    .at(path)
                    .line(1)
                    .help("name the columns in the first line: alias, entity, and optionally name, type, valid_from, valid_to")
            })
        };
        Ok(Self {
            alias: needed(&["alias"])?,
            entity: needed(&["entity", "entity_id", "id"])?,
            name: column(&["name", "entity_name"]),
            kind: column(&["type", "entity_type"]),
            from: column(&["valid_from", "from"]),
            to: column(&["valid_to", "to"]),
        })
    }
}

/// The alias with its dates; nothing where one of them is none, or they are the wrong way round.
fn dated(text: &str, from: Option<&str>, to: Option<&str>) -> Option<Value> {
    let read = |text: Option<&str>| text.map_or(Some(None), |text| DateRange::parse_iso(text).map(Some));
    let (first, last) = (read(from)?, read(to)?);
    if first.zip(last).is_some_and(|(first, last)| first.first > last.last) {
        return None;
    }
    let mut alias = json!({"text": text});
    for (key, value) in [("valid_from", from), ("valid_to", to)] {
        if let Some(value) = value {
            alias[key] = json!(value);
        }
    }
    Some(if from.is_none() && to.is_none() { json!(text) } else { alias })
}

/// A table takes no name that has no letter or digit before its qualifier in brackets.
fn is_name(text: &str) -> bool {
    !fold(bare_name(text)).is_empty()
}

fn write(mut entity: Row, kind: Option<&str>, rows: &mut Rows) -> Result<()> {
    let place = || entity.id.clone();
    if entity.kind.is_empty() {
        match kind {
            Some(kind) => entity.kind = kind.into(),
            None => {
                rows.tally.skip("no_type", place);
                return Ok(());
            }
        }
    }
    if entity.name.is_empty() {
        let first = entity.aliases.iter().filter_map(Value::as_str).find(|alias| is_name(alias)).map(str::to_owned);
        let Some(first) = first else {
            rows.tally.skip("no_name", place);
            return Ok(());
        };
        entity.name = first;
    }
    entity.aliases.retain(|alias| alias.as_str() != Some(&entity.name));
    if !rows.take_id(&entity.id) {
        rows.tally.skip("repeated_entity", place);
        return Ok(());
    }
    rows.write(entity)
}
