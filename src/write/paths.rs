//! Where the output files of a run go.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::columns::ParquetContent;
use super::compress::OutputCompression;
use super::format::OutputFormat;

/// Where a stream of lines goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Destination {
    /// Standard output.
    #[serde(rename = "stdout")]
    Stdout,
    /// A file.
    #[serde(rename = "file")]
    File(PathBuf),
}

/// The outputs of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputPaths {
    /// One line per mention.
    pub mentions: Destination,
    /// One line per article.
    pub articles: Option<PathBuf>,
    /// One line per span of the model.
    pub spans: Option<PathBuf>,
    /// One line per rejected record; written only if there are any.
    pub rejects: Option<PathBuf>,
    /// One JSON object about the whole run.
    pub summary: Option<PathBuf>,
    /// Compression of outputs whose names have no suffix for one; not of the summary.
    pub compression: OutputCompression,
    /// Format of mentions and articles whose names do not say.
    pub format: OutputFormat,
    /// What Parquet files hold.
    pub parquet: ParquetContent,
}

impl OutputPaths {
    /// Mentions only, compressed as the name says.
    pub fn of(mentions: Destination) -> Self {
        Self {
            mentions,
            articles: None,
            spans: None,
            rejects: None,
            summary: None,
            compression: OutputCompression::default(),
            format: OutputFormat::default(),
            parquet: ParquetContent::default(),
        }
    }
}

/// What to do if the directory already holds a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Existing {
    /// Fail.
    #[default]
    #[serde(rename = "refuse")]
    Refuse,
    /// Replace it, once the new run is complete.
    #[serde(rename = "overwrite")]
    Overwrite,
    /// Resume it after the last complete shard.
    #[serde(rename = "resume")]
    Resume,
}
