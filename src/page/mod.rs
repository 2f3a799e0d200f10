//! Web pages to articles: the main text, the title, the date, and the way back to the bytes of the page.
//!
//! [`decode`] makes text of a page's bytes, and [`extract`] an article of that:
//!
//! ```
//! use namewire::page::{PageOptions, decode, extract};
//!
//! let html = "<title>Vote</title><nav>Home</nav><p>The minister, Ahmet Davuto&#287;lu, flew to Geneva on Monday.</p>";
//! let page = decode(html.as_bytes(), Some("utf-8")).html;
//! let found = extract(&page, &PageOptions::default())?;
//! assert_eq!(found.text, "The minister, Ahmet Davutoğlu, flew to Geneva on Monday.");
//! let name = found.text.find("Davutoğlu").unwrap();
//! let raw = found.sources.text.raw(name..name + "Davutoğlu".len()).unwrap();
//! assert_eq!(&page[raw], "Davuto&#287;lu");
//! # Ok::<(), namewire::page::PageError>(())
//! ```
//!
//! The stages of `extract`, each a file:
//!
//! | file | does |
//! |---|---|
//! | `tokens` | start tags, end tags and text, with their bytes (`html5gum`) |
//! | `scan`, `tree` | elements with the runs of text in them, and what the head says |
//! | `hints` | what the names of classes tell of an element |
//! | `blocks` | paragraphs, headings, items: runs of text that stand together |
//! | `content`, `boilerplate` | which blocks are main text |
//! | `text`, `pieces`, `source_map` | blocks as text, and where each character is in the page |
//! | `metadata`, `json_ld` | title, date, language, address, authors |
//!
//! No stage recurses, and each takes time in proportion to the page: depth, attributes and metadata are bounded.

mod charset;
mod source_map;

#[cfg(feature = "html")]
mod extract;
#[cfg(not(feature = "html"))]
mod without;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use charset::{Decoded, decode};
#[cfg(feature = "html")]
pub use extract::{extract, extract_fragment};
pub use source_map::SourceMap;
#[cfg(not(feature = "html"))]
pub use without::{extract, extract_fragment};

use crate::date::DateRange;
use crate::error::Error;

/// The default of [`PageOptions::max_bytes`]: 16 MiB, three times what web archives keep of a page.
pub const MAX_PAGE_BYTES: usize = 16 << 20;

/// How pages are read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageOptions {
    /// Which text is extracted.
    pub mode: PageMode,
    /// Maximum number of bytes of a decoded page.
    pub max_bytes: usize,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self { mode: PageMode::default(), max_bytes: MAX_PAGE_BYTES }
    }
}

impl PageOptions {
    /// The defaults, but for the mode.
    pub fn with_mode(mode: PageMode) -> Self {
        Self { mode, ..Self::default() }
    }
}

/// Which text of a page is extracted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PageMode {
    /// The article.
    #[default]
    Main,
    /// The article's paragraphs and headings, without lists, tables and what may be boilerplate.
    Precise,
    /// The article by the structure of the page alone, without a look at the wording.
    Fast,
    /// Every visible text.
    All,
}

impl fmt::Display for PageMode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Main => "main",
            Self::Precise => "precise",
            Self::Fast => "fast",
            Self::All => "all",
        })
    }
}

impl FromStr for PageMode {
    type Err = Error;

    /// Reads `main`, `precise`, `fast` or `all`.
    fn from_str(name: &str) -> Result<Self, Error> {
        let known = [Self::Main, Self::Precise, Self::Fast, Self::All];
        known.into_iter().find(|mode| mode.to_string() == name).ok_or_else(|| {
            Error::config(format!("unknown mode `{name}` of pages")).help("known are main, precise, fast and all")
        })
    }
}

/// What was extracted from a page.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The text: blocks with a blank line between them, white space as a browser shows it.
    pub text: String,
    /// The title, without the name of the site.
    pub title: Option<String>,
    /// The day of publication.
    pub date: Option<DateRange>,
    /// The language as the page declares it, such as `en-GB`.
    pub lang: Option<String>,
    /// The address as the page declares it.
    pub url: Option<String>,
    /// The names of the authors.
    pub authors: Vec<String>,
    /// Where the characters of title and text are in the page.
    pub sources: PageSources,
}

/// Where the characters of an article are in the page that it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSources {
    /// Of the title.
    pub title: SourceMap,
    /// Of the text.
    pub text: SourceMap,
}

/// Why nothing was extracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageError {
    /// The page is longer than [`PageOptions::max_bytes`].
    TooLarge {
        /// Bytes of the page.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// No text was found in the page.
    NoText,
    /// This build does not read pages.
    NotBuilt,
}

impl fmt::Display for PageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => write!(out, "a page of {bytes} bytes is over the limit of {limit}"),
            Self::NoText => out.write_str("no text was found in the page"),
            Self::NotBuilt => {
                out.write_str("this build does not read web pages: it was made without the feature \"html\"")
            }
        }
    }
}

impl std::error::Error for PageError {}
