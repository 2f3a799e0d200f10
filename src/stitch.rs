//! Logits of windows, in the order of batches, to scores in the order of the text.

use ndarray::{ArrayView2, ArrayView3, s};

use crate::batch::Batch;
use crate::model::Tokenizer;
use crate::window::Window;

/// Label scores of one article, `[token, label]`, without special tokens.
#[derive(Debug)]
pub struct TokenScores {
    labels: usize,
    values: Vec<f32>,
    /// Number of tokens without scores; zero when the article is complete.
    missing: usize,
}

impl TokenScores {
    /// Space for `tokens` tokens of `labels` labels each, none with scores yet.
    pub fn new(tokens: usize, labels: usize) -> Self {
        Self { labels, values: vec![f32::NAN; tokens * labels], missing: tokens }
    }

    /// Number of tokens that no window has given scores to.
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

/// The scores of a row's tokens without the special tokens, `[token, label]`, from the logits of a batch,
/// `[batch, token, label]`. `None` where the logits are not in row-major order.
pub fn content<'l>(logits: ArrayView3<'l, f32>, row: usize, tokens: usize, tokenizer: &Tokenizer) -> Option<&'l [f32]> {
    let range = Batch::content(tokenizer, tokens);
    logits.slice_move(s![row, range, ..]).to_slice()
}

impl TokenScores {
    /// Copies the scores that a window keeps from those of all its tokens, `[token, label]`. Returns the number of
    /// tokens kept.
    pub fn stitch(&mut self, window: &Window, content: &[f32]) -> usize {
        let labels = self.labels;
        let kept = window.keep.start - window.tokens.start..window.keep.end - window.tokens.start;
        let target = &mut self.values[window.keep.start * labels..window.keep.end * labels];
        target.copy_from_slice(&content[kept.start * labels..kept.end * labels]);
        self.missing -= window.keep.len();
        window.keep.len()
    }
}
