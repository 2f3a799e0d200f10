//! Where a run writes: single files, or a directory of shards.

use std::path::{Path, PathBuf};

use clap::Args;
use namewire::error::{Error, Result};
use namewire::run::{SHARD_SIZE, Target};
use namewire::write::Existing;

use super::reading::WritingArgs;

#[derive(Debug, Args)]
#[command(next_help_heading = "Long runs")]
pub(super) struct LongRunArgs {
    /// Make --out a directory of shards of so many records each, so that the run can be resumed. An --out
    /// that ends in / or is a directory always is [default: 5000].
    #[arg(long, value_name = "ARTICLES")]
    shard_size: Option<u64>,
    /// Write spans-NNNNN.jsonl into the directory, too. Mentions and articles are always written, rejects where there
    /// are any.
    #[arg(long)]
    with_spans: bool,
    /// Resume the run in the directory after its last complete shard.
    #[arg(long, conflicts_with = "overwrite")]
    resume: bool,
    /// Replace the run in the directory.
    #[arg(long)]
    overwrite: bool,
    /// Estimate how long the run will take and how large its output will be, from its first 100 articles; write
    /// nothing.
    #[arg(long, conflicts_with = "retry")]
    pub(super) check: bool,
}

impl LongRunArgs {
    /// Where the run writes.
    pub(super) fn target(&self, writing: &WritingArgs, spans: Option<&PathBuf>) -> Result<Target> {
        if !self.is_directory(&writing.out) {
            let flags = [("--with-spans", self.with_spans), ("--resume", self.resume), ("--overwrite", self.overwrite)];
            if let Some((flag, _)) = flags.into_iter().find(|(_, is_given)| *is_given) {
                return Err(Error::config(format!(
                    "{flag} is for a directory of shards: single files cannot be resumed; give --shard-size, or an \
                     --out that ends in /"
                )));
            }
            return Ok(writing.files(spans.cloned()));
        }
        writing.check_directory()?;
        if spans.is_some() {
            return Err(Error::config("for a directory, give --with-spans instead of --spans FILE"));
        }
        let existing = match (self.resume, self.overwrite) {
            (true, _) => Existing::Resume,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        };
        let shard_size = self.shard_size.unwrap_or(SHARD_SIZE);
        Ok(Target::Directory { path: writing.out.clone(), shard_size, spans: self.with_spans, existing })
    }

    fn is_directory(&self, out: &Path) -> bool {
        let ends_so = out.as_os_str().as_encoded_bytes().ends_with(std::path::MAIN_SEPARATOR_STR.as_bytes());
        out.as_os_str() != "-" && (self.shard_size.is_some() || ends_so || out.is_dir())
    }
}
