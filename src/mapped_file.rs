//! A file in memory without reading it: the one place of the crate with `unsafe` code for it.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// A file that is mapped read-only.
#[derive(Debug)]
pub(crate) struct MappedFile(Mmap);

impl MappedFile {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the map is read-only, and every read of it goes through checked slices that may hold anything. What
        // cannot be had: a process that truncates the file while it is mapped ends this one with SIGBUS, and one that
        // overwrites it in place changes bytes under a `&[u8]`. Tables and fetched models are therefore written under
        // another name and renamed, which leaves a mapped one as it was.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self(map))
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
