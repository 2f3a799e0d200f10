//! The table `unlinked`: mentions without an entity, in groups of one name and type.

use serde::Deserialize;

use super::rows::MentionRow;
use super::sheet::{Cell, Column, Kind, Sheet};
use crate::error::Result;
use crate::link::suggest::{Group, Suggestions, Unlinked};

/// Maximum number of groups; beyond it, the smallest are dropped and their mentions counted.
pub(super) const MAX_GROUPS: usize = 1_000_000;

#[derive(Deserialize)]
struct Candidate {
    entity_id: String,
    score: f64,
}

pub(super) fn add(groups: &mut Suggestions, mention: &MentionRow<'_>) {
    let candidates: Vec<Candidate> = mention
        .link
        .candidates
        .filter(|list| list.get() != "[]")
        .and_then(|list| serde_json::from_str(list.get()).ok())
        .unwrap_or_default();
    groups.add(&Unlinked {
        text: &mention.text,
        kind: &mention.kind,
        reason: mention.link.reason.as_ref().map(|reason| &*reason.0),
        candidates: candidates.into_iter().map(|candidate| (candidate.entity_id, candidate.score)).collect(),
        context: mention.context.as_ref().map(|context| &*context.0),
    });
}

/// Writes the table.
pub(super) fn write(groups: &[Group], sheet: &mut dyn Sheet) -> Result<()> {
    for group in groups {
        let probable: Vec<&str> = group.probable.iter().map(|probable| &*probable.entity_id).collect();
        sheet.row(&[
            Cell::text(&*group.name),
            Cell::text(&*group.kind),
            Cell::Count(group.mentions),
            Cell::Count(group.articles),
            Cell::text(object(&group.spellings)),
            Cell::text(object(&group.reasons)),
            Cell::text(serde_json::json!(probable).to_string()),
            Cell::text(serde_json::json!(group.examples).to_string()),
        ])?;
    }
    Ok(())
}

fn object(counts: &[(String, u64)]) -> String {
    serde_json::Value::Object(counts.iter().map(|(text, count)| (text.clone(), (*count).into())).collect()).to_string()
}

/// Columns of the table.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("name", Kind::Text),
    Column::new("type", Kind::Text),
    Column::new("mentions", Kind::Count),
    Column::new("articles", Kind::Count),
    Column::new("spellings", Kind::Text),
    Column::new("reasons", Kind::Text),
    Column::new("candidates", Kind::Text),
    Column::new("examples", Kind::Text),
];
