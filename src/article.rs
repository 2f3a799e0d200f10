//! The article: what every reader yields and every later stage works on.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::date::DateRange;
pub use crate::meta::Meta;
use crate::page::{Page, PageSources};

/// One news article, its fields exactly as they came.
#[derive(Clone, Debug, Default)]
pub struct Article {
    /// Its own id, or `path#record`.
    pub id: String,
    /// The headline, where the input keeps it apart from the text.
    pub title: Option<String>,
    /// The body.
    pub text: String,
    /// When it was published, as exactly as the input says.
    pub date: Option<DateRange>,
    /// The language that the input declares.
    pub lang: Option<String>,
    /// Fields copied to each mention.
    pub meta: Meta,
    /// Where it came from.
    pub origin: Origin,
    /// What could not be read of the record, or was repaired.
    pub warnings: Vec<Warning>,
    /// Where its characters are in the page that it came from; `None` if it came from something else.
    pub page: Option<Box<PageSources>>,
}

/// Something that was lost or repaired in an article, for counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The kind: `date_unreadable`, `title_missing` and such.
    pub kind: &'static str,
    /// The value that it is about, where there is one.
    pub example: Option<Box<str>>,
}

impl Warning {
    /// A warning, with the value that it is about.
    pub fn new(kind: &'static str, example: Option<String>) -> Self {
        Self { kind, example: example.map(Into::into) }
    }
}

impl Article {
    /// The text of one field; empty where the article has none.
    pub fn field(&self, field: Field) -> &str {
        match field {
            Field::Title => self.title.as_deref().unwrap_or_default(),
            Field::Text => &self.text,
        }
    }

    /// The article of a page, without an id.
    pub fn from_page(page: Page) -> Self {
        let Page { text, title, date, lang, url: _, authors: _, sources } = page;
        Self { title, text, date, lang, page: Some(Box::new(sources)), ..Self::default() }
    }

    /// The bytes of the page that a span of a field, in bytes, came from; `None` where they are not the same text, and
    /// for articles that are no pages.
    pub fn raw(&self, field: Field, span: Range<usize>) -> Option<Range<usize>> {
        let sources = self.page.as_ref()?;
        match field {
            Field::Title => sources.title.raw(span),
            Field::Text => sources.text.raw(span),
        }
    }

    /// Bytes of text in all fields.
    pub fn text_bytes(&self) -> usize {
        Field::ALL.iter().map(|&field| self.field(field).len()).sum()
    }

    /// True where there is nothing to read in any field.
    pub fn is_blank(&self) -> bool {
        Field::ALL.iter().all(|&field| self.field(field).trim().is_empty())
    }
}

impl From<&str> for Article {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Article {
    /// An article of a text alone, without an id.
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// The searched fields of an article, in the order in which their mentions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The headline.
    Title,
    /// The body.
    Text,
}

impl Field {
    /// Both fields, in order.
    pub const ALL: [Field; 2] = [Field::Title, Field::Text];
}

/// Where a record was read. Displays as `path#line`; the second record on one line is `path#line.2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The input as it was named (`-` for standard input).
    pub path: Arc<str>,
    /// Which input of the run it was, counted from 0.
    pub input: u32,
    /// The line on which the record starts, counted from 1, for inputs of JSON.
    pub line: Option<u64>,
    /// How many records start on that line before it.
    pub nth: u32,
    /// The byte, in the uncompressed input, at which the record starts.
    pub byte: u64,
    /// The byte of the file, as it is stored, from which the record of a web archive can be fetched; `None` for other
    /// formats, and where the file is compressed as a whole.
    pub warc_offset: Option<u64>,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) if self.nth > 0 => write!(out, "{}#{line}.{}", self.path, self.nth + 1),
            Some(line) => write!(out, "{}#{line}", self.path),
            None => out.write_str(&self.path),
        }
    }
}
