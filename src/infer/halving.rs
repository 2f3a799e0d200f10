//! Out of memory is answered by halving the batch.

use ndarray::{Axis, concatenate};

use super::{Backend, Logits};
use crate::batch::Batch;
use crate::error::{Error, ErrorKind, Result};

/// Infers a batch; where the device is out of memory, its halves, down to single rows. Returns how many times a
/// batch was halved. The halves keep the batch's width, so that every row is computed in the same shape.
pub(crate) fn infer_in_halves(backend: &mut dyn Backend, batch: &Batch) -> Result<(Logits, usize)> {
    match backend.infer(batch) {
        Ok(logits) => Ok((logits, 0)),
        Err(error) if error.kind() == ErrorKind::OutOfMemory && batch.rows > 1 => {
            let [upper, lower] = halves(batch);
            let (first, before) = infer_in_halves(backend, &upper)?;
            let (second, after) = infer_in_halves(backend, &lower)?;
            let joined = concatenate(Axis(0), &[first.view(), second.view()])
                .map_err(|error| Error::new(ErrorKind::Internal, "the halves of a batch do not fit").because(error))?;
            Ok((Logits::new(joined), 1 + before + after))
        }
        Err(error) => Err(error),
    }
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
        kind: ErrorKind,
    }

    impl Backend for Small {
        fn infer(&mut self, batch: &Batch) -> Result<Logits> {
            if batch.rows > self.room {
                return Err(Error::new(self.kind, "no room"));
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
        Small { room, shapes: Vec::new(), kind: ErrorKind::OutOfMemory }
    }

    #[test]
    fn rows_come_back_in_order_however_small_the_device() {
        for rows in 1..20 {
            for room in 1..=rows {
                let (logits, halved) = infer_in_halves(&mut small(room), &batch(rows)).unwrap();
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
        let (_, halved) = infer_in_halves(&mut backend, &batch(5)).unwrap();
        assert_eq!((halved, backend.shapes), (2, vec![(2, 3), (1, 3), (2, 3)]));
    }

    #[test]
    fn a_row_that_does_not_fit_and_other_errors_end_the_run() {
        assert_eq!(infer_in_halves(&mut small(0), &batch(4)).unwrap_err().kind(), ErrorKind::OutOfMemory);
        let mut broken = Small { kind: ErrorKind::Runtime, ..small(1) };
        assert_eq!(infer_in_halves(&mut broken, &batch(4)).unwrap_err().kind(), ErrorKind::Runtime);
        assert!(broken.shapes.is_empty());
    }
}
