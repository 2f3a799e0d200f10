//! The lines of JSON Lines tables as one list of records: rows that extend or remove entities are applied to them.

use std::sync::Arc;

use ahash::{AHashMap, AHashSet};

use super::entity::RowOrigin;
use super::record::EntityRecord;
use super::table_error;
use crate::error::{Error, Result};

/// A record with its file and line.
pub(super) type Placed = (EntityRecord, RowOrigin);

/// What rows say, applied to one another and to the entities of the base that they name.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The entities, in the order of their ids.
    pub(super) records: Vec<Placed>,
    /// Ids that rows removed.
    pub(super) removed: AHashSet<String>,
}

/// Reads the lines of a text.
pub(super) fn read_lines(file: &Arc<str>, text: &str, records: &mut Vec<Placed>) -> Result<()> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    for (line, number) in text.lines().zip(1u32..) {
        if !line.trim().is_empty() {
            records.push((read_line(file, line, number)?, RowOrigin { file: file.clone(), line: number }));
        }
    }
    Ok(())
}

/// Reads one line.
pub(super) fn read_line(file: &str, line: &str, number: u32) -> Result<EntityRecord> {
    let record: EntityRecord = serde_json::from_str(line).map_err(|error| {
        table_error(file, number, format!("the line is not an entity: {error}"))
            .help("one JSON object per line: {\"id\":…, \"name\":…, \"type\":…, \"aliases\":[…]}")
    })?;
    let named: &[(&str, &String)] = &[("name", &record.name), ("type", &record.kind)];
    let needed = if record.is_partial() { &[][..] } else { named };
    match [("id", &record.id)].iter().chain(needed).find(|(_, value)| value.trim().is_empty()) {
        Some((key, _)) => Err(table_error(file, number, format!("`{key}` is empty"))),
        None => Ok(record),
    }
}

/// Applies rows in their order. `of_base` gives the record of an entity of the base.
pub(super) fn apply(rows: Vec<Placed>, of_base: impl Fn(&str) -> Option<EntityRecord>) -> Result<Applied> {
    let mut applied = Applied::default();
    if !rows.iter().any(|(record, _)| record.is_partial()) {
        applied.records = rows;
    } else {
        let mut at: AHashMap<String, usize> = AHashMap::new();
        let mut records: Vec<Option<Placed>> = Vec::with_capacity(rows.len());
        for (record, origin) in rows {
            let known = at.get(&record.id).copied();
            if record.removed {
                if known.and_then(|known| records[known].take()).is_none() && of_base(&record.id).is_none() {
                    return Err(unknown(&record, &origin, "remove"));
                }
                at.remove(&record.id);
                applied.removed.insert(record.id);
            } else if record.extends {
                let old = match known.and_then(|known| records[known].take()) {
                    Some((old, _)) => Some(old),
                    None => of_base(&record.id).filter(|_| !applied.removed.contains(&record.id)),
                };
                let Some(old) = old else { return Err(unknown(&record, &origin, "extend")) };
                at.insert(record.id.clone(), records.len());
                records.push(Some((old.extended(record), origin)));
            } else {
                applied.removed.remove(&record.id);
                at.entry(record.id.clone()).or_insert(records.len());
                records.push(Some((record, origin)));
            }
        }
        applied.records = records.into_iter().flatten().collect();
    }
    for (record, _) in &mut applied.records {
        record.relations.retain(|relation| !applied.removed.contains(&relation.target));
    }
    applied.records.sort_by(|(left, _), (right, _)| left.id.cmp(&right.id));
    check_ids(&applied.records)?;
    Ok(applied)
}

fn unknown(record: &EntityRecord, origin: &RowOrigin, what: &str) -> Error {
    table_error(&*origin.file, origin.line, format!("there is no `{}` to {what}", record.id))
        .help("name the file or the compiled table that has it before this one")
}

/// Checks that each id, of which records are in order, is of one entity only.
fn check_ids(records: &[Placed]) -> Result<()> {
    match records.windows(2).find(|pair| pair[0].0.id == pair[1].0.id) {
        Some([(_, first), (record, origin)]) => Err(repeated(&record.id, first, origin)),
        _ => Ok(()),
    }
}

/// The error of an id that two rows have.
pub(super) fn repeated(id: &str, first: &RowOrigin, second: &RowOrigin) -> Error {
    let what = format!("the id `{id}` is taken: first at {}:{}", first.file, first.line);
    table_error(&*second.file, second.line, what)
        .help("give each entity an id of its own, or put all aliases on one line")
}
