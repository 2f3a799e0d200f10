//! One file of lines on its way: counted, compressed, hashed, under a temporary name until it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::compress::{Encoder, Encoding};
use super::disk::{Disk, DiskFile, Unsynced};
use crate::error::{Error, Result};
use crate::hash::hex;

/// What a finished file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its name; in a manifest, below the manifest's folder.
    pub name: String,
    /// Lines, before compression.
    pub lines: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: String,
}

/// A file of lines that is being written. Unless it is named or kept, dropping it removes what was written.
#[derive(Debug)]
pub(super) struct LineFile {
    // Before `temporary`: the file is closed before it is removed.
    to: Option<Encoder<Landing>>,
    temporary: Option<Temporary>,
    path: PathBuf,
    lines: u64,
    facts: Option<FileFacts>,
}

impl LineFile {
    /// Makes `path` under its temporary name. A device or a pipe is written as it is: a rename would replace it.
    pub(super) fn create(disk: &Arc<dyn Disk>, path: &Path, encoding: Encoding) -> Result<Self> {
        let failed = |error| Error::writing(path, error).help("check that its folder exists and may be written");
        if is_special(path) {
            let file = File::create(path).map_err(failed)?;
            return Self::new(Box::new(Unsynced(file)), None, path, encoding);
        }
        let temporary = Temporary { path: temporary_of(path), disk: Arc::clone(disk) };
        let file = match disk.create(&temporary.path) {
            Ok(file) => file,
            Err(error) => {
                temporary.release();
                return Err(failed(error));
            }
        };
        Self::new(file, Some(temporary), path, encoding)
    }

    pub(super) fn stdout(encoding: Encoding) -> Result<Self> {
        Self::new(Box::new(Unsynced(io::stdout())), None, Path::new("-"), encoding)
    }

    fn new(file: Box<dyn DiskFile>, temporary: Option<Temporary>, path: &Path, encoding: Encoding) -> Result<Self> {
        let landing = Landing { to: BufWriter::with_capacity(1 << 18, file), bytes: 0, hasher: Sha256::new() };
        let to = Encoder::new(landing, encoding).map_err(|error| Error::writing(path, error))?;
        Ok(Self { to: Some(to), temporary, path: path.to_owned(), lines: 0, facts: None })
    }

    pub(super) fn write(&mut self, lines: &[u8]) -> Result<()> {
        self.lines += memchr::memchr_iter(b'\n', lines).count() as u64;
        let written = self.to.as_mut().map_or_else(sealed, |to| to.write_all(lines));
        written.map_err(|error| Error::writing(&self.path, error))
    }

    /// Lines that went in.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where its bytes lie before it has its name; nowhere, if it is a device, a pipe or standard output.
    pub(super) fn lies_at(&self) -> Option<&Path> {
        self.temporary.as_ref().map(|temporary| &*temporary.path)
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.facts.is_some()
    }

    /// Ends the file and syncs it. Says what it holds; later calls say the same.
    pub(super) fn seal(&mut self) -> Result<FileFacts> {
        if let Some(facts) = &self.facts {
            return Ok(facts.clone());
        }
        let encoder = self.to.take().map_or_else(sealed, Ok);
        let landed = encoder.and_then(Encoder::finish).and_then(Landing::land);
        let (bytes, sha256) = landed.map_err(|error| Error::writing(&self.path, error))?;
        let name = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned();
        let facts = FileFacts { name, lines: self.lines, bytes, sha256 };
        Ok(self.facts.insert(facts).clone())
    }

    /// Gives the sealed file its name, which is durable when its folder is synced. False where it had it all along.
    pub(super) fn name(&mut self) -> Result<bool> {
        let Some(temporary) = self.temporary.take() else { return Ok(false) };
        let named = temporary.disk.rename(&temporary.path, &self.path);
        named.map_err(|error| Error::writing(&self.path, error))?;
        temporary.release();
        Ok(true)
    }

    /// Ends the file and leaves it under its temporary name, which is returned.
    pub(super) fn keep(mut self) -> Result<Option<PathBuf>> {
        self.seal()?;
        Ok(self.temporary.take().map(Temporary::release))
    }
}

/// The folder that holds a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The name of a file until it is whole.
pub(super) fn temporary_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

/// Devices and pipes are written as they are; a rename would replace them.
pub(super) fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| !meta.is_file())
}

fn sealed<T>() -> io::Result<T> {
    Err(io::Error::other("the file was ended before"))
}

/// The name of an unfinished file; takes the file with it when it goes.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Temporary {
    pub(super) fn new(path: PathBuf, disk: &Arc<dyn Disk>) -> Self {
        Self { path, disk: Arc::clone(disk) }
    }

    /// Leaves the file as it is.
    pub(super) fn release(mut self) -> PathBuf {
        std::mem::take(&mut self.path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = self.disk.remove(&self.path); // the run has failed already; a later one replaces the file
        }
    }
}

/// Where bytes arrive as they lie on disk.
struct Landing {
    to: BufWriter<Box<dyn DiskFile>>,
    bytes: u64,
    hasher: Sha256,
}

impl Landing {
    /// Brings everything to the disk. Returns how much it was, and its hash.
    fn land(mut self) -> io::Result<(u64, String)> {
        self.to.flush()?;
        self.to.get_mut().sync()?;
        Ok((self.bytes, hex(&self.hasher.finalize())))
    }
}

impl Write for Landing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.bytes += count as u64;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
