//! Stage 3: clean text to blocks and sentences.

use crate::article::Field;
use crate::span::Span;

/// One sentence of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The field that it stands in.
    pub field: Field,
    /// Its bytes in the field's raw text.
    pub span: Span,
    /// Which block (paragraph, headline list, list item) of the article it belongs to, counted over all fields.
    pub block: u32,
}
