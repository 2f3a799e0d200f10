//! The settings of a run, each with its default.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::engine::EngineOptions;
use crate::error::{Error, Result};
use crate::read::ReadOptions;
use crate::write::{Existing, OutputCompression, OutputFormat};

/// Default number of records of a shard: some minutes of work on two cores, the most that a kill can cost.
pub const SHARD_SIZE: u64 = 5000;

/// All settings of a run, as plain data that can be stored and sent. Checked by [`Run::open`](super::Run::open).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RunOptions {
    /// What is read.
    pub inputs: InputOptions,
    /// How it is read.
    pub read: ReadOptions,
    /// Process articles in these languages only, as ISO 639-1 codes; empty: all.
    pub languages: Vec<String>,
    /// What finds and links mentions.
    pub engine: EngineOptions,
    /// What is written, and where.
    pub output: OutputOptions,
    /// Limits on memory and time.
    pub limits: LimitOptions,
}

/// The inputs of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InputOptions {
    /// Files, directories, and `-` for standard input. One that does not exist fails the run.
    pub paths: Vec<PathBuf>,
    /// Further files. One that does not exist is rejected, and the run continues.
    pub listed: Vec<PathBuf>,
    /// Rejects files of earlier runs, whose records are processed again; instead of `paths` and `listed`.
    pub retry: Vec<PathBuf>,
    /// Files that these options were made from, such as a list of inputs. They are not read again; no output may replace
    /// them.
    pub setting_files: Vec<PathBuf>,
}

/// The outputs of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct OutputOptions {
    /// Single files, or a directory of shards.
    pub target: Target,
    /// Counts, stage times, versions and hashes, as one JSON object.
    pub summary: Option<PathBuf>,
    /// How outputs are compressed whose names do not say; the summary is not.
    pub compress: OutputCompression,
    /// How mentions and articles are stored where their names do not say.
    pub format: OutputFormat,
    /// Minimum score of a mention that the model found, from 0 to 1; mentions that only the table found stay.
    pub min_score: f32,
    /// Write mentions of these types only; empty: all.
    pub types: Vec<String>,
    /// Whether each mention carries its sentence.
    pub context: bool,
    /// Add title and text to the lines of the articles file: what the offsets of mentions refer to.
    pub articles_text: bool,
}

/// Where a run writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// One file of each kind; cannot be resumed.
    Files {
        /// One line per mention; `-` for standard output.
        mentions: PathBuf,
        /// One line per article.
        articles: Option<PathBuf>,
        /// One line per span that the model found.
        spans: Option<PathBuf>,
        /// One line per rejected record, made only where there are any; `None`: beside the mentions, as
        /// `NAME.rejects.jsonl`.
        rejects: Option<PathBuf>,
    },
    /// A directory of shards with a manifest, which can be resumed.
    Directory {
        /// The directory; made where it is missing.
        path: PathBuf,
        /// Records of a shard.
        shard_size: u64,
        /// Whether spans are written.
        spans: bool,
        /// What happens where the directory holds a run already.
        existing: Existing,
    },
}

/// Limits of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LimitOptions {
    /// Maximum bytes of memory. Bounds queues, the score cache and the length of an article, never chunks or batches.
    pub memory: Option<u64>,
    /// How long a worker may be busy with one batch or chunk before the run fails; `None`: no limit.
    pub stall_timeout: Option<Duration>,
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self {
            target: Target::Files { mentions: "-".into(), articles: None, spans: None, rejects: None },
            summary: None,
            compress: OutputCompression::default(),
            format: OutputFormat::default(),
            min_score: 0.0,
            types: Vec::new(),
            context: false,
            articles_text: false,
        }
    }
}

impl OutputOptions {
    /// Whether mentions or articles are stored as Parquet.
    pub(super) fn writes_parquet(&self) -> bool {
        let articles = match &self.target {
            Target::Files { articles, .. } => articles.as_deref().and_then(OutputFormat::from_path),
            Target::Directory { .. } => None,
        };
        [self.target.mentions_format(self.format), articles.unwrap_or_default()].contains(&OutputFormat::Parquet)
    }
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self { memory: None, stall_timeout: Config::default().stall }
    }
}

impl Target {
    /// Records of a shard, where there are shards.
    pub(super) fn shard_size(&self) -> Option<u64> {
        match self {
            Self::Files { .. } => None,
            Self::Directory { shard_size, .. } => Some(*shard_size),
        }
    }

    /// How mentions are stored.
    pub(super) fn mentions_format(&self, default: OutputFormat) -> OutputFormat {
        match self {
            Self::Files { mentions, .. } => OutputFormat::from_path(mentions).unwrap_or(default),
            Self::Directory { .. } => default,
        }
    }

    /// Whether the articles file and the spans file are written.
    pub(super) fn writes(&self) -> (bool, bool) {
        match self {
            Self::Files { articles, spans, .. } => (articles.is_some(), spans.is_some()),
            Self::Directory { spans, .. } => (true, *spans),
        }
    }
}

impl RunOptions {
    /// Fails on the first setting that is impossible whatever the inputs and the model.
    pub(super) fn validate(&self) -> Result<()> {
        let Self { inputs, read, output, .. } = self;
        let InputOptions { paths, listed, retry, setting_files: _ } = inputs;
        let has_inputs = !paths.is_empty() || !listed.is_empty();
        if has_inputs && !retry.is_empty() {
            return Err(Error::invalid("retry", "takes the place of other inputs"));
        }
        if read.max_article_bytes == 0 {
            return Err(Error::invalid("max_article_bytes", "must be at least 1"));
        }
        if read.expansion.ratio == 0 {
            return Err(Error::invalid("max_ratio", "must be at least 1"));
        }
        if read.selection.limit == Some(0) {
            return Err(Error::invalid("limit", "must be at least 1"));
        }
        if read.selection.sample.is_some_and(|sample| !(0.0..=1.0).contains(&sample.fraction)) {
            return Err(Error::invalid("sample", "must be a fraction, from 0 to 1"));
        }
        if read.selection.part.is_some_and(|part| !part.is_possible()) {
            return Err(Error::invalid("part", "must be one of the parts, counted from 1"));
        }
        if !(0.0..=1.0).contains(&output.min_score) {
            return Err(Error::invalid("min_score", "must be a probability, from 0 to 1"));
        }
        if output.articles_text && !output.target.writes().0 {
            return Err(Error::invalid("articles_text", "needs an articles file"));
        }
        if output.target.shard_size() == Some(0) {
            return Err(Error::invalid("shard_size", "must be at least 1"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_survive_storage() {
        let mut options = RunOptions::default();
        options.inputs.paths.push("news".into());
        options.languages.push("en".into());
        options.output.target =
            Target::Directory { path: "run".into(), shard_size: SHARD_SIZE, spans: true, existing: Existing::Resume };
        options.limits.memory = Some(2 << 30);
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<RunOptions>(&text).unwrap(), options);
        assert_eq!(serde_json::from_str::<RunOptions>("{}").unwrap(), RunOptions::default());
    }

    #[test]
    fn impossible_settings_are_named() {
        let with = |change: fn(&mut RunOptions)| {
            let mut options = RunOptions::default();
            change(&mut options);
            options.validate().unwrap_err().setting()
        };
        assert_eq!(with(|options| options.output.min_score = 1.5), Some("min_score"));
        assert_eq!(with(|options| options.read.max_article_bytes = 0), Some("max_article_bytes"));
        assert_eq!(with(|options| options.read.selection.limit = Some(0)), Some("limit"));
        let retry_with_inputs = |options: &mut RunOptions| {
            options.inputs.paths.push("a".into());
            options.inputs.retry.push("b".into());
        };
        assert_eq!(with(retry_with_inputs), Some("retry"));
    }
}
