//! Gives ONNX Runtime the weights of an embedded graph where they lie, where the crate's own functions would copy them.

use std::ffi::CString;

use ort::AsPointer;
use ort::session::builder::SessionBuilder;
use ort::value::{DynValueRef, TensorRef};

use crate::model::Weight;

/// Tensors that borrow weights.
pub(super) type BorrowedWeights = Vec<DynValueRef<'static>>;

/// Sets the weights of the session that is to be opened. What is returned has to live as long as the session.
pub(super) fn lend(weights: &[Weight], builder: &mut SessionBuilder) -> ort::Result<BorrowedWeights> {
    let mut tensors = Vec::with_capacity(weights.len());
    for weight in weights {
        let (name, tensor) = (CString::new(&*weight.name).map_err(ort::Error::wrap)?, tensor(weight)?);
        let (options, value) = (builder.ptr_mut(), tensor.ptr());
        // SAFETY: options and name live until the calls return, and the caller keeps the tensor as long as the session.
        // The bytes that the tensor borrows are static; the runtime only reads them, since they are weights.
        #[allow(unsafe_code)]
        unsafe {
            // The first is for the graph, the second lets the session use the tensor itself instead of a copy.
            let (api, external) = (ort::api(), &name.as_ptr());
            ort::Error::result_from_status((api.AddExternalInitializers)(options, external, &value, 1))?;
            ort::Error::result_from_status((api.AddInitializer)(options, name.as_ptr(), value))?;
        }
        tensors.push(tensor);
    }
    Ok(tensors)
}

/// A weight as a tensor that borrows it.
fn tensor(weight: &Weight) -> ort::Result<DynValueRef<'static>> {
    let shape = || weight.shape.clone();
    if !weight.is_signed {
        return Ok(TensorRef::from_array_view((shape(), weight.bytes))?.into_dyn());
    }
    // SAFETY: bytes with and without a sign have the same size and alignment, and both may have any value.
    #[allow(unsafe_code)]
    let signed: &'static [i8] = unsafe { std::slice::from_raw_parts(weight.bytes.as_ptr().cast(), weight.bytes.len()) };
    Ok(TensorRef::from_array_view((shape(), signed))?.into_dyn())
}
