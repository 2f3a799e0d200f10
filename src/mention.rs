//! A mention as programs get it: the record that `docs/mention.schema.json` describes, as owned values.

use serde::Serialize;

use crate::article::Field;
use crate::link::{FoundBy, Method, Reason, Status};
use crate::write::{EvidenceLine, LinkLine, MentionLine};

/// A named entity in an article, and the entity of the table that it was linked to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Mention {
    /// Which field of the article the offsets refer to.
    pub field: Field,
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The first byte, in UTF-8.
    pub start_byte: usize,
    /// One past the last byte.
    pub end_byte: usize,
    /// Of an article made of a page, the first byte in the page; `None` if the page has other text there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_start_byte: Option<usize>,
    /// One past the last byte in the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_end_byte: Option<usize>,
    /// The surface: always the slice from `start_byte` to `end_byte`.
    pub text: String,
    /// The type, such as `PER`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The model's confidence, from 0 to 1; `None` for mentions that only the table found.
    pub score: Option<f64>,
    /// Whether the model, the table or both found it.
    pub found_by: FoundBy,
    /// The number of its sentence in the field, from 0.
    pub sentence: u32,
    /// The id of its entity.
    pub entity_id: Option<String>,
    /// The name of its entity.
    pub entity_name: Option<String>,
    /// The type of its entity; may differ from the mention's own.
    pub entity_type: Option<String>,
    /// A number that mentions of one entity share within the article, also where no table knows the entity.
    pub local_id: u32,
    /// How it was linked, or why not.
    pub link: MentionLink,
}

/// The link of a [`Mention`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MentionLink {
    /// Whether there is an entity.
    pub status: Status,
    /// The step that linked it.
    pub method: Option<Method>,
    /// The alias of the table.
    pub alias: Option<String>,
    /// The confidence of the choice, from 0 to 1.
    pub score: Option<f64>,
    /// What the link rests on.
    pub evidence: Option<MentionEvidence>,
    /// The entities that were considered, as id and score, best first.
    pub candidates: Vec<(String, f64)>,
    /// Why there is no entity, or what decided.
    pub reason: Option<Reason>,
}

/// What a [`MentionLink`] rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum MentionEvidence {
    /// A row of a table.
    Row {
        /// The table file.
        table: String,
        /// The line in it, from 1.
        line: u32,
        /// The alias as the row has it.
        alias: String,
    },
    /// A span of the article: a definition, or a fuller name.
    Span {
        /// The field that it is in.
        field: Field,
        /// The first code point.
        start: usize,
        /// One past the last code point.
        end: usize,
        /// Its words.
        text: String,
    },
}

impl From<MentionLine<'_>> for Mention {
    fn from(line: MentionLine<'_>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            field: line.field,
            start: line.start,
            end: line.end,
            start_byte: line.start_byte,
            end_byte: line.end_byte,
            raw_start_byte: line.raw_start_byte.flatten(),
            raw_end_byte: line.raw_end_byte.flatten(),
            text: line.text.to_owned(),
            kind: line.kind.to_owned(),
            score: line.score,
            found_by: line.found_by,
            sentence: line.sentence,
            entity_id: owned(line.entity_id),
            entity_name: owned(line.entity_name),
            entity_type: owned(line.entity_type),
            local_id: line.local_id,
            link: line.link.into(),
        }
    }
}

impl From<LinkLine<'_>> for MentionLink {
    fn from(line: LinkLine<'_>) -> Self {
        let evidence = line.evidence.map(|evidence| match evidence {
            EvidenceLine::Row { table, line, alias } => {
                MentionEvidence::Row { table: table.to_owned(), line, alias: alias.to_owned() }
            }
            EvidenceLine::Span { field, start, end, text } => {
                MentionEvidence::Span { field, start, end, text: text.to_owned() }
            }
        });
        Self {
            status: line.status,
            method: line.method,
            alias: line.alias.map(str::to_owned),
            score: line.score,
            evidence,
            candidates: line.candidates.iter().map(|found| (found.entity_id.to_owned(), found.score)).collect(),
            reason: line.reason,
        }
    }
}
