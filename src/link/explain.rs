//! The reasoning behind each link, for people: the same steps as linking, with everything they looked at kept.

use std::sync::Arc;

use super::candidates::mention::{Ambiguity, CandidateMention, Hit, MatchKind};
use super::context::LinkContext;
use super::document::Document;
use super::linker::Linker;
use super::outcome::{Link, LinkedMention, Reason};
use super::steps::score::{Candidate, Factor, NamedEntities};
use super::table::{EntityIx, RowOrigin};
use super::trace::{Step, Trace};
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
    pub candidates: Vec<ScoredCandidate>,
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
    pub match_kind: &'static str,
    /// The rule that refuses it here.
    pub refused: Option<Reason>,
}

/// A candidate and what it weighs: its prior times all factors.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredCandidate {
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
#[non_exhaustive]
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
        let records = recorder.mentions.into_iter();
        let explained = mentions.into_iter().zip(records).map(|(mention, record)| {
            let overlaps = |found: &&NerSpan| found.field == mention.field && found.span.overlaps(mention.span);
            ExplainedMention {
                found: found.iter().filter(overlaps).cloned().collect(),
                rows: record.rows,
                candidates: record.candidates,
                steps: record.steps,
                mention,
            }
        });
        Explanation { mentions: explained.collect(), dropped: recorder.dropped }
    }
}

/// Records what happens to each mention.
#[derive(Debug, Default)]
struct Recorder {
    mentions: Vec<MentionRecord>,
    dropped: Vec<Dropped>,
}

#[derive(Debug, Default)]
struct MentionRecord {
    rows: Vec<ExplainedRow>,
    candidates: Vec<ScoredCandidate>,
    steps: Vec<(Step, Link)>,
}

impl Trace for Recorder {
    fn dropped(&mut self, context: &LinkContext<'_>, mention: &CandidateMention) {
        let entity = |hit: &Hit| context.table.row(hit.row).entity;
        let mut entities: Vec<EntityIx> = mention.hits.iter().map(entity).collect();
        entities.dedup();
        let why = match (mention.ambiguity, context.candidates(mention)) {
            (Some(Ambiguity::LongerName | Ambiguity::Date | Ambiguity::Office), _) => DropReason::PartOfLongerName,
            (_, Err(reason)) => DropReason::Refused(reason),
            _ => DropReason::CapitalsProveNothing,
        };
        self.dropped.push(Dropped { field: mention.field, span: mention.span, entities, why });
    }

    fn scoring(
        &mut self,
        context: &LinkContext<'_>,
        mentions: &[CandidateMention],
        named: &NamedEntities,
        again: bool,
    ) {
        self.mentions.resize_with(mentions.len(), MentionRecord::default);
        for (at, (mention, record)) in mentions.iter().zip(&mut self.mentions).enumerate() {
            let is_open = record.steps.last().is_some_and(|(_, link)| link.reason == Some(Reason::BelowMargin));
            if !again || is_open {
                record.rows = context.explained_rows(mention);
                record.candidates = context.scored_candidates((at, mention), named);
            }
        }
    }

    fn done(&mut self, step: Step, links: &[Link]) {
        for (record, link) in self.mentions.iter_mut().zip(links) {
            if record.steps.last().is_none_or(|(_, last)| last != link) {
                record.steps.push((step, link.clone()));
            }
        }
    }
}

impl LinkContext<'_> {
    fn explained_rows(&self, mention: &CandidateMention) -> Vec<ExplainedRow> {
        let explained = |hit: &Hit| {
            let row = self.table.row(hit.row);
            ExplainedRow {
                entity: row.entity,
                alias: row.alias.into(),
                origin: self.table.origin(row.entity),
                match_kind: match_name(hit.match_kind),
                refused: self.refusal(hit.row),
            }
        };
        mention.hits.iter().map(explained).collect()
    }

    fn scored_candidates(&self, mention: (usize, &CandidateMention), named: &NamedEntities) -> Vec<ScoredCandidate> {
        let Ok(options) = self.candidates(mention.1) else { return Vec::new() };
        let mut factors: Vec<(EntityIx, (Factor, f32, String))> = Vec::new();
        let weights = self.score_candidates(mention, named, &options, &mut |entity, factor, value, detail| {
            factors.push((entity, (factor, value, detail())));
        });
        let total: f32 = weights.iter().map(|(_, _, weight)| weight).sum();
        let one = |&(candidate, prior, weight): &(Candidate, f32, f32)| {
            let own =
                factors.iter().filter(|(entity, _)| *entity == candidate.entity).map(|(_, factor)| factor.clone());
            ScoredCandidate { entity: candidate.entity, prior, factors: own.collect(), weight, share: weight / total }
        };
        let mut scored: Vec<ScoredCandidate> = weights.iter().map(one).collect();
        scored.sort_by(|left, right| {
            right.weight.total_cmp(&left.weight).then_with(|| self.table.order(left.entity, right.entity))
        });
        scored
    }
}

const fn match_name(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Exact => "exact",
        MatchKind::Folded => "folded",
        MatchKind::Shortened => "shortened",
        MatchKind::Misspelt => "misspelt",
    }
}
