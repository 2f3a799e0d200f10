//! Step 3: shorter names for what the article names more fully: "Erdogan", "the Observatory".
//!
//! A short name takes the entity of the fuller one that it abbreviates, anywhere in the article, before or after.
//! Two different holders leave it ambiguous; where none is named, the table's choice stands.

use ahash::{AHashMap, AHashSet};

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::outcome::{Evidence, Link, Method, RankedCandidate, Reason, Status};
use crate::link::table::EntityIx;
use crate::link::text::lists;

/// Whom a fuller name means: an entity, or someone that only the article knows, by key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Entity(EntityIx),
    Unknown(String),
}

/// A fuller name that shorter ones may abbreviate.
struct FullName {
    mention: usize,
    words: Vec<String>,
    holder: Holder,
    is_person: bool,
}

/// Words of the longest name that shorter ones may abbreviate: what is longer is a list, or no name.
const MAX_WORDS: usize = 24;
/// Bytes of such a name. Evidence quotes it for each shorter mention, and must not be what fills an output.
const MAX_BYTES: usize = 400;

/// Holders of one short name among which the known ones are listed as its candidates.
const MAX_HOLDERS: usize = 100;

/// Which fuller names a short one may abbreviate, by its words: those that begin or end with them, or have them for
/// their head.
struct Index<'n> {
    names: &'n [FullName],
    by_words: AHashMap<String, Vec<usize>>,
    /// What was found for a short name, as far as it depends on the name alone. A surname that stands in an article a
    /// thousand times, with a thousand holders, is sought once.
    holders: AHashMap<(String, Asked), std::rc::Rc<[usize]>>,
}

/// What else decides whether a mention abbreviates a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Asked {
    is_person: bool,
    is_nameless: bool,
    /// The table does not know it, and the model takes it for neither person nor place.
    is_free: bool,
    has_the: bool,
}

impl<'n> Index<'n> {
    fn new(names: &'n [FullName]) -> Self {
        let mut by_words: AHashMap<String, Vec<usize>> = AHashMap::new();
        for (at, name) in names.iter().enumerate() {
            let words = &name.words;
            let begins = (1..words.len()).map(|count| words[..count].join(" "));
            let ends = (1..words.len()).map(|count| words[words.len() - count..].join(" "));
            let mut keys: Vec<String> =
                begins.chain(ends).chain([words[head(words).saturating_sub(1)].clone()]).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.into_iter().for_each(|key| by_words.entry(key).or_default().push(at));
        }
        Self { names, by_words, holders: AHashMap::new() }
    }

    /// The names that a short one abbreviates, one for each holder, in the order of the text.
    fn holders(&mut self, words: &[String], asked: Asked) -> std::rc::Rc<[usize]> {
        let key = words.join(" ");
        let Some(known) = self.by_words.get(&key) else { return std::rc::Rc::new([]) };
        let names = self.names;
        let find = || {
            let mut seen = AHashSet::new();
            let fitting = known.iter().copied().filter(|&name| abbreviates(words, &names[name], asked));
            fitting.filter(|&name| seen.insert(&names[name].holder)).collect()
        };
        std::rc::Rc::clone(self.holders.entry((key, asked)).or_insert_with(find))
    }
}

impl LinkContext<'_> {
    /// Links short names by their fuller ones; returns the pairs of mentions that are one, short name first.
    pub(crate) fn link_short_names(&self, mentions: &[CandidateMention], links: &mut [Link]) -> Vec<(usize, usize)> {
        let full_names = self.full_names(mentions, links);
        if full_names.is_empty() {
            return Vec::new();
        }
        let mut index = Index::new(&full_names);
        let mut same = Vec::new();
        // Short names that the table knows and that stood before anybody of that name was introduced.
        let mut well_known: AHashSet<Vec<String>> = AHashSet::new();
        for at in 0..mentions.len() {
            if self.view.is_boilerplate(mentions[at].sentence) {
                continue;
            }
            let words = self.name_words(&mentions[at]);
            if words.is_empty() || words.len() > MAX_WORDS {
                continue;
            }
            let kind = links[at].entity.map(|entity| &*self.table.entity(entity).kind);
            let holders = index.holders(&words, self.query_of(&mentions[at], kind));
            if let ([name], Some(entity)) = (&holders[..], links[at].entity)
                && let name = &full_names[*name]
                && matches!(name.holder, Holder::Unknown(_))
            {
                if at < name.mention {
                    well_known.insert(words);
                    continue;
                }
                if well_known.contains(&words) {
                    links[at] = two_holders(&[entity], 2);
                    continue;
                }
            }
            if let Some(full) = self.link_to_holder(mentions, links, at, (&full_names, &holders)) {
                same.push((at, full));
            }
        }
        same
    }

    /// The names of two words or more of persons, and of organisations.
    fn full_names(&self, mentions: &[CandidateMention], links: &[Link]) -> Vec<FullName> {
        let mut names = Vec::new();
        for (at, mention) in
            mentions.iter().enumerate().filter(|(_, mention)| !self.view.is_boilerplate(mention.sentence))
        {
            let kind = links[at].entity.map(|entity| &*self.table.entity(entity).kind).or(mention.kind.as_deref());
            if mention.words.len() > 2 * MAX_WORDS || mention.span.len() > MAX_BYTES {
                continue;
            }
            let words = self.name_words(mention);
            if !(2..=MAX_WORDS).contains(&words.len())
                || links[at].status == Status::Ambiguous
                || !matches!(kind, Some("PER" | "ORG"))
            {
                continue;
            }
            let holder = links[at].entity.map_or_else(|| Holder::Unknown(words.join(" ")), Holder::Entity);
            names.push(FullName { mention: at, words, holder, is_person: kind == Some("PER") });
        }
        merge_variants(&mut names);
        let mut seen = AHashSet::new();
        names.retain(|name| seen.insert((name.words.clone(), name.holder.clone())));
        names
    }

    /// The folded words of a mention, without titles before the name and "Jr." after it.
    fn name_words(&self, mention: &CandidateMention) -> Vec<String> {
        let words = &self.view.field(mention.field).words;
        let keys = words.content_of(mention.words.clone()).map(|position| words.key(words.content(position)));
        let keys: Vec<&str> = keys.collect();
        if keys.is_empty() {
            return Vec::new();
        }
        let titles = keys.iter().take_while(|key| lists::is_title(key)).count();
        let from = if titles < keys.len() { titles } else { 0 };
        let suffixes = keys[from + 1..].iter().rev().take_while(|key| lists::is_name_suffix(key)).count();
        keys[from..keys.len() - suffixes].iter().map(|key| (*key).to_owned()).collect()
    }

    /// What of a mention decides whom it may abbreviate, besides its words.
    fn query_of(&self, mention: &CandidateMention, kind: Option<&str>) -> Asked {
        let label = mention.kind.as_deref();
        let words = &self.view.field(mention.field).words;
        let has_the = mention.words.start > 0
            && words.key(mention.words.start - 1) == "the"
            && words.get(mention.words.start - 1).is_article;
        Asked {
            // A place or field of that name is not the person, unless model and table disagree about what it is.
            is_person: label == Some("PER") || kind == Some("PER"),
            is_nameless: kind.is_none() && label != Some("LOC"),
            // "Hong Kong" is no short form of "Hong Kong Police Force".
            is_free: kind.is_none() && !matches!(label, Some("PER" | "LOC")),
            has_the,
        }
    }

    /// Links a short name to its one holder, or says that there are two; returns the fuller mention it goes with.
    fn link_to_holder(
        &self,
        mentions: &[CandidateMention],
        links: &mut [Link],
        at: usize,
        (names, holders): (&[FullName], &[usize]),
    ) -> Option<usize> {
        let link = &links[at];
        match holders {
            [] => None,
            [name] => {
                let name = &names[*name];
                match &name.holder {
                    Holder::Entity(entity) if link.entity == Some(*entity) && link.candidates.is_empty() => {}
                    Holder::Entity(entity) => {
                        let full = &mentions[name.mention];
                        let text = full.span.slice(self.view.field(full.field).text).to_owned();
                        links[at] = Link {
                            status: Status::Linked,
                            entity: Some(*entity),
                            method: Some(Method::Coreference),
                            alias: links[name.mention].alias.clone(),
                            score: links[name.mention].score.map(|score| score * 0.95),
                            evidence: Some(Evidence::Text { field: full.field, span: full.span, text }),
                            ..Link::default()
                        };
                    }
                    Holder::Unknown(_) => {
                        links[at] =
                            Link { status: Status::Unknown, reason: Some(Reason::UnknownHolder), ..Link::default() };
                    }
                }
                Some(name.mention)
            }
            several => {
                let entities: Vec<EntityIx> = several
                    .iter()
                    .take(MAX_HOLDERS)
                    .filter_map(|&name| match names[name].holder {
                        Holder::Entity(entity) => Some(entity),
                        Holder::Unknown(_) => None,
                    })
                    .collect();
                links[at] = two_holders(&entities, several.len());
                None
            }
        }
    }
}

/// "David C. Lyons" and "David Lyons" are one person: same first and last word.
fn merge_variants(names: &mut [FullName]) {
    let mut by_ends: AHashMap<(String, String), Holder> = AHashMap::new();
    for name in names.iter_mut().filter(|name| name.is_person) {
        let ends = (name.words[0].clone(), name.words[name.words.len() - 1].clone());
        let first = by_ends.entry(ends).or_insert_with(|| name.holder.clone());
        if let Holder::Unknown(_) = name.holder {
            name.holder = first.clone();
        }
    }
}

fn abbreviates(words: &[String], name: &FullName, asked: Asked) -> bool {
    if words.len() >= name.words.len() {
        return false;
    }
    if name.is_person {
        // "Abu Anas" is one name: "Anas" is somebody else.
        let before = name.words.len() - words.len() - 1;
        let surname =
            name.words.ends_with(words) && !matches!(name.words[before].as_str(), "abu" | "umm" | "ibn" | "bint");
        let given = name.words.starts_with(words);
        return (surname && (asked.is_person || asked.is_nameless)) || (given && asked.is_person);
    }
    let head = head(&name.words);
    let is_head = words.len() == 1 && head > 1 && name.words[head - 1] == words[0];
    asked.is_free && ((words.len() > 1 && name.words.starts_with(words)) || (asked.has_the && is_head))
}

/// Where the words of an organisation's name up to its head end: "Observatory | for Human Rights".
fn head(words: &[String]) -> usize {
    let joint = words.iter().position(|word| matches!(word.as_str(), "for" | "of" | "in" | "on" | "and"));
    joint.unwrap_or(words.len())
}

/// What is said where several bear the name: the holders that the table knows, each as likely as any.
fn two_holders(entities: &[EntityIx], count: usize) -> Link {
    let score = 1.0 / count as f32;
    let mut candidates: Vec<RankedCandidate> =
        entities.iter().map(|&entity| RankedCandidate { entity, score }).collect();
    candidates.sort_by_key(|candidate| candidate.entity);
    Link { status: Status::Ambiguous, candidates, reason: Some(Reason::TwoHolders), ..Link::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(most: usize) -> impl Strategy<Value = Vec<String>> {
        let word = prop::sample::select(vec!["abu", "tanner", "mireille", "of", "relief", "council"]);
        prop::collection::vec(word.prop_map(str::to_owned), 1..=most)
    }

    proptest! {
        /// The index answers as a search through all names would.
        #[test]
        fn the_index_finds_what_a_search_finds(
            names in prop::collection::vec((words(5), any::<bool>(), 0u32..6), 0..12),
            asked in prop::collection::vec((words(3), any::<[bool; 4]>()), 0..8),
        ) {
            let holder = |at: u32| if at < 3 { Holder::Entity(EntityIx(at)) } else { Holder::Unknown(at.to_string()) };
            let full = |(mention, (words, is_person, at)): (usize, (Vec<String>, bool, u32))| {
                FullName { mention, words, holder: holder(at), is_person }
            };
            let names: Vec<FullName> = names.into_iter().filter(|(words, ..)| words.len() > 1).enumerate().map(full).collect();
            let mut index = Index::new(&names);
            for (words, [is_person, is_nameless, is_free, has_the]) in asked {
                let asked = Asked { is_person, is_nameless, is_free, has_the };
                let mut expected: Vec<usize> = Vec::new();
                for (at, name) in names.iter().enumerate() {
                    let is_new = !expected.iter().any(|&other| names[other].holder == name.holder);
                    if abbreviates(&words, name, asked) && is_new {
                        expected.push(at);
                    }
                }
                prop_assert_eq!(&*index.holders(&words, asked), &expected[..]);
            }
        }
    }
}
