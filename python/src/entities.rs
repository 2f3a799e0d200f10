//! Tools for entity tables.

use std::path::PathBuf;

use namewire::Error;
use namewire::engine::Tables;
use namewire::link::check::check_files;
use namewire::link::suggest::Suggestions;
use namewire::read::open_stored;
use pyo3::prelude::*;
use pyo3::types::PyAny;
use pythonize::{depythonize, pythonize};
use serde_json::json;

use crate::error::Failure;
use crate::log::detached;

/// What is wrong or doubtful in the files of a table.
#[pyfunction]
pub(crate) fn check_entities<'py>(py: Python<'py>, files: Vec<PathBuf>) -> PyResult<Bound<'py, PyAny>> {
    let report = detached(py, || check_files(&files)).map_err(Failure::from)?;
    let report = json!({"entities": report.entities, "aliases": report.aliases, "findings": report.findings});
    Ok(pythonize(py, &report)?)
}

/// The unlinked mentions of files of mentions, in groups of at least `min_count`, each as a row for a table.
#[pyfunction]
pub(crate) fn suggest_entities<'py>(
    py: Python<'py>,
    mentions: Vec<PathBuf>,
    tables: &Bound<'py, PyAny>,
    min_count: u64,
    top: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let tables: Tables = depythonize(tables)?;
    let groups = detached(py, || -> Result<_, Failure> {
        let table = tables.open()?;
        let mut suggestions = Suggestions::default();
        for path in &mentions {
            suggestions.read(open_stored(path).map_err(|error| Error::opening(path, error))?, path)?;
        }
        let mut groups = suggestions.groups(table.as_ref(), min_count);
        groups.truncate(top);
        Ok(groups)
    })?;
    let rows = groups.iter().map(|group| {
        let mut value = json!(group);
        value["row"] = group.row();
        value
    });
    Ok(pythonize(py, &rows.collect::<Vec<_>>())?)
}
