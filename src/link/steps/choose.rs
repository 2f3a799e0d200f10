//! Step 4: the choice among the entities that a name may mean.
//!
//! Hard rules first: dates of the alias, words that it requires or excludes. Each candidate that stays gets a
//! weight: its prior, times a factor for each thing that speaks for or against it. The best wins where it
//! outweighs the next by the margin; otherwise the mention is ambiguous.

use super::prior::priors;
use super::score::{Candidate, DEFAULT_PRIOR, Factor, NamedEntities, Scorer};
use crate::link::candidates::mention::{CandidateMention, MatchKind};
use crate::link::context::LinkContext;
use crate::link::outcome::{Evidence, Link, Method, RankedCandidate, Reason, Status};
use crate::link::table::EntityIx;
use crate::link::text::lists;
use crate::link::text::normalise::fold;

/// The candidates that the hard rules leave, one per entity, or why they leave none.
pub(crate) type Candidates = Result<Vec<Candidate>, Reason>;

impl LinkContext<'_> {
    /// The candidates of a mention.
    pub(crate) fn candidates(&self, mention: &CandidateMention) -> Candidates {
        let mut refused = mention.refused.unwrap_or(Reason::NoAlias);
        let state = self.state_after(mention);
        let mut kept: Vec<Candidate> = Vec::with_capacity(mention.hits.len());
        for hit in &mention.hits {
            let row = self.table.row(hit.row);
            if let Some(reason) = self.refusal(hit.row) {
                refused = reason;
            } else if state.is_some_and(|state| !self.lies_in(row.entity, state))
                || self.is_foreign_body(hit.row)
                || (self.is_ship(mention, row.entity) && !has_the(row.alias))
            {
                refused = Reason::OtherPlace;
            } else {
                let option = Candidate { entity: row.entity, row: hit.row, match_kind: hit.match_kind };
                let rank = |option: &Candidate| {
                    let row = self.table.row(option.row);
                    (option.match_kind, row.derived, std::cmp::Reverse(row.prior.unwrap_or(DEFAULT_PRIOR).to_bits()))
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

    /// The link of mention number `at` by its own name.
    pub(crate) fn decide(
        &self,
        mention: (usize, &CandidateMention),
        candidates: &Candidates,
        named: &NamedEntities,
    ) -> Link {
        let options = match candidates {
            Ok(options) => options,
            &Err(reason) => {
                let status = if reason == Reason::NoAlias { Status::Unknown } else { Status::Refused };
                return Link { status, reason: Some(reason), ..Link::default() };
            }
        };
        let mut scored = self.score_candidates(mention, named, options, &mut |_, _, _, _| ());
        scored.retain(|(option, _, _)| !self.is_loose(option) || self.has_support(option, named));
        if scored.is_empty() {
            return Link { reason: Some(Reason::NoAlias), ..Link::default() };
        }
        let by_weight = |left: &(Candidate, f32, f32), right: &(Candidate, f32, f32)| {
            right.2.total_cmp(&left.2).then_with(|| self.table.order(left.0.entity, right.0.entity))
        };
        scored.sort_by(by_weight);
        let total: f32 = scored.iter().map(|(_, _, weight)| weight).sum();
        let shares: Vec<RankedCandidate> = scored
            .iter()
            .map(|&(option, _, weight)| RankedCandidate { entity: option.entity, score: weight / total })
            .collect();
        let (best, best_prior, best_weight) = scored[0];
        let next = scored.get(1);
        if next.is_some_and(|&(_, _, weight)| best_weight < self.options.margin * weight) {
            return Link {
                status: Status::Ambiguous,
                candidates: shares,
                reason: Some(Reason::BelowMargin),
                ..Link::default()
            };
        }
        let by_prior = |&(_, prior, _): &(Candidate, f32, f32)| best_prior >= self.options.margin * prior;
        let reason =
            next.map(|_| if scored[1..].iter().all(by_prior) { Reason::PriorDecided } else { Reason::ContextDecided });
        let share = shares[0].score;
        Link { candidates: if next.is_some() { shares } else { Vec::new() }, reason, ..self.by_row(best, share) }
    }

    /// True where the text may as well mean another name: only the rest of the article can tell.
    pub(crate) fn is_loose(&self, option: &Candidate) -> bool {
        let row = self.table.row(option.row);
        // Somebody of a large table has any surname.
        let is_surname = !row.is_curated() && row.cases.len() == 1 && lists::is_person(self.table.kind(option.entity));
        if row.is_weak || is_surname {
            return true;
        }
        match option.match_kind {
            MatchKind::Misspelt => true,
            MatchKind::Shortened => lists::is_person(self.table.kind(option.entity)),
            MatchKind::Exact | MatchKind::Folded => false,
        }
    }

    /// True where the article speaks for a loose candidate. Many people have nearly the same name: for one of two words,
    /// a word of the description or the country is not enough.
    fn has_support(&self, option: &Candidate, named: &NamedEntities) -> bool {
        let entity = self.table.entity(option.entity);
        if named.names(option.entity) {
            return true;
        }
        let is_place = |other: &EntityIx| lists::is_place(self.table.kind(*other));
        let (places, others): (Vec<EntityIx>, Vec<EntityIx>) =
            named.related(self.table, option.entity).into_iter().partition(is_place);
        let of_place = |word: &str| {
            places.iter().any(|&place| fold(self.table.entity(place).name).split(' ').any(|part| part == word))
        };
        let described = entity.described_by.iter().filter(|word| self.view.has_words(word) && !of_place(word));
        let is_short = self.table.row(option.row).cases.len() < 3;
        let needed = if lists::is_person(entity.kind) && is_short { 2 } else { 1 };
        places.len().min(1) + 2 * others.len() + described.take(2).count() >= needed
    }

    /// Each candidate with its prior and its weight. `note` is called with every factor and its wording.
    pub(crate) fn score_candidates(
        &self,
        (at, mention): (usize, &CandidateMention),
        named: &NamedEntities,
        options: &[Candidate],
        note: &mut impl FnMut(EntityIx, Factor, f32, &dyn Fn() -> String),
    ) -> Vec<(Candidate, f32, f32)> {
        let scorer = Scorer { context: self, at, mention, named };
        let one = |(&option, prior): (&Candidate, f32)| {
            let mut weight = prior;
            scorer.factors(option, self.is_bare_region(option, options), &mut |factor, value, detail| {
                note(option.entity, factor, value, detail);
                weight *= value;
            });
            (option, prior, weight)
        };
        options.iter().zip(priors(self.table, options)).map(one).collect()
    }

    /// True for "Aleppo" taken for the governorate where the city may be meant: nothing beside it says province.
    fn is_bare_region(&self, option: Candidate, options: &[Candidate]) -> bool {
        let is_region = |candidate: &Candidate| {
            let entity = self.table.entity(candidate.entity);
            let head = entity.name.rsplit(' ').next().unwrap_or_default().to_lowercase();
            lists::is_place(entity.kind) && lists::region_head(&head).is_some()
        };
        let is_bare = |candidate: &Candidate| !self.table.row(candidate.row).text.contains(' ');
        let is_place = |candidate: &Candidate| lists::is_place(self.table.kind(candidate.entity));
        options.len() > 1
            && is_region(&option)
            && is_bare(&option)
            && options.iter().any(|other| is_place(other) && !is_region(other))
    }

    /// A link that rests on a row of the table.
    pub(crate) fn by_row(&self, option: Candidate, share: f32) -> Link {
        let row = self.table.row(option.row);
        let (method, trust) = match option.match_kind {
            MatchKind::Exact if !row.derived => (Method::Alias, 1.0),
            MatchKind::Exact | MatchKind::Folded => (Method::Folded, 0.95),
            MatchKind::Shortened => (Method::Folded, 0.85),
            MatchKind::Misspelt => (Method::Fuzzy, 0.75),
        };
        Link {
            status: Status::Linked,
            entity: Some(option.entity),
            method: Some(method),
            alias: Some(row.alias.into()),
            score: Some(share * trust),
            evidence: Some(Evidence::Row { alias: row.alias.into(), origin: self.table.origin(row.entity) }),
            ..Link::default()
        }
    }
}

/// True for "The Hague".
fn has_the(alias: &str) -> bool {
    alias.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("the "))
}
