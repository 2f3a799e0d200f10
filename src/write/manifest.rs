//! The manifest of a directory of shards: what the run was made with, what it has read, and which shards are whole.
//! A shard that is neither in it nor in its journal does not count.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::account::{Counts, unaccounted};
use super::disk::Disk;
use super::journal::{Commit, JOURNAL, Journal, ShardEntry};
use super::line_file::{FileFacts, Temporary, folder_of, temporary_of};
use super::seen::Duplicates;
use crate::error::{Error, ErrorKind, Result};
use crate::read::{InputRead, Position};

/// The name of the manifest in its directory.
pub const MANIFEST: &str = "manifest.json";

const SCHEMA_VERSION: u32 = 1;

/// What the bytes of a run's output depend on. A run goes on only where all of it is the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Settings, model, tables, versions: objects of any shape, compared key by key.
    pub made_with: Map<String, Value>,
    /// The inputs in their order.
    pub inputs: Vec<InputIdentity>,
}

/// How an input is known again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputIdentity {
    /// Its path; `-` for standard input.
    pub path: String,
    /// Bytes on disk; null for pipes.
    pub size: Option<u64>,
    /// When it was last written to; null for pipes.
    pub modified: Option<String>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is under way, or was killed.
    #[default]
    Running,
    /// It has ended before its inputs did, in good order.
    Stopped,
    /// All inputs are done.
    Complete,
}

/// The manifest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    schema_version: u32,
    /// How far the run has come.
    pub state: State,
    /// When it began.
    pub started: String,
    /// When it went on, each time.
    pub resumed: Vec<String>,
    /// When it was complete.
    pub finished: Option<String>,
    /// Counts of all shards.
    pub totals: Totals,
    /// The shards in their order.
    pub shards: Vec<ShardEntry>,
    /// The inputs in their order.
    pub inputs: Vec<InputEntry>,
    /// See [`Identity::made_with`]: `versions`, `settings`, `model`, `tables`.
    #[serde(flatten)]
    pub made_with: Map<String, Value>,
}

/// Counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Records and mentions.
    #[serde(flatten)]
    pub counts: Counts,
    /// Mentions of each type.
    pub by_type: BTreeMap<String, u64>,
    /// Ids that came more than once.
    pub duplicate_ids: Duplicates,
}

/// An input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputEntry {
    /// How it is known again.
    #[serde(flatten)]
    pub identity: InputIdentity,
    /// What was read of it, once it was read to its end.
    pub read: Option<InputRead>,
    /// What was written of it.
    pub counts: Counts,
}

impl Manifest {
    /// That of a run which is about to begin.
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

    /// Reads that of a folder, where there is one, with the shards that its journal adds.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(MANIFEST);
        let text = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| Error::opening(&path, error))?,
        };
        let mut manifest: Self = serde_json::from_slice(&text).map_err(|error| {
            Error::new(ErrorKind::Config, "this is not a manifest that namewire wrote")
                .at(&path)
                .because(error)
                .help("give another directory, or start afresh with --overwrite")
        })?;
        if manifest.schema_version != SCHEMA_VERSION {
            let what = format!("the manifest is of version {}, not {SCHEMA_VERSION}", manifest.schema_version);
            return Err(Error::new(ErrorKind::Config, what).at(&path).help("start afresh with --overwrite"));
        }
        for commit in Journal::read(folder)? {
            let (next, place) = (manifest.shards.len(), commit.shard.shard);
            match place.cmp(&next) {
                // A run that was killed between writing its manifest and removing the journal leaves both.
                Ordering::Less => {}
                Ordering::Equal => manifest.enter(commit),
                Ordering::Greater => {
                    let journal = folder.join(JOURNAL);
                    tracing::warn!("{}: shard {next} is missing; all from it on are made again", journal.display());
                    break;
                }
            }
        }
        Ok(Some(manifest))
    }

    /// Takes in a shard that has become whole: the one behind the last.
    pub(super) fn enter(&mut self, commit: Commit) {
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

    /// Writes it in place of the one before: at any moment one of the two is there, whole.
    pub(super) fn store(&self, disk: &Arc<dyn Disk>, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let failed = |error| Error::writing(&path, error);
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::new(ErrorKind::Internal, "the manifest is no JSON").because(error))?;
        let temporary = temporary_of(&path);
        let mut file = disk.create(&temporary).map_err(failed)?;
        let guard = Temporary::new(temporary.clone(), disk);
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
        file.sync().map_err(failed)?;
        disk.rename(&temporary, &path).map_err(failed)?;
        guard.release();
        disk.sync_folder(folder_of(&path)).map_err(failed)
    }

    /// What the run was made with.
    pub fn identity(&self) -> Identity {
        Identity {
            made_with: self.made_with.clone(),
            inputs: self.inputs.iter().map(|input| input.identity.clone()).collect(),
        }
    }

    /// Where reading goes on.
    pub fn end(&self) -> Option<&Position> {
        self.shards.last().map(|shard| &shard.end)
    }

    /// Names of all files of all shards.
    pub fn files(&self) -> impl Iterator<Item = &FileFacts> {
        self.shards.iter().flat_map(|shard| &shard.files)
    }

    /// Fails where a shard's file is gone, or has another size than when it was finished.
    pub fn check_files(&self, folder: &Path) -> Result<()> {
        for file in self.files() {
            let path = folder.join(&file.name);
            let what = match std::fs::metadata(&path) {
                Err(_) => "a finished shard's file is missing".to_owned(),
                Ok(meta) if meta.len() != file.bytes => {
                    format!("a finished shard's file has {} bytes, and had {}", meta.len(), file.bytes)
                }
                Ok(_) => continue,
            };
            return Err(Error::new(ErrorKind::Output, what)
                .at(path)
                .help("bring the file back, or start afresh with --overwrite"));
        }
        Ok(())
    }

    /// Fails where the sums do not agree with what was read of each input, or with the shards.
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

/// The time as the manifest writes it.
pub(super) fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}

/// What differs between two identities, one line each, at most `most` of them.
pub(super) fn differences(was: &Identity, is: &Identity, most: usize) -> Vec<String> {
    let mut all = Vec::new();
    compare("", &Value::Object(was.made_with.clone()), &Value::Object(is.made_with.clone()), &mut all);
    if was.inputs.len() != is.inputs.len() {
        all.push(format!("inputs: was {} of them, is {}", was.inputs.len(), is.inputs.len()));
    }
    for (number, (was, is)) in was.inputs.iter().zip(&is.inputs).enumerate() {
        if was.path != is.path {
            all.push(format!("input {}: was {}, is {}", number + 1, was.path, is.path));
        } else if was != is {
            let told = |input: &InputIdentity| {
                let size = input.size.map_or("a pipe".to_owned(), |size| format!("{size} bytes"));
                input.modified.as_ref().map_or(size.clone(), |time| format!("{size} of {time}"))
            };
            all.push(format!("input {}: was {}, is {}", is.path, told(was), told(is)));
        }
    }
    let more = all.len().saturating_sub(most);
    all.truncate(most);
    all.extend((more > 0).then(|| format!("and {more} more")));
    all
}

fn compare(name: &str, was: &Value, is: &Value, differences: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let added = is.iter().filter(|(key, _)| !was.contains_key(*key)).map(|(key, _)| key);
            for key in was.keys().chain(added) {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                let nothing = Value::Null;
                compare(&name, was.get(key).unwrap_or(&nothing), is.get(key).unwrap_or(&nothing), differences);
            }
        }
        _ if was == is => {}
        _ => differences.push(format!("{name}: was {was}, is {is}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(made_with: Value, inputs: &[(&str, u64)]) -> Identity {
        let input = |&(path, size): &(&str, u64)| InputIdentity {
            path: path.into(),
            size: Some(size),
            modified: Some("then".into()),
        };
        Identity { made_with: made_with.as_object().unwrap().clone(), inputs: inputs.iter().map(input).collect() }
    }

    #[test]
    fn what_differs_is_named_with_both_values() {
        let was = identity(
            json!({"model": {"sha256": {"m.onnx": "aa"}}, "settings": {"types": ["PER"], "x": 1}}),
            &[("a", 1), ("b", 2)],
        );
        assert!(differences(&was, &was, 9).is_empty());
        let is = identity(
            json!({"model": {"sha256": {"m.onnx": "bb"}}, "settings": {"types": ["PER"], "y": "2"}}),
            &[("a", 3)],
        );
        assert_eq!(
            differences(&was, &is, 9),
            [
                "model.sha256.m.onnx: was \"aa\", is \"bb\"",
                "settings.x: was 1, is null",
                "settings.y: was null, is \"2\"",
                "inputs: was 2 of them, is 1",
                "input a: was 1 bytes of then, is 3 bytes of then",
            ]
        );
        assert_eq!(differences(&was, &is, 1)[1], "and 4 more");
        let is = identity(Value::Object(was.made_with.clone()), &[("a", 1), ("c", 2)]);
        assert_eq!(differences(&was, &is, 9), ["input 2: was b, is c"]);
    }

    #[test]
    fn a_manifest_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Manifest::read(folder.path()).unwrap().is_none());
        let identity = identity(json!({"settings": {"a": 1}, "model": null}), &[("a", 1)]);
        let mut manifest = Manifest::new(identity.clone());
        manifest.totals.by_type.insert("PER".into(), 3);
        let disk: Arc<dyn Disk> = Arc::new(super::super::disk::LocalDisk);
        manifest.store(&disk, folder.path()).unwrap();
        let read = Manifest::read(folder.path()).unwrap().unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&manifest).unwrap());
        assert_eq!(read.identity(), identity);
        std::fs::write(folder.path().join(MANIFEST), "{").unwrap();
        assert!(Manifest::read(folder.path()).unwrap_err().to_string().contains("not a manifest"));
    }
}
