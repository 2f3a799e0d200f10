//! Inputs to articles.
//!
//! [`discover`] turns what the user named into [`Input`]s, and fails at once where the request itself cannot
//! stand. [`Records`] cuts them, one after another, into [`RawRecord`]s: cheap work, for one thread.
//! [`RawRecord::parse`] makes each an [`Article`](crate::article::Article): dear work, for many threads.
//! Once reading has begun nothing stops it: what cannot be read becomes a [`Reject`], and reading goes on
//! behind it.

mod expand;
mod fields;
mod input;
mod ledger;
mod lines;
mod parse;
mod prune;
mod records;
mod reject;
mod retry;
mod select;
mod source;

pub use expand::ExpansionLimits;
pub use fields::FieldNames;
pub use input::{Compression, Format, Input, discover, discover_listed};
pub use ledger::{Followed, InputRead, Ledger, Position, RecordIterator};
pub(crate) use parse::check_article;
pub use records::{RawRecord, Records};
pub use reject::{Reject, RejectReason};
pub use retry::Retry;
pub use select::{Sample, Selection};
pub use source::{ReadProgress, open_stored};
pub(crate) use source::{Reader, Source};

/// The default of [`ReadOptions::max_article_bytes`]: 16 MiB, some hundred times the longest news article.
pub const MAX_ARTICLE_BYTES: usize = 16 << 20;

/// What to read, and how.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Where in a JSON record the parts of an article stand.
    pub fields: FieldNames,
    /// Dotted paths of JSON fields copied to [`Article::meta`](crate::article::Article::meta), each under the
    /// path as it is given here. What a record lacks is left out.
    pub keep: Vec<String>,
    /// Bytes of title and text that one article may have. Longer ones are rejected, so that no input,
    /// however it is compressed, decides how much memory a run takes.
    pub max_article_bytes: usize,
    /// The format of standard input and of files named directly, whatever they are called. `None` goes by
    /// the extension; standard input, which has none, is JSON Lines where it starts with `{`, else one
    /// text article. Files found in directories always go by their extension.
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
    /// Bytes that one line of JSON may have: three times the article's, which holds any text whose characters
    /// beyond ASCII are all written `\uXXXX` (six bytes for two), and 64 KiB for the other fields.
    pub fn max_line_bytes(&self) -> usize {
        self.max_article_bytes.saturating_mul(3).saturating_add(64 << 10)
    }
}
