//! How a run was made: model, table and versions, from its summary or its manifest.

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::tables::RunFiles;

/// The keys of summaries and manifests that a report shows.
const SHOWN: [&str; 6] = ["versions", "model", "table", "tables", "started", "finished"];

/// What is known of how a run was made.
#[derive(Clone, Debug, Default)]
pub(super) struct RunFacts(pub(super) Map<String, Value>);

impl RunFacts {
    /// Reads the summary, if there is one; else the first manifest has the facts.
    pub(super) fn read(files: &RunFiles, summary: Option<&Path>) -> Result<Self> {
        let all = match (summary, files.manifests.first()) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path).map_err(|error| Error::opening(path, error))?;
                serde_json::from_str(&text).map_err(|error| {
                    Error::new(ErrorKind::Input, "the file is not the summary of a run").at(path).because(error)
                })?
            }
            (None, Some(manifest)) => {
                let mut all = manifest.made_with.clone();
                all.insert("started".into(), manifest.started.clone().into());
                all.insert("finished".into(), manifest.finished.clone().into());
                all
            }
            (None, None) => Map::new(),
        };
        Ok(Self(all.into_iter().filter(|(key, _)| SHOWN.contains(&key.as_str())).collect()))
    }
}
