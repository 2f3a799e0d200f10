//! The linker: the steps of one document, in order.

use std::sync::Arc;

use super::candidates::mention::{Ambiguity, CandidateMention};
use super::context::LinkContext;
use super::document::Document;
use super::options::LinkOptions;
use super::outcome::{FoundBy, Link, LinkedMention, Method, RankedCandidate, Reason, Status};
use super::steps::choose::Candidates;
use super::steps::fuzzy::Pass;
use super::steps::score::NamedEntities;
use super::table::row::Row;
use super::table::{EntityTable, bare_name};
use super::text::lists;
use super::text::normalise::fold;
use super::trace::{Step, Trace};
use crate::decode::NerSpan;

/// Links mentions to the entities of one table. Shared freely between threads.
#[derive(Debug)]
pub struct Linker {
    table: EntityTable,
    options: LinkOptions,
    /// The type of a mention for which neither model nor table has one.
    default_kind: Arc<str>,
    /// The model's types; empty where they are not known.
    types: Vec<Arc<str>>,
}

impl Linker {
    /// A linker over a table.
    pub fn new(table: EntityTable, options: LinkOptions) -> Self {
        Self { table, options, default_kind: "MISC".into(), types: Vec::new() }
    }

    /// Gives mentions the model's types where the table calls them otherwise: LOC for `GPE`, PER for `Person`.
    #[must_use]
    pub fn with_types(mut self, of_model: &[Arc<str>]) -> Self {
        self.types = of_model.to_vec();
        self
    }

    /// The table.
    pub fn table(&self) -> &EntityTable {
        &self.table
    }

    /// Links the spans that a model found in an article, and adds what it missed. The mentions come back in order of
    /// field and start, trimmed to the names, without overlaps.
    pub fn link(&self, document: &Document<'_>, found: Vec<NerSpan>) -> Vec<LinkedMention> {
        self.run(document, found, &mut ())
    }

    /// The steps, in order.
    pub(super) fn run(
        &self,
        document: &Document<'_>,
        found: Vec<NerSpan>,
        trace: &mut impl Trace,
    ) -> Vec<LinkedMention> {
        let context = LinkContext::new(&self.table, &self.options, document);
        let mut mentions = context.collect(found);
        context.join_long_forms(&mut mentions);
        context.count_countries(&mentions);
        let candidates = context.drop_doubtful(&mut mentions, trace);
        context.count_region_votes(&mentions);
        let mut named = context.named_entities(&mentions, &candidates);
        trace.scoring(&context, &mentions, &named, false);
        let with_candidates = mentions.iter().enumerate().zip(&candidates);
        let mut links: Vec<Link> =
            with_candidates.map(|(mention, candidates)| context.decide(mention, candidates, &named)).collect();
        trace.done(Step::Table, &links);
        let mut same = context.apply_definitions(&mentions, &mut links);
        trace.done(Step::Definition, &links);
        context.link_misspelt(&mentions, &mut links, Pass::Long, &named);
        trace.done(Step::Fuzzy, &links);
        same.extend(context.link_short_names(&mentions, &mut links));
        trace.done(Step::Coreference, &links);
        context.link_misspelt(&mentions, &mut links, Pass::Lone, &named);
        trace.done(Step::Fuzzy, &links);
        context.decide_again((&mentions, &candidates), &mut links, &mut named, trace);
        let local_ids = context.number_entities(&mentions, &links, &same);
        links.iter_mut().for_each(|link| self.apply_threshold(link));
        trace.done(Step::Threshold, &links);
        let joined = mentions.into_iter().zip(links).zip(local_ids);
        joined.map(|((mention, link), local_id)| self.linked(mention, link, local_id)).collect()
    }

    /// Takes back a link that is not sure enough.
    fn apply_threshold(&self, link: &mut Link) {
        let (Some(entity), Some(score)) = (link.entity, link.score) else { return };
        if score < self.options.link_threshold {
            let candidates = std::mem::take(&mut link.candidates);
            *link = Link {
                status: Status::Ambiguous,
                candidates: if candidates.is_empty() { vec![RankedCandidate { entity, score }] } else { candidates },
                reason: Some(Reason::BelowThreshold),
                ..Link::default()
            };
        }
    }

    fn linked(&self, mention: CandidateMention, link: Link, local_id: u32) -> LinkedMention {
        LinkedMention {
            kind: self.kind_of(&mention, &link),
            field: mention.field,
            span: mention.span,
            score: mention.score,
            found_by: mention.found_by,
            sentence: mention.sentence,
            local_id,
            link,
        }
    }

    /// True for a name of a place other than its canonical one.
    fn is_other_name(&self, row: Option<&Row<'_>>, link: &Link) -> bool {
        let Some(entity) = link.entity.map(|entity| self.table.entity(entity)) else { return true };
        let alias = row.map(|row| row.alias).or(link.alias.as_deref());
        lists::is_place(entity.kind) && alias.is_none_or(|alias| fold(alias) != fold(bare_name(entity.name)))
    }

    /// The model's type that says the same as a type of the table, where there is just one.
    fn as_model_says(&self, kind: Arc<str>) -> Arc<str> {
        if self.types.contains(&kind) {
            return kind;
        }
        let mut same = self.types.iter().filter(|known| lists::is_same_kind(known, &kind));
        let only = same.next().filter(|_| same.next().is_none()).cloned();
        only.unwrap_or(kind)
    }

    /// The type of a mention, by model and table.
    fn kind_of(&self, mention: &CandidateMention, link: &Link) -> Arc<str> {
        let of_entity = |row: &Row<'_>| link.entity.is_none_or(|entity| entity == row.entity);
        let row = mention.hits.iter().map(|hit| self.table.row(hit.row)).find(|row| of_entity(row));
        let entity = link.entity.or(row.map(|row| row.entity));
        let of_alias = row.and_then(|row| row.rules().kind);
        let by_table = of_alias.or(entity.map(|entity| self.table.kind(entity)));
        let by_table = by_table.map(|kind| self.as_model_says(self.table.shared_kind(kind)));
        match (&mention.kind, by_table) {
            (None, by_table) => by_table.unwrap_or_else(|| self.default_kind.clone()),
            (Some(by_model), Some(kind)) => {
                let is_same = self.table.has_kind(by_model) || self.types.contains(&kind);
                let is_known = self.options.types_from_table && link.entity.is_some() && is_same;
                // A demonym that the table does not mark keeps the model's MISC.
                let may_be_demonym =
                    of_alias.is_none() && &**by_model == "MISC" && self.is_other_name(row.as_ref(), link);
                if is_known && !may_be_demonym { kind } else { by_model.clone() }
            }
            (Some(by_model), None) => by_model.clone(),
        }
    }
}

impl LinkContext<'_> {
    /// The entities of names that can mean only one.
    fn named_entities(&self, mentions: &[CandidateMention], candidates: &[Candidates]) -> NamedEntities {
        let mut named = NamedEntities::default();
        let is_certain =
            |mention: &CandidateMention| mention.ambiguity.is_none() && !self.view.is_boilerplate(mention.sentence);
        for (at, (mention, candidates)) in mentions.iter().zip(candidates).enumerate() {
            if is_certain(mention)
                && let Ok([only]) = candidates.as_deref()
                && !self.is_loose(only)
            {
                named.add(only.entity, at);
            }
        }
        named
    }

    /// Drops what only the table found where its own rules exclude it, or where capitals prove nothing and the article
    /// does not name the entity unambiguously elsewhere. Returns the candidates of those that stay.
    fn drop_doubtful(&self, mentions: &mut Vec<CandidateMention>, trace: &mut impl Trace) -> Vec<Candidates> {
        let mut candidates: Vec<Candidates> = mentions.iter().map(|mention| self.candidates(mention)).collect();
        let is_doubtful = mentions.iter().any(|mention| mention.ambiguity.is_some());
        let named = if is_doubtful { self.named_entities(mentions, &candidates) } else { NamedEntities::default() };
        let is_kept = |mention: &CandidateMention, candidates: &Candidates| match (mention.found_by, mention.ambiguity)
        {
            (FoundBy::Table, None) => candidates.is_ok(),
            (FoundBy::Table, Some(Ambiguity::Capitals)) => {
                candidates.iter().flatten().any(|candidate| named.names(candidate.entity))
            }
            (_, ambiguity) => ambiguity.is_none(),
        };
        let kept: Vec<bool> = mentions.iter().zip(&candidates).map(|(mention, own)| is_kept(mention, own)).collect();
        for (mention, _) in mentions.iter().zip(&kept).filter(|&(_, &kept)| !kept) {
            trace.dropped(self, mention);
        }
        retain(mentions, &kept);
        retain(&mut candidates, &kept);
        candidates
    }

    /// Scores what stayed ambiguous again, with all that has been linked since.
    fn decide_again(
        &self,
        (mentions, candidates): (&[CandidateMention], &[Candidates]),
        links: &mut [Link],
        named: &mut NamedEntities,
        trace: &mut impl Trace,
    ) {
        let is_open = |link: &Link| link.reason == Some(Reason::BelowMargin);
        if !links.iter().any(is_open) {
            return;
        }
        let is_later = |link: &Link| {
            link.method.is_some_and(|method| method >= Method::Acronym) || link.reason == Some(Reason::ContextDecided)
        };
        for (at, link) in links.iter().enumerate().filter(|(_, link)| is_later(link)) {
            link.entity.into_iter().for_each(|entity| named.add(entity, at));
        }
        trace.scoring(self, mentions, named, true);
        let with_candidates = mentions.iter().enumerate().zip(candidates);
        for ((mention, candidates), link) in with_candidates.zip(&mut *links).filter(|(_, link)| is_open(link)) {
            *link = self.decide(mention, candidates, named);
        }
        trace.done(Step::SecondLook, links);
    }
}

/// Keeps the items that are marked.
fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    items.retain(|_| kept.next().is_none_or(|&kept| kept));
}
