//! Step 6: which mentions of an article are of one entity, known or not.

use ahash::AHashMap;

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::outcome::{Link, Status};
use crate::link::table::EntityIx;

impl LinkContext<'_> {
    /// The folded name of each mention.
    pub(crate) fn mention_keys(&self, mentions: &[CandidateMention]) -> Vec<String> {
        mentions.iter().map(|mention| self.mention_key(mention)).collect()
    }

    /// The folded name of a mention.
    pub(crate) fn mention_key(&self, mention: &CandidateMention) -> String {
        let words = &self.view.field(mention.field).words;
        let at = words.content_of(mention.words.clone());
        let mut key = String::with_capacity(mention.span.len());
        words.push_key(at.start, at.end, &mut key);
        key
    }

    /// A number for each mention: the same for those of one entity, for pairs known to be the same, and for unknown ones of
    /// one name. Numbers count up from 0 in the order of first mention.
    pub(crate) fn number_entities(
        &self,
        mentions: &[CandidateMention],
        links: &[Link],
        same: &[(usize, usize)],
    ) -> Vec<u32> {
        let mut groups = Groups::new(mentions.len());
        let mut by_entity: AHashMap<EntityIx, usize> = AHashMap::new();
        let mut by_key: AHashMap<(String, bool), usize> = AHashMap::new();
        for (at, (key, link)) in self.mention_keys(mentions).into_iter().zip(links).enumerate() {
            let first = match link.entity {
                Some(entity) => *by_entity.entry(entity).or_insert(at),
                None if key.is_empty() => at,
                None => *by_key.entry((key, link.status == Status::Ambiguous)).or_insert(at),
            };
            groups.join(at, first);
        }
        for &(left, right) in same {
            // What has been told apart since stays apart.
            if links[left].entity == links[right].entity {
                groups.join(left, right);
            }
        }
        groups.numbered()
    }
}

/// Disjoint sets; the root of a set is its first member.
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.0[left.max(right)] = left.min(right);
    }

    fn numbered(mut self) -> Vec<u32> {
        let mut numbers: AHashMap<usize, u32> = AHashMap::new();
        (0..self.0.len())
            .map(|at| {
                let root = self.root(at);
                let next = numbers.len() as u32;
                *numbers.entry(root).or_insert(next)
            })
            .collect()
    }
}
