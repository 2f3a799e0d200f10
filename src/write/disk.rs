//! The file system operations that outputs need, as a trait so that tests can record their order and make any fail.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Stdout, Write};
use std::path::Path;

/// A file system.
pub(crate) trait Disk: Debug + Send + Sync {
    /// Creates a file, replacing any existing one. A symbolic link is replaced, not followed.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Renames a file, replacing any existing one.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// A file that is being written.
pub(crate) trait DiskFile: Write + Debug + Send {
    /// Makes the written bytes durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// The local file system.
#[derive(Debug)]
pub(crate) struct LocalDisk;

impl Disk for LocalDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Box::new(File::create_new(path)?)),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // Other systems cannot open a directory as a file; names are as durable as they make them.
        if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
    }
}

impl DiskFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// A pipe, a device or standard output: there is nothing to sync.
#[derive(Debug)]
pub(super) struct Unsynced<W>(pub(super) W);

impl<W: Write> Write for Unsynced<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl DiskFile for Unsynced<File> {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for Unsynced<Stdout> {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}
