//! A backend without a model, for tests of the pipeline around it.

use ndarray::Array3;

use super::{Backend, Logits};
use crate::batch::Batch;
use crate::error::Result;
use crate::model::{LabelSet, Tokenizer};

/// Labels every token that begins with a capital letter as a name. Logits depend on the token alone, so that any batching
/// must give the same mentions.
#[derive(Debug)]
pub struct CapitalsBackend {
    /// Whether a token is a name, by its id.
    is_name: Vec<bool>,
    outside: usize,
    name: usize,
    labels: usize,
}

impl CapitalsBackend {
    /// A backend for the given tokenizer and labels.
    pub fn new(tokenizer: &Tokenizer, labels: &LabelSet) -> Self {
        let is_name = (0..=tokenizer.highest_id())
            .map(|id| tokenizer.token(id).is_some_and(|token| token.starts_with(char::is_uppercase)))
            .collect();
        let outside = (0..labels.len()).find(|&label| labels.type_of(label).is_none()).unwrap_or(0);
        let name = (0..labels.len()).find(|&label| labels.type_of(label).is_some()).unwrap_or(0);
        Self { is_name, outside, name, labels: labels.len() }
    }
}

impl Backend for CapitalsBackend {
    fn infer(&mut self, batch: &Batch) -> Result<Logits> {
        let label_of = |id: i64| match usize::try_from(id).ok().and_then(|id| self.is_name.get(id)) {
            Some(true) => self.name,
            _ => self.outside,
        };
        Ok(Logits::new(Array3::from_shape_fn((batch.rows, batch.width, self.labels), |(row, token, label)| {
            if label == label_of(batch.ids[row * batch.width + token]) { 8.0 } else { 0.0 }
        })))
    }
}
