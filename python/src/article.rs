//! What Python passes in, as articles.

use namewire::Article;
use namewire::date::DateRange;
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

/// The parts of an article as Python has them: of any type.
pub(crate) struct Parts<'py> {
    pub(crate) text: Bound<'py, PyAny>,
    pub(crate) title: Option<Bound<'py, PyAny>>,
    pub(crate) date: Option<Bound<'py, PyAny>>,
    pub(crate) id: Option<Bound<'py, PyAny>>,
    pub(crate) language: Option<Bound<'py, PyAny>>,
}

impl Parts<'_> {
    /// The article, or what is wrong with its parts. A date that cannot be read is no date.
    pub(crate) fn article(&self) -> Result<Article, String> {
        let id = self.id.as_ref().map(|id| id.str().and_then(|id| id.extract()).map_err(|error| error.to_string()));
        Ok(Article {
            id: id.transpose()?.unwrap_or_default(),
            title: self
                .title
                .as_ref()
                .filter(|title| !is_missing(title))
                .map(|title| text("title", title))
                .transpose()?,
            text: text("text", &self.text)?,
            date: self.date.as_ref().and_then(date),
            lang: self.language.as_ref().and_then(|language| language.extract().ok()),
            ..Article::default()
        })
    }
}

fn text(name: &str, value: &Bound<'_, PyAny>) -> Result<String, String> {
    value.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyUnicodeEncodeError>(value.py()) {
            format!("the {name} has half of a surrogate pair, which is no character: {error}")
        } else if is_missing(value) {
            format!("the article has no {name}")
        } else {
            let kind = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
            format!("the {name} must be a string, not {kind}")
        }
    })
}

/// `None` and the NaN of pandas.
fn is_missing(value: &Bound<'_, PyAny>) -> bool {
    value.is_none() || value.extract::<f64>().is_ok_and(f64::is_nan)
}

/// A date as text in any form that [`DateRange::parse`] reads, as a number, or as `date` or `datetime`.
pub(crate) fn date(value: &Bound<'_, PyAny>) -> Option<DateRange> {
    if value.is_instance_of::<PyBool>() || is_missing(value) {
        None
    } else if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
        DateRange::from_number(value.extract().ok()?)
    } else if value.is_instance_of::<PyString>() {
        DateRange::parse(&value.extract::<String>().ok()?)
    } else {
        DateRange::parse_iso(&value.call_method0("isoformat").ok()?.extract::<String>().ok()?)
    }
}
