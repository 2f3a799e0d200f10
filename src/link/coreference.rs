//! Step 3: shorter names for what the article names more fully: "Erdogan", "the Observatory".
//!
//! A short name takes the entity of the fuller one that it abbreviates, anywhere in the article, before or after.
//! Two different holders leave it ambiguous; where none is named, the table's choice stands.

use ahash::{AHashMap, AHashSet};

use super::lists;
use super::outcome::{Candidate, Evidence, Link, Method, Reason, Status};
use super::page::Page;
use super::sites::Site;
use super::table::{EntityIx, EntityTable};

/// Whom a fuller name means: an entity, or someone that only the article knows, by key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Entity(EntityIx),
    Unknown(String),
}

/// A fuller name that shorter ones may abbreviate.
struct FullName {
    site: usize,
    words: Vec<String>,
    holder: Holder,
    is_person: bool,
}

/// Links short names by their fuller ones; returns the pairs of sites that are one, short name first.
pub(super) fn apply(table: &EntityTable, page: &Page<'_>, sites: &[Site], links: &mut [Link]) -> Vec<(usize, usize)> {
    let full_names = full_names(table, page, sites, links);
    if full_names.is_empty() {
        return Vec::new();
    }
    let mut by_word: AHashMap<&str, Vec<usize>> = AHashMap::new();
    for (at, name) in full_names.iter().enumerate() {
        for word in &name.words {
            by_word.entry(word).or_default().push(at);
        }
    }
    let mut same = Vec::new();
    // Short names that the table knows and that stood before anybody of that name was introduced.
    let mut well_known: AHashSet<Vec<String>> = AHashSet::new();
    for at in 0..sites.len() {
        if page.is_furniture(sites[at].sentence) {
            continue;
        }
        let words = name_words(page, &sites[at]);
        let Some(known) = words.first().and_then(|first| by_word.get(first.as_str())) else { continue };
        let mut holders: Vec<&FullName> = Vec::new();
        let kind = links[at].entity.map(|entity| &*table.entity(entity).kind);
        for name in known.iter().map(|&name| &full_names[name]) {
            let abbreviates = abbreviates(page, &sites[at], &words, name, kind);
            if abbreviates && !holders.iter().any(|other| other.holder == name.holder) {
                holders.push(name);
            }
        }
        if let ([name], Some(entity)) = (&holders[..], links[at].entity)
            && matches!(name.holder, Holder::Unknown(_))
        {
            if at < name.site {
                well_known.insert(words);
                continue;
            }
            if well_known.contains(&words) {
                links[at] = two_holders(&[entity], 2);
                continue;
            }
        }
        if let Some(full) = settle(page, sites, links, at, &holders) {
            same.push((at, full));
        }
    }
    same
}

/// The names of two words or more of persons, and of organisations.
fn full_names(table: &EntityTable, page: &Page<'_>, sites: &[Site], links: &[Link]) -> Vec<FullName> {
    let mut names = Vec::new();
    for (at, site) in sites.iter().enumerate().filter(|(_, site)| !page.is_furniture(site.sentence)) {
        let kind = links[at].entity.map(|entity| &*table.entity(entity).kind).or(site.label.as_deref());
        let words = name_words(page, site);
        if words.len() < 2 || links[at].status == Status::Ambiguous || !matches!(kind, Some("PER" | "ORG")) {
            continue;
        }
        let holder = links[at].entity.map_or_else(|| Holder::Unknown(words.join(" ")), Holder::Entity);
        names.push(FullName { site: at, words, holder, is_person: kind == Some("PER") });
    }
    merge_variants(&mut names);
    let mut seen = AHashSet::new();
    names.retain(|name| seen.insert((name.words.clone(), name.holder.clone())));
    names
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

/// The folded words of a site, without titles before the name and "Jr." after it.
fn name_words(page: &Page<'_>, site: &Site) -> Vec<String> {
    let words = &page.body(site.field).words;
    let keys = words.content_of(site.words.clone()).map(|position| words.key(words.content(position)));
    let keys: Vec<&str> = keys.collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let titles = keys.iter().take_while(|key| lists::is_title(key)).count();
    let from = if titles < keys.len() { titles } else { 0 };
    let suffixes = keys[from + 1..].iter().rev().take_while(|key| lists::is_name_suffix(key)).count();
    keys[from..keys.len() - suffixes].iter().map(|key| (*key).to_owned()).collect()
}

fn abbreviates(page: &Page<'_>, site: &Site, words: &[String], name: &FullName, kind: Option<&str>) -> bool {
    if words.len() >= name.words.len() {
        return false;
    }
    if name.is_person {
        // "Abu Anas" is one name: "Anas" is somebody else.
        let before = name.words.len() - words.len() - 1;
        let surname =
            name.words.ends_with(words) && !matches!(name.words[before].as_str(), "abu" | "umm" | "ibn" | "bint");
        let given = name.words.starts_with(words);
        // A place or body of that name is not the person, unless model and table disagree about what it is.
        let is_person = site.label.as_deref() == Some("PER") || kind == Some("PER");
        let is_nameless = kind.is_none() && site.label.as_deref() != Some("LOC");
        return (surname && (is_person || is_nameless)) || (given && is_person);
    }
    // "Hong Kong" is no short form of "Hong Kong Police Force".
    if kind.is_some() || matches!(site.label.as_deref(), Some("PER" | "LOC")) {
        return false;
    }
    let body = page.body(site.field);
    let has_the = site.words.start > 0
        && body.words.key(site.words.start - 1) == "the"
        && body.words.get(site.words.start - 1).is_article;
    let head = name
        .words
        .iter()
        .position(|word| matches!(word.as_str(), "for" | "of" | "in" | "on" | "and"))
        .unwrap_or(name.words.len());
    let is_head = words.len() == 1 && head > 1 && name.words[head - 1] == words[0];
    (words.len() > 1 && name.words.starts_with(words)) || (has_the && is_head)
}

/// Links a short name to its one holder, or says that there are two; returns the fuller site it goes with.
fn settle(page: &Page<'_>, sites: &[Site], links: &mut [Link], at: usize, holders: &[&FullName]) -> Option<usize> {
    let link = &links[at];
    match holders {
        [] => None,
        [name] => {
            match &name.holder {
                Holder::Entity(entity) if link.entity == Some(*entity) && link.candidates.is_empty() => {}
                Holder::Entity(entity) => {
                    let full = &sites[name.site];
                    let text = full.span.slice(page.body(full.field).text).to_owned();
                    links[at] = Link {
                        status: Status::Linked,
                        entity: Some(*entity),
                        method: Some(Method::Coreference),
                        alias: links[name.site].alias.clone(),
                        score: links[name.site].score.map(|score| score * 0.95),
                        evidence: Some(Evidence::Text { field: full.field, span: full.span, text }),
                        ..Link::default()
                    };
                }
                Holder::Unknown(_) => {
                    links[at] =
                        Link { status: Status::Unknown, reason: Some(Reason::UnknownHolder), ..Link::default() };
                }
            }
            Some(name.site)
        }
        several => {
            let entities: Vec<EntityIx> = several
                .iter()
                .filter_map(|name| match name.holder {
                    Holder::Entity(entity) => Some(entity),
                    Holder::Unknown(_) => None,
                })
                .collect();
            links[at] = two_holders(&entities, several.len());
            None
        }
    }
}

/// What is said where several bear the name: the holders that the table knows, each as likely as any.
fn two_holders(entities: &[EntityIx], count: usize) -> Link {
    let score = 1.0 / count as f32;
    let mut candidates: Vec<Candidate> = entities.iter().map(|&entity| Candidate { entity, score }).collect();
    candidates.sort_by_key(|candidate| candidate.entity);
    Link { status: Status::Ambiguous, candidates, reason: Some(Reason::TwoHolders), ..Link::default() }
}
