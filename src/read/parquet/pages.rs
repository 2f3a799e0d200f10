//! The pages of one column, checked before they are read.

use std::io::{self, Cursor, Read};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use super::super::stored_file::FileParts;
use super::claims::{PageClaims, PageHeader};

/// Bytes in which the header of a page usually ends, and in which it must end.
const HEADER_BYTES: u64 = 4 << 10;
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// A file from which the pages of one column are read.
pub(super) struct CheckedPages {
    file: FileParts,
    claims: Mutex<PageClaims>,
}

impl CheckedPages {
    pub(super) fn new(file: FileParts, claims: PageClaims) -> Self {
        Self { file, claims: Mutex::new(claims) }
    }
}

impl Length for CheckedPages {
    fn len(&self) -> u64 {
        self.file.size()
    }
}

impl ChunkReader for CheckedPages {
    type T = Cursor<Vec<u8>>;

    /// The header of the page that starts here.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        for length in [HEADER_BYTES, MAX_HEADER_BYTES] {
            let mut bytes = Vec::new();
            self.file.part(start, start.saturating_add(length)).read_to_end(&mut bytes).map_err(failed)?;
            if let Some(header) = PageHeader::read(&bytes) {
                let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
                claims.check(&header).map_err(ParquetError::General)?;
                bytes.truncate(header.length);
                return Ok(Cursor::new(bytes));
            }
        }
        Err(ParquetError::General("the header of a page is broken".to_owned()))
    }

    /// The page, whose length was in its header.
    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if start.saturating_add(length as u64) > self.file.size() {
            return Err(ParquetError::EOF("a page ends after the end of the file".to_owned()));
        }
        let mut bytes = Vec::with_capacity(length);
        self.file.part(start, start + length as u64).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes.into())
    }
}

fn failed(error: io::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}
