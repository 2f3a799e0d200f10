//! Opening the entity tables.

use serde_json::{Value, json};

use super::options::Tables;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::{sha256, sha256_file};
use crate::link::EntityTable;

/// The files of the starter table, compiled in: what errors and evidence call each, and its text.
const STARTER_TABLE: [(&str, &str); 2] = [
    ("seeds/entities.jsonl", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/entities.jsonl"))),
    ("seeds/world.jsonl", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/world.jsonl"))),
];

impl Tables {
    /// Reads the tables as one; `None` where mentions are not to be linked.
    ///
    /// The work is done on threads of its own: those of the global pool are missing in a process that was forked, and
    /// whoever waits for them waits indefinitely.
    pub fn open(&self) -> Result<Option<EntityTable>> {
        let open = || match self {
            Self::Starter => EntityTable::parse(&STARTER_TABLE).map(Some),
            Self::None => Ok(None),
            Self::Files(files) => EntityTable::load(files).map(Some),
        };
        let pool = rayon::ThreadPoolBuilder::new().thread_name(|index| format!("table-{index}")).build();
        pool.map_err(|error| Error::new(ErrorKind::Internal, "cannot start threads").because(error))?.install(open)
    }
}

/// The text of the table that a row of an [`EntityTable`] says it is from; `None` where it cannot be read.
pub fn table_text(file: &str) -> Option<String> {
    match STARTER_TABLE.iter().find(|(name, _)| *name == file) {
        Some((_, text)) => Some((*text).to_owned()),
        None => std::fs::read_to_string(file).ok(),
    }
}

/// Path and hash of each table, as a manifest states them: evidence names the path.
pub(crate) fn table_identities(tables: &Tables) -> Result<Value> {
    let files = match tables {
        Tables::Starter => {
            let identity = |(name, text): (&str, &str)| json!({"path": name, "sha256": sha256(text.as_bytes())});
            return Ok(Value::Array(STARTER_TABLE.map(identity).into()));
        }
        Tables::None => return Ok(json!([])),
        Tables::Files(files) => files,
    };
    let identity = |path: &std::path::PathBuf| {
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
