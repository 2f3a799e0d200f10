//! Windows whose tokens were seen before are not computed again.
//!
//! Agencies sell one story to a hundred papers, and every page repeats its furniture. Within a chunk, equal
//! windows are always answered once. Across the run they are answered from memory, but only where a window's
//! scores depend on nothing but its tokens: then the memory cannot change the output, whatever it has
//! forgotten, and a run that is stopped and resumed without it writes the same bytes.

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
    /// For a fresh window: the later windows that are equal to it.
    pub copies: AHashMap<u32, Vec<u32>>,
    /// Windows whose scores, `[token, label]`, are known from an earlier chunk.
    pub known: Vec<(u32, Arc<[f32]>)>,
}

impl Repeats {
    /// Sorts out the windows of a chunk. Without a memory, only the chunk itself is looked at.
    pub fn find(windows: &[Window], articles: &[EncodedArticle], memory: Option<&Memory>) -> Self {
        let mut repeats = Self::default();
        let mut first: AHashMap<&[u32], u32> = AHashMap::with_capacity(windows.len());
        let memory = memory.map(Memory::lock);
        for (number, window) in windows.iter().enumerate() {
            let number = number as u32;
            let tokens = window.token_ids(articles);
            if let Some(scores) = memory.as_ref().and_then(|memory| memory.scores.get(tokens)) {
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

    /// A fresh window and its copies.
    pub fn all_of(&self, fresh: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(fresh).chain(self.copies.get(&fresh).into_iter().flatten().copied())
    }
}

/// Scores of the windows of a run, the newest up to a bound in bytes.
#[derive(Debug)]
pub struct Memory {
    held: Mutex<Held>,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Held {
    scores: AHashMap<Arc<[u32]>, Arc<[f32]>>,
    order: VecDeque<Arc<[u32]>>,
    bytes: usize,
}

impl Memory {
    /// A memory of at most `most_bytes` bytes.
    pub fn new(most_bytes: usize) -> Self {
        Self { held: Mutex::default(), most_bytes }
    }

    /// Keeps the scores of a window, `[token, label]`, and forgets the oldest where there is no room.
    pub fn keep(&self, tokens: &[u32], scores: &[f32]) {
        let mut held = self.lock();
        if held.scores.contains_key(tokens) {
            return;
        }
        let tokens: Arc<[u32]> = tokens.into();
        held.bytes += size(&tokens, scores);
        held.order.push_back(Arc::clone(&tokens));
        held.scores.insert(tokens, scores.into());
        while held.bytes > self.most_bytes {
            let Some(oldest) = held.order.pop_front() else { break };
            if let Some(scores) = held.scores.remove(&oldest) {
                held.bytes -= size(&oldest, &scores);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        // A thread that panicked ends the run; what it left here is still a map of equal windows.
        self.held.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Bytes of an entry, with about what map, queue and counters add.
fn size(tokens: &[u32], scores: &[f32]) -> usize {
    4 * tokens.len() + 4 * scores.len() + 128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_forgets_the_oldest_first() {
        let memory = Memory::new(3 * (4 + 4 + 128));
        for token in 0..5u32 {
            memory.keep(&[token], &[token as f32]);
            memory.keep(&[token], &[-1.0]); // the first scores of a window stay
        }
        let held = memory.lock();
        let kept: Vec<(u32, f32)> = held.order.iter().map(|tokens| (tokens[0], held.scores[tokens][0])).collect();
        assert_eq!(kept, [(2, 2.0), (3, 3.0), (4, 4.0)]);
        assert_eq!(held.bytes, 3 * 136);
    }
}
