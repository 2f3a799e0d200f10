//! Halving batches that do not fit into the memory of the device.

use ndarray::{Axis, concatenate};

use super::{Backend, Logits};
use crate::batch::Batch;
use crate::error::{Error, ErrorKind, Result};

/// Infers a batch, `[batch, token, label]` with `labels` labels; where the device is out of memory, its halves, down to
/// single rows. Returns the logits and how many times a batch was halved. The halves keep the width of the batch, so
/// that every row is computed in the same shape.
pub(crate) fn infer_in_halves(backend: &mut dyn Backend, batch: &Batch, labels: usize) -> Result<(Logits, usize)> {
    match backend.infer(batch) {
        Ok(logits) => check_shape(logits, batch, labels).map(|logits| (logits, 0)),
        Err(error) if error.kind() == ErrorKind::OutOfMemory && batch.rows > 1 => {
            let [upper, lower] = halves(batch);
            let (first, before) = infer_in_halves(backend, &upper, labels)?;
            let (second, after) = infer_in_halves(backend, &lower, labels)?;
            let joined = concatenate(Axis(0), &[first.view(), second.view()])
                .map_err(|error| Error::new(ErrorKind::Internal, "the halves of a batch do not fit").because(error))?;
            Ok((Logits::new(joined), 1 + before + after))
        }
        Err(error) => Err(error),
    }
}

/// Fails where a backend does not return what [`Backend::infer`] requires.
fn check_shape(logits: Logits, batch: &Batch, labels: usize) -> Result<Logits> {
    let (found, expected) = (logits.view().dim(), (batch.rows, batch.width, labels));
    if found != expected {
        let what = format!("the backend returned logits of shape {found:?} [batch, token, label], not {expected:?}");
        return Err(Error::inference(what));
    }
    if !logits.view().is_standard_layout() {
        return Err(Error::inference("the backend returned logits that are not in row-major order"));
    }
    Ok(logits)
}

fn halves(batch: &Batch) -> [Batch; 2] {
    let middle = batch.rows / 2;
    [0..middle, middle..batch.rows].map(|rows| {
        let cells = rows.start * batch.width..rows.end * batch.width;
        Batch {
            rows: rows.len(),
            width: batch.width,
            ids: batch.ids[cells.clone()].to_vec(),
            mask: batch.mask[cells].to_vec(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    /// Has room for so many rows; its logits are the token ids.
    struct Small {
        room: usize,
        shapes: Vec<(usize, usize)>,
        full: fn() -> Error,
    }

    impl Backend for Small {
        fn infer(&mut self, batch: &Batch) -> Result<Logits> {
            if batch.rows > self.room {
                return Err((self.full)());
            }
            self.shapes.push((batch.rows, batch.width));
            let ids = |(row, token, _)| batch.ids[row * batch.width + token] as f32;
            Ok(Logits::new(Array3::from_shape_fn((batch.rows, batch.width, 1), ids)))
        }
    }

    fn batch(rows: usize) -> Batch {
        Batch { rows, width: 3, ids: (0..rows as i64 * 3).collect(), mask: vec![1; rows * 3] }
    }

    fn small(room: usize) -> Small {
        Small { room, shapes: Vec::new(), full: || Error::out_of_memory("no room") }
    }

    #[test]
    fn rows_come_back_in_order_however_small_the_device() {
        for rows in 1..20 {
            for room in 1..=rows {
                let (logits, halved) = infer_in_halves(&mut small(room), &batch(rows), 1).unwrap();
                let expected: Vec<f32> = (0..rows * 3).map(|id| id as f32).collect();
                assert_eq!(logits.view().iter().copied().collect::<Vec<_>>(), expected, "{rows} rows, room {room}");
                assert_eq!(halved == 0, rows <= room);
                assert!(logits.view().is_standard_layout());
            }
        }
    }

    #[test]
    fn every_halving_counts_and_keeps_the_width() {
        let mut backend = small(2);
        let (_, halved) = infer_in_halves(&mut backend, &batch(5), 1).unwrap();
        assert_eq!((halved, backend.shapes), (2, vec![(2, 3), (1, 3), (2, 3)]));
    }

    #[test]
    fn a_row_that_does_not_fit_is_an_error() {
        let error = infer_in_halves(&mut small(0), &batch(4), 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfMemory);
    }

    #[test]
    fn other_errors_are_not_tried_again() {
        let mut broken = Small { full: || Error::inference("broken"), ..small(1) };
        assert_eq!(infer_in_halves(&mut broken, &batch(4), 1).unwrap_err().kind(), ErrorKind::Runtime);
        assert!(broken.shapes.is_empty());
    }

    #[test]
    fn logits_of_another_shape_or_order_are_an_error() {
        let error = infer_in_halves(&mut small(9), &batch(4), 2).unwrap_err().to_string();
        assert!(error.contains("(4, 3, 1)") && error.contains("(4, 3, 2)"), "{error}");
        struct Transposed;
        impl Backend for Transposed {
            fn infer(&mut self, batch: &Batch) -> Result<Logits> {
                Ok(Logits::new(Array3::zeros((2, batch.width, batch.rows)).reversed_axes()))
            }
        }
        let error = infer_in_halves(&mut Transposed, &batch(4), 2).unwrap_err().to_string();
        assert!(error.contains("row-major"), "{error}");
    }
}
