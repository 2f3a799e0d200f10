//! Writing a compiled table: sections one after another, then the header before them.

use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::super::image::{Counts, HEADER, SECTIONS, Section, header};
use crate::error::{Error, Result};

/// Writes sections to a file or to memory.
pub(super) struct ImageWriter<W> {
    out: W,
    /// What errors call the output.
    name: String,
    at: u64,
    sections: [Range<u64>; SECTIONS],
    digest: Sha256,
}

impl<W: Write + Seek> ImageWriter<W> {
    pub(super) fn new(out: W, name: String) -> Result<Self> {
        let at = HEADER as u64;
        let mut writer = Self { out, name, at, sections: std::array::from_fn(|_| at..at), digest: Sha256::new() };
        writer.out.write_all(&[0; HEADER]).map_err(|error| writer.error(error))?;
        Ok(writer)
    }

    /// Begins a section; what is written until the next one is of it.
    pub(super) fn begin(&mut self, section: Section) -> Result<()> {
        // Arrays of numbers stay aligned.
        self.pad()?;
        self.sections[section as usize] = self.at..self.at;
        Ok(())
    }

    pub(super) fn write(&mut self, section: Section, bytes: &[u8]) -> Result<()> {
        self.put(bytes)?;
        self.sections[section as usize].end = self.at;
        Ok(())
    }

    /// A section as a whole.
    pub(super) fn add(&mut self, section: Section, bytes: &[u8]) -> Result<()> {
        self.begin(section)?;
        self.write(section, bytes)
    }

    /// Writes the header, and gives back the output.
    pub(super) fn finish(mut self, counts: Counts) -> Result<W> {
        let header = header(counts, std::mem::take(&mut self.digest).finalize().into(), &self.sections);
        let written = self.out.seek(SeekFrom::Start(0)).and_then(|_| self.out.write_all(&header));
        written.and_then(|()| self.out.flush()).map_err(|error| self.error(error))?;
        Ok(self.out)
    }

    fn pad(&mut self) -> Result<()> {
        let over = (self.at % 8) as usize;
        if over == 0 { Ok(()) } else { self.put(&[0; 8][over..]) }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|error| self.error(error))?;
        self.digest.update(bytes);
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn error(&self, error: std::io::Error) -> Error {
        Error::writing(&self.name, error)
    }
}
