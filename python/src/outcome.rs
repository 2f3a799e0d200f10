//! What became of an article, as Python objects.

use namewire::Mention;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use pythonize::pythonize;

use crate::feed::Done;

/// Language, mentions and error of an article.
pub(crate) fn processed<'py>(py: Python<'py>, done: &Done) -> PyResult<Bound<'py, PyTuple>> {
    match done {
        Ok(extracted) => result(py, extracted.language.as_deref(), &extracted.mentions, None),
        Err(fault) => result(py, None, &[], Some(fault)),
    }
}

/// The outcome of an empty article.
pub(crate) fn nothing_found(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    result(py, None, &[], None)
}

fn result<'py>(
    py: Python<'py>,
    language: Option<&str>,
    mentions: &[Mention],
    error: Option<&str>,
) -> PyResult<Bound<'py, PyTuple>> {
    (language, pythonize(py, mentions)?, error).into_pyobject(py)
}
