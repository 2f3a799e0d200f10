//! The logits of windows, in the order of batches, back to scores in the order of the text.

use ndarray::{ArrayView2, ArrayView3, s};

use crate::batch::Batch;
use crate::model::Tokenizer;
use crate::window::Window;

/// Label scores of one article: `[token, label]`, for its tokens without the special ones.
#[derive(Debug)]
pub struct TokenScores {
    labels: usize,
    values: Vec<f32>,
    /// Tokens that have not been scored yet; zero when the article is whole.
    missing: usize,
}

impl TokenScores {
    /// Room for `tokens` tokens of `labels` labels each, none scored.
    pub fn new(tokens: usize, labels: usize) -> Self {
        Self { labels, values: vec![f32::NAN; tokens * labels], missing: tokens }
    }

    /// Tokens that no window has scored.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// The scores of a range of tokens, `[token, label]`.
    pub fn of(&self, tokens: std::ops::Range<usize>) -> ArrayView2<'_, f32> {
        let values = &self.values[tokens.start * self.labels..tokens.end * self.labels];
        // The slice holds exactly tokens * labels values by construction.
        ArrayView2::from_shape((tokens.len(), self.labels), values).unwrap_or_else(|_| unreachable!())
    }
}

/// The scores of a row's content tokens, `[token, label]`, out of a batch's logits, `[batch, token, label]`.
/// `None` where the backend's array is not laid out row after row.
pub fn content<'l>(logits: ArrayView3<'l, f32>, row: usize, tokens: usize, tokenizer: &Tokenizer) -> Option<&'l [f32]> {
    let range = Batch::content(tokenizer, tokens);
    logits.slice_move(s![row, range, ..]).to_slice()
}

impl TokenScores {
    /// Takes what a window keeps from the scores of its tokens, `[token, label]`. Returns how many it kept.
    pub fn stitch(&mut self, window: &Window, content: &[f32]) -> usize {
        let labels = self.labels;
        let kept = window.keep.start - window.tokens.start..window.keep.end - window.tokens.start;
        let target = &mut self.values[window.keep.start * labels..window.keep.end * labels];
        target.copy_from_slice(&content[kept.start * labels..kept.end * labels]);
        self.missing -= window.keep.len();
        window.keep.len()
    }
}
