//! An input that is read at any place, and not from its start to its end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use super::stream::BUFFER_BYTES;

/// A file whose parts are read in any order. Beside that, it is read once in the order of its bytes, so that progress
/// and the hash of the input are those of a stream; the system then has the parts in memory.
pub(super) struct StoredFile {
    parts: FileParts,
    in_order: Box<dyn Read + Send>,
    reached: u64,
}

impl StoredFile {
    /// `in_order` reads the same file from its start.
    pub(super) fn new(file: File, in_order: Box<dyn Read + Send>) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self { parts: FileParts { file: Arc::new(Mutex::new(file)), size }, in_order, reached: 0 })
    }

    pub(super) fn parts(&self) -> &FileParts {
        &self.parts
    }

    /// Reads in order up to the byte `end`, if that was not reached yet.
    pub(super) fn advance(&mut self, end: u64) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER_BYTES];
        while self.reached < end {
            let wanted = usize::try_from(end - self.reached).unwrap_or(usize::MAX).min(buffer.len());
            match self.in_order.read(&mut buffer[..wanted])? {
                0 => break,
                count => self.reached += count as u64,
            }
        }
        Ok(())
    }

    /// Reads in order to the end of the file.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.advance(u64::MAX)
    }
}

/// The parts of a file.
#[derive(Clone)]
pub(super) struct FileParts {
    file: Arc<Mutex<File>>,
    size: u64,
}

impl FileParts {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The bytes from `start` to `end`.
    pub(super) fn part(&self, start: u64, end: u64) -> FilePart {
        FilePart { file: Arc::clone(&self.file), at: start, end: end.min(self.size) }
    }
}

/// A part of a file.
pub(super) struct FilePart {
    file: Arc<Mutex<File>>,
    at: u64,
    end: u64,
}

impl Read for FilePart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(&mut buffer[..wanted])?;
        self.at += count as u64;
        Ok(count)
    }
}
