//! The text format: the whole input is one article.

use std::io::{self, Read};

use super::cut::{Cut, Cutter};
use super::stream::Reader;

/// Reads an input as one record.
pub(super) struct WholeText {
    reader: Option<Reader>,
    byte: u64,
    limit: usize,
}

impl WholeText {
    /// Reads at most one byte more than `limit`; `byte` is where in the input `reader` stands.
    pub(super) fn new(reader: Reader, byte: u64, limit: usize) -> Self {
        Self { reader: Some(reader), byte, limit }
    }
}

impl Cutter for WholeText {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        let reader = self.reader.take()?;
        let mut bytes = Vec::new();
        let outcome = reader.take((self.limit as u64).saturating_add(1)).read_to_end(&mut bytes);
        let cut = Cut { byte: self.byte, size: bytes.len() as u64, bytes, ..Cut::default() };
        Some(match outcome {
            Ok(_) => Ok(cut),
            Err(error) => Err((cut, error)),
        })
    }
}
