//! A table in a file from sources of any size, in bounded memory.
//!
//! Lines are sorted by id on disk. The sorted lines are read twice: to number the entities, then to compile them.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use ahash::AHashMap;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use sha2::{Digest, Sha256};

use super::super::entity::{EntityIx, RowOrigin};
use super::super::image::index::hash;
use super::super::record::{EntityRecord, Tier};
use super::super::source::{Placed, read_line, repeated};
use super::super::table_error;
use super::assemble::Assembly;
use super::draft::Drafting;
use super::sort::{Sorted, Sorter};
use super::writer::ImageWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::link::text::normalise::fold;

/// Lines that are parsed, and records that are compiled, at the same time.
const CHUNK: usize = 4096;

/// Settings of a [`TableBuilder`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BuildOptions {
    /// Bytes of memory for sorting; beyond them, files are used. The whole takes about a fifth more, and 40 bytes for
    /// each entity.
    pub memory: usize,
    /// The tier of rows that state none.
    pub tier: Tier,
    /// Words of other languages than English that are no names of the background by themselves.
    pub common_words: Vec<String>,
    /// The lowest popularity of an entity; others are left out.
    pub min_popularity: f32,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self { memory: 400 << 20, tier: Tier::Curated, common_words: Vec::new(), min_popularity: 0.0 }
    }
}

/// What a table was built of, and what was left out.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Built {
    /// Entities of the table.
    pub entities: u64,
    /// Aliases as the sources give them, names included, without those of entities that were left out.
    pub aliases: u64,
    /// Size of the table.
    pub bytes: u64,
    /// Entities below the lowest popularity.
    pub unpopular: u64,
    /// Names of the background that were left out, by rule: how many, and one of them.
    pub dropped: BTreeMap<&'static str, (u64, String)>,
    /// Names of the background that link in their own case only, and never by themselves.
    pub weak: u64,
    /// Relations to entities that no source has, which were left out.
    pub missing: u64,
}

/// Builds a compiled table from lines of JSON.
#[derive(Debug)]
pub struct TableBuilder {
    options: BuildOptions,
    /// By id, then by file and line.
    lines: Sorter,
    scratch: std::path::PathBuf,
    files: Vec<Arc<str>>,
    /// Rows that wait to be parsed together.
    rows: Vec<(u32, Vec<u8>)>,
    unpopular: u64,
}

impl TableBuilder {
    /// A builder that sorts in files of `scratch`, an empty folder.
    pub fn new(scratch: &Path, options: BuildOptions) -> Self {
        let lines = Sorter::on_disk(scratch, "lines", options.memory / 2);
        Self { options, lines, scratch: scratch.to_owned(), files: Vec::new(), rows: Vec::new(), unpopular: 0 }
    }

    /// Adds the lines of a source, under the name that errors and evidence give it.
    ///
    /// # Errors
    /// Where the source cannot be read or a line is not an entity.
    pub fn add(&mut self, name: &str, mut source: impl BufRead) -> Result<()> {
        let file = self.source(name);
        let mut number = 0;
        loop {
            let mut lines = Vec::with_capacity(CHUNK);
            while lines.len() < CHUNK {
                let mut line = Vec::new();
                let unreadable = |error| Error::new(ErrorKind::Table, "cannot read the source").at(name).because(error);
                if source.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
                    break;
                }
                number += 1;
                lines.push((number, line));
            }
            if lines.is_empty() {
                return Ok(());
            }
            self.add_lines(name, file, &lines)?;
        }
    }

    /// Begins a source whose rows are added one by one, and returns its number.
    pub fn source(&mut self, name: &str) -> u32 {
        self.files.push(name.into());
        self.files.len() as u32 - 1
    }

    /// Adds a row of a source as JSON, with its line or number there.
    ///
    /// # Errors
    /// Where the row is not an entity.
    pub fn add_row(&mut self, source: u32, number: u32, row: Vec<u8>) -> Result<()> {
        self.rows.push((number, row));
        if self.rows.len() < CHUNK { Ok(()) } else { self.add_rows(source) }
    }

    /// Adds the rows that still wait.
    ///
    /// # Errors
    /// Where one is not an entity.
    pub fn add_rows(&mut self, source: u32) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let name = self.files.get(source as usize).cloned().unwrap_or_default();
        self.add_lines(&name, source, &rows)
    }

    fn add_lines(&mut self, name: &str, file: u32, lines: &[(u32, Vec<u8>)]) -> Result<()> {
        let read: Vec<Result<Option<(EntityRecord, &str)>>> =
            lines.par_iter().map(|(number, line)| read_bytes(name, line, *number)).collect();
        let mut order = Vec::new();
        for (&(number, _), read) in lines.iter().zip(read) {
            let Some((record, line)) = read? else { continue };
            if !record.is_partial() && record.popularity.unwrap_or_default() < self.options.min_popularity {
                self.unpopular += 1;
                continue;
            }
            order.clear();
            order.extend(record.id.bytes().chain([0]));
            order.extend(file.to_be_bytes().into_iter().chain(number.to_be_bytes()));
            self.lines.push(&order, line.as_bytes())?;
        }
        Ok(())
    }

    /// Compiles what was added, and writes the table.
    ///
    /// # Errors
    /// Where two rows have one id, a row is wrong, or a file cannot be written.
    pub fn finish(self, out: impl Write, name: &str) -> Result<Built> {
        let Self { options, lines, scratch, files, unpopular, .. } = self;
        let mut sorted = lines.finish()?;
        let numbers = number(&mut Entities::new(&mut sorted, &files, &options))?;
        if numbers.is_empty() {
            return Err(Error::new(ErrorKind::Table, "the sources hold no entity, so no table is written"));
        }
        sorted.rewind()?;
        let find = |id: &str| numbers.get(&hash(id)).copied();
        let common = options.common_words.iter().map(|word| fold(word)).collect();
        let rows = Sorter::on_disk(&scratch, "rows", options.memory / 2);
        let writer = ImageWriter::new(out, name.to_owned(), Some(Sha256::new()))?;
        let mut assembly = Assembly::new(writer, Drafting { find: &find, strict: false, common: &common }, rows)?;
        let mut entities = Entities::new(&mut sorted, &files, &options);
        loop {
            let records = entities.chunk()?;
            if records.is_empty() {
                break;
            }
            assembly.add(&records)?;
        }
        drop(sorted);
        let done = assembly.finish()?;
        Ok(Built {
            entities: done.counts.entities.into(),
            aliases: done.counts.aliases.into(),
            bytes: done.bytes,
            unpopular,
            dropped: done.tally.dropped,
            weak: done.tally.weak,
            missing: done.tally.missing,
        })
    }
}

/// The record of a line; none of an empty one.
fn read_bytes<'l>(name: &str, line: &'l [u8], number: u32) -> Result<Option<(EntityRecord, &'l str)>> {
    let text = std::str::from_utf8(line)
        .map_err(|_| table_error(name, number, "the line is not valid UTF-8").help("save the table as UTF-8"))?;
    let text = if number == 1 { text.trim_start_matches('\u{FEFF}') } else { text }.trim();
    if text.is_empty() { Ok(None) } else { Ok(Some((read_line(name, text, number)?, text))) }
}

/// Numbers the entities in the order of their ids; they are known by the hashes of these.
fn number(entities: &mut Entities<'_>) -> Result<AHashMap<u64, EntityIx>> {
    let mut numbers = AHashMap::new();
    loop {
        let records = entities.chunk()?;
        if records.is_empty() {
            return Ok(numbers);
        }
        for (record, origin) in records {
            let ix = EntityIx(numbers.len() as u32);
            if numbers.insert(hash(&record.id), ix).is_some() {
                let what = format!("the id `{}` cannot be told from another one", record.id);
                return Err(table_error(&*origin.file, origin.line, what).help("change it by a letter"));
            }
        }
    }
}

/// Entities from sorted lines: rows that extend or remove an entity are applied.
struct Entities<'s> {
    sorted: &'s mut Sorted,
    files: &'s [Arc<str>],
    options: &'s BuildOptions,
    /// The first line of the next chunk.
    ahead: Option<(RowOrigin, Vec<u8>, String)>,
}

impl<'s> Entities<'s> {
    fn new(sorted: &'s mut Sorted, files: &'s [Arc<str>], options: &'s BuildOptions) -> Self {
        Self { sorted, files, options, ahead: None }
    }

    /// The next entities, in order; none at the end.
    fn chunk(&mut self) -> Result<Vec<Placed>> {
        let mut lines: Vec<(RowOrigin, Vec<u8>, String)> = self.ahead.take().into_iter().collect();
        while let Some((order, line)) = self.sorted.next()? {
            let (id, place) = order.split_at(order.len().saturating_sub(8));
            let number = |four: &[u8]| four.try_into().map_or(0, u32::from_be_bytes);
            let file = self.files.get(number(&place[..4]) as usize).cloned().unwrap_or_default();
            let origin = RowOrigin { file, line: number(&place[4..]) };
            let line = (origin, id.to_owned(), String::from_utf8(line.to_owned()).unwrap_or_default());
            // All lines of one id belong together.
            if lines.len() >= CHUNK && lines.last().is_some_and(|last| last.1 != line.1) {
                self.ahead = Some(line);
                break;
            }
            lines.push(line);
        }
        let parsed: Vec<Result<Placed>> = lines
            .par_iter()
            .map(|(origin, _, line)| Ok((read_line(&origin.file, line, origin.line)?, origin.clone())))
            .collect();
        let mut records: Vec<Placed> = Vec::with_capacity(parsed.len());
        for placed in parsed {
            self.apply(placed?, &mut records)?;
        }
        Ok(records)
    }

    fn apply(&self, (record, origin): Placed, records: &mut Vec<Placed>) -> Result<()> {
        let is_same = records.last().is_some_and(|(last, _)| last.id == record.id);
        match (is_same, record.removed, record.extends) {
            (true, true, _) => drop(records.pop()),
            (true, _, true) => {
                if let Some((old, _)) = records.pop() {
                    records.push((old.extended(record), origin));
                }
            }
            (true, ..) => {
                let first = records.last().map_or_else(|| origin.clone(), |(_, first)| first.clone());
                return Err(repeated(&record.id, &first, &origin));
            }
            (false, removed, extends) if removed || extends => {
                let what = format!("there is no `{}` to {}", record.id, if removed { "remove" } else { "extend" });
                return Err(table_error(&*origin.file, origin.line, what).help("name the source that has it first"));
            }
            (false, ..) => {
                let tier = record.tier.or(Some(self.options.tier));
                records.push((EntityRecord { tier, ..record }, origin));
            }
        }
        Ok(())
    }
}
