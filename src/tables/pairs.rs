//! The table `co_mentions`: pairs of entities in one article and in one sentence.
//!
//! The number of pairs is bounded in two places, and what is dropped is counted. Of an article with more than
//! [`MAX_ENTITIES`] entities, such as a list of all members of a parliament, only the most mentioned ones are paired.
//! Where there are more pairs than `max_pairs`, those of fewest articles are dropped until half are left. A pair that
//! appears again is then counted from one: its count is too low by no more than [`Pairs::max_undercount`].

use ahash::AHashMap;

use super::entities::{Entities, EntityNo};
use super::period::Days;
use super::sheet::{Cell, Column, Kind, Sheet};
use crate::date::DateRange;
use crate::error::Result;

/// Maximum number of entities of one article that are paired.
pub const MAX_ENTITIES: usize = 100;

/// Counts of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairCounts {
    /// Articles that mention both.
    pub articles: u32,
    /// Sentences that mention both.
    pub sentences: u32,
    /// First and last day of these articles.
    pub days: Days,
}

/// All pairs.
#[derive(Clone, Debug)]
pub struct Pairs {
    counts: AHashMap<(EntityNo, EntityNo), PairCounts>,
    max_pairs: usize,
    /// Pairs that were dropped, each time that they were.
    pub dropped_pairs: u64,
    /// Maximum number of articles that are missing in the count of a pair.
    pub max_undercount: u32,
    /// Entities of articles with too many, which were not paired.
    pub dropped_entities: u64,
}

/// Where an entity is mentioned: the field, the sentence in it, and the entity.
pub(super) type Hit = (u8, u32, EntityNo);

impl Pairs {
    pub(super) fn new(max_pairs: usize) -> Self {
        let counts = AHashMap::new();
        Self { counts, max_pairs, dropped_pairs: 0, max_undercount: 0, dropped_entities: 0 }
    }

    /// Counts the pairs of an article. `named` has its entities, each once, with their mentions; `hits` are sorted.
    pub(super) fn add(&mut self, named: &mut Vec<(EntityNo, u64)>, hits: &[Hit], date: Option<DateRange>) {
        if named.len() > MAX_ENTITIES {
            self.dropped_entities += (named.len() - MAX_ENTITIES) as u64;
            named.sort_by_key(|&(entity, mentions)| (std::cmp::Reverse(mentions), entity));
            named.truncate(MAX_ENTITIES);
            named.sort_unstable();
        }
        for (at, &(first, _)) in named.iter().enumerate() {
            for &(second, _) in &named[at + 1..] {
                let pair = self.counts.entry((first, second)).or_default();
                pair.articles += 1;
                date.into_iter().for_each(|date| pair.days.add(date));
            }
        }
        for sentence in hits.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            self.add_sentence(sentence);
        }
        if self.counts.len() > self.max_pairs {
            self.drop_rarest();
        }
    }

    fn add_sentence(&mut self, hits: &[Hit]) {
        for (at, &(.., first)) in hits.iter().enumerate() {
            // Hits of one entity are neighbours.
            if hits[..at].last().is_some_and(|&(.., before)| before == first) {
                continue;
            }
            let mut last = first;
            for &(.., second) in &hits[at + 1..] {
                // Entities that are not paired in the article have no count.
                if second != last
                    && let Some(pair) = self.counts.get_mut(&(first, second))
                {
                    pair.sentences += 1;
                }
                last = second;
            }
        }
    }

    fn drop_rarest(&mut self) {
        let mut least = 0;
        while self.counts.len() > self.max_pairs / 2 {
            least += 1;
            let before = self.counts.len();
            self.counts.retain(|_, pair| pair.articles > least);
            self.dropped_pairs += (before - self.counts.len()) as u64;
        }
        self.max_undercount += least;
    }

    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// True where no two entities are in one article.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// All pairs: those of most articles first, then of most sentences, then by number.
    pub fn ranked(&self) -> Vec<(EntityNo, EntityNo, PairCounts)> {
        let mut pairs: Vec<_> = self.counts.iter().map(|(&(first, second), &counts)| (first, second, counts)).collect();
        pairs.sort_unstable_by_key(|&(first, second, counts)| {
            (std::cmp::Reverse((counts.articles, counts.sentences)), first, second)
        });
        pairs
    }

    /// Writes the table.
    pub(super) fn write(&self, entities: &Entities, articles: u64, sheet: &mut dyn Sheet) -> Result<()> {
        for (first, second, counts) in self.ranked() {
            let (first, second) = (entities.get(first), entities.get(second));
            sheet.row(&[
                Cell::text(&*first.id),
                Cell::text(&*first.name),
                Cell::text(&*second.id),
                Cell::text(&*second.name),
                Cell::Count(counts.articles.into()),
                Cell::Count(counts.sentences.into()),
                Cell::number(pmi(counts.articles.into(), first.articles, second.articles, articles)),
                Cell::day(counts.days.first()),
                Cell::day(counts.days.last()),
            ])?;
        }
        Ok(())
    }
}

/// Pointwise mutual information, in bits: how much more often two entities are in one article than they would be if
/// articles chose them independently.
pub fn pmi(both: u64, first: u64, second: u64, articles: u64) -> f64 {
    ((both as f64 * articles as f64) / (first as f64 * second as f64)).log2()
}

/// Columns of the table.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("entity_a", Kind::Text),
    Column::new("name_a", Kind::Text),
    Column::new("entity_b", Kind::Text),
    Column::new("name_b", Kind::Text),
    Column::new("articles", Kind::Count),
    Column::new("sentences", Kind::Count),
    Column::new("pmi", Kind::Number),
    Column::new("first_day", Kind::Day),
    Column::new("last_day", Kind::Day),
];
