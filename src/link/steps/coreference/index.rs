//! Which full names a short one may abbreviate.

use std::rc::Rc;

use ahash::AHashMap;

use super::names::{FullName, Name};
use crate::link::text::lists;

/// What else decides whether a mention abbreviates a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Query {
    pub(super) is_person: bool,
    /// The table does not know it, and the model does not take it for a place.
    pub(super) is_nameless: bool,
    /// The table does not know it, and the model takes it for neither person nor place.
    pub(super) is_free: bool,
    pub(super) has_the: bool,
}

/// The full names by each of their words: all words of a short name are words of the full one.
pub(super) struct Index<'n> {
    names: &'n [FullName],
    by_word: AHashMap<&'n str, Vec<usize>>,
    /// Results by short name. A surname that stands in an article a thousand times is looked up once.
    found: AHashMap<Query, AHashMap<Name, Rc<[usize]>>>,
}

impl<'n> Index<'n> {
    pub(super) fn new(names: &'n [FullName]) -> Self {
        let mut by_word: AHashMap<&str, Vec<usize>> = AHashMap::with_capacity(names.len() * 2);
        for (at, full) in names.iter().enumerate() {
            for word in &full.name.words {
                let with_word = by_word.entry(word).or_default();
                if with_word.last() != Some(&at) {
                    with_word.push(at);
                }
            }
        }
        Self { names, by_word, found: AHashMap::new() }
    }

    /// The full names that a short one abbreviates, in the order of the text; of the closest kind only: surnames and
    /// given names before inner words.
    pub(super) fn find(&mut self, short: &Name, query: Query) -> Rc<[usize]> {
        let with_word = short.words.iter().map(|word| self.by_word.get(word.as_str()).map_or(&[][..], Vec::as_slice));
        let rarest = with_word.min_by_key(|at| at.len()).unwrap_or_default();
        if rarest.is_empty() {
            return Rc::new([]);
        }
        let known = self.found.entry(query).or_default();
        if let Some(found) = known.get(short) {
            return Rc::clone(found);
        }
        let found = closest(short, self.names, query, rarest.iter().copied());
        known.insert(short.clone(), Rc::clone(&found));
        found
    }
}

/// How a short name abbreviates a full one, closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// The surname or the given name of a person, the beginning or the head of an organisation.
    Whole,
    /// The surname of someone whose "Jr." the short name leaves out.
    WithoutSuffix,
    /// The first of two surnames: "Anaya" of "Ricardo Anaya Cortés".
    Inner,
}

fn closest(short: &Name, names: &[FullName], query: Query, at: impl Iterator<Item = usize>) -> Rc<[usize]> {
    let parts: Vec<(Part, usize)> = at.filter_map(|at| Some((part(short, &names[at], query)?, at))).collect();
    let best = parts.iter().map(|&(part, _)| part).min();
    parts.into_iter().filter(|&(part, _)| Some(part) == best).map(|(_, at)| at).collect()
}

fn part(short: &Name, full: &FullName, query: Query) -> Option<Part> {
    let (words, name) = (&short.words, &full.name.words);
    if words.len() >= name.len() {
        return None;
    }
    if !full.is_person {
        let head = head(name);
        let is_head = words.len() == 1 && head > 1 && name[head - 1] == words[0];
        let fits = query.is_free && ((words.len() > 1 && name.starts_with(words)) || (query.has_the && is_head));
        return fits.then_some(Part::Whole);
    }
    if short.suffix.is_some() && short.suffix != full.name.suffix {
        return None;
    }
    // "Abu Anas" is one name: "Anas" is somebody else.
    let before = name.len() - words.len() - 1;
    let is_surname = name.ends_with(words) && !matches!(name[before].as_str(), "abu" | "umm" | "ibn" | "bint");
    let is_given = name.starts_with(words) && query.is_person && may_be_given(short, full);
    let is_inner = words.len() == 1 && name.len() == 3 && name[1] == words[0] && words[0].chars().count() > 2;
    if (is_surname && (query.is_person || query.is_nameless)) || is_given {
        let leaves_out = short.suffix.is_none() && full.name.suffix.is_some();
        Some(if leaves_out { Part::WithoutSuffix } else { Part::Whole })
    } else if is_inner && (query.is_person || query.is_nameless) {
        Some(Part::Inner)
    } else {
        None
    }
}

/// A reigning title goes with a given name: "King Charles" is not Charles Michel, while "Prince Mohammed" may be Crown
/// Prince Mohammed bin Salman.
fn may_be_given(short: &Name, full: &FullName) -> bool {
    match short.titles.last().filter(|title| lists::is_reigning_title(title)) {
        Some(title) => full.name.titles.contains(title),
        None => true,
    }
}

/// Where the words of an organisation's name up to its head end: "Observatory | for Human Rights".
fn head(words: &[String]) -> usize {
    let joint = words.iter().position(|word| matches!(word.as_str(), "for" | "of" | "in" | "on" | "and"));
    joint.unwrap_or(words.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::names::Holder;
    use super::*;

    fn words(most: usize) -> impl Strategy<Value = Vec<String>> {
        let word = prop::sample::select(vec!["abu", "tanner", "mireille", "of", "relief", "council"]);
        prop::collection::vec(word.prop_map(str::to_owned), 1..=most)
    }

    fn name(words: Vec<String>, suffix: bool) -> Name {
        Name { words, suffix: suffix.then(|| "jr".to_owned()), titles: Vec::new() }
    }

    proptest! {
        /// The index answers as a search through all names would.
        #[test]
        fn the_index_finds_what_a_search_finds(
            names in prop::collection::vec((words(5), any::<bool>(), any::<bool>()), 0..12),
            shorts in prop::collection::vec((words(3), any::<bool>(), any::<[bool; 4]>()), 0..8),
        ) {
            let full = |(mention, (words, is_person, suffix)): (usize, (Vec<String>, bool, bool))| {
                let holder = Holder::Unknown(words.join(" "));
                FullName { mention, name: name(words, suffix), holder, is_person }
            };
            let names: Vec<FullName> =
                names.into_iter().filter(|(words, ..)| words.len() > 1).enumerate().map(full).collect();
            let mut index = Index::new(&names);
            for (words, suffix, [is_person, is_nameless, is_free, has_the]) in shorts {
                let query = Query { is_person, is_nameless, is_free, has_the };
                let short = name(words, suffix);
                let expected = closest(&short, &names, query, 0..names.len());
                prop_assert_eq!(&*index.find(&short, query), &*expected);
            }
        }
    }
}
