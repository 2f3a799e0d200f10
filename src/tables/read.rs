//! Reads the rows of files, whatever their format. Another format of rows is another case here.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::json_rows::Lines;
use super::parquet_rows::ParquetRows;
use super::rows::{ArticleRow, MentionRow};
use crate::error::{Error, Result};

/// The rows of one file.
enum Rows {
    Json(Lines),
    Parquet(ParquetRows),
}

impl Rows {
    /// Opens a file; its first bytes tell the format.
    fn open(path: &Path) -> Result<Self> {
        const PARQUET: &[u8] = b"PAR1";
        let mut head = Vec::new();
        let file = File::open(path).map_err(|error| Error::opening(path, error))?;
        file.take(PARQUET.len() as u64).read_to_end(&mut head).map_err(|error| Error::opening(path, error))?;
        if head == PARQUET {
            return ParquetRows::open(path).map(Self::Parquet);
        }
        Lines::open(path).map(Self::Json)
    }
}

/// Passes on each mention of a file, in its order, with its line or row.
///
/// # Errors
///
/// Fails where the file cannot be read or holds something else, and as `each` does.
pub(super) fn each_mention(path: &Path, mut each: impl FnMut(&MentionRow<'_>, u64) -> Result<()>) -> Result<()> {
    match Rows::open(path)? {
        Rows::Json(mut lines) => {
            while let Some((mention, number)) = lines.next_mention()? {
                each(&mention, number)?;
            }
            Ok(())
        }
        Rows::Parquet(rows) => rows.each_mention(each),
    }
}

/// The articles of files, one after another.
pub(super) struct Articles {
    pending: VecDeque<PathBuf>,
    current: Option<Rows>,
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
    /// Fails where a file cannot be read or holds something else.
    pub(super) fn next_article(&mut self) -> Result<Option<ArticleRow>> {
        loop {
            let next = match &mut self.current {
                Some(Rows::Json(lines)) => lines.next_article()?,
                Some(Rows::Parquet(rows)) => rows.next_article()?,
                None => None,
            };
            if next.is_some() {
                return Ok(next);
            }
            let Some(path) = self.pending.pop_front() else { return Ok(None) };
            self.current = Some(Rows::open(&path)?);
        }
    }
}
