//! The few things that outputs ask of a file system, so that tests can watch their order and let any of them fail.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Stdout, Write};
use std::path::Path;

/// A file system.
pub(crate) trait Disk: Debug + Send + Sync {
    /// Makes a file, in place of any that is there; what a link there leads to stays as it is.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file its name, in place of any file that had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Returns when the names in a folder will outlast a loss of power.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A file that is being written.
pub(crate) trait DiskFile: Write + Debug + Send {
    /// Returns when the bytes will outlast a loss of power.
    fn sync(&mut self) -> io::Result<()>;
}

/// The file system of this machine.
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

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened as a file; names are as durable as the system makes them.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }
}

impl DiskFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// A pipe, a device or standard output: what was written is gone, and there is nothing to sync.
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
