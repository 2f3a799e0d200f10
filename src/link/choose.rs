//! Step 4: the choice among the entities that a name may mean.
//!
//! Hard rules first: dates of the alias, words that it requires or excludes. Each candidate that stays gets a
//! weight: its prior, times a factor for each thing that speaks for or against it. The best wins where it
//! outweighs the next by the margin; otherwise the mention is ambiguous.

use super::lists;
use super::outcome::{Candidate, Evidence, Link, Method, Reason, Status};
use super::page::Page;
use super::scan::Fit;
use super::sites::Site;
use super::table::{EntityIx, EntityTable};
use super::weigh::{Context, DEFAULT_PRIOR, Factor, Weigher};

/// An entity that a site may mean, by its best row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sense {
    pub(super) entity: EntityIx,
    pub(super) row: u32,
    pub(super) fit: Fit,
}

/// Why the rules of a row speak against it here.
pub(super) fn refusal(table: &EntityTable, page: &Page<'_>, row: u32) -> Option<Reason> {
    let row = table.lexicon.row(row);
    let rules = row.rules();
    if !row.is_current(page.document.date) {
        Some(Reason::DateRefused)
    } else if !rules.requires.is_empty() && !rules.requires.iter().any(|word| page.has_words(word)) {
        Some(Reason::RequiresMissing)
    } else if rules.excludes.iter().any(|word| page.has_words(word)) {
        Some(Reason::ExcludedWord)
    } else {
        None
    }
}

/// The candidates that the hard rules leave, one per entity, or why they leave none.
pub(super) fn candidates(table: &EntityTable, page: &Page<'_>, site: &Site) -> Result<Vec<Sense>, Reason> {
    let mut refused = site.refused.unwrap_or(Reason::NoAlias);
    let mut kept: Vec<Sense> = Vec::with_capacity(site.hits.len());
    for hit in &site.hits {
        let row = table.lexicon.row(hit.row);
        if let Some(reason) = refusal(table, page, hit.row) {
            refused = reason;
        } else {
            let option = Sense { entity: row.entity, row: hit.row, fit: hit.fit };
            let rank = |option: &Sense| {
                let row = table.lexicon.row(option.row);
                (option.fit, row.derived, std::cmp::Reverse(row.rules().prior.unwrap_or(DEFAULT_PRIOR).to_bits()))
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
    let mut weighed = weigh(table, page, (at, site), context, &options, &mut |_, _, _, _| {});
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

/// Each candidate with its prior and its weight. `note` hears of every factor, with the words for it.
pub(super) fn weigh(
    table: &EntityTable,
    page: &Page<'_>,
    (at, site): (usize, &Site),
    context: &Context,
    options: &[Sense],
    note: &mut impl FnMut(EntityIx, Factor, f32, &dyn Fn() -> String),
) -> Vec<(Sense, f32, f32)> {
    let weigher = Weigher { table, page, at, site, context };
    let one = |&option: &Sense| {
        let prior = table.lexicon.row(option.row).rules().prior.unwrap_or(DEFAULT_PRIOR);
        let mut weight = prior;
        weigher.factors(option, is_bare_region(table, option, options), &mut |factor, value, detail| {
            note(option.entity, factor, value, detail);
            weight *= value;
        });
        (option, prior, weight)
    };
    options.iter().map(one).collect()
}

/// True for "Aleppo" taken for the governorate where the city may be meant: nothing beside it says province.
fn is_bare_region(table: &EntityTable, option: Sense, options: &[Sense]) -> bool {
    let is_region = |sense: &Sense| {
        let entity = table.entity(sense.entity);
        let head = entity.name.rsplit(' ').next().unwrap_or_default().to_lowercase();
        &*entity.kind == "LOC" && lists::region_head(&head).is_some()
    };
    let is_bare = |sense: &Sense| !table.lexicon.row(sense.row).text.contains(' ');
    let is_place = |sense: &Sense| &*table.entity(sense.entity).kind == "LOC";
    options.len() > 1
        && is_region(&option)
        && is_bare(&option)
        && options.iter().any(|other| is_place(other) && !is_region(other))
}

/// A link that rests on a row of the table.
pub(super) fn by_row(table: &EntityTable, option: Sense, share: f32) -> Link {
    let row = table.lexicon.row(option.row);
    let (method, trust) = match option.fit {
        Fit::Exact if !row.derived => (Method::Alias, 1.0),
        Fit::Exact | Fit::Folded => (Method::Folded, 0.95),
        Fit::Shortened => (Method::Folded, 0.85),
        Fit::Misspelt => (Method::Fuzzy, 0.75),
    };
    Link {
        status: Status::Linked,
        entity: Some(option.entity),
        method: Some(method),
        alias: Some(row.alias.clone()),
        score: Some(share * trust),
        evidence: Some(Evidence::Row { alias: row.alias.clone(), origin: table.entity(row.entity).origin.clone() }),
        ..Link::default()
    }
}
