//! Arrow tables in and out, by the PyCapsule interface: of any library that has it, without that library.
//!
//! | module | does |
//! |---|---|
//! | `capsule` | streams in and out of Python; the only unsafe code |
//! | `values` | columns of any suitable type as text and dates |
//! | `input` | rows of the table as articles |
//! | `columns` | mentions as columns |
//! | `output` | results as rows of mentions or of articles |
//! | `extraction` | the way of a table through the pipeline |
//! | `table` | the result as Python has it |

mod capsule;
mod columns;
mod extraction;
mod input;
mod output;
mod table;
mod values;

pub(crate) use extraction::Extraction;
pub(crate) use input::ColumnNames;
pub(crate) use output::Shape;
pub(crate) use table::Table;
