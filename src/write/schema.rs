//! The lines that are written, key by key in their order (schema version 1).
//!
//! `docs/mention.schema.json` says the same for other programs; a test holds real output against it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::article::Field;
use crate::link::{FoundBy, Method, Reason, Status};
use crate::outcome::RecordStatus;

/// One mention.
#[derive(Debug, Serialize)]
pub struct MentionLine<'m> {
    /// The article's id.
    pub doc_id: &'m str,
    /// Which of its fields the offsets refer to.
    pub field: Field,
    /// First code point, and one past the last.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The same span in UTF-8 bytes.
    pub start_byte: usize,
    /// See `start_byte`.
    pub end_byte: usize,
    /// The surface: always the slice.
    pub text: &'m str,
    /// The mention's type.
    #[serde(rename = "type")]
    pub kind: &'m str,
    /// The model's confidence; null for what the table alone found.
    pub score: Option<f64>,
    /// Who found it.
    pub found_by: FoundBy,
    /// Index of its sentence in the field.
    pub sentence: u32,
    /// The entity's id, name and type.
    pub entity_id: Option<&'m str>,
    /// See `entity_id`.
    pub entity_name: Option<&'m str>,
    /// See `entity_id`; may differ from the mention's own type.
    pub entity_type: Option<&'m str>,
    /// The same for mentions of one entity in the article.
    pub local_id: u32,
    /// How it was linked, or why not.
    pub link: LinkLine<'m>,
    /// Its sentence (`--context`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<&'m str>,
    /// Fields of the article (`--keep`).
    pub meta: &'m Map<String, Value>,
}

/// The link of a mention.
#[derive(Debug, Serialize)]
pub struct LinkLine<'m> {
    /// Whether there is an entity.
    pub status: Status,
    /// The step that found it.
    pub method: Option<Method>,
    /// The alias of the table.
    pub alias: Option<&'m str>,
    /// How sure the choice is.
    pub score: Option<f64>,
    /// What it rests on.
    pub evidence: Option<EvidenceLine<'m>>,
    /// What was weighed, best first.
    pub candidates: Vec<CandidateLine<'m>>,
    /// Why there is no entity, or what decided.
    pub reason: Option<Reason>,
}

/// What a link rests on: a row of a table, or a span of the article.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum EvidenceLine<'m> {
    /// A row.
    Row {
        /// The table file.
        table: &'m str,
        /// The line in it, counted from 1.
        line: u32,
        /// The alias as the row writes it.
        alias: &'m str,
    },
    /// A definition or a fuller name.
    Span {
        /// The field that it stands in.
        field: Field,
        /// Its code points.
        start: usize,
        /// See `start`.
        end: usize,
        /// Its words.
        text: &'m str,
    },
}

/// An entity that was weighed.
#[derive(Debug, Serialize)]
pub struct CandidateLine<'m> {
    /// Its id.
    pub entity_id: &'m str,
    /// Its share of the weight.
    pub score: f64,
}

/// One span that the model alone found.
#[derive(Debug, Serialize)]
pub struct SpanLine<'m> {
    /// The article's id.
    pub doc_id: &'m str,
    /// Where it was read: input and line, as in the articles file.
    pub input: &'m str,
    /// Which of its fields the offsets refer to.
    pub field: Field,
    /// First code point, and one past the last.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The same span in UTF-8 bytes.
    pub start_byte: usize,
    /// See `start_byte`.
    pub end_byte: usize,
    /// The surface.
    pub text: &'m str,
    /// The model's type.
    #[serde(rename = "type")]
    pub kind: &'m str,
    /// The model's confidence, to the last bit: `relink` must come to the same links and lines.
    pub score: f32,
    /// Index of its sentence in the field.
    pub sentence: u32,
}

/// One article, whatever became of it.
#[derive(Debug, Serialize)]
pub struct ArticleLine<'m> {
    /// Its id; null where reading did not get as far.
    pub doc_id: Option<&'m str>,
    /// Where it was read: input and line.
    pub input: String,
    /// `ok`, `rejected` or `skipped`.
    pub status: RecordStatus,
    /// Why it was not processed.
    pub reason: Option<String>,
    /// The publication date, as exact as it is known: a day, a month or a year.
    pub date: Option<String>,
    /// ISO 639-1 code of its language.
    pub language: Option<&'m str>,
    /// Sentences in all fields.
    pub sentences: usize,
    /// Tokens in all fields.
    pub tokens: usize,
    /// Mentions written.
    pub mentions: usize,
    /// Of these, those with an entity.
    pub linked: usize,
    /// 128 bits of the SHA-256 of the text, white space made one.
    pub text_hash: Option<&'m str>,
    /// The first article of the run with the same hash.
    pub copy_of: Option<&'m str>,
}

/// Four decimals: what the last bits say of a score is noise, and lines stay short.
pub(super) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}
