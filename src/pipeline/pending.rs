//! A chunk on its way through the sessions.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::infer::Logits;
use crate::model::Model;
use crate::repeat::ScoreCache;
use crate::stitch::{TokenScores, content};

/// A prepared chunk, and the scores of its articles as far as they are known. The sessions add to them.
pub(super) struct Pending {
    pub(super) chunk: Chunk,
    scored: Mutex<Scored>,
    /// Tokens whose scores were remembered.
    pub(super) known: usize,
}

struct Scored {
    scores: Vec<TokenScores>,
    /// Batches that have not come back.
    waiting: usize,
}

/// What a batch added.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    /// Tokens that were scored by it.
    pub(super) computed: usize,
    /// Tokens that took the scores of an equal window.
    pub(super) repeated: usize,
    /// Whether it was the last batch of the chunk.
    pub(super) is_last: bool,
}

impl Pending {
    pub(super) fn new(chunk: Chunk, labels: usize) -> Self {
        let mut scores: Vec<TokenScores> =
            chunk.articles.iter().map(|article| TokenScores::new(article.ids.len(), labels)).collect();
        let mut known = 0;
        for (window, content) in &chunk.repeats.known {
            let window = &chunk.windows[*window as usize];
            known += scores[window.article as usize].stitch(window, content);
        }
        Self { scored: Mutex::new(Scored { scores, waiting: chunk.plans.len() }), known, chunk }
    }

    /// Takes in the logits of one batch.
    pub(super) fn add(&self, plan: usize, logits: &Logits, model: &Model, cache: Option<&ScoreCache>) -> Result<Added> {
        let (chunk, mut added) = (&self.chunk, Added::default());
        let mut scored = self.lock();
        for (row, &fresh) in chunk.plans[plan].windows.iter().enumerate() {
            let tokens = chunk.windows[fresh as usize].tokens.len();
            let scores = content(logits.view(), row, tokens, &model.tokenizer);
            let scores = scores.ok_or_else(|| Error::internal("a backend's logits are not laid out row after row"))?;
            for copy in chunk.repeats.all_of(fresh) {
                let window = &chunk.windows[copy as usize];
                let kept = scored.scores[window.article as usize].stitch(window, scores);
                *if copy == fresh { &mut added.computed } else { &mut added.repeated } += kept;
            }
            if let Some(cache) = cache {
                cache.insert(chunk.windows[fresh as usize].token_ids(&chunk.articles), scores);
            }
        }
        scored.waiting -= 1;
        added.is_last = scored.waiting == 0;
        Ok(added)
    }

    /// Whether all batches have come back.
    pub(super) fn is_complete(&self) -> bool {
        self.lock().waiting == 0
    }

    /// The scores of all articles, once the chunk is complete; taken, since nothing needs them twice.
    pub(super) fn take_scores(&self) -> Vec<TokenScores> {
        std::mem::take(&mut self.lock().scores)
    }

    fn lock(&self) -> MutexGuard<'_, Scored> {
        // A session that panics with it has failed the run already.
        self.scored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
