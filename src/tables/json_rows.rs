//! Rows of JSON Lines.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::rows::{ArticleRow, MentionRow};
use crate::error::{Error, ErrorKind, Result};
use crate::read::open_stored;

/// The lines of a file that hold something.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    path: PathBuf,
    text: String,
    number: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let reader = open_stored(path).map_err(|error| Error::opening(path, error))?;
        Ok(Self { reader, path: path.to_owned(), text: String::new(), number: 0 })
    }

    /// The next mention, and its line.
    pub(super) fn next_mention(&mut self) -> Result<Option<(MentionRow<'_>, u64)>> {
        if !self.advance()? {
            return Ok(None);
        }
        let mention = serde_json::from_str(&self.text).map_err(|error| self.not_a("mention", &error))?;
        Ok(Some((mention, self.number)))
    }

    /// The next article.
    pub(super) fn next_article(&mut self) -> Result<Option<ArticleRow>> {
        if !self.advance()? {
            return Ok(None);
        }
        serde_json::from_str(&self.text).map(Some).map_err(|error| self.not_a("article", &error))
    }

    fn advance(&mut self) -> Result<bool> {
        loop {
            self.text.clear();
            let read = self.reader.read_line(&mut self.text).map_err(|error| Error::reading(&self.path, error))?;
            if read == 0 {
                return Ok(false);
            }
            self.number += 1;
            if !self.text.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn not_a(&self, what: &str, error: &serde_json::Error) -> Error {
        Error::new(ErrorKind::Input, format!("the line is not an entry of {what}s: {error}"))
            .at(&self.path)
            .line(self.number)
            .help(format!("give a file of {what}s that namewire wrote"))
    }
}
