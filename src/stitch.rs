//! Stage 8: the logits of windows, in the order of batches, back to scores in the order of the text.

use ndarray::{ArrayView2, ArrayView3, s};

use crate::batch::{Batch, BatchPlan};
use crate::model::Tokenizer;
use crate::window::Window;

/// Label scores of one article: `[token, label]`, for its tokens without the special ones.
#[derive(Debug)]
pub struct Scores {
    labels: usize,
    values: Vec<f32>,
    /// Tokens that have not been scored yet; zero when the article is whole.
    missing: usize,
}

impl Scores {
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

/// Copies what each window keeps out of a batch's logits, `[batch, token, label]`, into the scores of the
/// window's article. Returns the number of tokens scored.
pub fn stitch(
    logits: ArrayView3<'_, f32>,
    plan: &BatchPlan,
    windows: &[Window],
    tokenizer: &Tokenizer,
    articles: &mut [Scores],
) -> usize {
    let mut scored = 0;
    for (row, &window) in plan.windows.iter().enumerate() {
        let window = &windows[window as usize];
        let article = &mut articles[window.article as usize];
        let content = Batch::content(tokenizer, window.tokens.len());
        let kept = content.start + (window.keep.start - window.tokens.start)..;
        let kept = kept.start..kept.start + window.keep.len();
        let source = logits.slice(s![row, kept, ..]);
        let target = &mut article.values[window.keep.start * article.labels..window.keep.end * article.labels];
        match source.as_slice() {
            Some(source) => target.copy_from_slice(source),
            None => target.iter_mut().zip(&source).for_each(|(target, &value)| *target = value),
        }
        article.missing -= window.keep.len();
        scored += window.keep.len();
    }
    scored
}
