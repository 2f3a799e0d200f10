//! Writing a compiled table: sections one after another, then the trailer.

use std::io::Write;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::super::image::{Counts, MAGIC, SECTIONS, Section, trailer};
use crate::error::{Error, Result};

/// Writes sections to a file or to memory.
pub(super) struct ImageWriter<W> {
    out: W,
    /// What errors call the output.
    name: String,
    at: u64,
    sections: [Range<u64>; SECTIONS],
    /// Of files only: nothing asks for that of a table in memory.
    digest: Option<Sha256>,
}

impl<W: Write> ImageWriter<W> {
    pub(super) fn new(out: W, name: String, digest: Option<Sha256>) -> Result<Self> {
        let mut writer = Self { out, name, at: 0, sections: std::array::from_fn(|_| 0..0), digest };
        writer.put(MAGIC)?;
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

    /// Writes the trailer, and gives back the output and its size in bytes.
    pub(super) fn finish(mut self, counts: Counts) -> Result<(W, u64)> {
        let digest = self.digest.take().map_or([0; 32], |digest| digest.finalize().into());
        let trailer = trailer(counts, digest, &self.sections);
        self.put(&trailer)?;
        self.out.flush().map_err(|error| self.error(error))?;
        Ok((self.out, self.at))
    }

    fn pad(&mut self) -> Result<()> {
        let over = (self.at % 8) as usize;
        if over == 0 { Ok(()) } else { self.put(&[0; 8][over..]) }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|error| self.error(error))?;
        self.digest.iter_mut().for_each(|digest| digest.update(bytes));
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn error(&self, error: std::io::Error) -> Error {
        Error::writing(&self.name, error)
    }
}
