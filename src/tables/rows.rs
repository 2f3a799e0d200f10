//! Rows of mentions and articles, as a run wrote them.
//!
//! A mention borrows from its line, so that a million of them are read without a million allocations. Every reader of
//! stored rows ends in [`each_mention`] and [`Articles`]; another format of rows is another case there.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::article::Field;
use crate::error::{Error, ErrorKind, Result};
use crate::read::open_stored;

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

/// Where a row stands, for messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    /// The file.
    pub(super) path: &'p Path,
    /// The line, from 1.
    pub(super) line: u64,
}

impl Place<'_> {
    /// An error about this row.
    pub(super) fn error(&self, what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Input, what).at(self.path).line(self.line)
    }
}

/// Passes on each mention of a file, in its order.
///
/// # Errors
///
/// Fails where the file cannot be read or a line is not a mention, and as `each` does.
pub(super) fn each_mention(path: &Path, mut each: impl FnMut(&MentionRow<'_>, Place<'_>) -> Result<()>) -> Result<()> {
    let mut lines = Lines::open(path)?;
    while let Some((text, line)) = lines.next()? {
        let place = Place { path, line };
        let mention = serde_json::from_str(text).map_err(|error| not_a(&place, "mention", &error))?;
        each(&mention, place)?;
    }
    Ok(())
}

/// The articles of files, one after another.
#[derive(Debug)]
pub(super) struct Articles {
    pending: VecDeque<PathBuf>,
    current: Option<(PathBuf, Lines)>,
}

impl Articles {
    /// The articles of these files, in this order.
    pub(super) fn new(files: &[PathBuf]) -> Self {
        Self { pending: files.iter().cloned().collect(), current: None }
    }

    /// The next article; `None` after the last.
    ///
    /// # Errors
    ///
    /// Fails where a file cannot be read or a line is not an article.
    pub(super) fn next_article(&mut self) -> Result<Option<ArticleRow>> {
        loop {
            if let Some((path, lines)) = &mut self.current {
                if let Some((text, line)) = lines.next()? {
                    let place = Place { path, line };
                    return serde_json::from_str(text).map(Some).map_err(|error| not_a(&place, "article", &error));
                }
                self.current = None;
            }
            let Some(path) = self.pending.pop_front() else { return Ok(None) };
            let lines = Lines::open(&path)?;
            self.current = Some((path, lines));
        }
    }
}

fn not_a(place: &Place<'_>, what: &str, error: &serde_json::Error) -> Error {
    place
        .error(format!("the line is not an entry of {what}s: {error}"))
        .help(format!("give a file of {what}s that namewire wrote"))
}

/// The lines of a file that hold something.
struct Lines {
    reader: Box<dyn BufRead + Send>,
    path: PathBuf,
    text: String,
    number: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let reader = open_stored(path).map_err(|error| Error::opening(path, error))?;
        Ok(Self { reader, path: path.to_owned(), text: String::new(), number: 0 })
    }

    fn next(&mut self) -> Result<Option<(&str, u64)>> {
        loop {
            self.text.clear();
            let read = self.reader.read_line(&mut self.text).map_err(|error| Error::reading(&self.path, error))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if !self.text.trim_ascii().is_empty() {
                return Ok(Some((self.text.trim_ascii_end(), self.number)));
            }
        }
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.path.display(), self.number)
    }
}
