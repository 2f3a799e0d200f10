//! A chunk on its way through the sessions.

use std::sync::Arc;

use super::workers::internal;
use crate::chunk::Chunk;
use crate::error::Result;
use crate::infer::Logits;
use crate::model::Model;
use crate::repeat::ScoreCache;
use crate::stitch::{TokenScores, content};

pub(super) struct Pending {
    pub(super) chunk: Arc<Chunk>,
    pub(super) scores: Vec<TokenScores>,
    /// Batches that have not come back.
    pub(super) waiting: usize,
    /// Tokens whose scores were remembered.
    pub(super) known: usize,
}

impl Pending {
    pub(super) fn new(chunk: Arc<Chunk>, labels: usize) -> Self {
        let mut scores: Vec<TokenScores> =
            chunk.articles.iter().map(|article| TokenScores::new(article.ids.len(), labels)).collect();
        let mut known = 0;
        for (window, content) in &chunk.repeats.known {
            let window = &chunk.windows[*window as usize];
            known += scores[window.article as usize].stitch(window, content);
        }
        Self { waiting: chunk.plans.len(), scores, known, chunk }
    }

    /// Takes in the logits of one batch. Returns how many tokens were scored by it, and how many more took the
    /// scores of an equal window.
    pub(super) fn add(
        &mut self,
        plan: usize,
        logits: &Logits,
        model: &Model,
        cache: Option<&ScoreCache>,
    ) -> Result<[usize; 2]> {
        self.waiting -= 1;
        let chunk = &self.chunk;
        let (mut computed, mut repeated) = (0, 0);
        for (row, &fresh) in chunk.plans[plan].windows.iter().enumerate() {
            let tokens = chunk.windows[fresh as usize].tokens.len();
            let scores = content(logits.view(), row, tokens, &model.tokenizer);
            let scores = scores.ok_or_else(|| internal("a backend's logits are not laid out row after row"))?;
            for copy in chunk.repeats.all_of(fresh) {
                let window = &chunk.windows[copy as usize];
                let kept = self.scores[window.article as usize].stitch(window, scores);
                *if copy == fresh { &mut computed } else { &mut repeated } += kept;
            }
            if let Some(cache) = cache {
                cache.insert(chunk.windows[fresh as usize].token_ids(&chunk.articles), scores);
            }
        }
        Ok([computed, repeated])
    }
}
