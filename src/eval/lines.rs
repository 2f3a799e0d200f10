//! The lines of a file, decompressed, numbered and checked to be UTF-8.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use super::corpus::Place;
use crate::error::{Error, Result};
use crate::read::{Reader, Source};

/// Returns lines without their line breaks.
pub(super) struct Lines {
    reader: Reader,
    path: Arc<Path>,
    number: u64,
    bytes: Vec<u8>,
    /// Whether the current line is to be returned once more.
    again: bool,
}

impl Lines {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let reader = Source::open_plain(path).map_err(|error| Error::opening(path, error))?;
        Ok(Self { reader, path: path.into(), number: 0, bytes: Vec::new(), again: false })
    }

    /// The next line.
    pub(super) fn next(&mut self) -> Result<Option<&str>> {
        if !std::mem::take(&mut self.again) {
            self.bytes.clear();
            let read = self.reader.read_until(b'\n', &mut self.bytes);
            if read.map_err(|error| Error::reading(&self.path, error).line(self.number + 1))? == 0 {
                return Ok(None);
            }
            self.number += 1;
        }
        let place = self.place();
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let fault = |error: std::str::Utf8Error| {
            place.error(format!("invalid UTF-8 at byte {} of the line", error.valid_up_to()))
        };
        std::str::from_utf8(line).map(Some).map_err(fault)
    }

    /// The next line that is not blank, which [`Lines::next`] then returns once more.
    pub(super) fn peek(&mut self) -> Result<Option<&str>> {
        while self.next()?.is_some_and(|line| line.trim().is_empty()) {}
        self.again = !self.bytes.is_empty();
        let found = self.next()?.is_some();
        self.again = found;
        Ok(found.then(|| std::str::from_utf8(&self.bytes).unwrap_or_default()))
    }

    /// The current line.
    pub(super) fn place(&self) -> Place {
        Place { path: Arc::clone(&self.path), line: self.number }
    }

    /// Passes each line that is not blank, parsed from JSON, to `take`.
    pub(super) fn each_json<T: for<'de> serde::Deserialize<'de>>(
        &mut self,
        what: &str,
        mut take: impl FnMut(T, Place) -> Result<()>,
    ) -> Result<()> {
        loop {
            let parsed = match self.next()? {
                None => return Ok(()),
                Some(line) if line.trim().is_empty() => continue,
                Some(line) => serde_json::from_str(line),
            };
            let place = self.place();
            let parsed = parsed.map_err(|error| {
                let error = error.to_string();
                let error = error.rsplit_once(" at line ").map_or(&*error, |(error, _)| error);
                place.error(format!("the line is not {what}: {error}"))
            })?;
            take(parsed, place)?;
        }
    }
}
