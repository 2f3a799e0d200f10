//! A file that is replaced in one step: it has the new content or is as it was.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::compress::OutputCompression;
use super::disk::{Disk, LocalDisk};
use super::json::escape_separators;
use super::row_file::{RowFile, RowFormat, dir_of, follow_links};
use crate::error::{Error, Result};

/// A file under a temporary name, such as a summary or a table. Unless it is published, the old file stays as it was.
#[derive(Debug)]
pub struct AtomicFile {
    file: RowFile,
    disk: Arc<dyn Disk>,
}

impl AtomicFile {
    /// Creates the temporary file; the name's suffix gives the compression.
    pub fn create(path: &Path) -> Result<Self> {
        let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
        let compression = OutputCompression::from_path(path).unwrap_or_default();
        let file = RowFile::create(&disk, &follow_links(path), RowFormat::Lines(compression))?;
        Ok(Self { file, disk })
    }

    /// Syncs the file and replaces the old one.
    pub fn publish(mut self) -> Result<()> {
        self.file.close()?;
        if self.file.publish()? {
            let dir = dir_of(self.file.path());
            self.disk.sync_dir(dir).map_err(|error| Error::writing(dir, error))?;
        }
        Ok(())
    }

    /// Writes a JSON text, syncs it and replaces the old file.
    pub fn publish_json(mut self, text: &str) -> Result<()> {
        let mut json = text.as_bytes().to_vec();
        escape_separators(&mut json, 0);
        self.file.write(&json)?;
        self.publish()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
