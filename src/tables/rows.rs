//! Rows of mentions and articles, as a run wrote them.
//!
//! A mention borrows from its line, so that a million of them are read without a million allocations.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::article::Field;
use crate::date::DateRange;

/// Text that borrows from its line where it has no escapes.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Text<'l>(#[serde(borrow)] pub Cow<'l, str>);

/// One mention. [`MentionLine`](crate::write::MentionLine) describes the keys.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct MentionRow<'l> {
    /// The article's id.
    #[serde(borrow)]
    pub doc_id: Cow<'l, str>,
    /// The field that `start` and `end` refer to.
    pub field: Field,
    /// Code points, half-open.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The surface form.
    #[serde(borrow)]
    pub text: Cow<'l, str>,
    /// The mention's type.
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'l, str>,
    /// The model's score.
    pub score: Option<f32>,
    /// Index of its sentence in the field.
    pub sentence: u32,
    /// The entity's id.
    #[serde(borrow, default)]
    pub entity_id: Option<Text<'l>>,
    /// The entity's name.
    #[serde(borrow, default)]
    pub entity_name: Option<Text<'l>>,
    /// The entity's type.
    #[serde(borrow, default)]
    pub entity_type: Option<Text<'l>>,
    /// How it was linked, or why not.
    #[serde(borrow)]
    pub link: LinkRow<'l>,
    /// Its sentence, where the run kept it.
    #[serde(borrow, default)]
    pub context: Option<Text<'l>>,
    /// The kept fields of the article: a JSON object.
    #[serde(borrow, default)]
    pub meta: Option<&'l RawValue>,
    /// The article's date, which rows of Parquet files have.
    #[serde(skip)]
    pub date: Option<DateRange>,
}

/// The link of a mention.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct LinkRow<'l> {
    /// Whether an entity was found.
    #[serde(borrow)]
    pub status: Cow<'l, str>,
    /// The step that found it.
    #[serde(borrow, default)]
    pub method: Option<Text<'l>>,
    /// The alias of the table.
    #[serde(borrow, default)]
    pub alias: Option<Text<'l>>,
    /// Confidence in the choice.
    #[serde(default)]
    pub score: Option<f32>,
    /// Evidence for the link: a JSON object.
    #[serde(borrow, default)]
    pub evidence: Option<&'l RawValue>,
    /// The candidate entities: a JSON array.
    #[serde(borrow, default)]
    pub candidates: Option<&'l RawValue>,
    /// Why there is no entity, or what decided between several.
    #[serde(borrow, default)]
    pub reason: Option<Text<'l>>,
}

/// One article. [`ArticleLine`](crate::write::ArticleLine) describes the keys.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ArticleRow {
    /// Its id; `None` where the record could not be parsed.
    pub doc_id: Option<String>,
    /// Input and line.
    #[serde(default)]
    pub input: String,
    /// `ok`, `rejected` or `skipped`.
    pub status: String,
    /// Why it was not processed.
    #[serde(default)]
    pub reason: Option<String>,
    /// A day, a month or a year.
    #[serde(default)]
    pub date: Option<String>,
    /// ISO 639-1 code of its language.
    #[serde(default)]
    pub language: Option<String>,
    /// Tokens in all fields.
    #[serde(default)]
    pub tokens: u64,
    /// Mentions that the run wrote.
    #[serde(default)]
    pub mentions: u64,
    /// Id of the first article with the same text.
    #[serde(default)]
    pub copy_of: Option<String>,
}

impl MentionRow<'_> {
    /// The entity's id, for a linked mention.
    pub fn entity(&self) -> Option<&str> {
        self.entity_id.as_ref().map(|id| &*id.0)
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
