//! Windows whose tokens are equal are computed once.
//!
//! Agencies sell one story to a hundred papers, and every page repeats its boilerplate. Within a chunk, equal
//! windows are always computed once. Across the run they are answered from a score cache, but only where a window's
//! scores depend on nothing but its tokens: then the cache cannot change the output, whatever it has evicted, and a
//! run that is stopped and resumed without it writes the same bytes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use ahash::AHashMap;

use crate::encode::EncodedArticle;
use crate::window::Window;

/// Where each window of a chunk gets its scores from.
#[derive(Debug, Default)]
pub struct Repeats {
    /// Windows to compute, the first of each kind, in the order of the text.
    pub fresh: Vec<u32>,
    /// For a window to compute: the later windows that are equal to it.
    pub copies: AHashMap<u32, Vec<u32>>,
    /// Windows whose scores, `[token, label]`, are known from an earlier chunk.
    pub known: Vec<(u32, Arc<[f32]>)>,
}

impl Repeats {
    /// Sorts out the windows of a chunk. Without a cache, windows are compared within the chunk only.
    pub fn find(windows: &[Window], articles: &[EncodedArticle], cache: Option<&ScoreCache>) -> Self {
        let mut repeats = Self::default();
        let mut first: AHashMap<&[u32], u32> = AHashMap::with_capacity(windows.len());
        let cache = cache.map(ScoreCache::lock);
        for (number, window) in windows.iter().enumerate() {
            let number = number as u32;
            let tokens = window.token_ids(articles);
            if let Some(scores) = cache.as_ref().and_then(|cache| cache.scores.get(tokens)) {
                repeats.known.push((number, Arc::clone(scores)));
                continue;
            }
            match first.get(tokens) {
                Some(&equal) => repeats.copies.entry(equal).or_default().push(number),
                None => {
                    first.insert(tokens, number);
                    repeats.fresh.push(number);
                }
            }
        }
        repeats
    }

    /// Every window is computed, equal or not.
    pub fn ignored(windows: &[Window]) -> Self {
        Self { fresh: (0..windows.len() as u32).collect(), ..Self::default() }
    }

    /// A window to compute and its copies.
    pub fn all_of(&self, fresh: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(fresh).chain(self.copies.get(&fresh).into_iter().flatten().copied())
    }
}

/// Scores of the windows of a run, the newest up to a bound in bytes.
#[derive(Debug)]
pub struct ScoreCache {
    entries: Mutex<Entries>,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Entries {
    scores: AHashMap<Arc<[u32]>, Arc<[f32]>>,
    order: VecDeque<Arc<[u32]>>,
    bytes: usize,
}

impl ScoreCache {
    /// A cache of at most `max_bytes` bytes.
    pub fn new(max_bytes: usize) -> Self {
        Self { entries: Mutex::default(), max_bytes }
    }

    /// Adds the scores of a window, `[token, label]`, and evicts the oldest where there is no room.
    pub fn insert(&self, tokens: &[u32], scores: &[f32]) {
        let mut entries = self.lock();
        if entries.scores.contains_key(tokens) {
            return;
        }
        let tokens: Arc<[u32]> = tokens.into();
        entries.bytes += size(&tokens, scores);
        entries.order.push_back(Arc::clone(&tokens));
        entries.scores.insert(tokens, scores.into());
        while entries.bytes > self.max_bytes {
            let Some(oldest) = entries.order.pop_front() else { break };
            if let Some(scores) = entries.scores.remove(&oldest) {
                entries.bytes -= size(&oldest, &scores);
            }
        }
    }

    /// Removes all entries.
    pub fn clear(&self) {
        *self.lock() = Entries::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        // A thread that panics ends the run; the entries that it left are still valid.
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Bytes of an entry, with an estimate of what map, queue and counters add.
fn size(tokens: &[u32], scores: &[f32]) -> usize {
    4 * tokens.len() + 4 * scores.len() + 128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_are_evicted_first() {
        let cache = ScoreCache::new(3 * (4 + 4 + 128));
        for token in 0..5u32 {
            cache.insert(&[token], &[token as f32]);
            cache.insert(&[token], &[-1.0]); // the first scores of a window stay
        }
        let entries = cache.lock();
        let kept: Vec<(u32, f32)> = entries.order.iter().map(|tokens| (tokens[0], entries.scores[tokens][0])).collect();
        assert_eq!(kept, [(2, 2.0), (3, 3.0), (4, 4.0)]);
        assert_eq!(entries.bytes, 3 * 136);
    }
}
