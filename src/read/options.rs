//! What to read, and how: plain data, with its defaults.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::abridge::WantedFields;
use super::decompress::ZSTD_WINDOW_LOG;
use super::elasticsearch::WRAPPER;
use super::encoding::TextEncoding;
use super::expand::ExpansionLimits;
use super::fields::FieldNames;
use super::format::Format;
use super::select::Selection;
use crate::page::PageMode;

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
    /// The format of standard input and of files named directly, whatever their names and their content. `None` goes by
    /// the content for standard input, and for files by the extension, with a look at the content of those that are
    /// called text. Files found in directories go by their extension in any case.
    pub format: Option<Format>,
    /// The element that is a record, for XML of any kind; `None` recognises the formats of news.
    pub record: Option<String>,
    /// How tables with separated columns are read.
    pub csv: CsvOptions,
    /// Which text of web pages is extracted.
    pub html: PageMode,
    /// How records are decoded.
    pub encoding: TextEncoding,
    /// How far compressed inputs may expand.
    pub expansion: ExpansionLimits,
    /// Maximum window of Zstandard frames, as its base-2 logarithm: 27 is 128 MiB, 31 is 2 GiB. A frame says how large a
    /// window it needs, and that much memory is taken.
    pub zstd_window_log: u32,
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
            record: None,
            csv: CsvOptions::default(),
            html: PageMode::default(),
            encoding: TextEncoding::default(),
            zstd_window_log: ZSTD_WINDOW_LOG,
            expansion: ExpansionLimits::default(),
            selection: Selection::default(),
        }
    }
}

impl ReadOptions {
    /// Maximum length of a JSON record or a page: three times [`max_article_bytes`](Self::max_article_bytes), enough for a text
    /// whose characters beyond ASCII are all written `\uXXXX` (six bytes for two), and 64 KiB for the other fields.
    pub fn max_line_bytes(&self) -> usize {
        self.max_article_bytes.saturating_mul(3).saturating_add(64 << 10)
    }

    /// The dotted paths of all fields that a record is searched for.
    pub(super) fn paths(&self) -> Vec<&str> {
        let mut paths = self.fields.paths();
        paths.extend(self.keep.iter().map(String::as_str));
        paths
    }

    pub(super) fn json_limits(&self) -> JsonLimits {
        JsonLimits { bytes: self.max_line_bytes(), wanted: Arc::new(WantedFields::new(self.paths(), WRAPPER)) }
    }

    pub(super) fn record_limits(&self) -> RecordLimits {
        RecordLimits { text: self.max_article_bytes, json: self.max_line_bytes() }
    }
}

/// How much of a JSON record is held.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonLimits {
    /// Maximum number of bytes, without the values of other fields where it would be longer.
    pub(super) bytes: usize,
    /// The fields that are read.
    pub(super) wanted: Arc<WantedFields>,
}

/// How tables are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CsvOptions {
    /// What separates columns: any ASCII character. `None` takes the most frequent of comma, semicolon, tab and vertical
    /// bar in the first line, or that of a first line `sep=;` as Excel writes it.
    pub delimiter: Option<char>,
    /// Whether the first row has the names of the columns. Otherwise they are called `1`, `2` and so on.
    pub has_header: bool,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { delimiter: None, has_header: true }
    }
}

/// Maximum number of bytes of a record of each format.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordLimits {
    text: usize,
    json: usize,
}

impl RecordLimits {
    pub(super) fn of(self, format: Format) -> usize {
        match format {
            Format::Text => self.text,
            Format::Json
            | Format::Csv
            | Format::Parquet
            | Format::Html
            | Format::Warc
            | Format::Xml
            | Format::Tar
            | Format::Zip => self.json,
        }
    }
}
