//! A file that is written in one piece: whole, or as it was before.

use std::path::Path;
use std::sync::Arc;

use super::compress::Encoding;
use super::disk::{Disk, LocalDisk};
use super::line_file::{LineFile, folder_of};
use crate::error::{Error, Result};

/// A file to come, such as a summary. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct WholeFile {
    file: LineFile,
    disk: Arc<dyn Disk>,
}

impl WholeFile {
    /// Makes sure that the file can be made; compressed where its name says so.
    pub fn create(path: &Path) -> Result<Self> {
        let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
        let file = LineFile::create(&disk, path, Encoding::of_name(path).unwrap_or_default())?;
        Ok(Self { file, disk })
    }

    /// Writes it, syncs it and gives it its name.
    pub fn finish(mut self, text: &str) -> Result<()> {
        self.file.write(text.as_bytes())?;
        self.file.seal()?;
        if self.file.name()? {
            let folder = folder_of(self.file.path());
            self.disk.sync_folder(folder).map_err(|error| Error::writing(folder, error))?;
        }
        Ok(())
    }
}
