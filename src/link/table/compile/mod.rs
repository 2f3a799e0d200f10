//! Compiles records into a table that is looked into without being read.
//!
//! `draft` checks a record and writes its bytes (`admission` judges names of the background), `assemble` puts those of all records in order, with `sort` where memory
//! does not hold them, and `writer` writes sections and trailer. `build` makes a file of sources of any size.

mod admission;
mod assemble;
mod build;
mod draft;
mod lists;
mod sort;
mod spelling;
mod writer;

use ahash::AHashSet;

use super::entity::EntityIx;
use super::image::Image;
use super::source::Placed;
use crate::error::Result;
use assemble::Assembly;
pub use build::{BuildOptions, Built, TableBuilder};
use draft::Drafting;
use sort::Sorter;
use writer::ImageWriter;

/// Records that are compiled at the same time.
const CHUNK: usize = 1024;

/// A table in memory.
pub(super) struct InMemory {
    pub(super) image: Image,
    /// Entities of the base with the entities of this table that are related to them.
    pub(super) of_base: Vec<(EntityIx, EntityIx)>,
}

/// Compiles records, which are in the order of their ids. `find` knows the numbers of these and of the base.
pub(super) fn in_memory(records: &[Placed], find: &(dyn Fn(&str) -> Option<EntityIx> + Sync)) -> Result<InMemory> {
    let writer = ImageWriter::new(Vec::new(), "memory".into(), None)?;
    let drafting = Drafting { find, strict: true, common: &AHashSet::new() };
    let mut assembly = Assembly::new(writer, drafting, Sorter::in_memory())?;
    records.chunks(CHUNK).try_for_each(|chunk| assembly.add(chunk))?;
    let assembled = assembly.finish()?;
    Ok(InMemory { image: Image::from_bytes(assembled.out)?, of_base: assembled.of_base })
}
