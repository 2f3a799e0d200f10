//! Where a run writes: single files, or a directory of shards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::identity::footer;
use super::observer::{Event, Observer};
use super::options::{OutputOptions, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::read::Ledger;
use crate::write::{
    AtomicFile, Counts, Destination, Duplicates, Existing, FileFacts, Identity, InputIdentity, MANIFEST, Manifest,
    MentionColumns, OutputCompression, OutputPaths, Outputs, ParquetContent, Rendered, ShardPlan, Shards, State,
};

/// Open outputs.
pub(super) enum Sink {
    /// Single files, with the inputs that they are made of.
    Files(Box<Outputs>, Vec<InputIdentity>),
    /// A directory of shards.
    Shards(Box<Directory>),
}

/// An open directory of shards.
pub(super) struct Directory {
    shards: Shards,
    path: PathBuf,
    summary: Option<AtomicFile>,
}

/// What has been written at the end of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Written {
    /// Records and mentions.
    pub counts: Counts,
    /// Mentions of each type.
    pub by_type: BTreeMap<String, u64>,
    /// Ids that came more than once.
    pub duplicate_ids: Duplicates,
    /// The single files.
    pub files: Vec<FileFacts>,
    /// The manifest of a directory.
    pub manifest: Option<PathBuf>,
    /// How many shards a directory has.
    pub shards: usize,
    /// Where the rejects are, if there are any; for a directory, a pattern of names.
    pub rejects: Option<PathBuf>,
    /// Whether the run was resumed.
    pub was_resumed: bool,
}

/// What a run left that was stopped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Stopped {
    /// A directory of shards, which can be resumed.
    Directory {
        /// Records in complete shards.
        records: u64,
    },
    /// Single files under temporary names.
    Files {
        /// Their paths.
        partial: Vec<PathBuf>,
    },
}

/// The result of opening the outputs.
pub(super) enum Opened {
    /// They are ready.
    Ready(Sink),
    /// The directory holds this run, complete.
    Complete(Box<Written>),
}

impl Sink {
    /// Opens the outputs.
    pub(super) fn open(
        output: &OutputOptions,
        mentions: MentionColumns,
        identity: Identity,
        ledger: &Ledger,
        observer: &dyn Observer,
    ) -> Result<Opened> {
        let parquet = ParquetContent { mentions, footer: footer(identity.made_with.clone()) };
        let (path, shard_size, spans, existing) = match &output.target {
            Target::Directory { path, shard_size, spans, existing } => (path, shard_size, spans, existing),
            Target::Files { mentions, articles, spans, rejects } => {
                let files = [articles, spans, rejects, &output.summary];
                let outputs = Outputs::create(&OutputPaths { parquet, ..output_paths(mentions, files, output) })?;
                return Ok(Opened::Ready(Self::Files(Box::new(outputs), identity.inputs)));
            }
        };
        let plan = ShardPlan {
            directory: path.clone(),
            size: *shard_size,
            compression: output.compress,
            spans: *spans,
            format: output.format,
            parquet,
        };
        let shards = Shards::open(plan, *existing, identity, ledger.clone())?;
        let manifest = shards.manifest();
        if *existing == Existing::Resume {
            if manifest.state == State::Complete {
                return Ok(Opened::Complete(Box::new(Written::of_manifest(path, manifest))));
            }
            observer.notify(&if manifest.resumed.is_empty() {
                Event::NothingToResume { path }
            } else {
                let (shards, records) = (manifest.shards.len(), manifest.totals.counts.records);
                Event::Resumed { path, shards, records }
            });
        }
        let summary = output.summary.as_deref().map(AtomicFile::create).transpose()?;
        Ok(Opened::Ready(Self::Shards(Box::new(Directory { shards, path: path.clone(), summary }))))
    }

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

    /// After a failure: leaves what can be resumed.
    pub(super) fn fail(self, error: Error, observer: &dyn Observer) -> Error {
        if let Self::Shards(directory) = self {
            let shards = directory.shards.abandon();
            // With another input, resuming would fail again.
            if error.kind() != ErrorKind::Input {
                observer.notify(&Event::Resumable { shards });
            }
        }
        error
    }

    /// After a stop: leaves what is complete.
    pub(super) fn stop(self, observer: &dyn Observer) -> Result<Stopped> {
        match self {
            Self::Shards(directory) => {
                let manifest = directory.shards.stop()?;
                observer.notify(&Event::Resumable { shards: manifest.shards.len() });
                Ok(Stopped::Directory { records: manifest.totals.counts.records })
            }
            Self::Files(outputs, _) => Ok(Stopped::Files { partial: outputs.keep_partial()? }),
        }
    }

    /// Completes the outputs; `summarize` makes the summary of what they hold.
    pub(super) fn complete(
        self,
        ledger: &Ledger,
        observer: &dyn Observer,
        summarize: impl FnOnce(&Written) -> String,
    ) -> Result<Written> {
        match self {
            Self::Files(mut outputs, inputs) => {
                let report = outputs.verify(ledger, &inputs)?;
                let written = Written {
                    counts: report.counts,
                    by_type: report.by_type,
                    duplicate_ids: report.duplicate_ids,
                    files: report.files,
                    rejects: report.rejects,
                    ..Written::default()
                };
                outputs.write_summary(&summarize(&written))?;
                outputs.publish()?;
                Ok(written)
            }
            Self::Shards(directory) => {
                let Directory { shards, path, summary } = *directory;
                let complete = shards.manifest().shards.len();
                let manifest =
                    shards.complete().inspect_err(|_| observer.notify(&Event::Resumable { shards: complete }))?;
                let written = Written::of_manifest(&path, &manifest);
                summary.map_or(Ok(()), |file| file.publish_json(&summarize(&written)))?;
                Ok(written)
            }
        }
    }
}

impl Written {
    fn of_manifest(directory: &Path, manifest: &Manifest) -> Self {
        let totals = &manifest.totals;
        Self {
            counts: totals.counts,
            by_type: totals.by_type.clone(),
            duplicate_ids: totals.duplicate_ids.clone(),
            files: Vec::new(),
            manifest: Some(directory.join(MANIFEST)),
            shards: manifest.shards.len(),
            rejects: (totals.counts.rejected > 0).then(|| directory.join("rejects-*")),
            was_resumed: !manifest.resumed.is_empty(),
        }
    }
}

/// The single files of a run: mentions, and articles, spans, rejects and summary where they are asked for.
pub(super) fn output_paths(
    mentions: &Path,
    [articles, spans, rejects, summary]: [&Option<PathBuf>; 4],
    output: &OutputOptions,
) -> OutputPaths {
    let is_stdout = mentions.as_os_str() == "-";
    let is_file = !is_stdout && !std::fs::metadata(mentions).is_ok_and(|meta| !meta.is_file());
    let rejects = rejects.clone().or_else(|| is_file.then(|| rejects_beside(mentions)).flatten());
    OutputPaths {
        articles: articles.clone(),
        spans: spans.clone(),
        rejects,
        summary: summary.clone(),
        compression: output.compress,
        format: output.format,
        ..OutputPaths::of(if is_stdout { Destination::Stdout } else { Destination::File(mentions.to_owned()) })
    }
}

/// The rejects file beside an output.
pub(super) fn rejects_beside(mentions: &Path) -> Option<PathBuf> {
    let compression = OutputCompression::from_path(mentions).unwrap_or_default();
    let stem = if compression == OutputCompression::Plain { mentions.file_name() } else { mentions.file_stem() };
    let mut name = stem?.to_os_string();
    name.push(format!(".rejects.jsonl{}", compression.suffix()));
    Some(mentions.with_file_name(name))
}
