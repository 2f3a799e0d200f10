//! A run that replaces another one: it is written into a directory within that of the old run, and takes its place when
//! it is complete.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashSet;

use super::disk::Disk;
use super::journal::JOURNAL;
use super::manifest::{MANIFEST, Manifest, State};
use super::paths::Existing;
use super::shard_dir::{remove_files, run_files};
use crate::error::{Error, Result};

/// The name of the directory; hidden, so that it is no input of a run over the directory around it.
const STAGING: &str = ".replacement";

/// The directory of a new run, and that of the run which it replaces.
#[derive(Debug)]
pub(super) struct Replacement {
    staged: PathBuf,
    directory: PathBuf,
}

impl Replacement {
    /// The replacement that a run in `directory` starts or resumes; `None` where it writes into the directory itself. One
    /// that an earlier run has completed takes its place first.
    pub(super) fn open(disk: &Arc<dyn Disk>, directory: &Path, existing: Existing) -> Result<Option<Self>> {
        let this = Self { staged: directory.join(STAGING), directory: directory.to_owned() };
        let pending = Manifest::read(&this.staged)?;
        match (pending, existing) {
            (Some(pending), _) if pending.state == State::Complete => this.move_in(disk, &pending)?,
            (Some(_), Existing::Resume) => return Ok(Some(this)),
            (None, Existing::Resume) | (_, Existing::Overwrite) => this.discard()?,
            (_, Existing::Refuse) => {}
        }
        let has_files = run_files(directory)?.iter().any(|name| !name.ends_with(".part"));
        if existing != Existing::Overwrite || !has_files {
            return Ok(None);
        }
        fs::create_dir_all(&this.staged).map_err(|error| Error::writing(&this.staged, error))?;
        Ok(Some(this))
    }

    /// Where the new run is written.
    pub(super) fn staged(&self) -> &Path {
        &self.staged
    }

    /// Puts the new run, whose manifest this is, in the place of the old one. Whenever this stops, doing it again
    /// completes it: the old manifest goes first, and the new one comes last.
    pub(super) fn move_in(&self, disk: &Arc<dyn Disk>, manifest: &Manifest) -> Result<()> {
        let Self { staged, directory } = self;
        for name in [MANIFEST, JOURNAL] {
            remove(disk, &directory.join(name))?;
        }
        let move_file = |name: &str| {
            let to = directory.join(name);
            disk.rename(&staged.join(name), &to).map_err(|error| Error::writing(&to, error))
        };
        run_files(staged)?
            .iter()
            .filter(|name| *name != MANIFEST && *name != JOURNAL)
            .try_for_each(|name| move_file(name))?;
        let new: AHashSet<&str> = manifest.files().map(|file| &*file.name).collect();
        remove_files(directory, &|name| new.contains(name))?;
        let sync = || disk.sync_dir(directory).map_err(|error| Error::writing(directory, error));
        sync()?;
        move_file(MANIFEST)?;
        sync()?;
        self.discard()
    }

    /// Removes the new run.
    fn discard(&self) -> Result<()> {
        if !self.staged.is_dir() {
            return Ok(());
        }
        remove_files(&self.staged, &|_| false)?;
        match fs::remove_dir(&self.staged) {
            // Somebody has put other files into it.
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => removed.map_err(|error| Error::writing(&self.staged, error)),
        }
    }
}

fn remove(disk: &Arc<dyn Disk>, path: &Path) -> Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::writing(path, error)),
        _ => Ok(()),
    }
}
