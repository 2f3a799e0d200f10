//! Step 5: spellings one letter away from a long, rare name ("Davutoglou" for Davutoğlu).
//!
//! Compared are folded words. A word may differ by one letter that is added, left out, exchanged, or exchanged with
//! its neighbour, but neither in its first letter nor in its last: there, one letter makes another name (Barzan,
//! Barzani) or another form (Iraq, Iraqi). Names of one word must have seven letters and a word that no other entity
//! has; in longer names, words of five letters may differ (in names of places four), and everything else must be equal.
//! Acronyms, words with digits, names cut off by an ellipsis, and words that the table knows are left alone. The type
//! must be the model's, and only one entity may fit.

use std::ops::Range;

use super::score::NamedEntities;
use crate::link::candidates::acronym::is_short_form;
use crate::link::candidates::mention::{CandidateMention, Hit, MatchKind};
use crate::link::context::LinkContext;
use crate::link::outcome::{Link, Reason, Status};
use crate::link::table::spellings::{MAX_LETTERS, SpellingIndex, is_plain};
use crate::link::text::lists;
use crate::link::text::view::FieldView;
use crate::link::text::words::Gap;

/// Letters of a name of one word.
const LONE_LETTERS: usize = 7;
/// Letters of a word within a longer name, and of one of a place.
const WORD_LETTERS: usize = 5;
const PLACE_LETTERS: usize = 4;
/// Words that may differ within one name.
const MAX_EDITS: usize = 2;

/// Which names a pass looks at. Long ones come before coreference, so that shorter ones may follow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    Long,
    Lone,
}

impl LinkContext<'_> {
    /// Links names that nothing else explains to the one entity whose name is a letter away.
    pub(crate) fn link_misspelt(
        &self,
        mentions: &[CandidateMention],
        links: &mut [Link],
        pass: Pass,
        named: &NamedEntities,
    ) {
        if !self.options.fuzzy {
            return;
        }
        for (at, mention) in mentions.iter().enumerate() {
            let link = &links[at];
            if link.status != Status::Unknown || link.reason != Some(Reason::NoAlias) || !self.may_be_misspelt(mention)
            {
                continue;
            }
            let words = &self.view.field(mention.field).words;
            let content = words.content_of(mention.words.clone());
            if (content.len() > 1) != (pass == Pass::Long) || content.len() > self.table.longest() {
                continue;
            }
            let keys: Vec<&str> = content.map(|position| words.key(words.content(position))).collect();
            let Some(hits) = mention.kind.as_deref().and_then(|kind| self.near_hits(kind, &keys)) else { continue };
            let spelt = CandidateMention { hits, ..mention.clone() };
            let linked = self.decide((at, &spelt), &self.candidates(&spelt), named);
            if linked.status == Status::Linked {
                links[at] = linked;
            }
        }
    }

    /// False for acronyms, and for what an ellipsis cuts off.
    fn may_be_misspelt(&self, mention: &CandidateMention) -> bool {
        let field: &FieldView<'_> = self.view.field(mention.field);
        let (before, after) = (&field.text[..mention.span.start], &field.text[mention.span.end..]);
        mention.kind.is_some()
            && mention.hits.is_empty()
            && !mention.words.is_empty()
            && !is_short_form(field, mention)
            // "pre-Columbian"
            && field.words.get(mention.words.start).gap != Gap::Hyphen
            && !before.trim_end().ends_with(['…', '@', '#', '/'])
            && !before.trim_end().ends_with("..")
            && !after.starts_with("..")
            && !after.trim_start().starts_with('…')
    }

    /// The rows of the one entity, of the mention's type, that the words fit with the fewest letters changed.
    fn near_hits(&self, kind: &str, words: &[&str]) -> Option<Vec<Hit>> {
        let index = self.table.spellings();
        let is_lone = words.len() == 1;
        let least = match (is_lone, kind) {
            (true, _) => LONE_LETTERS,
            (_, kind) if lists::is_place(kind) => PLACE_LETTERS,
            _ => WORD_LETTERS,
        };
        let letters = |word: &str| word.chars().count();
        let spellings = |word: &&str| -> Vec<u32> {
            let is_known = index.contains(word);
            let fixed = !(least..=MAX_LETTERS + 1).contains(&letters(word))
                || !is_plain(word)
                || (is_known && !lists::is_person(kind))
                || lists::is_common_word(word);
            let mut near = if fixed { Vec::new() } else { index.near(word) };
            near.retain(|&number| letters(index.word(number)) >= least);
            if is_lone {
                near.retain(|&number| !is_known && index.is_of_one_entity(number));
            }
            near
        };
        let near: Vec<Vec<u32>> = words.iter().map(spellings).collect();
        for edits in 1..=MAX_EDITS.min(words.len()) {
            let mut hits = Vec::new();
            each_spelling(index, words, &near, edits, &mut String::new(), &mut |key| {
                let rows = self.table.curated_rows(key).filter(|&row| self.is_of_type(row, kind));
                hits.extend(rows.map(|row| Hit { row, match_kind: MatchKind::Misspelt }));
            });
            if let Some(first) = hits.first() {
                let entity = |hit: &Hit| self.table.row_entity(hit.row);
                return hits.iter().all(|hit| entity(hit) == entity(first)).then_some(hits);
            }
        }
        None
    }

    /// True where a name of several words is a letter away from one of the table.
    pub(crate) fn is_nearly_known(&self, field: &FieldView<'_>, words: &Range<usize>, kind: &str) -> bool {
        let content = field.words.content_of(words.clone());
        let fits = self.options.fuzzy && (2..=self.table.longest()).contains(&content.len());
        let keys = || content.clone().map(|position| field.words.key(field.words.content(position)));
        fits && self.near_hits(kind, &keys().collect::<Vec<_>>()).is_some()
    }

    fn is_of_type(&self, row: u32, expected: &str) -> bool {
        let row = self.table.row(row);
        let kind = self.table.row_kind(&row);
        !row.exact_case && lists::is_same_kind(kind, expected)
    }
}

/// The keys that come of changing just `edits` of the words.
fn each_spelling(
    index: &SpellingIndex,
    words: &[&str],
    near: &[Vec<u32>],
    edits: usize,
    key: &mut String,
    take: &mut impl FnMut(&str),
) {
    let Some((word, rest)) = words.split_first() else {
        if edits == 0 {
            take(key);
        }
        return;
    };
    if edits > words.len() {
        return;
    }
    let len = key.len();
    let changed = near[0].iter().filter(|_| edits > 0).map(|&number| (index.word(number), edits - 1));
    for (spelling, left) in std::iter::once((*word, edits)).chain(changed) {
        if len > 0 {
            key.push(' ');
        }
        key.push_str(spelling);
        each_spelling(index, rest, &near[1..], left, key, take);
        key.truncate(len);
    }
}
