//! Which entities and pairs a report shows: the most frequent ones.

use crate::tables::{Aggregates, EntityNo, PairCounts, pairs::pmi};

/// Maximum number of entities.
pub(super) const MAX_ENTITIES: usize = 1000;
/// Maximum number of pairs.
pub(super) const MAX_PAIRS: usize = 1500;

/// The entities and pairs of a report, both ranked.
pub(super) struct Choice {
    /// Numbers in the aggregates.
    pub(super) entities: Vec<EntityNo>,
    /// The rank of each entity of the aggregates that is shown.
    ranks: Vec<Option<u32>>,
    pub(super) pairs: Vec<Pair>,
}

/// A pair that is shown.
pub(super) struct Pair {
    /// Ranks of its entities, the smaller first.
    pub(super) ranks: (u32, u32),
    pub(super) counts: PairCounts,
    pub(super) pmi: f64,
}

impl Choice {
    pub(super) fn of(all: &Aggregates) -> Self {
        let mut entities = all.entities.ranked();
        entities.truncate(MAX_ENTITIES);
        let mut ranks = vec![None; all.entities.len()];
        for (rank, &number) in (0..).zip(&entities) {
            ranks[number as usize] = Some(rank);
        }
        let pair = |(first, second, counts): (EntityNo, EntityNo, PairCounts)| {
            let (left, right) = (ranks[first as usize]?, ranks[second as usize]?);
            let articles = |number| all.entities.get(number).articles;
            let pmi = pmi(counts.articles.into(), articles(first), articles(second), all.totals.articles);
            Some(Pair { ranks: (left.min(right), left.max(right)), counts, pmi })
        };
        let pairs = all.pairs.ranked().into_iter().filter_map(pair).take(MAX_PAIRS).collect();
        Self { entities, ranks, pairs }
    }

    /// The rank of an entity, if it is shown.
    pub(super) fn rank(&self, all: &Aggregates, id: &str) -> Option<u32> {
        self.ranks[all.entities.find(id)? as usize]
    }
}
