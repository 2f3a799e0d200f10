//! Files line by line.

use std::path::{Path, PathBuf};

use super::rows::Tally;
use crate::error::{Error, Result};
use crate::read::{Reader, open_stored};

/// Maximum bytes of a line; the longest item of Wikidata has 5 MB.
const MAX_LINE_BYTES: u64 = 1 << 28;

/// The lines of a file, which may be compressed.
pub(super) struct Lines {
    path: PathBuf,
    reader: Reader,
    line: Vec<u8>,
    /// The number of the last line, from 1.
    pub(super) number: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let reader = open(path)?;
        Ok(Self { path: path.into(), reader, line: Vec::new(), number: 0 })
    }

    /// The next line in UTF-8, without its end; lines in another encoding are counted.
    pub(super) fn next(&mut self, tally: &mut Tally) -> Result<Option<&str>> {
        while self.read()? {
            if std::str::from_utf8(&self.line).is_ok() {
                break;
            }
            tally.skip("not_utf8", || self.place());
        }
        let text = std::str::from_utf8(&self.line).unwrap_or_default();
        let text = if self.number == 1 { text.trim_start_matches('\u{FEFF}') } else { text };
        Ok((!text.is_empty()).then(|| text.trim_end_matches(['\r', '\n'])))
    }

    /// False at the end.
    fn read(&mut self) -> Result<bool> {
        use std::io::{BufRead, Read};
        self.line.clear();
        let mut bounded = (&mut self.reader).take(MAX_LINE_BYTES);
        let read = bounded.read_until(b'\n', &mut self.line).map_err(|error| Error::reading(&self.path, error))?;
        self.number += 1;
        if read as u64 == MAX_LINE_BYTES {
            return Err(Error::reading(&self.path, std::io::Error::other("a line is too long")).line(self.number));
        }
        Ok(read > 0)
    }

    /// File and line.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.path.display(), self.number)
    }
}

/// Opens a file, decompressed where it is compressed.
pub(super) fn open(path: &Path) -> Result<Reader> {
    open_stored(path).map_err(|error| Error::opening(path, error))
}
