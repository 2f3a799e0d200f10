//! The journal of a directory of shards: a line for each shard that has become whole since the manifest was written.
//! The manifest takes the lines in when the run ends or goes on; written anew for each shard, it would cost a long run
//! the square of its shards.

use std::collections::BTreeMap;
use std::io::{ErrorKind as IoKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::account::Counts;
use super::disk::{Disk, DiskFile};
use super::line_file::FileFacts;
use super::seen::Duplicates;
use crate::error::{Error, ErrorKind, Result};
use crate::read::{InputRead, Position};

/// The name of the journal in its directory.
pub const JOURNAL: &str = "manifest-journal.jsonl";

/// A whole shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardEntry {
    /// Its number, counted from 0.
    pub shard: usize,
    /// Records of the run before it.
    pub first_record: u64,
    /// What was written.
    pub counts: Counts,
    /// Its files.
    pub files: Vec<FileFacts>,
    /// Where reading stood at its end.
    pub end: Position,
}

/// What a shard adds to the manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Commit {
    pub(super) shard: ShardEntry,
    /// Its mentions of each type.
    pub(super) by_type: BTreeMap<String, u64>,
    /// What was written of each input, by number.
    pub(super) inputs: BTreeMap<u32, Counts>,
    /// Inputs that were read to their end by its end, and were not before.
    pub(super) read: BTreeMap<u32, InputRead>,
    /// Ids that came more than once in the run so far.
    pub(super) duplicate_ids: Duplicates,
}

/// The journal of a run that is under way.
#[derive(Debug)]
pub(super) struct Journal {
    file: Box<dyn DiskFile>,
    path: PathBuf,
}

impl Journal {
    /// Begins an empty one, in place of any that is there: what that says must be in the manifest.
    pub(super) fn begin(disk: &Arc<dyn Disk>, folder: &Path) -> Result<Self> {
        let path = folder.join(JOURNAL);
        let failed = |error| Error::writing(&path, error);
        let file = disk.create(&path).map_err(failed)?;
        disk.sync_folder(folder).map_err(failed)?;
        Ok(Self { file, path })
    }

    /// Adds a line; it outlasts a loss of power when this returns.
    pub(super) fn add(&mut self, commit: &Commit) -> Result<()> {
        let mut line = serde_json::to_vec(commit)
            .map_err(|error| Error::new(ErrorKind::Internal, "a shard's entry is no JSON").because(error))?;
        line.push(b'\n');
        let added = self.file.write_all(&line).and_then(|()| self.file.sync());
        added.map_err(|error| Error::writing(&self.path, error))
    }

    /// Removes it, once the manifest says what it said.
    pub(super) fn remove(disk: &Arc<dyn Disk>, folder: &Path) -> Result<()> {
        let path = folder.join(JOURNAL);
        match disk.remove(&path) {
            Err(error) if error.kind() != IoKind::NotFound => Err(Error::writing(&path, error)),
            _ => Ok(()),
        }
    }

    /// The lines of a folder's journal as far as they are whole, none where there is no journal. A kill or a full disk
    /// cuts off the last line; what a loss of power has left behind the last whole one may be anything. Shards that are
    /// left out here are made again.
    pub(super) fn read(folder: &Path) -> Result<Vec<Commit>> {
        let path = folder.join(JOURNAL);
        let text = match std::fs::read(&path) {
            Err(error) if error.kind() == IoKind::NotFound => return Ok(Vec::new()),
            text => text.map_err(|error| Error::opening(&path, error))?,
        };
        let mut commits = Vec::new();
        for (number, line) in (1..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
            match serde_json::from_slice(line) {
                Ok(commit) if line.ends_with(b"\n") => commits.push(commit),
                _ => {
                    tracing::warn!("{}:{number}: the line is not whole; its shard is made again", path.display());
                    break;
                }
            }
        }
        Ok(commits)
    }
}
