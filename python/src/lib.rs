//! The native part of the Python package `namewire`: the package around it is in `namewire/`.
//!
//! | module | does |
//! |---|---|
//! | `log` | what the library reports, as records of `logging` |
//! | `settings` | settings of Python to options of the library |
//! | `engine` | an opened model with its tables: single articles, streams, tables |
//! | `article` | what Python passes in, as articles |
//! | `feed` | articles on their way through the pipeline, from the caller's thread |
//! | `outcome` | what became of an article, as Python objects |
//! | `stream` | a feed of Python objects |
//! | `arrow` | a feed of Arrow tables |
//! | `spans` | spans of other recognisers |
//! | `run` | a durable run |
//! | `entities` | tools for entity tables |
//! | `process` | values that a forked process must not use |
//! | `error` | errors as exceptions |

mod arrow;
mod article;
mod engine;
mod entities;
mod error;
mod feed;
mod log;
mod outcome;
mod process;
mod run;
mod settings;
mod spans;
mod stream;

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line, once in a process. The first argument is the name of the program.
#[pyfunction]
fn main(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| namewire::cli::main(args))
}

#[pymodule(gil_used = true)]
fn _namewire(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    module.add_function(wrap_pyfunction!(entities::check_entities, module)?)?;
    module.add_function(wrap_pyfunction!(entities::suggest_entities, module)?)?;
    module.add_class::<run::Run>()?;
    module.add_class::<engine::Engine>()?;
    module.add_class::<stream::Stream>()?;
    module.add_class::<arrow::Extraction>()?;
    module.add_class::<arrow::Table>()
}
