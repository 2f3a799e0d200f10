//! The keys of the output lines, in order (schema version 1).
//!
//! `docs/mention.schema.json` describes mentions for other programs; a test validates real output with it.

use serde::Serialize;

use crate::article::{Field, Meta};
use crate::link::{FoundBy, Method, Reason, Status};
use crate::outcome::RecordStatus;

/// One mention.
#[derive(Debug, Serialize)]
pub struct MentionLine<'m> {
    /// The article's id.
    pub doc_id: &'m str,
    /// The field that the offsets refer to.
    pub field: Field,
    /// Code points, half-open.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The same span in UTF-8 bytes.
    pub start_byte: usize,
    /// See `start_byte`.
    pub end_byte: usize,
    /// Of a page, the same span in bytes of the decoded page; null if the page has other text there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_start_byte: Option<Option<usize>>,
    /// See `raw_start_byte`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_end_byte: Option<Option<usize>>,
    /// The surface form, exactly as in the article.
    pub text: &'m str,
    /// The mention's type.
    #[serde(rename = "type")]
    pub kind: &'m str,
    /// The model's score; null for a mention found by the table alone.
    pub score: Option<f64>,
    /// Whether the model, the table or both found it.
    pub found_by: FoundBy,
    /// Index of its sentence in the field.
    pub sentence: u32,
    /// The entity's id.
    pub entity_id: Option<&'m str>,
    /// The entity's name.
    pub entity_name: Option<&'m str>,
    /// The entity's type, which may differ from the mention's.
    pub entity_type: Option<&'m str>,
    /// Equal for mentions of the same entity in the article.
    pub local_id: u32,
    /// How it was linked, or why it was not.
    pub link: LinkLine<'m>,
    /// Its sentence, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<&'m str>,
    /// The byte of the file from which the record of a web archive can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warc_offset: Option<u64>,
    /// The fields of the record that are kept.
    pub meta: &'m Meta,
}

/// The link of a mention.
#[derive(Debug, Serialize)]
pub struct LinkLine<'m> {
    /// Whether an entity was found.
    pub status: Status,
    /// The step that found it.
    pub method: Option<Method>,
    /// The alias of the table.
    pub alias: Option<&'m str>,
    /// Confidence in the choice.
    pub score: Option<f64>,
    /// Evidence for the link.
    pub evidence: Option<EvidenceLine<'m>>,
    /// The candidate entities, best first.
    pub candidates: Vec<CandidateLine<'m>>,
    /// Why no entity was chosen, or what decided the choice.
    pub reason: Option<Reason>,
}

/// Evidence for a link: a row of a table, or a span of the article.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum EvidenceLine<'m> {
    /// A row of a table.
    Row {
        /// The table file.
        table: &'m str,
        /// The line number, from 1.
        line: u32,
        /// The alias as written in the row.
        alias: &'m str,
    },
    /// A definition or a longer name in the article.
    Span {
        /// The field that contains it.
        field: Field,
        /// Code points, half-open.
        start: usize,
        /// See `start`.
        end: usize,
        /// The text of the span.
        text: &'m str,
    },
}

/// A candidate entity.
#[derive(Debug, Serialize)]
pub struct CandidateLine<'m> {
    /// Its id.
    pub entity_id: &'m str,
    /// Its share of the total score.
    pub score: f64,
}

/// One span found by the model, before linking.
#[derive(Debug, Serialize)]
pub struct SpanLine<'m> {
    /// The article's id.
    pub doc_id: &'m str,
    /// Input and line of the article, as in the articles file.
    pub input: &'m str,
    /// The field that the offsets refer to.
    pub field: Field,
    /// Code points, half-open.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The same span in UTF-8 bytes.
    pub start_byte: usize,
    /// See `start_byte`.
    pub end_byte: usize,
    /// The surface form.
    pub text: &'m str,
    /// The model's type.
    #[serde(rename = "type")]
    pub kind: &'m str,
    /// The model's score at full precision, so that relinking gives the same lines.
    pub score: f32,
    /// Index of its sentence in the field.
    pub sentence: u32,
}

/// One article, whether it was processed or not.
#[derive(Debug, Serialize)]
pub struct ArticleLine<'m> {
    /// Its id; null if the record could not be parsed.
    pub doc_id: Option<&'m str>,
    /// Input and line.
    pub input: &'m str,
    /// The byte of the file from which the record of a web archive can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warc_offset: Option<u64>,
    /// `ok`, `rejected` or `skipped`.
    pub status: RecordStatus,
    /// Why it was not processed.
    pub reason: Option<&'m str>,
    /// The publication date: a day, a month or a year, depending on its precision.
    pub date: Option<String>,
    /// ISO 639-1 code of its language.
    pub language: Option<&'m str>,
    /// Sentences in all fields.
    pub sentences: usize,
    /// Tokens in all fields.
    pub tokens: usize,
    /// Mentions written.
    pub mentions: usize,
    /// Mentions with an entity.
    pub linked: usize,
    /// The first 128 bits of the SHA-256 of the text with normalised white space.
    pub text_hash: Option<&'m str>,
    /// Id of the first article of the run with the same hash.
    pub copy_of: Option<&'m str>,
    /// The title, if texts are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'m str>,
    /// The text to which the offsets of mentions refer, if texts are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'m str>,
}

/// Rounds to four decimals: further digits of a score are noise, and make the lines longer.
pub(super) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}
