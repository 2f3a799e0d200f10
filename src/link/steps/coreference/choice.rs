//! The choice among several bearers of one short name.

use super::names::{FullName, Holder, Name};
use crate::link::context::LinkContext;
use crate::link::outcome::{Link, RankedCandidate, Reason, Status};
use crate::link::steps::score::DEFAULT_PRIOR;
use crate::link::table::{EntityIx, Texts};

/// Maximum number of bearers, and of full names, that are compared; more are a list of names.
const MAX_BEARERS: usize = 20;
const MAX_NAMES: usize = 200;
/// The prior of someone whom the table does not know by the short name.
const UNKNOWN_PRIOR: f32 = 0.1;
/// The article names the bearer before all others.
const NAMED_FIRST: f32 = 2.0;
/// The bearer was named last before the short name.
const NAMED_LAST: f32 = 2.0;
/// The short name has a title that belongs to the bearer.
const SAME_TITLE: f32 = 4.0;
/// How many times the best bearer must outweigh the next.
const MARGIN: f32 = 3.0;

/// Someone who bears a short name, by the full names of the article.
#[derive(Clone, Debug)]
pub(super) struct Bearer<'n> {
    pub(super) holder: Holder,
    /// The first full name.
    pub(super) first: usize,
    /// The last full name before the short one.
    last_before: Option<usize>,
    /// How often the article names the bearer in full.
    count: usize,
    names: Vec<&'n Name>,
}

impl Bearer<'_> {
    /// An entity that the article introduced by the short name alone.
    pub(super) fn introduced(entity: EntityIx, first: usize) -> Self {
        let holder = Holder::Entity(entity);
        Self { holder, first, last_before: None, count: 1, names: Vec::new() }
    }
}

impl LinkContext<'_> {
    /// The bearers of a short name in the order of the text, by the full names that it abbreviates.
    pub(super) fn bearers<'n>(&self, names: &'n [FullName], found: &[usize], position: usize) -> Vec<Bearer<'n>> {
        let mut bearers: Vec<Bearer<'_>> = Vec::new();
        for full in found.iter().take(MAX_NAMES).map(|&at| &names[at]) {
            let before = (full.mention < position).then_some(full.mention);
            let known = bearers.iter().position(|bearer| bearer.holder == full.holder);
            match known {
                Some(at) => {
                    let bearer = &mut bearers[at];
                    bearer.count += 1;
                    bearer.last_before = bearer.last_before.max(before);
                    bearer.names.push(&full.name);
                }
                None if bearers.len() < MAX_BEARERS => bearers.push(Bearer {
                    holder: full.holder.clone(),
                    first: full.mention,
                    last_before: before,
                    count: 1,
                    names: vec![&full.name],
                }),
                None => {}
            }
        }
        bearers
    }

    /// The bearer who outweighs all others by the margin, or the link of an ambiguous name.
    pub(super) fn choose_bearer<'b, 'n>(
        &self,
        bearers: &'b [Bearer<'n>],
        short: &Name,
        position: usize,
    ) -> Result<&'b Bearer<'n>, Link> {
        let first = bearers.iter().map(|bearer| bearer.first).min();
        let last = bearers.iter().filter_map(|bearer| bearer.last_before).max();
        let weight = |bearer: &Bearer<'_>| {
            let mut weight = self.prior_of(&bearer.holder, short) * bearer.count.min(4) as f32;
            if Some(bearer.first) == first && bearer.first < position {
                weight *= NAMED_FIRST;
            }
            if last.is_some() && bearer.last_before == last {
                weight *= NAMED_LAST;
            }
            if self.has_title(bearer, short) {
                weight *= SAME_TITLE;
            }
            weight
        };
        let mut ranked: Vec<(f32, &Bearer<'_>)> = bearers.iter().map(|bearer| (weight(bearer), bearer)).collect();
        ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
        // "Mrs. Trump": the table's priors are those of the name without the title.
        let is_marked = matches!(short.titles.last().map(String::as_str), Some("mrs" | "ms" | "miss" | "lady"));
        match &ranked[..] {
            [best, next, ..] if !is_marked && best.0 >= MARGIN * next.0 => Ok(best.1),
            _ => Err(ambiguous(&ranked)),
        }
    }

    /// The prior of the short name for a bearer.
    fn prior_of(&self, holder: &Holder, short: &Name) -> f32 {
        let Holder::Entity(entity) = holder else { return UNKNOWN_PRIOR };
        let rows = self.table.rows(&short.words.join(" "));
        let of_entity = rows.map(|row| self.table.row(row)).filter(|row| row.entity == *entity);
        let priors = of_entity.map(|row| row.prior.unwrap_or(DEFAULT_PRIOR));
        priors.fold(UNKNOWN_PRIOR, f32::max)
    }

    /// True where a title of the short name stands before a full name too, or in the entity's description.
    fn has_title(&self, bearer: &Bearer<'_>, short: &Name) -> bool {
        let described_by = match &bearer.holder {
            Holder::Entity(entity) => self.table.entity(*entity).described_by,
            Holder::Unknown(_) => Texts::default(),
        };
        short.titles.last().is_some_and(|title| {
            bearer.names.iter().any(|name| name.titles.contains(title))
                || described_by.iter().any(|word| *word == **title)
        })
    }
}

/// The link of a name that several bear: those that the table knows are its candidates.
fn ambiguous(ranked: &[(f32, &Bearer<'_>)]) -> Link {
    let total: f32 = ranked.iter().map(|(weight, _)| weight).sum();
    let candidate = |&(weight, bearer): &(f32, &Bearer<'_>)| match bearer.holder {
        Holder::Entity(entity) => Some(RankedCandidate { entity, score: weight / total }),
        Holder::Unknown(_) => None,
    };
    let mut candidates: Vec<RankedCandidate> = ranked.iter().filter_map(candidate).collect();
    candidates.sort_by(|left, right| right.score.total_cmp(&left.score).then(left.entity.cmp(&right.entity)));
    Link { status: Status::Ambiguous, candidates, reason: Some(Reason::TwoHolders), ..Link::default() }
}
