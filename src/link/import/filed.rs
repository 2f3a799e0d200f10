//! Rows in a temporary file.

use std::fs::{File, OpenOptions, remove_file};
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::row::Row;
use crate::error::{Error, Result};

/// Rows that are written one after another, then read back in the same order. The file goes when this is dropped.
pub(super) struct Filed {
    path: PathBuf,
    file: Option<zstd::Encoder<'static, BufWriter<File>>>,
}

impl Filed {
    /// An empty file in the folder for temporary files.
    pub(super) fn create() -> Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("namewire-import-{}-{number}.part", std::process::id()));
        let failed = |error| Error::writing(&path, error);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path).map_err(failed)?;
        let file = zstd::Encoder::new(BufWriter::new(file), 1).map_err(failed)?;
        Ok(Self { path, file: Some(file) })
    }

    pub(super) fn push(&mut self, row: &Row) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = serde_json::to_writer(&mut *file, row).map_err(std::io::Error::from);
        written.and_then(|()| file.write_all(b"\n")).map_err(|error| Error::writing(&self.path, error))
    }

    /// Reads all rows back.
    pub(super) fn replay(mut self, mut each: impl FnMut(Row) -> Result<()>) -> Result<()> {
        let Some(written) = self.file.take() else { return Ok(()) };
        let failed = |error| Error::reading(&self.path, error);
        let mut file = written.finish().and_then(|file| file.into_inner().map_err(Into::into)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let mut reader = BufReader::with_capacity(1 << 18, zstd::Decoder::new(file).map_err(failed)?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(failed)? > 0 {
            each(serde_json::from_slice(&line).map_err(|error| failed(error.into()))?)?;
            line.clear();
        }
        Ok(())
    }
}

impl Drop for Filed {
    fn drop(&mut self) {
        self.file = None;
        // The system empties the folder if this fails.
        let _ = remove_file(&self.path);
    }
}
