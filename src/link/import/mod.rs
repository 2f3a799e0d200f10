//! Other people's lists of names as rows of a table.
//!
//! Each source has a file or folder that reads its files and writes [`Row`]s; [`Rows`] gives them on, each id once. Files
//! are read as streams. What a source needs from another part of its files, it gets from a first pass over them.

mod cldr;
mod delimited;
mod filed;
mod ftm;
mod geonames;
mod gleif;
mod idset;
mod json_array;
mod lines;
mod options;
mod petrarch;
mod ror;
mod row;
mod rows;
#[cfg(test)]
mod tests;
mod wikidata;

use std::path::PathBuf;

pub use options::{ImportOptions, Source};
pub use row::{Relation, Row};
pub use rows::{Rows, Tally};

use crate::error::Result;

/// Reads the files of a source, which may be compressed, and gives each row to `sink`. Rows that cannot be read are
/// counted; a file that is not of the source's format is an error.
pub fn import(
    source: Source,
    files: &[PathBuf],
    options: &ImportOptions,
    sink: &mut dyn FnMut(&Row) -> Result<()>,
) -> Result<Tally> {
    let mut rows = Rows::new(options.tier_of(source), options.terms_of(source), sink);
    match source {
        Source::Cldr => cldr::read(files, options, &mut rows)?,
        Source::Csv => files.iter().try_for_each(|path| delimited::read(path, options, &mut rows))?,
        Source::Ftm => ftm::read(files, &mut rows)?,
        Source::Geonames => geonames::read(files, options, &mut rows)?,
        Source::Gleif => files.iter().try_for_each(|path| gleif::read(path, &mut rows))?,
        Source::Petrarch => petrarch::read(files, &mut rows)?,
        Source::Ror => files.iter().try_for_each(|path| ror::read(path, &mut rows))?,
        Source::Wikidata => wikidata::read(files, options, &mut rows)?,
    }
    rows.finish()
}
