//! Stage 6: windows to batches, bounded by padded tokens.
//!
//! Rows of a batch are as long as its longest, and the hardware computes the padding too. So windows are
//! sorted by length, within their chunk, and a batch is closed when one more row would pass the budget.

use std::ops::Range;

use crate::encode::EncodedArticle;
use crate::model::Tokenizer;
use crate::window::Window;

/// Token ids of several windows, ready for a backend.
#[derive(Debug, Default)]
pub struct Batch {
    /// Number of rows.
    pub rows: usize,
    /// Tokens per row, special tokens and padding included.
    pub width: usize,
    /// `[batch, token]`, row after row.
    pub ids: Vec<i64>,
    /// `[batch, token]`: 1 for tokens, 0 for padding.
    pub mask: Vec<i64>,
}

/// Which windows make up one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchPlan {
    /// Windows, by their number in the chunk.
    pub windows: Vec<u32>,
    /// Content tokens of the longest.
    pub longest: usize,
}

/// How batches are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// Most padded tokens in a batch. One row always fits.
    pub tokens: usize,
    /// Most rows in a batch.
    pub rows: usize,
}

/// Sorts a chunk's windows by length and cuts the order into batches. `special` is the number of special
/// tokens that frame each row. The plan is a function of its arguments alone.
pub fn plan(windows: &[Window], special: usize, limits: BatchLimits) -> Vec<BatchPlan> {
    let mut order: Vec<u32> = (0..windows.len() as u32).collect();
    let length = |window: u32| windows[window as usize].tokens.len();
    order.sort_by_key(|&window| length(window));
    let mut plans: Vec<BatchPlan> = Vec::new();
    for window in order {
        let longest = length(window);
        match plans.last_mut() {
            // In rising order the newest row is the longest.
            Some(plan)
                if (plan.windows.len() + 1) * (longest + special) <= limits.tokens
                    && plan.windows.len() < limits.rows =>
            {
                plan.windows.push(window);
                plan.longest = longest;
            }
            _ => plans.push(BatchPlan { windows: vec![window], longest }),
        }
    }
    plans
}

impl Batch {
    /// Writes the rows of a plan into this batch, reusing its memory.
    pub fn fill(&mut self, plan: &BatchPlan, windows: &[Window], articles: &[EncodedArticle], tokenizer: &Tokenizer) {
        self.rows = plan.windows.len();
        self.width = plan.longest + tokenizer.special_tokens();
        self.ids.clear();
        self.mask.clear();
        for &window in &plan.windows {
            let window = &windows[window as usize];
            let content = &articles[window.article as usize].ids[window.tokens.clone()];
            self.push_row(content, tokenizer);
        }
    }

    fn push_row(&mut self, content: &[u32], tokenizer: &Tokenizer) {
        let end = self.ids.len() + self.width;
        let frame = tokenizer.prefix().iter().chain(content).chain(tokenizer.suffix());
        self.ids.extend(frame.map(|&id| i64::from(id)));
        self.mask.resize(self.ids.len(), 1);
        self.ids.resize(end, i64::from(tokenizer.pad()));
        self.mask.resize(end, 0);
    }

    /// Where a row's content tokens stand in the row.
    pub fn content(tokenizer: &Tokenizer, tokens: usize) -> Range<usize> {
        tokenizer.prefix().len()..tokenizer.prefix().len() + tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn windows(lengths: &[usize]) -> Vec<Window> {
        lengths.iter().map(|&length| Window { article: 0, tokens: 0..length, keep: 0..length }).collect()
    }

    #[test]
    fn batches_close_at_the_budget() {
        let plans = plan(&windows(&[5, 30, 5, 6, 2]), 2, BatchLimits { tokens: 24, rows: 8 });
        let rows: Vec<_> = plans.iter().map(|plan| (plan.windows.clone(), plan.longest)).collect();
        assert_eq!(rows, [(vec![4, 0, 2], 5), (vec![3], 6), (vec![1], 30)]);
        assert_eq!(plan(&windows(&[1; 10]), 2, BatchLimits { tokens: 512, rows: 4 }).len(), 3);
    }

    proptest! {
        #[test]
        fn every_window_is_in_one_batch_within_the_budget(
            lengths in prop::collection::vec(1usize..190, 0..200), tokens in 1usize..1024, rows in 1usize..40,
        ) {
            let limits = BatchLimits { tokens, rows };
            let mut seen = vec![0; lengths.len()];
            for plan in plan(&windows(&lengths), 2, limits) {
                let padded = plan.windows.len() * (plan.longest + 2);
                prop_assert!(padded <= tokens || plan.windows.len() == 1);
                prop_assert!(plan.windows.len() <= rows);
                for window in plan.windows {
                    prop_assert!(lengths[window as usize] <= plan.longest);
                    seen[window as usize] += 1;
                }
            }
            prop_assert!(seen.iter().all(|&times| times == 1));
        }
    }
}
