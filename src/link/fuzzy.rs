//! Step 5: spellings one letter away from a long, rare name ("Davutoglou" for Davutoğlu).
//!
//! Compared are folded words. A word may differ by one letter that is added, left out, exchanged, or exchanged with
//! its neighbour, but neither in its first letter nor in its last: there, one letter makes another name (Barzan,
//! Barzani) or another form (Iraq, Iraqi). Names of one word must have seven letters and a word that no other entity
//! has; in longer names, words of five letters may differ (in names of places four), and everything else must be equal.
//! Acronyms, words with digits, names cut off by an ellipsis, and words that the table knows are left alone. The type
//! must be the model's, and only one entity may fit.
//!
//! The index holds each word of the table under itself with one letter left out: two words one letter apart share
//! such a form. Work on a name therefore does not grow with the table.

use ahash::RandomState;

use super::choose;
use super::definitions::is_short_form;
use super::keys::Keys;
use super::lexicon::Lexicon;
use super::lists;
use super::outcome::{Link, Reason, Status};
use super::page::{Body, Page};
use super::scan::{Fit, Hit};
use super::sites::Site;
use super::table::{EntityIx, EntityTable};
use super::weigh::Context;

/// Letters of a name of one word.
const LONE_LETTERS: usize = 7;
/// Letters of a word within a longer name, and of one of a place.
const WORD_LETTERS: usize = 5;
const PLACE_LETTERS: usize = 4;
/// Letters of the longest word that is compared: each has as many forms as letters.
const MOST_LETTERS: usize = 40;
/// Words that may differ within one name.
const MOST_EDITS: usize = 2;

/// Which entities have a word in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    One(EntityIx),
    Several,
}

/// The words of a table by their neighbourhoods.
#[derive(Debug)]
pub(super) struct FuzzyIndex {
    words: Keys,
    holders: Vec<Holder>,
    /// Hash of a word with one letter left out, or of the word itself, and the word's number; sorted.
    forms: Vec<(u32, u32)>,
    hasher: RandomState,
}

impl FuzzyIndex {
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let mut index = Self {
            words: Keys::default(),
            holders: Vec::new(),
            forms: Vec::new(),
            hasher: RandomState::with_seeds(5, 6, 7, 8),
        };
        for (key, rows) in lexicon.keys() {
            for row in rows {
                key.split(' ').for_each(|word| index.add(word, lexicon.row(row).entity));
            }
        }
        for number in 0..index.words.len() as u32 {
            let hasher = &index.hasher;
            let forms = &mut index.forms;
            each_form(index.words.get(number), |form| forms.push((hash(hasher, form), number)));
        }
        index.forms.sort_unstable();
        index.forms.dedup();
        index.forms.shrink_to_fit();
        index.words.shrink_to_fit();
        index
    }

    fn add(&mut self, word: &str, entity: EntityIx) {
        if !(PLACE_LETTERS..=MOST_LETTERS).contains(&word.chars().count()) || !is_plain(word) {
            return;
        }
        let number = self.words.insert(word) as usize;
        match self.holders.get(number) {
            None => self.holders.push(Holder::One(entity)),
            Some(&holder) if holder != Holder::One(entity) => self.holders[number] = Holder::Several,
            Some(_) => {}
        }
    }

    /// The words of the table one letter away.
    fn near(&self, word: &str) -> Vec<u32> {
        let mut found = Vec::new();
        each_form(word, |form| {
            let hash = hash(&self.hasher, form);
            let from = self.forms.partition_point(|&(known, _)| known < hash);
            let same = self.forms[from..].iter().take_while(|&&(known, _)| known == hash);
            found.extend(same.map(|&(_, number)| number).filter(|&number| is_near(word, self.words.get(number))));
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn hash(hasher: &RandomState, form: &str) -> u32 {
    hasher.hash_one(form) as u32
}

/// A word, and the word without each of its inner letters.
pub(super) fn each_form(word: &str, mut take: impl FnMut(&str)) {
    take(word);
    let mut form = String::with_capacity(word.len());
    let last = word.char_indices().last().map_or(0, |(at, _)| at);
    for (at, char) in word.char_indices().skip(1).filter(|&(at, _)| at < last) {
        form.clear();
        form.push_str(&word[..at]);
        form.push_str(&word[at + char.len_utf8()..]);
        take(&form);
    }
}

fn is_plain(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}

/// True for words that differ by just one letter between their first and last.
pub(super) fn is_near(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left == right || left.first() != right.first() || left.last() != right.last() {
        return false;
    }
    let same = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[same..], &right[same..]);
    match left.len().cmp(&right.len()) {
        std::cmp::Ordering::Less => right.get(1..) == Some(left),
        std::cmp::Ordering::Greater => left.get(1..) == Some(right),
        std::cmp::Ordering::Equal => {
            let exchanged = left.len() > 2 && left[0] == right[1] && left[1] == right[0] && left[2..] == right[2..];
            left[1..] == right[1..] || exchanged
        }
    }
}

/// Which names a pass looks at. Long ones come before coreference, so that shorter ones may follow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    Long,
    Lone,
}

/// Links names that nothing else explains to the one entity whose name is a letter away.
pub(super) fn apply<'i>(
    table: &EntityTable,
    index: impl Fn() -> &'i FuzzyIndex,
    page: &Page<'_>,
    sites: &[Site],
    links: &mut [Link],
    (pass, context, margin): (Pass, &Context, f32),
) {
    for (at, site) in sites.iter().enumerate() {
        let link = &links[at];
        if link.status != Status::Unknown || link.reason != Some(Reason::NoAlias) || !may_be_misspelt(page, site) {
            continue;
        }
        let words = &page.body(site.field).words;
        let content = words.content_of(site.words.clone());
        if (content.len() > 1) != (pass == Pass::Long) || content.len() > table.lexicon.longest() {
            continue;
        }
        let keys: Vec<&str> = content.map(|position| words.key(words.content(position))).collect();
        let Some(hits) = find(table, index(), site, &keys) else { continue };
        let spelt = Site { hits, ..site.clone() };
        let linked = choose::decide(table, page, (at, &spelt), context, margin);
        if linked.status == Status::Linked {
            links[at] = linked;
        }
    }
}

/// False for acronyms, and for what an ellipsis cuts off.
fn may_be_misspelt(page: &Page<'_>, site: &Site) -> bool {
    let body: &Body<'_> = page.body(site.field);
    let (before, after) = (&body.text[..site.span.start], &body.text[site.span.end..]);
    site.label.is_some()
        && site.hits.is_empty()
        && !site.words.is_empty()
        && !is_short_form(body, site)
        && !before.trim_end().ends_with(['…', '@', '#', '/'])
        && !before.trim_end().ends_with("..")
        && !after.starts_with("..")
        && !after.trim_start().starts_with('…')
}

/// The rows of the one entity, of the site's type, that the words fit with the fewest letters changed.
fn find(table: &EntityTable, index: &FuzzyIndex, site: &Site, words: &[&str]) -> Option<Vec<Hit>> {
    let label = site.label.as_deref()?;
    let is_lone = words.len() == 1;
    let least = match (is_lone, label) {
        (true, _) => LONE_LETTERS,
        (_, "LOC") => PLACE_LETTERS,
        _ => WORD_LETTERS,
    };
    let letters = |word: &str| word.chars().count();
    let spellings = |word: &&str| -> Vec<u32> {
        let is_known = index.words.find(word).is_some();
        let fixed = !(least..=MOST_LETTERS + 1).contains(&letters(word))
            || !is_plain(word)
            || (is_known && label != "PER")
            || lists::is_common_word(word);
        let mut near = if fixed { Vec::new() } else { index.near(word) };
        near.retain(|&number| letters(index.words.get(number)) >= least);
        if is_lone {
            near.retain(|&number| !is_known && matches!(index.holders[number as usize], Holder::One(_)));
        }
        near
    };
    let near: Vec<Vec<u32>> = words.iter().map(spellings).collect();
    for edits in 1..=MOST_EDITS.min(words.len()) {
        let mut hits = Vec::new();
        each_spelling(index, words, &near, edits, &mut String::new(), &mut |key| {
            let rows = table.lexicon.find(key).filter(|&row| is_of_type(table, row, label));
            hits.extend(rows.map(|row| Hit { row, fit: Fit::Misspelt }));
        });
        if let Some(first) = hits.first() {
            let entity = |hit: &Hit| table.lexicon.row(hit.row).entity;
            return hits.iter().all(|hit| entity(hit) == entity(first)).then_some(hits);
        }
    }
    None
}

fn is_of_type(table: &EntityTable, row: u32, label: &str) -> bool {
    let row = table.lexicon.row(row);
    let kind = row.rules().kind.as_ref().unwrap_or(&table.entity(row.entity).kind);
    !row.exact_case && &**kind == label
}

/// The keys that come of changing just `edits` of the words.
fn each_spelling(
    index: &FuzzyIndex,
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
    let changed = near[0].iter().filter(|_| edits > 0).map(|&number| (index.words.get(number), edits - 1));
    for (spelling, left) in std::iter::once((*word, edits)).chain(changed) {
        if len > 0 {
            key.push(' ');
        }
        key.push_str(spelling);
        each_spelling(index, rest, &near[1..], left, key, take);
        key.truncate(len);
    }
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn words_one_inner_letter_apart_are_near() {
        for (left, right) in [
            ("davutoglou", "davutoglu"),
            ("fialaka", "failaka"),
            ("erdoghan", "erdogan"),
            ("hussain", "hussein"),
            ("mohamed", "mohammed"),
            ("zayr", "zawr"),
        ] {
            assert!(is_near(left, right) && is_near(right, left), "{left} {right}");
        }
        for (left, right) in [
            ("barzani", "barzan"),
            ("austria", "australia"),
            ("gambia", "zambia"),
            ("iraq", "iran"),
            ("same", "same"),
            ("brigades", "brigade"),
            ("ab", "ba"),
        ] {
            assert!(!is_near(left, right), "{left} {right}");
        }
    }
}
