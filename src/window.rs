//! Sentences to windows that fit into the model.
//!
//! Nearly every sentence is one window. A longer one is cut into overlapping windows, and each token's scores are kept
//! from the window in which the token is farthest from an edge. The kept parts cover every token exactly once, so that
//! stitching is copying, and no cut falls into a mention.

use std::ops::Range;

use crate::encode::EncodedArticle;

/// A range of a sentence's tokens that the model sees at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Index of the article in its chunk.
    pub article: u32,
    /// The tokens that the model sees, as indices in the article.
    pub tokens: Range<usize>,
    /// The tokens whose scores are taken from this window.
    pub keep: Range<usize>,
}

impl Window {
    /// The token ids that the model sees, without special tokens.
    pub fn token_ids<'a>(&self, articles: &'a [EncodedArticle]) -> &'a [u32] {
        &articles[self.article as usize].ids[self.tokens.clone()]
    }
}

/// The windows of one sentence, `tokens` of article `article`, of at most `limit` tokens each.
pub fn cut(article: u32, tokens: Range<usize>, limit: usize) -> impl Iterator<Item = Window> {
    let length = tokens.len();
    // Adjacent windows overlap by a quarter of the window.
    let step = (limit - limit / 4).max(1);
    let count = if length <= limit { usize::from(length > 0) } else { (length - limit).div_ceil(step) + 1 };
    let start_of = move |index: usize| (index * step).min(length.saturating_sub(limit));
    // Each keeps half of the overlap.
    let keep_from = move |index: usize| match index {
        0 => 0,
        _ if index == count => length,
        _ => (start_of(index) + (start_of(index - 1) + limit).min(length)) / 2,
    };
    (0..count).map(move |index| {
        let at = |offset: usize| tokens.start + offset;
        let start = start_of(index);
        Window {
            article,
            tokens: at(start)..at((start + limit).min(length)),
            keep: at(keep_from(index))..at(keep_from(index + 1)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_sentence_is_one_window() {
        let windows: Vec<_> = cut(3, 10..15, 8).collect();
        assert_eq!(windows, [Window { article: 3, tokens: 10..15, keep: 10..15 }]);
        assert_eq!(cut(0, 4..4, 8).count(), 0);
    }

    #[test]
    fn adjacent_windows_keep_half_of_the_overlap() {
        let windows: Vec<_> = cut(0, 0..20, 8).map(|window| (window.tokens, window.keep)).collect();
        assert_eq!(windows, [(0..8, 0..7), (6..14, 7..13), (12..20, 13..20)]);
    }

    proptest! {
        #[test]
        fn every_token_is_kept_once_with_context_on_both_sides(start in 0usize..50, length in 0usize..400, limit in 8usize..64) {
            let mut next = start;
            for window in cut(0, start..start + length, limit) {
                prop_assert!(window.tokens.len() <= limit);
                prop_assert_eq!(window.keep.start, next);
                prop_assert!(window.tokens.start <= window.keep.start && window.keep.end <= window.tokens.end);
                // Except at the ends of the sentence, a kept token has context on both sides.
                let context = limit / 8;
                prop_assert!(window.keep.start == start || window.keep.start - window.tokens.start >= context);
                prop_assert!(window.keep.end == start + length || window.tokens.end - window.keep.end >= context);
                next = window.keep.end;
            }
            prop_assert_eq!(next, start + length);
        }
    }
}
