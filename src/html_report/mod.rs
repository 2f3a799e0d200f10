//! A report of runs to look at: one HTML file that opens without a network.
//!
//! The mentions are read twice: [`Aggregates`] counts everything, and `samples` then looks for sentences of what is
//! shown. The page holds aggregates and samples, so its size does not grow with the number of mentions.
//!
//! `assets/` is the page in plain JavaScript and CSS; `vendor/` has uPlot for charts and d3-force for the network.

mod choice;
mod data;
mod full_texts;
mod marks;
mod page;
mod run_facts;
mod samples;
mod sentences;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::read::ReadOptions;
use crate::tables::{Aggregates, RunFiles, TableOptions, visit};
use crate::write::AtomicFile;

use choice::Choice;
use run_facts::RunFacts;
use samples::Samples;

/// What a report is made of.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReportOptions {
    /// The title of the page.
    pub title: String,
    /// What is counted, and how.
    pub tables: TableOptions,
    /// The summary of the run, for how it was made; a directory of shards has a manifest that says it.
    pub summary: Option<PathBuf>,
    /// The inputs of the run; without them, no article is shown in full.
    pub inputs: Vec<PathBuf>,
    /// How the inputs were read.
    pub read: ReadOptions,
}

/// Writes the report of runs to `out`.
///
/// # Errors
///
/// Fails where a file cannot be read or written, or where mentions and articles do not belong together.
pub fn write_report(files: &RunFiles, options: &ReportOptions, out: &Path) -> Result<Aggregates> {
    let facts = RunFacts::read(files, options.summary.as_deref())?;
    let all = Aggregates::read(files, &options.tables)?;
    let choice = Choice::of(&all);
    let mut samples = Samples::new(&all, &choice, options.tables.with_copies, !options.inputs.is_empty());
    visit(files, options.tables.source_field.as_deref(), &mut samples)?;
    let full = std::mem::take(&mut samples.full);
    let texts = if full.is_empty() {
        Vec::new()
    } else {
        full_texts::read(full, &samples.articles, &options.inputs, &options.read)?
    };
    let page = page::page(&options.title, &data::of(&all, &choice, samples, &texts, &facts));
    let mut file = AtomicFile::create(out)?;
    file.write_all(page.as_bytes()).map_err(|error| Error::writing(out, error))?;
    file.publish()?;
    Ok(all)
}
