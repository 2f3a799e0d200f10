//! What to read, and how: plain data, with its defaults.

use serde::{Deserialize, Serialize};

use super::expand::ExpansionLimits;
use super::fields::FieldNames;
use super::format::Format;
use super::select::Selection;

/// The default of [`ReadOptions::max_article_bytes`]: 16 MiB, about a hundred times the longest news article.
pub const MAX_ARTICLE_BYTES: usize = 16 << 20;

/// What to read, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The fields of a JSON record that make an article.
    pub fields: FieldNames,
    /// Dotted paths of JSON fields copied to [`Article::meta`](crate::article::Article::meta), each under
    /// the path as given here. A field that a record lacks is left out.
    pub keep: Vec<String>,
    /// Maximum number of bytes of title and text in one article. Longer ones are rejected, so that no input,
    /// compressed or not, decides how much memory a run takes.
    pub max_article_bytes: usize,
    /// The format of standard input and of files named directly, whatever their names. `None` goes by the
    /// extension; standard input, which has none, is JSON Lines where it starts with `{`, else one text article.
    /// Files found in directories always go by their extension.
    pub format: Option<Format>,
    /// How far compressed inputs may expand.
    pub expansion: ExpansionLimits,
    /// Which records are taken.
    pub selection: Selection,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            fields: FieldNames::default(),
            keep: Vec::new(),
            max_article_bytes: MAX_ARTICLE_BYTES,
            format: None,
            expansion: ExpansionLimits::default(),
            selection: Selection::default(),
        }
    }
}

impl ReadOptions {
    /// Maximum length of a line of JSON: three times [`max_article_bytes`](Self::max_article_bytes), enough for a text
    /// whose characters beyond ASCII are all written `\uXXXX` (six bytes for two), and 64 KiB for the other fields.
    pub fn max_line_bytes(&self) -> usize {
        self.max_article_bytes.saturating_mul(3).saturating_add(64 << 10)
    }
}
