//! Opening a table: texts, files of JSON Lines, and the compiled table under them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ahash::AHashMap;

use super::base::Base;
use super::entity::EntityIx;
use super::image::{Image, MAGIC};
use super::layer::Layer;
use super::{EntityTable, compile, source, table_error};
use crate::error::{Error, ErrorKind, Result};
use crate::hash::sha256_joined;

/// What a compiled table says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatedTable {
    /// Its digest.
    pub sha256: String,
    /// Where its rows come from, licences included; the first 100 of them.
    pub sources: Vec<String>,
}

/// Sources that a compiled table is asked for.
const MAX_SOURCES: usize = 100;

impl EntityTable {
    /// Reads one or more files as one table: JSON Lines, and at most one compiled table under them.
    pub fn load(paths: &[PathBuf]) -> Result<Self> {
        let mut base: Option<Base> = None;
        let mut sources = Vec::with_capacity(paths.len());
        for path in paths {
            if Self::is_compiled_file(path)? {
                if let Some(other) = &base {
                    return Err(Error::new(ErrorKind::Table, "this is a second compiled table").at(path).help(format!(
                        "one table can lie under your rows: make one of {} and this one with `namewire entities build`",
                        other.path().display()
                    )));
                }
                base = Some(Base::open(path)?);
                continue;
            }
            let bytes = std::fs::read(path).map_err(|error| unreadable(path, error))?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let line =
                    1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..error.utf8_error().valid_up_to()]).count();
                table_error(path, line as u32, "the line is not valid UTF-8").help("save the table as UTF-8")
            })?;
            sources.push((path.display().to_string(), text));
        }
        let sources: Vec<(&str, &str)> = sources.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Self::over(base, &sources)
    }

    /// Whether a file begins as compiled tables do.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn is_compiled_file(path: &Path) -> Result<bool> {
        let mut first = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut first));
        read.map_err(|error| unreadable(path, error))?;
        Ok(first == MAGIC)
    }

    /// What a compiled table states of itself; none for any other file.
    ///
    /// # Errors
    /// Where the file cannot be read, or is a damaged table.
    pub fn stated(path: &Path) -> Result<Option<StatedTable>> {
        if !Self::is_compiled_file(path)? {
            return Ok(None);
        }
        let base = Base::open(path)?;
        let sources = base.layer.sources.iter().take(MAX_SOURCES).map(|source| source.to_string()).collect();
        Ok(Some(StatedTable { sha256: base.digest(), sources }))
    }

    /// The compiled table in these bytes, which are used in place. `sha256` is the hash of what it was compiled of.
    ///
    /// # Errors
    /// Where the bytes are no compiled table.
    pub(crate) fn embedded(bytes: &'static [u8], sha256: &str) -> Result<Self> {
        Ok(Self::of_layers(Layer::new(Image::from_bytes(bytes)?, 0), None, sha256.to_owned()))
    }

    /// Reads a table from texts, each with the name that errors and evidence give it.
    pub fn parse(sources: &[(&str, &str)]) -> Result<Self> {
        Self::over(None, sources)
    }

    fn over(base: Option<Base>, sources: &[(&str, &str)]) -> Result<Self> {
        let mut rows = Vec::new();
        for (name, text) in sources {
            source::read_lines(&Arc::from(*name), text, &mut rows)?;
        }
        if rows.is_empty() && base.is_none() {
            let named = sources.first().map_or("", |(name, _)| name);
            return Err(Error::new(ErrorKind::Table, "the entity table holds no entity")
                .at(named)
                .help("give a file with one entity per line, or none at all to write plain mentions"));
        }
        let texts = sources.iter().map(|(_, text)| text.as_bytes());
        let digest = base.as_ref().map(Base::digest);
        let sha256 = match &digest {
            Some(digest) if sources.is_empty() => digest.clone(),
            digest => sha256_joined(digest.iter().map(String::as_bytes).chain(texts)),
        };
        Self::build(rows, base, sha256)
    }

    fn build(rows: Vec<source::Placed>, base: Option<Base>, sha256: String) -> Result<Self> {
        let of_base = |id: &str| base.as_ref().and_then(|base| base.record(id));
        let applied = source::apply(rows, of_base)?;
        let ids: AHashMap<&str, EntityIx> = (0..).map(EntityIx).zip(&applied.records).map(by_id).collect();
        let find = |id: &str| {
            let below = || base.as_ref().and_then(|base| base.find(id)).filter(|_| !applied.removed.contains(id));
            ids.get(id).copied().or_else(below)
        };
        let compiled = compile::in_memory(&applied.records, &find)?;
        let own = Layer::new(compiled.image, 0);
        let base = base.map(|base| {
            let replaced = applied.records.iter().zip(0..).map(|((record, _), at)| (&*record.id, Some(EntityIx(at))));
            let removed = applied.removed.iter().map(|id| (&**id, None));
            base.changed(replaced.chain(removed), &compiled.of_base)
        });
        drop(ids);
        Ok(Self::of_layers(own, base, sha256))
    }

    fn of_layers(own: Layer, base: Option<Base>, sha256: String) -> Self {
        let below = base.iter().flat_map(|base| base.layer.kinds.iter());
        let mut kinds: Vec<Arc<str>> = own.kinds.iter().chain(below).cloned().collect();
        kinds.sort();
        kinds.dedup();
        let below = base.iter().flat_map(|base| base.layer.countries().filter_map(|country| base.current(country)));
        let countries = own.countries().chain(below).collect();
        Self { own, base, kinds, countries, sha256, spellings: OnceLock::new() }
    }

    /// Whether the rows of both are the same bytes.
    #[cfg(test)]
    pub(crate) fn has_rows_of(&self, other: &Self) -> bool {
        self.base.is_none() && other.base.is_none() && self.own.image.body() == other.own.image.body()
    }

    /// A table without entities.
    pub(crate) fn empty() -> Self {
        let image = compile::in_memory(&[], &|_| None).map(|compiled| compiled.image);
        // Memory takes every write.
        let own = Layer::new(image.unwrap_or_else(|_| Image::empty()), 0);
        Self::of_layers(own, None, String::new())
    }
}

fn by_id((ix, (record, _)): (EntityIx, &source::Placed)) -> (&str, EntityIx) {
    (&record.id, ix)
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Table, "cannot read the entity table").at(path).because(error)
}
