//! Opening the entity tables.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::options::Tables;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::sha256_file;
use crate::link::EntityTable;

/// A file of the starter table, compiled in.
struct Source {
    /// What errors and evidence call it.
    name: &'static str,
    text: &'static str,
    sha256: &'static str,
}

/// What the starter table is compiled of.
const STARTER_SOURCES: [Source; 2] = [
    Source {
        name: "seeds/entities.jsonl",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/entities.jsonl")),
        sha256: env!("SEEDS_ENTITIES_SHA256"),
    },
    Source {
        name: "seeds/world.jsonl",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/world.jsonl")),
        sha256: env!("SEEDS_WORLD_SHA256"),
    },
];

/// The starter table as `namewire entities build` compiles it.
static STARTER_TABLE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/starter.nwt"));

impl Tables {
    /// Reads the tables as one; `None` where mentions are not to be linked.
    pub fn open(&self) -> Result<Option<EntityTable>> {
        match self {
            Self::Starter => EntityTable::embedded(STARTER_TABLE, env!("STARTER_TABLE_SHA256")).map(Some),
            Self::None => Ok(None),
            Self::Files(files) => load(files).map(Some),
        }
    }
}

/// Reads files on threads of their own: those of the global pool are missing in a process that was forked, and whoever
/// waits for them waits indefinitely.
fn load(files: &[PathBuf]) -> Result<EntityTable> {
    let pool = rayon::ThreadPoolBuilder::new().thread_name(|index| format!("table-{index}")).build();
    let pool = pool.map_err(|error| Error::new(ErrorKind::Internal, "cannot start threads").because(error))?;
    pool.install(|| EntityTable::load(files))
}

/// The text of the table that a row of an [`EntityTable`] says it is from; `None` where it cannot be read.
pub fn table_text(file: &str) -> Option<String> {
    match STARTER_SOURCES.iter().find(|source| source.name == file) {
        Some(source) => Some(source.text.to_owned()),
        None => std::fs::read_to_string(file).ok(),
    }
}

/// Path and hash of each table, as a manifest states them: evidence names the path.
pub(crate) fn table_identities(tables: &Tables) -> Result<Value> {
    let files = match tables {
        Tables::Starter => {
            let identity = |source: Source| json!({"path": source.name, "sha256": source.sha256});
            return Ok(Value::Array(STARTER_SOURCES.map(identity).into()));
        }
        Tables::None => return Ok(json!([])),
        Tables::Files(files) => files,
    };
    let identity = |path: &PathBuf| {
        let path_name = path.display().to_string();
        // A compiled table states its own digest, and where its rows come from.
        if let Some(stated) = EntityTable::stated(path)? {
            return Ok(json!({"path": path_name, "sha256": stated.sha256, "sources": stated.sources}));
        }
        let hash = sha256_file(path).map_err(|error| Error::opening(path, error))?;
        Ok(json!({"path": path_name, "sha256": hash}))
    };
    files.iter().map(identity).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;
    use crate::link::{BuildOptions, TableBuilder};

    #[test]
    fn the_compiled_starter_table_is_that_of_its_sources() {
        let scratch = tempfile::tempdir().unwrap();
        let options = BuildOptions { memory: 64 << 20, ..BuildOptions::default() };
        let mut builder = TableBuilder::new(scratch.path(), options);
        for Source { name, text, sha256: stated } in STARTER_SOURCES {
            assert_eq!(sha256(text.as_bytes()), stated);
            builder.add(name, text.as_bytes()).unwrap();
        }
        let mut compiled = Vec::new();
        builder.finish(&mut compiled, "starter").unwrap();
        assert!(
            compiled == STARTER_TABLE,
            "run: namewire entities build seeds/entities.jsonl seeds/world.jsonl --out seeds/starter.nwt"
        );
    }

    #[test]
    fn the_starter_table_is_that_of_reading_its_sources() {
        let texts = STARTER_SOURCES.map(|source| (source.name, source.text));
        let (parsed, embedded) = (EntityTable::parse(&texts).unwrap(), Tables::Starter.open().unwrap().unwrap());
        assert!(embedded.has_rows_of(&parsed));
        assert_eq!(embedded.sha256(), parsed.sha256());
    }
}
