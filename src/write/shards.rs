//! A directory of shards, each with the lines of a fixed number of records.
//!
//! A shard's files are written under temporary names, synced and renamed, and their directory is synced; only then does
//! the journal name them. However a run ends, manifest and journal list the complete shards, and a later run resumes after
//! them.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use ahash::AHashSet;
use serde::{Deserialize, Serialize};

use super::columns::ParquetContent;
use super::compress::OutputCompression;
use super::counts::{RunCounts, check_lines};
use super::disk::{Disk, LocalDisk};
use super::duplicates::DuplicateTracker;
use super::format::OutputFormat;
use super::identity::Identity;
use super::journal::{Commit, JOURNAL, Journal, ShardEntry};
use super::lines::Rendered;
use super::manifest::{MANIFEST, Manifest, State, now};
use super::paths::Existing;
use super::replacement::Replacement;
use super::row_file::{FileFacts, RowFile, RowFormat};
use super::shard_dir::{
    KINDS, check_identity, lock, refuse_unlisted_files, remove_files, replay_articles, shard_file_name,
};
use super::verify::verify_shard;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::RecordStatus;
use crate::read::{InputRead, Ledger, Position};

/// Layout of a directory of shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShardPlan {
    /// The directory; created if it does not exist.
    pub directory: PathBuf,
    /// Records per shard, at least 1; the last shard may have fewer.
    pub size: u64,
    /// Compression of the files.
    pub compression: OutputCompression,
    /// Whether spans are written.
    pub spans: bool,
    /// Format of mentions and articles.
    pub format: OutputFormat,
    /// What Parquet files hold.
    pub parquet: ParquetContent,
}

/// A directory of shards that is being written.
#[derive(Debug)]
pub struct Shards {
    plan: ShardPlan,
    disk: Arc<dyn Disk>,
    manifest: Manifest,
    /// None if the run is complete.
    journal: Option<Journal>,
    ledger: Ledger,
    open: Option<OpenShard>,
    duplicates: DuplicateTracker,
    /// Set where another run is replaced: `plan` has the directory of the new one.
    replacement: Option<Replacement>,
    /// Keeps other runs out of the directory.
    _lock: Option<File>,
}

/// The shard that is being written.
#[derive(Debug)]
struct OpenShard {
    mentions: RowFile,
    articles: RowFile,
    spans: Option<RowFile>,
    rejects: Option<RowFile>,
    counts: RunCounts,
}

impl Shards {
    /// Opens the directory for the run `identity`. Its records are counted by `ledger`, with a mark after each shard.
    ///
    /// # Errors
    ///
    /// Fails if another run is writing to the directory, or if it holds files that `existing` does not allow for. Resuming
    /// fails if `identity` differs from the run's, or if a file of a complete shard is missing or has changed.
    pub fn open(plan: ShardPlan, existing: Existing, identity: Identity, ledger: Ledger) -> Result<Self> {
        Self::open_on(Arc::new(LocalDisk), plan, existing, identity, ledger)
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        mut plan: ShardPlan,
        existing: Existing,
        identity: Identity,
        ledger: Ledger,
    ) -> Result<Self> {
        std::fs::create_dir_all(&plan.directory).map_err(|error| Error::writing(&plan.directory, error))?;
        let lock = lock(&plan.directory)?;
        let replacement = Replacement::open(&disk, &plan.directory, existing)?;
        if let Some(replacement) = &replacement {
            plan.directory = replacement.staged().to_owned();
        }
        let dir = &plan.directory;
        let found = match existing {
            Existing::Overwrite => None,
            Existing::Refuse | Existing::Resume => Manifest::read(dir)?,
        };
        let mut duplicates = DuplicateTracker::default();
        let manifest = match (found, existing) {
            (Some(_), Existing::Refuse | Existing::Overwrite) => {
                return Err(Error::config("the directory already holds a run")
                    .at(dir)
                    .help("resume it, overwrite it, or use another directory")
                    .with_setting("existing"));
            }
            (Some(mut manifest), Existing::Resume) => {
                check_identity(&mut manifest, &identity, dir)?;
                manifest.check_files(dir)?;
                if manifest.state != State::Complete {
                    replay_articles(&manifest, dir, &mut duplicates)?;
                    manifest.resumed.push(now());
                    manifest.state = State::Running;
                    let complete: AHashSet<&str> = manifest.files().map(|file| &*file.name).collect();
                    let keep = |name: &str| [MANIFEST, JOURNAL].contains(&name) || complete.contains(name);
                    remove_files(dir, &keep)?;
                }
                manifest
            }
            (None, _) => {
                if existing != Existing::Overwrite {
                    refuse_unlisted_files(dir)?;
                }
                remove_files(dir, &|_| false)?;
                Manifest::new(identity)
            }
        };
        let journal = match manifest.state {
            State::Complete => {
                let _ = Journal::remove(&disk, dir); // it adds nothing; the directory may be read-only by now
                None
            }
            _ => {
                // The journal's entries must be in the stored manifest before the journal is replaced.
                manifest.store(&disk, dir)?;
                Some(Journal::create(&disk, dir)?)
            }
        };
        Ok(Self { plan, disk, manifest, journal, ledger, open: None, duplicates, replacement, _lock: lock })
    }

    /// The manifest with all complete shards.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes the lines of one record. Records must come in input order.
    pub fn write(&mut self, rendered: &Rendered) -> Result<()> {
        let number = self.manifest.shards.len();
        let shard = match &mut self.open {
            Some(shard) => shard,
            None => self.open.insert(OpenShard::create(&self.disk, &self.plan, number)?),
        };
        let copy_of = self.duplicates.add(rendered);
        shard.write(rendered, copy_of.as_deref(), |kind| create(&self.disk, &self.plan, kind, number))?;
        if shard.counts.total.records == self.plan.size {
            let end = self.ledger.take_mark();
            let end =
                end.ok_or_else(|| Error::new(ErrorKind::Internal, "a shard ended without a mark in the ledger"))?;
            self.commit(end)?;
        }
        Ok(())
    }

    /// Ends a run that was stopped before the end of its inputs: drops the incomplete shard.
    pub fn stop(mut self) -> Result<Manifest> {
        self.open = None;
        self.manifest.state = State::Stopped;
        self.store()?;
        Ok(self.manifest)
    }

    /// Ends a run at the end of its inputs. Checks the counts against what was read and what is on disk.
    pub fn complete(mut self) -> Result<Manifest> {
        if self.open.is_some() {
            self.commit(self.ledger.position())?;
        }
        let read = self.ledger.inputs();
        for (number, input) in (0..).zip(&mut self.manifest.inputs) {
            input.read = read.get(&number).cloned().or(input.read.take());
        }
        self.manifest.check_sums(&read)?;
        self.manifest.check_files(&self.plan.directory)?;
        self.manifest.state = State::Complete;
        self.manifest.finished = Some(now());
        self.store()?;
        if let Some(replacement) = &self.replacement {
            replacement.move_in(&self.disk, &self.manifest)?;
        }
        Ok(self.manifest)
    }

    /// Ends a run that has failed: drops the incomplete shard and marks the run as stopped, if that is still possible.
    /// Returns the number of complete shards.
    pub fn abandon(mut self) -> usize {
        self.open = None;
        self.manifest.state = State::Stopped;
        let _ = self.store(); // otherwise the last stored manifest and its journal remain valid
        self.manifest.shards.len()
    }

    fn commit(&mut self, end: Position) -> Result<()> {
        let Some(mut shard) = self.open.take() else { return Ok(()) };
        let files = shard.close()?;
        shard.files().try_for_each(|file| file.publish().map(drop))?;
        let dir = &self.plan.directory;
        self.disk.sync_dir(dir).map_err(|error| Error::writing(dir, error))?;
        verify_shard(dir, &files, &shard.counts.total)?;
        let RunCounts { total, inputs, by_type } = shard.counts;
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
            duplicate_ids: self.duplicates.duplicates().clone(),
        };
        self.journal.as_mut().map_or(Ok(()), |journal| journal.add(&commit))?;
        self.manifest.append(commit);
        tracing::info!("shard {number} is complete: {} records", total.records);
        Ok(())
    }

    /// The inputs that were read to their end since the last shard: those before the input in which this shard ends.
    fn inputs_read_before(&self, end: &Position) -> BTreeMap<u32, InputRead> {
        let inputs = self.manifest.inputs.iter().take(end.input as usize).zip(0..end.input).rev();
        let inputs = inputs.take_while(|(input, _)| input.read.is_none());
        inputs.filter_map(|(_, number)| Some((number, self.ledger.input(number)?))).collect()
    }

    /// Writes the manifest with all journal entries, and removes the journal.
    fn store(&mut self) -> Result<()> {
        self.manifest.store(&self.disk, &self.plan.directory)?;
        self.journal = None;
        Journal::remove(&self.disk, &self.plan.directory)
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
            counts: RunCounts::default(),
        })
    }

    fn write(
        &mut self,
        rendered: &Rendered,
        copy_of: Option<&str>,
        create: impl Fn(&str) -> Result<RowFile>,
    ) -> Result<()> {
        self.counts.add(rendered);
        self.mentions.write_mentions(rendered)?;
        rendered.article.as_ref().map_or(Ok(()), |row| self.articles.write_article(row, copy_of))?;
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

    fn files(&mut self) -> impl Iterator<Item = &mut RowFile> {
        let Self { mentions, articles, spans, rejects, .. } = self;
        [Some(mentions), Some(articles), spans.as_mut(), rejects.as_mut()].into_iter().flatten()
    }

    /// Closes all files and checks the number of their lines.
    fn close(&mut self) -> Result<Vec<FileFacts>> {
        let total = self.counts.total;
        let files: Vec<FileFacts> = self.files().map(RowFile::close).collect::<Result<_>>()?;
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

fn create(disk: &Arc<dyn Disk>, plan: &ShardPlan, kind: &str, number: usize) -> Result<RowFile> {
    let format = RowFormat::of(kind, plan.format, plan.compression, &plan.parquet);
    let name = shard_file_name(kind, number, &format);
    RowFile::create(disk, &plan.directory.join(name), format)
}

#[cfg(test)]
#[path = "shards_tests.rs"]
mod tests;
