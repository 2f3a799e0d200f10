//! The names of an article that shorter ones may abbreviate.

use ahash::{AHashMap, AHashSet};

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::outcome::{Link, Status};
use crate::link::table::EntityIx;
use crate::link::text::lists;
use crate::link::text::words::Gap;

/// Maximum number of words of a full name: what is longer is a list, or no name.
pub(super) const MAX_WORDS: usize = 24;
/// Maximum bytes of a full name. Evidence quotes it for each shorter mention.
const MAX_BYTES: usize = 400;

/// Whom a full name means: an entity, or someone that only the article knows, by key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Entity(EntityIx),
    Unknown(String),
}

/// A full name that shorter ones may abbreviate.
#[derive(Clone, Debug)]
pub(super) struct FullName {
    pub(super) mention: usize,
    pub(super) name: Name,
    pub(super) holder: Holder,
    pub(super) is_person: bool,
}

/// A name as coreference compares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Name {
    /// Folded words, without titles and suffix. Hyphenated words are one: "ki-moon" does not end with "moon".
    pub(super) words: Vec<String>,
    /// "jr", "iii".
    pub(super) suffix: Option<String>,
    /// The titles right before the name, inside the mention or not: "crown prince".
    pub(super) titles: Vec<String>,
}

/// The full names of an article, and the pairs of mentions that are variants of one name.
pub(super) struct FullNames {
    pub(super) names: Vec<FullName>,
    pub(super) variants: Vec<(usize, usize)>,
}

impl LinkContext<'_> {
    /// The names of two words or more of persons and organisations.
    pub(super) fn full_names(&self, mentions: &[CandidateMention], links: &[Link]) -> FullNames {
        let mut names = Vec::new();
        for (at, mention) in mentions.iter().enumerate() {
            let is_long = mention.words.len() > 2 * MAX_WORDS || mention.span.len() > MAX_BYTES;
            if is_long || self.view.is_boilerplate(mention.sentence) || links[at].status == Status::Ambiguous {
                continue;
            }
            let by_table = links[at].entity.map(|entity| self.table.kind(entity));
            let kind = by_table.or(mention.kind.as_deref()).unwrap_or_default();
            let is_person = lists::is_person(kind);
            let name = self.name(mention);
            if !(2..=MAX_WORDS).contains(&name.words.len()) || !(is_person || lists::is_organisation(kind)) {
                continue;
            }
            let key = || [&name.words[..], name.suffix.as_slice()].concat().join(" ");
            let holder = links[at].entity.map_or_else(|| Holder::Unknown(key()), Holder::Entity);
            names.push(FullName { mention: at, name, holder, is_person });
        }
        let variants = merge_variants(&mut names);
        FullNames { names, variants }
    }

    /// The name of a mention. A single word that is all title stays a word.
    pub(super) fn name(&self, mention: &CandidateMention) -> Name {
        let words = &self.view.field(mention.field).words;
        let content = words.content_of(mention.words.clone());
        if content.is_empty() {
            return Name::default();
        }
        let key = |position: usize| words.key(words.content(position));
        let is_after_title = |position: usize| words.content_gap(position) == Gap::Space;
        let mut from = content.start;
        while from + 1 < content.end && lists::is_title(key(from)) {
            from += 1;
        }
        let mut to = content.end;
        while to > from + 1 && lists::is_name_suffix(key(to - 1)) {
            to -= 1;
        }
        let suffix = (to < content.end).then(|| key(to).to_owned());
        let mut units: Vec<String> = Vec::with_capacity(to - from);
        for position in from..to {
            let is_article = words.content(position) > 0 && words.get(words.content(position) - 1).is_article;
            match units.last_mut() {
                Some(unit) if !is_article && words.content_gap(position) == Gap::Hyphen => {
                    unit.push('-');
                    unit.push_str(key(position));
                }
                _ => units.push(key(position).to_owned()),
            }
        }
        let mut titles = Vec::new();
        let mut at = from;
        while at > 0 && is_after_title(at) && lists::is_title(key(at - 1)) && titles.len() < 4 {
            at -= 1;
            titles.insert(0, key(at).to_owned());
        }
        Name { words: units, suffix, titles }
    }
}

/// "David C. Lyons" and "David Lyons" are one person: the first and last words are equal, and so are the middle ones as
/// far as both state them.
fn merge_variants(names: &mut [FullName]) -> Vec<(usize, usize)> {
    let mut by_ends: AHashMap<(String, String, Option<String>), Vec<usize>> = AHashMap::new();
    let mut variants = Vec::new();
    for at in 0..names.len() {
        if !names[at].is_person {
            continue;
        }
        let words = &names[at].name.words;
        let ends = (words[0].clone(), words[words.len() - 1].clone(), names[at].name.suffix.clone());
        let same_ends = by_ends.entry(ends).or_default();
        let fits = |&&other: &&usize| are_variants(&names[other].name.words, words);
        // Names that fit several others could be any of them.
        let holders: AHashSet<&Holder> = same_ends.iter().filter(fits).map(|&other| &names[other].holder).collect();
        if let (1, Holder::Unknown(_)) = (holders.len(), &names[at].holder)
            && let Some(&first) = same_ends.iter().find(fits)
        {
            variants.push((names[at].mention, names[first].mention));
            names[at].holder = names[first].holder.clone();
        }
        if same_ends.len() < 16 && !same_ends.iter().any(|&other| names[other].name.words == names[at].name.words) {
            same_ends.push(at);
        }
    }
    variants
}

/// True where the middle words of one name are among those of the other, an initial standing for its word.
fn are_variants(left: &[String], right: &[String]) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let mut rest = long[1..long.len() - 1].iter();
    let agrees = |word: &String, other: &String| {
        let is_initial = word.chars().count() == 1 || other.chars().count() == 1;
        word == other || (is_initial && word.chars().next() == other.chars().next())
    };
    short[1..short.len() - 1].iter().all(|word| rest.any(|other| agrees(word, other)))
}

#[cfg(test)]
mod tests {
    use super::are_variants;

    #[test]
    fn middle_names_and_initials_must_not_contradict() {
        let are = |left: &str, right: &str| {
            let words = |name: &str| name.split(' ').map(str::to_owned).collect::<Vec<_>>();
            are_variants(&words(left), &words(right)) && are_variants(&words(right), &words(left))
        };
        assert!(are("david c lyons", "david lyons") && are("maria elena durazo", "maria durazo"));
        assert!(are("john f kerry", "john forbes kerry") && are("neil mallon pierce bush", "neil bush"));
        assert!(!are("george p bush", "george w bush") && !are("john smith kerry", "john forbes kerry"));
    }
}
