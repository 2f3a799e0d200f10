//! Step 4: the choice among the entities that a name may mean.
//!
//! Hard rules first: dates of the alias, words that it requires or excludes. Each candidate that stays gets a
//! weight: its prior, times a factor for each thing that speaks for or against it. The best wins where it
//! outweighs the next by the margin; otherwise the mention is ambiguous.

use ahash::AHashMap;

use super::outcome::{Candidate, Evidence, Link, Method, Reason, Status};
use super::page::Page;
use super::scan::Fit;
use super::sites::Site;
use super::table::{EntityIx, EntityTable};
use super::words::{Case, Gap};

/// The prior of an alias that states none.
const DEFAULT_PRIOR: f32 = 0.5;
/// The article names the candidate elsewhere, beyond doubt.
const NAMED_ELSEWHERE: f32 = 8.0;
/// And does so before the name in question.
const NAMED_BEFORE: f32 = 2.0;
/// For each entity of the article, up to three, to which the candidate is related.
const RELATED: f32 = 1.0;
/// For each word of the candidate's description, up to four, that stands in the article.
const DESCRIBED: f32 = 0.25;
/// The model's type is the candidate's.
const TYPE_AGREES: f32 = 2.0;
/// A person against something that is none. Other types are too often exchanged ("Syrian", a capital for its
/// government) to count.
const TYPE_DISAGREES: f32 = 0.4;
/// The article is from before the candidate began, or after it ended.
const NOT_YET: f32 = 0.1;
const NO_LONGER: f32 = 0.3;
/// The words around the name say that a language is meant, or that none is.
const LANGUAGE_CUE: f32 = 1000.0;
const NO_LANGUAGE_CUE: f32 = 0.05;

/// The entities of an article that are beyond doubt.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// The first site of each.
    named: AHashMap<EntityIx, usize>,
}

impl Context {
    pub(super) fn add(&mut self, entity: EntityIx, at: usize) {
        let first = self.named.entry(entity).or_insert(at);
        *first = at.min(*first);
    }

    fn names_before(&self, entity: EntityIx, at: usize) -> bool {
        self.named.get(&entity).is_some_and(|&first| first < at)
    }

    pub(super) fn names(&self, entity: EntityIx) -> bool {
        self.named.contains_key(&entity)
    }
}

/// An entity that a site may mean, by its best row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sense {
    pub(super) entity: EntityIx,
    pub(super) row: u32,
    pub(super) fit: Fit,
}

/// The candidates that the hard rules leave, one per entity, or why they leave none.
pub(super) fn candidates(table: &EntityTable, page: &Page<'_>, site: &Site) -> Result<Vec<Sense>, Reason> {
    let mut refused = site.refused.unwrap_or(Reason::NoAlias);
    let mut kept: Vec<Sense> = Vec::with_capacity(site.hits.len());
    for hit in &site.hits {
        let row = table.lexicon.row(hit.row);
        if !row.is_current(page.document.date) {
            refused = Reason::DateRefused;
        } else if !row.requires.is_empty() && !row.requires.iter().any(|word| page.has_words(word)) {
            refused = Reason::RequiresMissing;
        } else if row.excludes.iter().any(|word| page.has_words(word)) {
            refused = Reason::ExcludedWord;
        } else {
            let option = Sense { entity: row.entity, row: hit.row, fit: hit.fit };
            let rank = |option: &Sense| {
                let row = table.lexicon.row(option.row);
                (option.fit, row.derived, std::cmp::Reverse(row.prior.unwrap_or(DEFAULT_PRIOR).to_bits()))
            };
            match kept.iter_mut().find(|other| other.entity == option.entity) {
                Some(other) if rank(&option) < rank(other) => *other = option,
                Some(_) => {}
                None => kept.push(option),
            }
        }
    }
    if kept.is_empty() { Err(refused) } else { Ok(kept) }
}

/// The link of site number `at` by its own name.
pub(super) fn decide(
    table: &EntityTable,
    page: &Page<'_>,
    (at, site): (usize, &Site),
    context: &Context,
    margin: f32,
) -> Link {
    let options = match candidates(table, page, site) {
        Ok(options) => options,
        Err(reason) => {
            let status = if reason == Reason::NoAlias { Status::Unknown } else { Status::Refused };
            return Link { status, reason: Some(reason), ..Link::default() };
        }
    };
    let mut weighed: Vec<(Sense, f32, f32)> = options
        .into_iter()
        .map(|option| {
            let prior = table.lexicon.row(option.row).prior.unwrap_or(DEFAULT_PRIOR);
            (option, prior, prior * support(table, page, (at, site), context, option))
        })
        .collect();
    let by_weight = |left: &(Sense, f32, f32), right: &(Sense, f32, f32)| {
        right.2.total_cmp(&left.2).then(left.0.entity.cmp(&right.0.entity))
    };
    weighed.sort_by(by_weight);
    let total: f32 = weighed.iter().map(|(_, _, weight)| weight).sum();
    let shares: Vec<Candidate> =
        weighed.iter().map(|&(option, _, weight)| Candidate { entity: option.entity, score: weight / total }).collect();
    let (best, best_prior, best_weight) = weighed[0];
    let next = weighed.get(1);
    if next.is_some_and(|&(_, _, weight)| best_weight < margin * weight) {
        return Link {
            status: Status::Ambiguous,
            candidates: shares,
            reason: Some(Reason::BelowMargin),
            ..Link::default()
        };
    }
    let by_prior = |&(_, prior, _): &(Sense, f32, f32)| best_prior >= margin * prior;
    let reason =
        next.map(|_| if weighed[1..].iter().all(by_prior) { Reason::PriorDecided } else { Reason::ContextDecided });
    let share = shares[0].score;
    Link { candidates: if next.is_some() { shares } else { Vec::new() }, reason, ..by_row(table, best, share) }
}

/// A link that rests on a row of the table.
pub(super) fn by_row(table: &EntityTable, option: Sense, share: f32) -> Link {
    let row = table.lexicon.row(option.row);
    let (method, trust) = match option.fit {
        Fit::Exact if !row.derived => (Method::Alias, 1.0),
        Fit::Exact | Fit::Folded => (Method::Folded, 0.95),
        Fit::Shortened => (Method::Folded, 0.85),
    };
    Link {
        status: Status::Linked,
        entity: Some(option.entity),
        method: Some(method),
        alias: Some(row.alias.clone()),
        score: Some(share * trust),
        evidence: Some(Evidence::Row { alias: row.alias.clone(), origin: row.origin.clone() }),
        ..Link::default()
    }
}

/// Everything but the prior that speaks for or against a candidate, as one factor.
fn support(table: &EntityTable, page: &Page<'_>, (at, site): (usize, &Site), context: &Context, option: Sense) -> f32 {
    let entity = table.entity(option.entity);
    let row = table.lexicon.row(option.row);
    let mut factor = match option.fit {
        Fit::Exact => 1.0,
        Fit::Folded => 0.6,
        Fit::Shortened => 0.5,
    };
    if context.names(option.entity) {
        factor *= NAMED_ELSEWHERE;
        if context.names_before(option.entity, at) {
            factor *= NAMED_BEFORE;
        }
    }
    let related = entity.neighbours.iter().filter(|&&other| context.names(other)).take(3).count();
    let described = entity.described_by.iter().filter(|word| page.has_words(word)).take(4).count();
    factor *= (1.0 + RELATED * related as f32) * (1.0 + DESCRIBED * described as f32);
    if let Some(label) = &site.label {
        let kind = row.kind.as_ref().unwrap_or(&entity.kind);
        factor *= match (&**label, &**kind) {
            (label, kind) if label == kind => TYPE_AGREES,
            ("PER", _) | (_, "PER") => TYPE_DISAGREES,
            _ => 1.0,
        };
    }
    if let Some(date) = page.document.date {
        if !date.may_lie_in(entity.valid_from, None) {
            factor *= NOT_YET;
        } else if !date.may_lie_in(None, entity.valid_to) {
            factor *= NO_LONGER;
        }
    }
    if is_language(entity.described_by.as_slice()) {
        factor *= if names_language(page, site) { LANGUAGE_CUE } else { NO_LANGUAGE_CUE };
    }
    factor
}

fn is_language(description: &[Box<str>]) -> bool {
    description.iter().any(|word| matches!(&**word, "language" | "languages" | "dialect"))
}

/// "in Turkish", "Kurdish-speaking", "Arabic:", "the Kurdish language"; but not "in Turkish territory".
fn names_language(page: &Page<'_>, site: &Site) -> bool {
    let body = page.body(site.field);
    let words = &body.words;
    let (start, end) = (site.words.start, site.words.end);
    let next =
        (end < words.len() && words.get(end).sentence == site.sentence).then(|| (words.key(end), words.get(end)));
    if next.is_some_and(|(key, _)| {
        matches!(key, "language" | "languages" | "speaking" | "speaker" | "speakers" | "dialect" | "word" | "phrase")
    }) {
        return true;
    }
    if body.text[site.span.end..].starts_with(':') {
        return true;
    }
    let stands_alone = next.is_none_or(|(key, word)| {
        word.gap >= Gap::Comma
            || (word.case == Case::Lower
                && matches!(key, "and" | "or" | "as" | "to" | "for" | "with" | "means" | "meaning"))
    });
    let before = (start > 0 && words.get(start).gap == Gap::Space).then(|| words.key(start - 1));
    stands_alone
        && before.is_some_and(|key| {
            matches!(
                key,
                "in" | "from"
                    | "into"
                    | "speak"
                    | "speaks"
                    | "spoke"
                    | "speaking"
                    | "spoken"
                    | "fluent"
                    | "written"
                    | "to"
            )
        })
}
