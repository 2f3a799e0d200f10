//! The Arrow PyCapsule interface. The only unsafe code of the package: two conversions of pointers whose types the names
//! of the capsules promise.

#![allow(unsafe_code)] // The interface is pointers in capsules.

use std::ffi::CStr;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_schema::Schema;
use arrow_schema::ffi::FFI_ArrowSchema;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::error::Failure;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";

/// The batches of an object that has `__arrow_c_stream__`.
pub(super) fn import(table: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    let capsule = table.call_method0("__arrow_c_stream__")?;
    let capsule =
        capsule.cast::<PyCapsule>().map_err(|_| PyTypeError::new_err("__arrow_c_stream__ gave no capsule"))?;
    let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds a valid `ArrowArrayStream`, which the consumer moves out. What remains is
    // marked as released, so that the capsule, which lives until the end of this function, does not release it again.
    let batches = unsafe { RecordBatchStreamReader::from_raw(stream.as_ptr()) };
    Ok(batches.map_err(Failure::from)?)
}

/// A capsule with a stream of batches.
pub(super) fn export<'py>(
    py: Python<'py>,
    batches: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    // A stream that nobody moved out is released with the capsule.
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(batches), STREAM)
}

/// A capsule with a schema.
pub(super) fn export_schema<'py>(py: Python<'py>, schema: &Schema) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema).map_err(Failure::from)?;
    PyCapsule::new_with_value(py, Exported(schema), SCHEMA)
}

/// A schema on its way out. `#[repr(transparent)]`, so that a pointer to it is one to the schema.
#[repr(transparent)]
struct Exported(FFI_ArrowSchema);

// SAFETY: the schema is made here, owns its memory, and may be released by any thread.
unsafe impl Send for Exported {}
