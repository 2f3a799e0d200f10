//! Errors as exceptions.

use arrow_schema::ArrowError;
use namewire::{Error, ErrorKind};
use pyo3::exceptions::PyOSError;
use pyo3::import_exception;
use pyo3::prelude::*;

import_exception!(namewire.errors, NamewireError);
import_exception!(namewire.errors, ArticleError);
import_exception!(namewire.errors, ConfigError);

/// What went wrong, before it is an exception: threads without the GIL fail too.
pub(crate) enum Failure {
    /// The library failed.
    Library(Error),
    /// A table could not be read or made.
    Arrow(ArrowError),
    /// A setting or an argument is impossible.
    Config(String),
    /// An article cannot be processed.
    Article(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<ArrowError> for Failure {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Library(error) => Python::attach(|py| exception(py, &error)),
            Failure::Arrow(error) => PyOSError::new_err(error.to_string()),
            Failure::Config(message) => ConfigError::new_err(message),
            Failure::Article(message) => ArticleError::new_err(message),
        }
    }
}

/// The exception for an error, with its setting and place.
fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let class = match error.kind() {
        ErrorKind::Article => py.get_type::<ArticleError>(),
        ErrorKind::Config => py.get_type::<ConfigError>(),
        _ => py.get_type::<NamewireError>(),
    };
    let path = error.path().map(|path| path.display().to_string());
    match class.call1((error.to_string(), error.setting(), path, error.line_number())) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failed) => failed,
    }
}

/// The exception for the use of something after a fork.
pub(crate) fn forked(what: &str) -> PyErr {
    NamewireError::new_err(format!(
        "{what} was opened before this process was forked, and cannot be used here: open it in this process, or start \
         processes by `spawn`"
    ))
}
