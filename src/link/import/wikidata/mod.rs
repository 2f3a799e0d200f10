//! The JSON dump of Wikidata: an array with an item a line.
//!
//! Most items are of no class that is wanted. Their bytes show that ([`prefilter`]), so that only the rest is parsed. Blocks
//! of lines are parsed on all cores and written in the order of the file.

mod blocks;
mod classes;
mod item;
mod prefilter;
mod row;
mod terms;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::options::ImportOptions;
use super::row::Row;
use super::rows::Rows;
use crate::error::{Error, ErrorKind, Result};
use blocks::{Block, with_blocks};
use classes::Classes;
use item::Item;
use prefilter::Verdict;

/// A language of labels that hold in all languages.
const ALL_LANGUAGES: &str = "mul";

/// What an import takes.
struct Wanted {
    classes: Classes,
    /// In the order of preference.
    languages: Vec<String>,
    takes_all_languages: bool,
    min_sitelinks: u64,
}

/// What a line became.
enum Outcome {
    Rows(Vec<Row>),
    Skipped(&'static str, String),
    /// No item; `None` for the brackets around them.
    Unreadable(Option<String>),
}

pub(super) fn read(files: &[PathBuf], options: &ImportOptions, rows: &mut Rows) -> Result<()> {
    let wanted = Wanted::new(options)?;
    files.iter().try_for_each(|path| {
        let mut known = 0;
        with_blocks(path, |block| {
            let outcomes: Vec<Outcome> = block.lines().into_par_iter().map(|line| wanted.outcome(line)).collect();
            write(&block, outcomes, &mut known, path, rows)
        })?;
        if known == 0 { Err(not_wikidata(path, 1)) } else { Ok(()) }
    })
}

fn write(block: &Block, outcomes: Vec<Outcome>, known: &mut u64, path: &Path, rows: &mut Rows) -> Result<()> {
    for (outcome, line) in outcomes.into_iter().zip(block.first_line..) {
        let place = || format!("{}:{line}", path.display());
        match outcome {
            Outcome::Rows(written) => {
                *known += 1;
                written.into_iter().try_for_each(|row| rows.write_new(row, place))?;
            }
            Outcome::Skipped(reason, example) => {
                *known += 1;
                rows.tally.skip(reason, || format!("{} {example}", place()));
            }
            Outcome::Unreadable(None) => {}
            Outcome::Unreadable(Some(error)) if *known == 0 => return Err(not_wikidata(path, line).because(error)),
            Outcome::Unreadable(Some(error)) => {
                rows.tally.skip("unreadable_line", || format!("{}: {error}", place()));
            }
        }
    }
    Ok(())
}

fn not_wikidata(path: &Path, line: u64) -> Error {
    Error::new(ErrorKind::Input, "the line is not an item of Wikidata")
        .at(path)
        .line(line)
        .help("give the JSON dump, latest-all.json.gz or .bz2, or lines cut from it")
}

impl Wanted {
    fn new(options: &ImportOptions) -> Result<Self> {
        let takes_all_languages = options.languages.iter().any(|language| language == "all");
        let mut languages: Vec<String> =
            options.languages.iter().filter(|language| *language != "all").cloned().collect();
        if languages.is_empty() {
            languages.push("en".into());
        }
        languages.push(ALL_LANGUAGES.into());
        let classes = match &options.classes {
            Some(path) => Classes::read(path)?,
            None => Classes::shipped(),
        };
        Ok(Self { classes, languages, takes_all_languages, min_sitelinks: options.min_sitelinks })
    }

    fn takes_language(&self, language: &str) -> bool {
        self.takes_all_languages || self.languages.iter().any(|taken| taken == language)
    }

    fn outcome(&self, line: &[u8]) -> Outcome {
        let line = line.trim_ascii();
        let line = line.strip_suffix(b",").unwrap_or(line);
        if matches!(line, b"" | b"[" | b"]") {
            return Outcome::Unreadable(None);
        }
        if let Verdict::Unwanted(reason) = prefilter::verdict(line, &self.classes, self.min_sitelinks) {
            return Outcome::Skipped(reason, prefilter::id(line).unwrap_or_default());
        }
        match Item::parse(line, self) {
            Ok(item) => {
                row::rows(&item, self).map_or_else(|reason| Outcome::Skipped(reason, item.id.clone()), Outcome::Rows)
            }
            Err(error) => Outcome::Unreadable(Some(error.to_string())),
        }
    }
}
