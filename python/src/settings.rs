//! Settings of Python as options of the library.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::depythonize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Failure;

/// The default options with the given settings, which are named as the fields of the options.
///
/// A name that the options do not have is an error, and not ignored as in stored options.
pub(crate) fn options<O: Serialize + DeserializeOwned + Default>(settings: &Bound<'_, PyDict>) -> Result<O, Failure> {
    let invalid = |error: serde_json::Error| Failure::Config(format!("settings: {error}"));
    let mut value = serde_json::to_value(O::default()).map_err(invalid)?;
    if let Value::Object(options) = &mut value {
        let settings = depythonize(settings.as_any()).map_err(|error| Failure::Config(format!("settings: {error}")))?;
        overlay(options, settings)?;
    }
    serde_json::from_value(value).map_err(invalid)
}

/// Replaces the options that have settings. Options of options are replaced one by one.
fn overlay(options: &mut Map<String, Value>, settings: Map<String, Value>) -> Result<(), Failure> {
    for (name, setting) in settings {
        let Some(option) = options.get_mut(&name) else {
            let known: Vec<&str> = options.keys().map(String::as_str).collect();
            return Err(Failure::Config(format!("there is no setting `{name}`; there are {}", known.join(", "))));
        };
        match (option, setting) {
            (Value::Object(inner), Value::Object(settings)) if is_struct(inner) => overlay(inner, settings)?,
            (option, setting) => *option = setting,
        }
    }
    Ok(())
}

/// Tells options from a variant with its content, which is one key and replaced as a whole.
fn is_struct(options: &Map<String, Value>) -> bool {
    options.len() > 1
}
