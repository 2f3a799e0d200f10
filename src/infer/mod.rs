//! Batches to logits.
//!
//! A [`Backend`] is one session of one model on one device. [`OnnxBackend`] is the one that namewire brings; any other
//! runtime can replace it. Nothing outside this module depends on the runtime.

mod cuda;
mod halving;
mod library;
mod onnx;
mod placement;
mod runtime;
mod signature;
mod stub;
mod weights;

use ndarray::{Array3, ArrayView3};

pub(crate) use halving::infer_in_halves;
pub use library::{Library, LibrarySource, find_library};
pub use onnx::{OnnxBackend, OnnxOptions, TensorInfo};
pub use runtime::Runtime;
pub use stub::CapitalsBackend;

use crate::batch::Batch;
pub use crate::device::{Device, DeviceKind};
use crate::error::Result;

/// Computes logits: the extension point for other runtimes, devices and services.
///
/// # Threads
///
/// A backend is called by one thread at a time, not always by the same one. More backends give more parallelism;
/// whatever they share, they must synchronise themselves.
///
/// # Determinism
///
/// The logits of a row must depend on the row's tokens and the batch's width alone, not on other rows, on time or on
/// the thread: equal windows are computed once, and a resumed run batches them in another session.
///
/// # Example
///
/// ```
/// use namewire::batch::Batch;
/// use namewire::error::{Error, Result};
/// use namewire::infer::{Backend, Logits};
/// use ndarray::Array3;
///
/// /// Labels every token with label 0, four rows at a time.
/// struct Small {
///     labels: usize,
/// }
///
/// impl Backend for Small {
///     fn infer(&mut self, batch: &Batch) -> Result<Logits> {
///         if batch.rows > 4 {
///             return Err(Error::out_of_memory(format!("{} rows do not fit", batch.rows)));
///         }
///         let shape = (batch.rows, batch.width, self.labels);
///         Ok(Logits::new(Array3::from_shape_fn(shape, |(_, _, label)| if label == 0 { 1.0 } else { 0.0 })))
///     }
/// }
/// ```
pub trait Backend: Send {
    /// The logits of a batch, `[batch, token, label]`: as many rows and tokens as the batch has, special tokens and
    /// padding included, and one column for each label of the model. Logits of padding are not read.
    ///
    /// # Errors
    ///
    /// [`Error::out_of_memory`](crate::error::Error::out_of_memory) has the batch halved and each half tried again,
    /// down to single rows. Any other error ends the run; so do a panic and logits of another shape. A call that does
    /// not return ends the run as well, after [`Config::stall`](crate::config::Config::stall).
    fn infer(&mut self, batch: &Batch) -> Result<Logits>;
}

/// Label scores before normalisation, `[batch, token, label]`, special tokens and padding included.
#[derive(Debug)]
pub struct Logits(Array3<f32>);

impl Logits {
    /// Wraps an array of shape `[batch, token, label]` in row-major order.
    pub fn new(values: Array3<f32>) -> Self {
        Self(values)
    }

    /// The scores, `[batch, token, label]`.
    pub fn view(&self) -> ArrayView3<'_, f32> {
        self.0.view()
    }
}
