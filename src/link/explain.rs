//! The reasoning behind each link, for people: the same steps as linking, with everything they looked at kept.

use std::sync::Arc;

use super::choose;
use super::outcome::{Link, LinkedMention, Reason};
use super::page::Page;
use super::scan::{Doubt, Fit};
use super::sites::Site;
use super::table::{EntityIx, EntityTable, RowOrigin};
use super::weigh::{Context, Factor};
use super::{Document, Linker};
use crate::article::Field;
use crate::decode::NerSpan;
use crate::span::Span;

/// An article's mentions, each with the way to its link, and the places that were no mentions after all.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What [`Linker::link`] gives for the same article, in its order.
    pub mentions: Vec<ExplainedMention>,
    /// Aliases of the table that stand in the article and were not taken for mentions.
    pub dropped: Vec<Dropped>,
}

/// One mention and how it came about.
#[derive(Clone, Debug)]
pub struct ExplainedMention {
    /// The result.
    pub mention: LinkedMention,
    /// What the model found here, before it was cut to the name.
    pub found: Vec<NerSpan>,
    /// The rows of the table that have this name.
    pub rows: Vec<ExplainedRow>,
    /// The candidates that no rule refused, best first.
    pub candidates: Vec<Weighed>,
    /// The link after each step that set or changed it.
    pub steps: Vec<(Step, Link)>,
}

/// A row of the table that has the name of a mention.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedRow {
    /// Whose alias it is.
    pub entity: EntityIx,
    /// The alias as the table writes it.
    pub alias: Arc<str>,
    /// Where it is written.
    pub origin: RowOrigin,
    /// How the text agrees with it: `exact`, `folded`, `shortened` or `misspelt`.
    pub fit: &'static str,
    /// The rule that refuses it here.
    pub refused: Option<Reason>,
}

/// A candidate and what it weighs: its prior times all factors.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The entity.
    pub entity: EntityIx,
    /// The share of uses of the alias that the table gives it; 0.5 where it says nothing.
    pub prior: f32,
    /// What speaks for or against it, and why.
    pub factors: Vec<(Factor, f32, String)>,
    /// The product.
    pub weight: f32,
    /// Its share of the weight of all candidates.
    pub share: f32,
}

/// A step that set or changed a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The name by itself: rows, rules, weights.
    Table,
    /// A definition in the article.
    Definition,
    /// A fuller name in the article.
    Coreference,
    /// What was ambiguous, weighed again with all that has been linked since.
    SecondLook,
    /// A spelling a letter away.
    Fuzzy,
}

/// A place that has an alias and is no mention.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropped {
    /// Its field.
    pub field: Field,
    /// Its bytes in the field.
    pub span: Span,
    /// Whose aliases stand there.
    pub entities: Vec<EntityIx>,
    /// Why it is no mention.
    pub why: DropReason,
}

/// Why an alias in the text is no mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// Capitals prove nothing at this place, and the article does not surely name the entity elsewhere.
    CapitalsProveNothing,
    /// It is a part of a longer name or of a date.
    PartOfLongerName,
    /// Only the table found it, and a rule of its row refuses it.
    Refused(Reason),
}

impl DropReason {
    /// The stable code that is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CapitalsProveNothing => "capitals_prove_nothing",
            Self::PartOfLongerName => "part_of_longer_name",
            Self::Refused(reason) => reason.as_str(),
        }
    }
}

impl Linker {
    /// Links as [`Linker::link`] does, and keeps the reasoning.
    pub fn explain(&self, document: &Document<'_>, found: Vec<NerSpan>) -> Explanation {
        let mut recorder = Recorder::default();
        let mentions = self.run(document, found.clone(), &mut recorder);
        let traces = recorder.sites.into_iter();
        let explained = mentions.into_iter().zip(traces).map(|(mention, trace)| {
            let here = |found: &&NerSpan| found.field == mention.field && found.span.overlaps(mention.span);
            ExplainedMention {
                found: found.iter().filter(here).cloned().collect(),
                rows: trace.rows,
                candidates: trace.candidates,
                steps: trace.steps,
                mention,
            }
        });
        Explanation { mentions: explained.collect(), dropped: recorder.dropped }
    }
}

/// Who watches linking. `()` does not, and costs nothing.
pub(super) trait Watch {
    /// A site is dropped.
    fn dropped(&mut self, _table: &EntityTable, _page: &Page<'_>, _site: &Site) {}
    /// The sites are about to be weighed in this context; `again` where only ambiguous ones are.
    fn weighing(&mut self, _table: &EntityTable, _page: &Page<'_>, _sites: &[Site], _context: &Context, _again: bool) {}
    /// A step is done.
    fn done(&mut self, _step: Step, _links: &[Link]) {}
}

impl Watch for () {}

#[derive(Debug, Default)]
struct Recorder {
    sites: Vec<Trace>,
    dropped: Vec<Dropped>,
}

#[derive(Debug, Default)]
struct Trace {
    rows: Vec<ExplainedRow>,
    candidates: Vec<Weighed>,
    steps: Vec<(Step, Link)>,
}

impl Watch for Recorder {
    fn dropped(&mut self, table: &EntityTable, page: &Page<'_>, site: &Site) {
        let mut entities: Vec<EntityIx> = site.hits.iter().map(|hit| table.lexicon.row(hit.row).entity).collect();
        entities.dedup();
        let why = match (site.doubt, choose::candidates(table, page, site)) {
            (Some(Doubt::LongerName), _) => DropReason::PartOfLongerName,
            (_, Err(reason)) => DropReason::Refused(reason),
            _ => DropReason::CapitalsProveNothing,
        };
        self.dropped.push(Dropped { field: site.field, span: site.span, entities, why });
    }

    fn weighing(&mut self, table: &EntityTable, page: &Page<'_>, sites: &[Site], context: &Context, again: bool) {
        self.sites.resize_with(sites.len(), Trace::default);
        for (at, (site, trace)) in sites.iter().zip(&mut self.sites).enumerate() {
            let is_open = trace.steps.last().is_some_and(|(_, link)| link.reason == Some(Reason::BelowMargin));
            if !again || is_open {
                trace.rows = rows(table, page, site);
                trace.candidates = weighed(table, page, (at, site), context);
            }
        }
    }

    fn done(&mut self, step: Step, links: &[Link]) {
        for (trace, link) in self.sites.iter_mut().zip(links) {
            if trace.steps.last().is_none_or(|(_, last)| last != link) {
                trace.steps.push((step, link.clone()));
            }
        }
    }
}

fn rows(table: &EntityTable, page: &Page<'_>, site: &Site) -> Vec<ExplainedRow> {
    let explained = |hit: &super::scan::Hit| {
        let row = table.lexicon.row(hit.row);
        ExplainedRow {
            entity: row.entity,
            alias: row.alias.clone(),
            origin: table.entity(row.entity).origin.clone(),
            fit: fit_name(hit.fit),
            refused: choose::refusal(table, page, hit.row),
        }
    };
    site.hits.iter().map(explained).collect()
}

const fn fit_name(fit: Fit) -> &'static str {
    match fit {
        Fit::Exact => "exact",
        Fit::Folded => "folded",
        Fit::Shortened => "shortened",
        Fit::Misspelt => "misspelt",
    }
}

fn weighed(table: &EntityTable, page: &Page<'_>, site: (usize, &Site), context: &Context) -> Vec<Weighed> {
    let Ok(options) = choose::candidates(table, page, site.1) else { return Vec::new() };
    let mut factors: Vec<(EntityIx, (Factor, f32, String))> = Vec::new();
    let weights = choose::weigh(table, page, site, context, &options, &mut |entity, factor, value, detail| {
        factors.push((entity, (factor, value, detail())));
    });
    let total: f32 = weights.iter().map(|(_, _, weight)| weight).sum();
    let one = |&(sense, prior, weight): &(choose::Sense, f32, f32)| {
        let own = factors.iter().filter(|(entity, _)| *entity == sense.entity).map(|(_, factor)| factor.clone());
        Weighed { entity: sense.entity, prior, factors: own.collect(), weight, share: weight / total }
    };
    let mut weighed: Vec<Weighed> = weights.iter().map(one).collect();
    weighed.sort_by(|left, right| right.weight.total_cmp(&left.weight).then(left.entity.cmp(&right.entity)));
    weighed
}
