//! Flags about the results of runs that commands count.

use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::tables::{RunFiles, TableOptions};

#[derive(Debug, Args)]
pub(super) struct ResultsArgs {
    /// Directories of shards that `extract` wrote, or files of mentions.
    #[arg(required = true, value_name = "RUN|MENTIONS")]
    runs: Vec<PathBuf>,
    /// The articles files of the same runs, in the same order. Without them there are no dates, no articles without
    /// mentions, and copies are not recognised. Directories have their own.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    articles: Vec<PathBuf>,
    /// Count articles that are copies of an earlier one, too.
    #[arg(long)]
    with_copies: bool,
    /// The field of `meta` that names an article's source (keep it with extract --keep).
    #[arg(long, value_name = "FIELD")]
    source_field: Option<String>,
    /// Maximum number of pairs of entities in memory; beyond it, the rarest are dropped and counted.
    #[arg(long, value_name = "N", default_value_t = TableOptions::default().max_pairs)]
    max_pairs: usize,
}

impl ResultsArgs {
    /// The files of these runs.
    pub(super) fn files(&self) -> Result<RunFiles> {
        RunFiles::find(&self.runs, &self.articles)
    }

    /// What is counted.
    pub(super) fn options(&self) -> TableOptions {
        TableOptions {
            with_copies: self.with_copies,
            source_field: self.source_field.clone(),
            max_pairs: self.max_pairs,
            ..TableOptions::default()
        }
    }
}
