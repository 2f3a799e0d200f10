//! A directory of shards: each holds the lines of so many records, and is whole or not there.
//!
//! A shard's files are written under temporary names, synced, renamed, and their folder is synced; only then does the
//! manifest's journal name them. Whatever stops a run, the two tell what can be relied on, and a later run goes on behind
//! it.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashSet;

use super::account::{Account, check_lines};
use super::compress::Encoding;
use super::disk::{Disk, LocalDisk};
use super::journal::{Commit, JOURNAL, Journal, ShardEntry};
use super::line_file::{FileFacts, LineFile};
use super::lines::Rendered;
use super::manifest::{Identity, MANIFEST, Manifest, State, differences, now};
use super::readback::check_shard;
use super::seen::Seen;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::RecordStatus;
use crate::read::{InputRead, Ledger, Position, open_stored};

/// The kinds of files that a shard may have.
const KINDS: [&str; 4] = ["mentions", "articles", "spans", "rejects"];

/// What a directory of shards is to be.
#[derive(Clone, Debug)]
pub struct ShardPlan {
    /// The directory; made where it is missing.
    pub folder: PathBuf,
    /// Records of a shard, at least 1; the last one may have fewer.
    pub size: u64,
    /// How its files are compressed.
    pub encoding: Encoding,
    /// Whether spans are written.
    pub spans: bool,
}

/// What is done where the directory holds a run already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing: the run fails.
    Refuse,
    /// It is removed.
    Overwrite,
    /// The run goes on from its last whole shard.
    Resume,
}

/// A directory of shards that is being written.
#[derive(Debug)]
pub struct Shards {
    plan: ShardPlan,
    disk: Arc<dyn Disk>,
    manifest: Manifest,
    /// Of the shards that have become whole since the manifest was written; none where the run is complete.
    journal: Option<Journal>,
    ledger: Ledger,
    open: Option<OpenShard>,
    seen: Seen,
    /// Keeps other runs out while it lives.
    _lock: Option<File>,
}

/// The shard that is being written.
#[derive(Debug)]
struct OpenShard {
    mentions: LineFile,
    articles: LineFile,
    spans: Option<LineFile>,
    rejects: Option<LineFile>,
    account: Account,
}

impl Shards {
    /// Opens the directory for a run that is made with `identity`, and whose records `ledger` counts with a mark after
    /// each shard.
    ///
    /// # Errors
    ///
    /// Fails where another run writes there, where files are there that `existing` does not settle, and, before a run
    /// goes on, where `identity` is another than before or a finished shard's file is missing or changed.
    pub fn open(plan: ShardPlan, existing: Existing, identity: Identity, ledger: Ledger) -> Result<Self> {
        Self::open_on(Arc::new(LocalDisk), plan, existing, identity, ledger)
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        plan: ShardPlan,
        existing: Existing,
        identity: Identity,
        ledger: Ledger,
    ) -> Result<Self> {
        let folder = &plan.folder;
        std::fs::create_dir_all(folder).map_err(|error| Error::writing(folder, error))?;
        let lock = lock(folder)?;
        let found = match existing {
            Existing::Overwrite => None,
            Existing::Refuse | Existing::Resume => Manifest::read(folder)?,
        };
        let mut seen = Seen::default();
        let manifest = match (found, existing) {
            (Some(_), Existing::Refuse | Existing::Overwrite) => {
                return Err(Error::config("the directory holds a run already")
                    .at(folder)
                    .help("go on with it by --resume, replace it by --overwrite, or name another directory"));
            }
            (Some(mut manifest), Existing::Resume) => {
                check_same(&manifest, &identity, folder)?;
                manifest.check_files(folder)?;
                if manifest.state != State::Complete {
                    recall(&manifest, folder, &mut seen)?;
                    manifest.resumed.push(now());
                    manifest.state = State::Running;
                    let whole: AHashSet<&str> = manifest.files().map(|file| &*file.name).collect();
                    let keep = |name: &str| [MANIFEST, JOURNAL].contains(&name) || whole.contains(name);
                    remove_files(folder, &keep)?;
                }
                manifest
            }
            (None, _) => {
                if existing != Existing::Overwrite {
                    refuse_strays(folder)?;
                }
                remove_files(folder, &|_| false)?;
                Manifest::new(identity)
            }
        };
        let journal = match manifest.state {
            State::Complete => {
                let _ = Journal::remove(&disk, folder); // it says nothing more; the folder may be read-only by now
                None
            }
            _ => {
                // It holds what an earlier journal said; only then is that one replaced.
                manifest.store(&disk, folder)?;
                Some(Journal::begin(&disk, folder)?)
            }
        };
        Ok(Self { plan, disk, manifest, journal, ledger, open: None, seen, _lock: lock })
    }

    /// What is done so far.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes the lines of one outcome; outcomes come in the order of the input.
    pub fn write(&mut self, rendered: &Rendered) -> Result<()> {
        let number = self.manifest.shards.len();
        let shard = match &mut self.open {
            Some(shard) => shard,
            None => self.open.insert(OpenShard::create(&self.disk, &self.plan, number)?),
        };
        let copy_of = self.seen.take(rendered);
        shard.write(rendered, copy_of.as_deref(), |kind| create(&self.disk, &self.plan, kind, number))?;
        if shard.account.total.records == self.plan.size {
            let end = self.ledger.take_mark();
            let end = end.ok_or_else(|| Error::new(ErrorKind::Internal, "a shard has ended that was not read"))?;
            self.commit(end)?;
        }
        Ok(())
    }

    /// Ends the run. With `stopped`, it has not seen the end of its inputs: what is not yet a whole shard is dropped.
    /// Otherwise the account is held against what was read and what lies on the disk.
    pub fn finish(mut self, stopped: bool) -> Result<Manifest> {
        if stopped {
            self.open = None;
            self.manifest.state = State::Stopped;
            self.store()?;
            return Ok(self.manifest);
        }
        if self.open.is_some() {
            self.commit(self.ledger.position())?;
        }
        let read = self.ledger.inputs();
        for (number, input) in (0..).zip(&mut self.manifest.inputs) {
            input.read = read.get(&number).cloned().or(input.read.take());
        }
        self.manifest.check_sums(&read)?;
        self.manifest.check_files(&self.plan.folder)?;
        self.manifest.state = State::Complete;
        self.manifest.finished = Some(now());
        self.store()?;
        Ok(self.manifest)
    }

    /// After a failure: drops what is not whole, and notes as well as can be that nobody is at work any more.
    pub fn abandon(mut self) -> usize {
        self.open = None;
        self.manifest.state = State::Stopped;
        let _ = self.store(); // where even this fails, the manifest before it says enough
        self.manifest.shards.len()
    }

    fn commit(&mut self, end: Position) -> Result<()> {
        let Some(mut shard) = self.open.take() else { return Ok(()) };
        let files = shard.seal()?;
        shard.files().try_for_each(|file| file.name().map(drop))?;
        let folder = &self.plan.folder;
        self.disk.sync_folder(folder).map_err(|error| Error::writing(folder, error))?;
        check_shard(folder, &files, &shard.account.total)?;
        let Account { total, inputs, by_type } = shard.account;
        let number = self.manifest.shards.len();
        let commit = Commit {
            read: self.inputs_read_before(&end),
            shard: ShardEntry {
                shard: number,
                first_record: self.manifest.totals.counts.records,
                counts: total,
                files,
                end,
            },
            by_type,
            inputs,
            duplicate_ids: self.seen.duplicates().clone(),
        };
        self.journal.as_mut().map_or(Ok(()), |journal| journal.add(&commit))?;
        self.manifest.enter(commit);
        tracing::info!("shard {number} is whole: {} records", total.records);
        Ok(())
    }

    /// Inputs before the one that a shard ends in were read to their end; those of which no earlier shard said so.
    fn inputs_read_before(&self, end: &Position) -> BTreeMap<u32, InputRead> {
        let waiting = self.manifest.inputs.iter().take(end.input as usize).zip(0..end.input).rev();
        let waiting = waiting.take_while(|(input, _)| input.read.is_none());
        waiting.filter_map(|(_, number)| Some((number, self.ledger.input(number)?))).collect()
    }

    /// Writes the manifest with all that the journal says, which is not needed any more.
    fn store(&mut self) -> Result<()> {
        self.manifest.store(&self.disk, &self.plan.folder)?;
        self.journal = None;
        Journal::remove(&self.disk, &self.plan.folder)
    }
}

impl OpenShard {
    fn create(disk: &Arc<dyn Disk>, plan: &ShardPlan, number: usize) -> Result<Self> {
        let create = |kind| create(disk, plan, kind, number);
        Ok(Self {
            mentions: create("mentions")?,
            articles: create("articles")?,
            spans: plan.spans.then(|| create("spans")).transpose()?,
            rejects: None,
            account: Account::default(),
        })
    }

    fn write(
        &mut self,
        rendered: &Rendered,
        copy_of: Option<&str>,
        create: impl Fn(&str) -> Result<LineFile>,
    ) -> Result<()> {
        self.account.enter(rendered);
        self.mentions.write(&rendered.mentions)?;
        if let Some(row) = &rendered.article {
            self.articles.write(&row.line(copy_of)?)?;
        }
        self.spans.as_mut().map_or(Ok(()), |spans| spans.write(&rendered.spans))?;
        if rendered.status == RecordStatus::Rejected {
            let rejects = match &mut self.rejects {
                Some(rejects) => rejects,
                None => self.rejects.insert(create("rejects")?),
            };
            rejects.write(&rendered.rejects)?;
        }
        Ok(())
    }

    fn files(&mut self) -> impl Iterator<Item = &mut LineFile> {
        let Self { mentions, articles, spans, rejects, .. } = self;
        [Some(mentions), Some(articles), spans.as_mut(), rejects.as_mut()].into_iter().flatten()
    }

    /// Brings all files to the disk, and holds their lines against the account.
    fn seal(&mut self) -> Result<Vec<FileFacts>> {
        let total = self.account.total;
        let files: Vec<FileFacts> = self.files().map(LineFile::seal).collect::<Result<_>>()?;
        let expected = [total.mentions, total.records, total.spans, total.rejected];
        for file in &files {
            let kind = KINDS.iter().position(|kind| file.name.starts_with(kind)).unwrap_or(0);
            check_lines(&file.name, file.lines, expected[kind])?;
        }
        total.check(total.records, &files[0].name)?;
        if self.rejects.is_none() {
            check_lines("rejects", 0, total.rejected)?;
        }
        Ok(files)
    }
}

fn create(disk: &Arc<dyn Disk>, plan: &ShardPlan, kind: &str, number: usize) -> Result<LineFile> {
    let name = format!("{kind}-{number:05}.jsonl{}", plan.encoding.ending());
    LineFile::create(disk, &plan.folder.join(name), plan.encoding)
}

/// True for a name that this module gives, with or without `.part`.
fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(".part").unwrap_or(name);
    let is_shard = |name: &str| {
        let (kind, rest) = name.split_once('-')?;
        let (number, ending) = rest.split_once(".jsonl")?;
        let is_number = number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
        Some(KINDS.contains(&kind) && is_number && matches!(ending, "" | ".gz" | ".zst"))
    };
    name == MANIFEST || name == JOURNAL || is_shard(name) == Some(true)
}

fn our_files(folder: &Path) -> Result<Vec<String>> {
    let failed = |error| Error::writing(folder, error);
    let entries = std::fs::read_dir(folder).map_err(failed)?.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    let names = entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| is_ours(name)).collect())
}

/// Removes what earlier runs have left and `keep` does not hold, the manifest last.
fn remove_files(folder: &Path, keep: &dyn Fn(&str) -> bool) -> Result<()> {
    let mut names = our_files(folder)?;
    names.sort_by_key(|name| name == MANIFEST);
    for name in names.iter().filter(|name| !keep(name)) {
        let path = folder.join(name);
        std::fs::remove_file(&path).map_err(|error| Error::writing(&path, error))?;
    }
    Ok(())
}

/// Without a manifest, files of these names are nobody's to replace unasked; unfinished ones are.
fn refuse_strays(folder: &Path) -> Result<()> {
    match our_files(folder)?.into_iter().find(|name| !name.ends_with(".part")) {
        Some(name) => Err(Error::config("the directory has files of this name, but no manifest")
            .at(folder.join(name))
            .help("replace them by --overwrite, or name another directory")),
        None => Ok(()),
    }
}

fn check_same(manifest: &Manifest, identity: &Identity, folder: &Path) -> Result<()> {
    let differences = differences(&manifest.identity(), identity, 12);
    if differences.is_empty() {
        return Ok(());
    }
    let what = format!("the run cannot go on: what it depends on has changed\n    {}", differences.join("\n    "));
    Err(Error::config(what)
        .at(folder.join(MANIFEST))
        .help("give what the run was started with, or start afresh with --overwrite"))
}

/// Brings back what the run knew of the articles that it has written.
fn recall(manifest: &Manifest, folder: &Path, seen: &mut Seen) -> Result<()> {
    for file in manifest.files().filter(|file| file.name.starts_with("articles-")) {
        let path = folder.join(&file.name);
        open_stored(&path).and_then(|lines| seen.recall(lines)).map_err(|error| {
            Error::new(ErrorKind::Output, "a finished shard's file cannot be read")
                .at(&path)
                .because(error)
                .help("bring the file back, or start afresh with --overwrite")
        })?;
    }
    Ok(())
}

/// Two runs must not write to one directory. A file system without locks cannot help that.
fn lock(folder: &Path) -> Result<Option<File>> {
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Error::config("another run is writing to this directory")
            .at(folder)
            .help("wait for its end, or name another directory")),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

#[cfg(test)]
#[path = "shards_tests.rs"]
mod tests;
