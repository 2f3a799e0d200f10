//! The journal of a directory of shards: one line for each shard completed since the manifest was written. The lines are
//! merged into the manifest when the run ends or resumes; rewriting the manifest for each shard would take quadratic time.

use std::collections::BTreeMap;
use std::io::{ErrorKind as IoKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::disk::{Disk, DiskFile};
use super::duplicates::Duplicates;
use super::row_file::FileFacts;
use crate::error::{Error, ErrorKind, Result};
use crate::read::{InputRead, Position};

/// File name of the journal.
pub const JOURNAL: &str = "manifest-journal.jsonl";

/// A complete shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardEntry {
    /// Number of the shard, from 0.
    pub shard: usize,
    /// Number of records in the shards before it.
    pub first_record: u64,
    /// Counts of what was written.
    pub counts: Counts,
    /// Its files.
    pub files: Vec<FileFacts>,
    /// Position in the inputs after its last record.
    pub end: Position,
}

/// What a complete shard adds to the manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Commit {
    pub(super) shard: ShardEntry,
    /// Its mentions by type.
    pub(super) by_type: BTreeMap<String, u64>,
    /// Its counts by input number.
    pub(super) inputs: BTreeMap<u32, Counts>,
    /// Inputs whose end was reached within this shard.
    pub(super) read: BTreeMap<u32, InputRead>,
    /// Repeated ids in the run so far.
    pub(super) duplicate_ids: Duplicates,
}

/// The open journal of a run.
#[derive(Debug)]
pub(super) struct Journal {
    file: Box<dyn DiskFile>,
    path: PathBuf,
}

impl Journal {
    /// Creates an empty journal. The entries of an existing one must already be in the manifest.
    pub(super) fn create(disk: &Arc<dyn Disk>, dir: &Path) -> Result<Self> {
        let path = dir.join(JOURNAL);
        let failed = |error| Error::writing(&path, error);
        let file = disk.create(&path).map_err(failed)?;
        disk.sync_dir(dir).map_err(failed)?;
        Ok(Self { file, path })
    }

    /// Appends an entry and makes it durable.
    pub(super) fn add(&mut self, commit: &Commit) -> Result<()> {
        let mut line = serde_json::to_vec(commit).map_err(|error| {
            Error::new(ErrorKind::Internal, "a shard's entry cannot be written as JSON").because(error)
        })?;
        line.push(b'\n');
        let added = self.file.write_all(&line).and_then(|()| self.file.sync());
        added.map_err(|error| Error::writing(&self.path, error))
    }

    /// Removes the journal, once its entries are in the manifest.
    pub(super) fn remove(disk: &Arc<dyn Disk>, dir: &Path) -> Result<()> {
        let path = dir.join(JOURNAL);
        match disk.remove(&path) {
            Err(error) if error.kind() != IoKind::NotFound => Err(Error::writing(&path, error)),
            _ => Ok(()),
        }
    }

    /// Reads the entries up to the first damaged line; none if there is no journal. A kill or a full disk truncates the last
    /// line; a power failure may leave anything after the last synced one. The shards of damaged lines are written again.
    pub(super) fn read(dir: &Path) -> Result<Vec<Commit>> {
        let path = dir.join(JOURNAL);
        let text = match std::fs::read(&path) {
            Err(error) if error.kind() == IoKind::NotFound => return Ok(Vec::new()),
            text => text.map_err(|error| Error::opening(&path, error))?,
        };
        let mut commits = Vec::new();
        for (number, line) in (1..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
            match serde_json::from_slice(line) {
                Ok(commit) if line.ends_with(b"\n") => commits.push(commit),
                _ => {
                    tracing::warn!("{}:{number}: the line is damaged; its shard is written again", path.display());
                    break;
                }
            }
        }
        Ok(commits)
    }
}
