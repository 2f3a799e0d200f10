//! Windows to batches, bounded by padded tokens.
//!
//! Rows of a batch are padded to its longest, and padding costs as much as tokens. So the windows of a chunk are sorted
//! by length, and a batch is closed when one more row would exceed the limits.

use std::ops::Range;

use serde::{Deserialize, Serialize};

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

/// The windows of one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchPlan {
    /// Indices of the windows in the chunk.
    pub windows: Vec<u32>,
    /// Number of tokens of the longest, without special tokens.
    pub longest: usize,
}

/// The limits of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLimits {
    /// Maximum number of tokens in a batch, padding included. A batch of one row may exceed it.
    pub tokens: usize,
    /// Maximum number of rows in a batch.
    pub rows: usize,
    /// Batch only windows of equal length: there is no padding, and where the graph computes rows independently, a row
    /// gives the same bits as it would alone.
    pub equal_lengths: bool,
}

/// Sorts the windows with the indices `chosen` by length and divides them into batches. `special` is the number of
/// special tokens of each row. The plan depends on its arguments alone.
pub fn plan(windows: &[Window], chosen: &[u32], special: usize, limits: BatchLimits) -> Vec<BatchPlan> {
    let length = |window: u32| windows[window as usize].tokens.len();
    let mut order = chosen.to_vec();
    order.sort_by_key(|&window| length(window));
    let mut plans: Vec<BatchPlan> = Vec::new();
    for window in order {
        // In ascending order the last row is the longest.
        let longest = length(window);
        let has_room = |plan: &BatchPlan| {
            (plan.windows.len() + 1) * (longest + special) <= limits.tokens
                && plan.windows.len() < limits.rows
                && (plan.longest == longest || !limits.equal_lengths)
        };
        match plans.last_mut().filter(|plan| has_room(plan)) {
            Some(plan) => {
                plan.windows.push(window);
                plan.longest = longest;
            }
            None => plans.push(BatchPlan { windows: vec![window], longest }),
        }
    }
    plans
}

impl Batch {
    /// Replaces the rows by those of a plan; the memory is reused.
    pub fn fill(&mut self, plan: &BatchPlan, windows: &[Window], articles: &[EncodedArticle], tokenizer: &Tokenizer) {
        self.rows = plan.windows.len();
        self.width = plan.longest + tokenizer.special_tokens();
        self.ids.clear();
        self.mask.clear();
        for &window in &plan.windows {
            let window = &windows[window as usize];
            self.push_row(window.token_ids(articles), tokenizer);
        }
    }

    /// A batch of rows of token ids without special tokens, the longest of which has `longest`.
    pub fn of_rows(rows: &[&[u32]], longest: usize, tokenizer: &Tokenizer) -> Self {
        let mut batch = Self { rows: rows.len(), width: longest + tokenizer.special_tokens(), ..Self::default() };
        rows.iter().for_each(|row| batch.push_row(row, tokenizer));
        batch
    }

    fn push_row(&mut self, content: &[u32], tokenizer: &Tokenizer) {
        let end = self.ids.len() + self.width;
        let frame = tokenizer.prefix().iter().chain(content).chain(tokenizer.suffix());
        self.ids.extend(frame.map(|&id| i64::from(id)));
        self.mask.resize(self.ids.len(), 1);
        self.ids.resize(end, i64::from(tokenizer.pad()));
        self.mask.resize(end, 0);
    }

    /// Number of padded positions.
    pub fn padding(&self) -> usize {
        self.mask.iter().filter(|&&mask| mask == 0).count()
    }

    /// The positions of a row's `tokens` tokens between its special tokens.
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
    fn batches_are_closed_at_their_limits() {
        let planned = |lengths: &[usize], limits: BatchLimits| -> Vec<(Vec<u32>, usize)> {
            let all: Vec<u32> = (0..lengths.len() as u32).collect();
            let plans = plan(&windows(lengths), &all, 2, limits);
            plans.into_iter().map(|plan| (plan.windows, plan.longest)).collect()
        };
        let lengths = [5, 30, 5, 6, 2];
        let padded = BatchLimits { tokens: 24, rows: 8, equal_lengths: false };
        assert_eq!(planned(&lengths, padded), [(vec![4, 0, 2], 5), (vec![3], 6), (vec![1], 30)]);
        let equal = BatchLimits { equal_lengths: true, ..padded };
        assert_eq!(planned(&lengths, equal), [(vec![4], 2), (vec![0, 2], 5), (vec![3], 6), (vec![1], 30)]);
        assert_eq!(planned(&[1; 10], BatchLimits { tokens: 512, rows: 4, equal_lengths: true }).len(), 3);
    }

    proptest! {
        #[test]
        fn every_window_is_in_one_batch_within_the_limits(
            lengths in prop::collection::vec(1usize..190, 0..200), tokens in 1usize..1024, rows in 1usize..40, equal_lengths: bool,
        ) {
            let limits = BatchLimits { tokens, rows, equal_lengths };
            let all: Vec<u32> = (0..lengths.len() as u32).collect();
            let mut seen = vec![0; lengths.len()];
            for plan in plan(&windows(&lengths), &all, 2, limits) {
                let padded = plan.windows.len() * (plan.longest + 2);
                prop_assert!(padded <= tokens || plan.windows.len() == 1);
                prop_assert!(plan.windows.len() <= rows);
                for window in plan.windows {
                    let length = lengths[window as usize];
                    prop_assert!(length == plan.longest || (length < plan.longest && !equal_lengths));
                    seen[window as usize] += 1;
                }
            }
            prop_assert!(seen.iter().all(|&times| times == 1));
        }
    }
}
