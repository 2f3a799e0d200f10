//! Stage 8: label scores to mentions.

use std::sync::Arc;

use crate::article::Field;
use crate::span::Span;

/// A named entity as the model found it, before any table.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// The field that it stands in.
    pub field: Field,
    /// Its bytes in the field's raw text.
    pub span: Span,
    /// The model's type for it: PER, ORG, LOC, MISC, or the model's own label set.
    pub label: Arc<str>,
    /// Mean probability of its words' labels, in [0, 1].
    pub score: f32,
    /// Index of its sentence among the article's sentences.
    pub sentence: u32,
}
