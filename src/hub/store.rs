//! Writing into the hub's cache: blobs, the links of snapshots to them, branches, manifests.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::FetchManifest;
use super::cache::CachedRepository;
use crate::error::{Error, ErrorKind, Result};

impl CachedRepository {
    /// The path of the content with this hash.
    pub(super) fn blob(&self, tag: &str) -> PathBuf {
        self.folder.join("blobs").join(tag)
    }

    /// Its path until it is complete.
    pub(super) fn incomplete(&self, tag: &str) -> PathBuf {
        self.folder.join("blobs").join(format!("{tag}.incomplete"))
    }

    /// Keeps other processes, namewire or Hugging Face's tools, from downloading the same content. The lock is released
    /// when the returned file is dropped; `waiting` is called where another process has it.
    pub(super) fn lock(&self, tag: &str, waiting: &mut dyn FnMut()) -> Result<Option<File>> {
        let path = self.locks.join(format!("{tag}.lock"));
        create_folder_of(&path)?;
        let file = File::options().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|error| failed(&path, error))?;
        let locked = match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock()
            }
            Err(TryLockError::Error(error)) => Err(error),
        };
        match locked {
            Ok(()) => Ok(Some(file)),
            // Some network drives have no locks. The hash is verified in any case.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
            Err(error) => Err(failed(&path, error)),
        }
    }

    /// Links a file of a snapshot to its content.
    pub(super) fn link(&self, commit: &str, path: &str, tag: &str) -> Result<()> {
        let pointer = self.snapshot(commit).join(path);
        let up = "../".repeat(2 + path.matches('/').count());
        let target = PathBuf::from(format!("{up}blobs/{tag}"));
        if std::fs::read_link(&pointer).is_ok_and(|present| present == target) {
            return Ok(());
        }
        create_folder_of(&pointer)?;
        let fresh = beside(&pointer);
        let blob = self.blob(tag);
        // Where links are not supported, the content is copied.
        let made = symlink(&target, &fresh)
            .or_else(|_| std::fs::hard_link(&blob, &fresh))
            .or_else(|_| std::fs::copy(&blob, &fresh).map(drop));
        made.and_then(|()| std::fs::rename(&fresh, &pointer)).map_err(|error| {
            let _ = std::fs::remove_file(&fresh); // it may not exist
            failed(&pointer, error)
        })
    }

    /// Records the commit of a branch or tag.
    pub(super) fn refer(&self, revision: &str, commit: &str) -> Result<()> {
        let path = self.folder.join("refs").join(revision);
        if revision == commit || std::fs::read_to_string(&path).is_ok_and(|present| present == commit) {
            return Ok(());
        }
        replace(&path, commit.as_bytes())
    }

    /// Writes the manifest of a commit, merged with an earlier one.
    pub(super) fn note(&self, manifest: FetchManifest) -> Result<(FetchManifest, PathBuf)> {
        let path = self.manifest_path(&manifest.commit);
        let earlier = self.manifest(&manifest.commit);
        let manifest = manifest.with(earlier.clone());
        if earlier.as_ref() != Some(&manifest) {
            let text = serde_json::to_string_pretty(&manifest)
                .map_err(|error| Error::new(ErrorKind::Internal, "the manifest cannot be written").because(error))?;
            replace(&path, (text + "\n").as_bytes())?;
        }
        Ok((manifest, path))
    }
}

/// Creates the folder of a file.
pub(super) fn create_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))
}

/// The failure of writing into the cache.
pub(super) fn failed(path: &Path, error: io::Error) -> Error {
    Error::writing(path, error).help("HF_HUB_CACHE or HF_HOME name another place for the hub's cache")
}

/// Writes a short file atomically.
fn replace(path: &Path, content: &[u8]) -> Result<()> {
    create_folder_of(path)?;
    let fresh = beside(path);
    let written = std::fs::write(&fresh, content).and_then(|()| std::fs::rename(&fresh, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&fresh); // it may not exist
        failed(path, error)
    })
}

/// A path beside a file that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{:08x}.tmp", std::process::id(), fastrand::u32(..)));
    path.with_file_name(name)
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

#[cfg(not(any(unix, windows)))]
fn symlink(_target: &Path, _link: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
