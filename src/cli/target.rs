//! Where a run writes: single files, or a directory of shards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use namewire::error::{Error, ErrorKind, Result};
use namewire::read::Ledger;
use namewire::write::{AtomicFile, Counts, ShardPlan, Shards, State};
use namewire::write::{
    Duplicates, Existing, FileFacts, Identity, InputIdentity, MANIFEST, Manifest, OutputPaths, Outputs, Rendered,
};

use super::interrupt::resume_command;
use super::reading::WritingArgs;
use super::say;
use super::session::misuse;

/// Some minutes of work for a CPU with two cores: the most that a kill costs.
const SHARD_SIZE: u64 = 5000;

#[derive(Debug, Args)]
#[command(next_help_heading = "Long runs")]
pub(super) struct LongRunArgs {
    /// Make --out a directory of shards of so many records each, which a run that was stopped goes on with. An --out
    /// that ends in / or is a directory does so by itself [default: 5000].
    #[arg(long, value_name = "ARTICLES")]
    shard_size: Option<u64>,
    /// Write spans-NNNNN.jsonl into the directory, too. Mentions and articles are always written, rejects where there
    /// are any.
    #[arg(long)]
    with_spans: bool,
    /// Go on with the run in the directory, behind its last whole shard.
    #[arg(long, conflicts_with = "overwrite")]
    resume: bool,
    /// Replace the run in the directory.
    #[arg(long)]
    overwrite: bool,
    /// Look at the inputs, run the first 100 articles, say how long everything will take and how large it will be, and
    /// write nothing.
    #[arg(long, conflicts_with = "retry")]
    pub(super) check: bool,
}

/// Where a run is to write.
pub(super) enum Target {
    Files(OutputPaths),
    Shards { plan: ShardPlan, existing: Existing, summary: Option<PathBuf> },
}

impl LongRunArgs {
    /// Settles what the flags ask for together.
    pub(super) fn target(
        &self,
        writing: &WritingArgs,
        spans: Option<&PathBuf>,
        summary: Option<&PathBuf>,
    ) -> Result<Target> {
        if self.shard_size == Some(0) {
            return Err(misuse("--shard-size must be at least 1"));
        }
        if !self.is_directory(&writing.out) {
            if self.resume || self.overwrite || self.with_spans {
                let flag = if self.with_spans {
                    "--with-spans"
                } else if self.resume {
                    "--resume"
                } else {
                    "--overwrite"
                };
                return Err(misuse(format!(
                    "{flag} is for a directory of shards: single files cannot be gone on with; give --shard-size, or an \
                     --out that ends in /"
                )));
            }
            return Ok(Target::Files(writing.paths(spans.cloned(), summary.cloned())));
        }
        writing.check_directory()?;
        if spans.is_some() {
            return Err(misuse("a directory holds its spans itself: give --with-spans instead of --spans FILE"));
        }
        let plan = ShardPlan {
            directory: writing.out.clone(),
            size: self.shard_size.unwrap_or(SHARD_SIZE),
            compression: writing.encoding(),
            spans: self.with_spans,
        };
        let existing = match (self.resume, self.overwrite) {
            (true, _) => Existing::Resume,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        };
        Ok(Target::Shards { plan, existing, summary: summary.cloned() })
    }

    fn is_directory(&self, out: &Path) -> bool {
        let ends_so = out.as_os_str().as_encoded_bytes().ends_with(std::path::MAIN_SEPARATOR_STR.as_bytes());
        out.as_os_str() != "-" && (self.shard_size.is_some() || ends_so || out.is_dir())
    }
}

impl Target {
    /// Records of a shard.
    pub(super) fn shard_size(&self) -> Option<u64> {
        match self {
            Self::Files(_) => None,
            Self::Shards { plan, .. } => Some(plan.size),
        }
    }

    /// The longest article, in bytes, of the run that is to go on, where there is one.
    pub(super) fn longest_article(&self) -> Option<usize> {
        let Self::Shards { plan, existing: Existing::Resume, .. } = self else { return None };
        let manifest = Manifest::read(&plan.directory).ok().flatten()?;
        let bytes = manifest.made_with.get("settings")?.get("max_article_bytes")?.as_u64()?;
        usize::try_from(bytes).ok()
    }

    /// Whether articles and spans are written.
    pub(super) fn writes(&self) -> (bool, bool) {
        match self {
            Self::Files(paths) => (paths.articles.is_some(), paths.spans.is_some()),
            Self::Shards { plan, .. } => (true, plan.spans),
        }
    }

    /// What a first signal is answered with.
    pub(super) fn words_on_interrupt(&self) -> &'static str {
        match self {
            Self::Files(_) => "stopping after the articles in flight; once more stops at once",
            Self::Shards { .. } => {
                "stopping after the shard in flight; once more stops at once and loses only that shard"
            }
        }
    }

    /// Opens the outputs. Nothing is returned where the run in the directory is complete.
    pub(super) fn open(&self, identity: Identity, ledger: &Ledger) -> Result<Option<Sink>> {
        let (plan, existing, summary) = match self {
            Self::Files(paths) => return Ok(Some(Sink::Files(Box::new(Outputs::create(paths)?), identity.inputs))),
            Self::Shards { plan, existing, summary } => (plan, *existing, summary),
        };
        let shards = Shards::open(plan.clone(), existing, identity, ledger.clone())?;
        let (folder, manifest) = (plan.directory.display(), shards.manifest());
        if existing == Existing::Resume {
            let (whole, records) = (manifest.shards.len(), manifest.totals.counts.records);
            match (manifest.state, manifest.resumed.is_empty()) {
                (State::Complete, _) => {
                    say(&format!(
                        "namewire: {folder}: the run is complete, with {whole} shards of {records} records\n"
                    ));
                    return Ok(None);
                }
                (_, true) => say(&format!("namewire: {folder}: there is nothing to resume; starting afresh\n")),
                _ => say(&format!("namewire: {folder}: going on behind {whole} whole shards of {records} records\n")),
            }
        }
        let summary = summary.as_deref().map(AtomicFile::create).transpose()?;
        Ok(Some(Sink::Shards(Box::new(Directory { shards, folder: plan.directory.clone(), summary }))))
    }
}

/// Open outputs.
pub(super) enum Sink {
    /// With the inputs that they are made of.
    Files(Box<Outputs>, Vec<InputIdentity>),
    Shards(Box<Directory>),
}

/// An open directory of shards.
pub(super) struct Directory {
    shards: Shards,
    folder: PathBuf,
    summary: Option<AtomicFile>,
}

/// What has been written at the end of a run.
pub(super) struct Wrote {
    pub(super) counts: Counts,
    pub(super) by_type: BTreeMap<String, u64>,
    pub(super) duplicate_ids: Duplicates,
    pub(super) files: Vec<FileFacts>,
    /// Where the manifest is, and how many shards it has.
    pub(super) manifest: Option<(PathBuf, usize)>,
    pub(super) rejects: Option<PathBuf>,
    pub(super) was_resumed: bool,
}

impl Sink {
    pub(super) fn manifest(&self) -> Option<&Manifest> {
        match self {
            Self::Files(..) => None,
            Self::Shards(directory) => Some(directory.shards.manifest()),
        }
    }

    pub(super) fn write(&mut self, rendered: &Rendered) -> Result<()> {
        match self {
            Self::Files(outputs, _) => outputs.write(rendered),
            Self::Shards(directory) => directory.shards.write(rendered),
        }
    }

    /// After a failure: says what can be relied on.
    pub(super) fn fail(self, error: Error) -> Error {
        if let Self::Shards(directory) = self {
            let whole = directory.shards.abandon();
            // With another input, going on would fail again.
            if error.kind() != ErrorKind::Input {
                hint(whole);
            }
        }
        error
    }

    /// After a signal: leaves what is whole, and says how to go on.
    pub(super) fn stop(self) -> Result<()> {
        match self {
            Self::Shards(directory) => {
                let manifest = directory.shards.stop()?;
                say(&format!("namewire: stopped after {} records\n", manifest.totals.counts.records));
                hint(manifest.shards.len());
            }
            Self::Files(outputs, _) => {
                let kept: Vec<String> = outputs.keep_partial()?.iter().map(|path| path.display().to_string()).collect();
                let kept =
                    if kept.is_empty() { String::new() } else { format!("; what is done is in {}", kept.join(", ")) };
                say(&format!(
                    "namewire: stopped{kept}\n  help: single files cannot be gone on with; with --shard-size, or an --out \
                     that ends in /, a run can be resumed\n"
                ));
            }
        }
        Ok(())
    }

    /// Ends the outputs; `summarise` makes the summary of what they hold.
    pub(super) fn finish(self, ledger: &Ledger, summarise: impl FnOnce(&Wrote) -> String) -> Result<Wrote> {
        match self {
            Self::Files(mut outputs, inputs) => {
                let written = outputs.verify(ledger, &inputs)?;
                let wrote = Wrote {
                    counts: written.counts,
                    by_type: written.by_type,
                    duplicate_ids: written.duplicate_ids,
                    files: written.files,
                    manifest: None,
                    rejects: written.rejects,
                    was_resumed: false,
                };
                outputs.write_summary(&summarise(&wrote))?;
                outputs.publish()?;
                Ok(wrote)
            }
            Self::Shards(directory) => {
                let Directory { shards, folder, summary } = *directory;
                let whole = shards.manifest().shards.len();
                let manifest = shards.complete().inspect_err(|_| hint(whole))?;
                let rejected = manifest.totals.counts.rejected;
                let wrote = Wrote {
                    counts: manifest.totals.counts,
                    files: Vec::new(),
                    manifest: Some((folder.join(MANIFEST), manifest.shards.len())),
                    rejects: (rejected > 0).then(|| folder.join("rejects-*")),
                    was_resumed: !manifest.resumed.is_empty(),
                    by_type: manifest.totals.by_type,
                    duplicate_ids: manifest.totals.duplicate_ids,
                };
                summary.map_or(Ok(()), |file| file.publish_json(&summarise(&wrote)))?;
                Ok(wrote)
            }
        }
    }
}

fn hint(whole: usize) {
    let shards = if whole == 1 { "shard is" } else { "shards are" };
    say(&format!("namewire: {whole} {shards} whole; to go on:\n  {}\n", resume_command()));
}
