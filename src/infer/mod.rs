//! Batches to logits.
//!
//! A backend is one model on one device with one owner thread. Nothing outside this folder knows which
//! runtime computes.

mod cuda;
mod halving;
mod library;
mod onnx;
mod placement;
mod runtime;
mod signature;
mod stub;

use ndarray::{Array3, ArrayView3};

pub(crate) use halving::infer_in_halves;
pub use library::{Library, LibrarySource, find_library};
pub use onnx::{OnnxBackend, OnnxOptions, TensorInfo};
pub use runtime::Runtime;
pub use stub::CapitalsBackend;

use crate::batch::Batch;
pub use crate::device::{Device, DeviceKind};
use crate::error::Result;

/// Computes logits. One thread owns it.
pub trait Backend: Send {
    /// The logits of a batch; their first two axes are the batch's rows and width.
    fn infer(&mut self, batch: &Batch) -> Result<Logits>;
}

/// Label scores before normalisation, `[batch, token, label]`, special tokens and padding included.
#[derive(Debug)]
pub struct Logits(Array3<f32>);

impl Logits {
    /// Wraps an array of shape `[batch, token, label]`.
    pub fn new(values: Array3<f32>) -> Self {
        Self(values)
    }

    /// The scores, `[batch, token, label]`.
    pub fn view(&self) -> ArrayView3<'_, f32> {
        self.0.view()
    }
}
