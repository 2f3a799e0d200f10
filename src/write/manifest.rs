//! The manifest of a directory of shards: the identity of the run, what it has read, and the complete shards. A shard
//! that is in neither the manifest nor the journal does not count.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::counts::{Counts, unaccounted};
use super::disk::Disk;
use super::duplicates::Duplicates;
use super::identity::{Identity, InputIdentity};
use super::journal::{Commit, JOURNAL, Journal, ShardEntry};
use super::row_file::{FileFacts, TemporaryFile, dir_of, temporary_of};
use crate::error::{Error, ErrorKind, Result};
use crate::read::{InputRead, Position};

/// File name of the manifest.
pub const MANIFEST: &str = "manifest.json";

const SCHEMA_VERSION: u32 = 1;

/// State of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum State {
    /// Running, or killed.
    #[default]
    #[serde(rename = "running")]
    Running,
    /// Stopped before the end of its inputs.
    #[serde(rename = "stopped")]
    Stopped,
    /// All inputs are processed.
    #[serde(rename = "complete")]
    Complete,
}

/// The manifest of a sharded run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    schema_version: u32,
    /// State of the run.
    pub state: State,
    /// Start time.
    pub started: String,
    /// Times at which it was resumed.
    pub resumed: Vec<String>,
    /// Completion time.
    pub finished: Option<String>,
    /// Totals of all shards.
    pub totals: Totals,
    /// The complete shards, in order.
    pub shards: Vec<ShardEntry>,
    /// The inputs, in order.
    pub inputs: Vec<InputEntry>,
    /// See [`Identity::made_with`]: `versions`, `settings`, `model`, `tables`.
    #[serde(flatten)]
    pub made_with: Map<String, Value>,
}

/// Totals of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Counts of records, mentions and spans.
    #[serde(flatten)]
    pub counts: Counts,
    /// Mentions by type.
    pub by_type: BTreeMap<String, u64>,
    /// Repeated ids.
    pub duplicate_ids: Duplicates,
}

/// An input of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputEntry {
    /// Path, size and time, by which it is recognised.
    #[serde(flatten)]
    pub identity: InputIdentity,
    /// What was read, once its end was reached.
    pub read: Option<InputRead>,
    /// Counts of what was written.
    pub counts: Counts,
}

impl Manifest {
    /// The manifest of a run that is about to start.
    pub fn new(identity: Identity) -> Self {
        let entry = |identity| InputEntry { identity, ..InputEntry::default() };
        Self {
            schema_version: SCHEMA_VERSION,
            started: now(),
            inputs: identity.inputs.into_iter().map(entry).collect(),
            made_with: identity.made_with,
            ..Self::default()
        }
    }

    /// Reads the manifest of a directory, if there is one, and merges the journal.
    pub fn read(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(MANIFEST);
        let text = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| Error::opening(&path, error))?,
        };
        let mut manifest: Self = serde_json::from_slice(&text).map_err(|error| {
            Error::new(ErrorKind::Config, "the file is not a manifest written by namewire")
                .at(&path)
                .because(error)
                .help("use another directory, or overwrite the run")
                .with_setting("existing")
        })?;
        if manifest.schema_version != SCHEMA_VERSION {
            let what = format!("the manifest has version {}, not {SCHEMA_VERSION}", manifest.schema_version);
            return Err(Error::new(ErrorKind::Config, what)
                .at(&path)
                .help("overwrite the run")
                .with_setting("existing"));
        }
        for commit in Journal::read(dir)? {
            let (next, place) = (manifest.shards.len(), commit.shard.shard);
            match place.cmp(&next) {
                // The run was killed after the manifest was written and before the journal was removed.
                Ordering::Less => {}
                Ordering::Equal => manifest.append(commit),
                Ordering::Greater => {
                    let journal = dir.join(JOURNAL);
                    tracing::warn!(
                        "{}: shard {next} is missing; it and all later shards are written again",
                        journal.display()
                    );
                    break;
                }
            }
        }
        Ok(Some(manifest))
    }

    /// Adds the next complete shard.
    pub(super) fn append(&mut self, commit: Commit) {
        let Commit { shard, by_type, inputs, read, duplicate_ids } = commit;
        self.totals.counts.add(&shard.counts);
        by_type.into_iter().for_each(|(kind, count)| *self.totals.by_type.entry(kind).or_default() += count);
        self.totals.duplicate_ids = duplicate_ids;
        for (number, counts) in inputs {
            if let Some(input) = self.inputs.get_mut(number as usize) {
                input.counts.add(&counts);
            }
        }
        for (number, read) in read {
            if let Some(input) = self.inputs.get_mut(number as usize) {
                input.read = Some(read);
            }
        }
        self.shards.push(shard);
    }

    /// Replaces the stored manifest in one step.
    pub(super) fn store(&self, disk: &Arc<dyn Disk>, dir: &Path) -> Result<()> {
        let path = dir.join(MANIFEST);
        let failed = |error| Error::writing(&path, error);
        let text = serde_json::to_string_pretty(self).map_err(|error| {
            Error::new(ErrorKind::Internal, "the manifest cannot be written as JSON").because(error)
        })?;
        let temporary = temporary_of(&path);
        let mut file = disk.create(&temporary).map_err(failed)?;
        let guard = TemporaryFile::new(temporary.clone(), disk);
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
        file.sync().map_err(failed)?;
        disk.rename(&temporary, &path).map_err(failed)?;
        guard.release();
        disk.sync_dir(dir_of(&path)).map_err(failed)
    }

    /// The identity of the run.
    pub fn identity(&self) -> Identity {
        Identity {
            made_with: self.made_with.clone(),
            inputs: self.inputs.iter().map(|input| input.identity.clone()).collect(),
        }
    }

    /// Where reading resumes.
    pub fn end(&self) -> Option<&Position> {
        self.shards.last().map(|shard| &shard.end)
    }

    /// The files of all shards.
    pub fn files(&self) -> impl Iterator<Item = &FileFacts> {
        self.shards.iter().flat_map(|shard| &shard.files)
    }

    /// Checks that each file of each complete shard exists and has its size.
    pub fn check_files(&self, dir: &Path) -> Result<()> {
        for file in self.files() {
            let path = dir.join(&file.name);
            let what = match std::fs::metadata(&path) {
                Err(_) => "a file of a complete shard is missing".to_owned(),
                Ok(meta) if meta.len() != file.bytes => {
                    format!("a file of a complete shard has {} bytes instead of {}", meta.len(), file.bytes)
                }
                Ok(_) => continue,
            };
            return Err(Error::new(ErrorKind::Output, what)
                .at(path)
                .help("restore the file, or overwrite the run")
                .with_setting("existing"));
        }
        Ok(())
    }

    /// Checks that the counts of the inputs, of the shards and of the run agree with each other and with what was read.
    pub(super) fn check_sums(&self, read: &BTreeMap<u32, InputRead>) -> Result<()> {
        let mut sum = Counts::default();
        for (number, input) in (0..).zip(&self.inputs) {
            let read = read.get(&number).or(input.read.as_ref()).map_or(0, |read| read.records);
            input.counts.check(read, &input.identity.path)?;
            sum.add(&input.counts);
        }
        let mut of_shards = Counts::default();
        self.shards.iter().for_each(|shard| of_shards.add(&shard.counts));
        if sum != self.totals.counts || of_shards != sum {
            let what = format!("the inputs sum to {sum:?}, the shards to {of_shards:?}, the run to {:?}", self.totals);
            return Err(unaccounted(what));
        }
        Ok(())
    }
}

/// The current time, to the second, as the manifest writes it.
pub(super) fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_manifest_round_trips() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Manifest::read(dir.path()).unwrap().is_none());
        let identity = Identity {
            made_with: json!({"settings": {"a": 1}, "model": null}).as_object().unwrap().clone(),
            inputs: vec![InputIdentity { path: "a".into(), size: Some(1), modified: Some("then".into()) }],
        };
        let mut manifest = Manifest::new(identity.clone());
        manifest.totals.by_type.insert("PER".into(), 3);
        let disk: Arc<dyn Disk> = Arc::new(super::super::disk::LocalDisk);
        manifest.store(&disk, dir.path()).unwrap();
        let read = Manifest::read(dir.path()).unwrap().unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&manifest).unwrap());
        assert_eq!(read.identity(), identity);
        std::fs::write(dir.path().join(MANIFEST), "{").unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains("not a manifest"));
    }
}
