//! Opening the entity tables.

use serde_json::{Value, json};

use super::options::Tables;
use crate::error::{Error, Result};
use crate::hash::{sha256, sha256_file};
use crate::link::EntityTable;

/// What errors and evidence call the starter table.
const STARTER_NAME: &str = "seeds/entities.jsonl";
/// The starter table, compiled in.
const STARTER_TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/entities.jsonl"));

impl Tables {
    /// Reads the tables as one; `None` where mentions are not to be linked.
    pub fn open(&self) -> Result<Option<EntityTable>> {
        match self {
            Self::Starter => EntityTable::parse(&[(STARTER_NAME, STARTER_TABLE)]).map(Some),
            Self::None => Ok(None),
            Self::Files(files) => EntityTable::load(files).map(Some),
        }
    }
}

/// The text of the table that a row of an [`EntityTable`] says it is from; `None` where it cannot be read.
pub fn table_text(file: &str) -> Option<String> {
    if file == STARTER_NAME { Some(STARTER_TABLE.to_owned()) } else { std::fs::read_to_string(file).ok() }
}

/// Path and hash of each table, as a manifest states them: evidence names the path.
pub(crate) fn table_identities(tables: &Tables) -> Result<Value> {
    let files = match tables {
        Tables::Starter => return Ok(json!([{"path": STARTER_NAME, "sha256": sha256(STARTER_TABLE.as_bytes())}])),
        Tables::None => return Ok(json!([])),
        Tables::Files(files) => files,
    };
    let identity = |path: &std::path::PathBuf| {
        let hash = sha256_file(path).map_err(|error| Error::opening(path, error))?;
        Ok(json!({"path": path.display().to_string(), "sha256": hash}))
    };
    files.iter().map(identity).collect()
}
