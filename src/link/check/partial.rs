//! Rows that extend or remove entities, applied before entities are compared with each other.

use ahash::AHashMap;

use super::{Entry, Findings};
use crate::link::table::EntityTable;

/// The entities that the rows make. What cannot be applied is an error.
pub(super) fn apply(entries: Vec<Entry>, base: Option<&EntityTable>, findings: &mut Findings) -> Vec<Entry> {
    let mut at: AHashMap<String, usize> = AHashMap::new();
    let mut applied: Vec<Option<Entry>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let id = entry.record.id.clone();
        if !entry.record.is_partial() {
            at.entry(id).or_insert(applied.len());
            applied.push(Some(entry));
            continue;
        }
        let known = at.remove(&id).and_then(|known| applied[known].take()).map(|known| known.record);
        let known = known.or_else(|| base.and_then(|base| base.record(&id)));
        let what = if entry.record.removed { "remove" } else { "extend" };
        match known {
            None => {
                let help = "name the file or the compiled table that has it before this one";
                findings.error("unknown_entity", &entry, format!("there is no `{id}` to {what}"), help);
            }
            Some(known) if !entry.record.removed => {
                at.insert(id, applied.len());
                applied.push(Some(Entry { record: known.extended(entry.record), ..entry }));
            }
            Some(_) => {}
        }
    }
    applied.into_iter().flatten().collect()
}
