//! One pass over mentions and articles: everything that the tables hold.

use jiff::civil::Date;

use super::days::{Calendar, PeriodCounts};
use super::entities::{Entities, EntityNo};
use super::files::RunFiles;
use super::join::{ArticleFacts, Visitor, visit};
use super::pairs::{Hit, Pairs};
use super::period::Period;
use super::rows::MentionRow;
use super::sources::Sources;
use super::totals::{Totals, count};
use super::unlinked;
use crate::date::DateRange;
use crate::error::{Error, Result};
use crate::link::suggest::{Group, Suggestions};

/// What is counted, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TableOptions {
    /// The periods that articles are counted in.
    pub by: Period,
    /// Count articles that are copies of an earlier one, too.
    pub with_copies: bool,
    /// The field of `meta` that names an article's source.
    pub source_field: Option<String>,
    /// Maximum number of pairs in memory, 50 bytes each; see [`super::pairs`].
    pub max_pairs: usize,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { by: Period::Day, with_copies: false, source_field: None, max_pairs: 2_000_000 }
    }
}

/// All aggregates of runs.
#[derive(Debug)]
pub struct Aggregates {
    /// The periods that articles are counted in.
    pub by: Period,
    /// Counts over everything.
    pub totals: Totals,
    /// Each entity.
    pub entities: Entities,
    /// Each period, and each entity in it.
    pub calendar: Calendar,
    /// Each entity in each source; empty without a source field.
    pub sources: Sources,
    /// Pairs of entities.
    pub pairs: Pairs,
    /// Groups of mentions without an entity, those of most articles first.
    pub unlinked: Vec<Group>,
    /// Mentions of groups that were dropped, because there were too many.
    pub dropped_unlinked: u64,
}

impl Aggregates {
    /// Reads all files once.
    ///
    /// # Errors
    ///
    /// Fails where a file cannot be read, or where mentions and articles do not belong together.
    pub fn read(files: &RunFiles, options: &TableOptions) -> Result<Self> {
        if options.max_pairs == 0 {
            return Err(Error::invalid("max_pairs", "must be at least 1"));
        }
        let mut collector = Collector::new(options);
        visit(files, options.source_field.as_deref(), &mut collector)?;
        Ok(collector.finish())
    }
}

struct Collector<'o> {
    options: &'o TableOptions,
    totals: Totals,
    entities: Entities,
    calendar: Calendar,
    sources: Sources,
    pairs: Pairs,
    unlinked: Suggestions,
    article: Current,
}

/// The article whose mentions are being read.
#[derive(Default)]
struct Current {
    is_counted: bool,
    date: Option<DateRange>,
    period: Option<Date>,
    source: Option<u32>,
    counts: PeriodCounts,
    hits: Vec<Hit>,
    named: Vec<(EntityNo, u64)>,
}

impl<'o> Collector<'o> {
    fn new(options: &'o TableOptions) -> Self {
        Self {
            options,
            totals: Totals::default(),
            entities: Entities::default(),
            calendar: Calendar::default(),
            sources: Sources::default(),
            pairs: Pairs::new(options.max_pairs),
            unlinked: Suggestions::with_limit(unlinked::MAX_GROUPS),
            article: Current::default(),
        }
    }

    fn finish(self) -> Aggregates {
        let dropped_unlinked = self.unlinked.dropped();
        Aggregates {
            by: self.options.by,
            totals: self.totals,
            entities: self.entities,
            calendar: self.calendar,
            sources: self.sources,
            pairs: self.pairs,
            unlinked: self.unlinked.groups(None, 1),
            dropped_unlinked,
        }
    }

    /// Counts articles by what became of them.
    fn count_status(&mut self, article: &ArticleFacts) {
        match article.row.status.as_str() {
            "rejected" => self.totals.rejected += 1,
            "skipped" => self.totals.skipped += 1,
            _ => self.totals.copies += u64::from(article.row.copy_of.is_some()),
        }
    }
}

impl Visitor for Collector<'_> {
    fn begin(&mut self, article: &ArticleFacts) -> Result<()> {
        self.article.hits.clear();
        self.count_status(article);
        self.article.is_counted = article.is_counted(self.options.with_copies);
        if !self.article.is_counted {
            return Ok(());
        }
        let period = article.date.and_then(|date| self.options.by.of(date));
        self.article.period = period;
        self.article.date = article.date.filter(|_| period.is_some());
        self.article.source = match &article.source {
            Some(source) => self.sources.add(source),
            None => None,
        };
        self.article.counts = PeriodCounts { articles: 1, tokens: article.row.tokens, ..PeriodCounts::default() };
        self.totals.articles += 1;
        self.totals.tokens += article.row.tokens;
        self.totals.undated_articles += u64::from(period.is_none());
        self.article.date.into_iter().for_each(|date| self.totals.days.add(date));
        if let Some(language) = &article.row.language {
            count(&mut self.totals.by_language, language);
        }
        self.unlinked.begin_article();
        Ok(())
    }

    fn mention(&mut self, mention: &MentionRow<'_>) -> Result<()> {
        if !self.article.is_counted {
            return Ok(());
        }
        self.article.counts.mentions += 1;
        count(&mut self.totals.by_type, &mention.kind);
        count(&mut self.totals.by_status, &mention.link.status);
        let Some(id) = mention.entity() else {
            if let Some(reason) = &mention.link.reason {
                count(&mut self.totals.by_reason, reason.as_ref());
            }
            unlinked::add(&mut self.unlinked, mention);
            return Ok(());
        };
        if let Some(method) = &mention.link.method {
            count(&mut self.totals.by_method, method.as_ref());
        }
        self.article.counts.linked += 1;
        let entity = self.entities.count(id, mention);
        self.article.hits.push((mention.field as u8, mention.sentence, entity));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let Current { is_counted: true, date, period, source, counts, hits, named } = &mut self.article else {
            return Ok(());
        };
        self.totals.mentions += counts.mentions;
        self.totals.linked += counts.linked;
        self.calendar.add(*period, *counts);
        hits.sort_unstable_by_key(|&(.., entity)| entity);
        named.clear();
        named.extend(hits.chunk_by(|left, right| left.2 == right.2).map(|hits| (hits[0].2, hits.len() as u64)));
        for &(number, mentions) in &*named {
            let entity = self.entities.get_mut(number);
            entity.articles += 1;
            date.iter().for_each(|&date| entity.days.add(date));
            if let Some(period) = *period {
                self.calendar.add_entity(number, period, mentions);
            }
            if let Some(source) = *source {
                self.sources.add_entity(number, source, mentions);
            }
        }
        hits.sort_unstable();
        self.pairs.add(named, hits, *date);
        Ok(())
    }
}
