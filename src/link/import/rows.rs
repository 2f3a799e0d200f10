//! Gives rows on: each id once, and relations only to rows that exist.

use std::collections::BTreeMap;

use serde::Serialize;

use super::filed::Filed;
use super::idset::IdSet;
use super::row::Row;
use crate::error::Result;
use crate::link::table::Tier;
use crate::link::table::bare_name;
use crate::link::text::normalise::fold;

/// What an import wrote and left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// Entities that were written.
    pub entities: u64,
    /// Their aliases, without the names.
    pub aliases: u64,
    /// Their relations.
    pub relations: u64,
    /// What was left out: how often, and the first place, by reason.
    pub skipped: BTreeMap<&'static str, (u64, String)>,
}

impl Tally {
    pub(super) fn skip(&mut self, reason: &'static str, place: impl FnOnce() -> String) {
        self.skip_many(reason, 1, place);
    }

    pub(super) fn skip_many(&mut self, reason: &'static str, count: u64, place: impl FnOnce() -> String) {
        self.skipped.entry(reason).or_insert_with(|| (0, place())).0 += count;
    }
}

/// Gives rows to a sink. A row that has relations to rows not seen yet waits in a temporary file until all are known.
pub struct Rows<'s> {
    sink: &'s mut dyn FnMut(&Row) -> Result<()>,
    tier: Tier,
    terms: Option<String>,
    ids: IdSet,
    waiting: Option<Filed>,
    /// What was written and left out so far.
    pub tally: Tally,
}

impl<'s> Rows<'s> {
    /// Rows of this tier go to `sink`; `terms`, the publisher and the licence, is added to their `source`.
    pub fn new(tier: Tier, terms: Option<String>, sink: &'s mut dyn FnMut(&Row) -> Result<()>) -> Self {
        Self { sink, tier, terms, ids: IdSet::default(), waiting: None, tally: Tally::default() }
    }

    /// Takes the id, if it is free.
    pub(super) fn take_id(&mut self, id: &str) -> bool {
        self.ids.insert(id)
    }

    /// Writes a row whose id is still free and whose name a table accepts, without aliases that are codes.
    pub(super) fn write_new(&mut self, mut row: Row, place: impl Fn() -> String) -> Result<()> {
        if fold(bare_name(&row.name)).is_empty() {
            self.tally.skip("no_name", place);
        } else if !self.take_id(&row.id) {
            self.tally.skip("repeated_id", place);
        } else {
            if let Some((code, count)) = row.restrict_codes() {
                self.tally.skip_many("lower_case_code", count, || format!("{} {code}", place()));
            }
            return self.write(row);
        }
        Ok(())
    }

    /// Writes a row whose id is taken for it.
    pub(super) fn write(&mut self, mut row: Row) -> Result<()> {
        row.tier = self.tier;
        row.source = match (row.source, &self.terms) {
            (Some(source), Some(terms)) => Some(format!("{source}, {terms}")),
            (source, terms) => source.or_else(|| terms.clone()),
        };
        if row.relations.iter().all(|relation| self.ids.contains(&relation.target)) {
            return self.give(&row);
        }
        let waiting = match &mut self.waiting {
            Some(waiting) => waiting,
            None => self.waiting.insert(Filed::create()?),
        };
        waiting.push(&row)
    }

    fn give(&mut self, row: &Row) -> Result<()> {
        self.tally.entities += 1;
        self.tally.aliases += row.aliases.len() as u64;
        self.tally.relations += row.relations.len() as u64;
        (self.sink)(row)
    }

    /// Writes what waited, without relations to rows that do not exist.
    pub fn finish(mut self) -> Result<Tally> {
        let Some(waiting) = self.waiting.take() else { return Ok(self.tally) };
        waiting.replay(|mut row| {
            let all = row.relations.len();
            let missing = row.relations.iter().find(|relation| !self.ids.contains(&relation.target)).cloned();
            row.relations.retain(|relation| self.ids.contains(&relation.target));
            if let Some(missing) = missing {
                let place = || format!("{} {} {}", row.id, missing.kind, missing.target);
                self.tally.skip_many("relation_to_missing_entity", (all - row.relations.len()) as u64, place);
            }
            self.give(&row)
        })?;
        Ok(self.tally)
    }
}
