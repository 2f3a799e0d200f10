//! A disk for tests: records its operations, and fails from a given one on.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::disk::{Disk, DiskFile, LocalDisk};

/// The local disk with a record of its operations. Operation number `fails_at` and all later ones fail.
#[derive(Debug, Default)]
pub(super) struct RecordingDisk {
    pub(super) done: Arc<Mutex<Vec<String>>>,
    pub(super) fails_at: Option<usize>,
}

fn record(done: &Mutex<Vec<String>>, fails_at: Option<usize>, what: &str, path: &Path) -> io::Result<()> {
    let mut done = done.lock().unwrap();
    done.push(format!("{what} {}", path.file_name().unwrap().to_string_lossy()));
    if fails_at.is_some_and(|at| done.len() > at) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

impl Disk for RecordingDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        record(&self.done, self.fails_at, "create", path)?;
        let (file, path) = (LocalDisk.create(path)?, path.to_owned());
        Ok(Box::new(RecordingFile { file, path, done: Arc::clone(&self.done), fails_at: self.fails_at }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        record(&self.done, self.fails_at, "rename", to)?;
        LocalDisk.rename(from, to)
    }

    /// Fails like the others: a run that is killed does not clean up.
    fn remove(&self, path: &Path) -> io::Result<()> {
        record(&self.done, self.fails_at, "remove", path)?;
        LocalDisk.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut done = self.done.lock().unwrap();
        done.push("sync dir".to_owned());
        if self.fails_at.is_some_and(|at| done.len() > at) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        LocalDisk.sync_dir(dir)
    }
}

#[derive(Debug)]
struct RecordingFile {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    done: Arc<Mutex<Vec<String>>>,
    fails_at: Option<usize>,
}

impl Write for RecordingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        record(&self.done, self.fails_at, "write", &self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl DiskFile for RecordingFile {
    fn sync(&mut self) -> io::Result<()> {
        record(&self.done, self.fails_at, "sync", &self.path)?;
        self.file.sync()
    }
}
