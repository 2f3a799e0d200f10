//! A file that is replaced in one step: it has the new content or is as it was.

use std::path::Path;
use std::sync::Arc;

use super::compress::OutputCompression;
use super::disk::{Disk, LocalDisk};
use super::line_file::{LineFile, dir_of};
use crate::error::{Error, Result};

/// A file that is written at once, such as a summary. Dropping it leaves the old file as it was.
#[derive(Debug)]
pub struct AtomicFile {
    file: LineFile,
    disk: Arc<dyn Disk>,
}

impl AtomicFile {
    /// Creates the temporary file; the name's suffix gives the compression.
    pub fn create(path: &Path) -> Result<Self> {
        let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
        let file = LineFile::create(&disk, path, OutputCompression::from_path(path).unwrap_or_default())?;
        Ok(Self { file, disk })
    }

    /// Writes the text, syncs it and replaces the old file.
    pub fn publish(mut self, text: &str) -> Result<()> {
        self.file.write(text.as_bytes())?;
        self.file.close()?;
        if self.file.publish()? {
            let dir = dir_of(self.file.path());
            self.disk.sync_dir(dir).map_err(|error| Error::writing(dir, error))?;
        }
        Ok(())
    }
}
