//! The tables `daily` and `entity_day`: what each period has, and each entity in it.

use std::collections::BTreeMap;

use ahash::AHashMap;
use jiff::civil::Date;

use super::entities::{Entities, EntityNo};
use super::sheet::{Cell, Column, Kind, Sheet};
use crate::error::Result;

/// Mentions, and the articles with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Number of mentions.
    pub mentions: u64,
    /// Number of articles.
    pub articles: u64,
}

/// The counts of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeriodCounts {
    /// Articles.
    pub articles: u64,
    /// Mentions.
    pub mentions: u64,
    /// Mentions with an entity.
    pub linked: u64,
    /// Tokens.
    pub tokens: u64,
}

/// Counts by period; that of articles without a date is `None`.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Everything in each period.
    pub periods: BTreeMap<Option<Date>, PeriodCounts>,
    /// Each entity in each period.
    entities: AHashMap<(EntityNo, Date), Named>,
}

impl Calendar {
    pub(super) fn add(&mut self, period: Option<Date>, counts: PeriodCounts) {
        let sum = self.periods.entry(period).or_default();
        sum.articles += counts.articles;
        sum.mentions += counts.mentions;
        sum.linked += counts.linked;
        sum.tokens += counts.tokens;
    }

    pub(super) fn add_entity(&mut self, entity: EntityNo, period: Date, mentions: u64) {
        let named = self.entities.entry((entity, period)).or_default();
        named.mentions += mentions;
        named.articles += 1;
    }

    /// The counts of each entity: its number, the period, and mentions with articles, by entity and period.
    pub fn by_entity(&self) -> Vec<(EntityNo, Date, Named)> {
        let mut rows: Vec<_> =
            self.entities.iter().map(|(&(entity, period), &named)| (entity, period, named)).collect();
        rows.sort_by_key(|&(entity, period, _)| (entity, period));
        rows
    }

    /// Writes `daily`.
    pub(super) fn write_periods(&self, sheet: &mut dyn Sheet) -> Result<()> {
        for (&period, counts) in &self.periods {
            sheet.row(&[
                Cell::day(period),
                Cell::Count(counts.articles),
                Cell::Count(counts.mentions),
                Cell::Count(counts.linked),
                Cell::Count(counts.tokens),
            ])?;
        }
        Ok(())
    }

    /// Writes `entity_day`, entities in the order of the table of entities.
    pub(super) fn write_entities(&self, entities: &Entities, sheet: &mut dyn Sheet) -> Result<()> {
        let rows = self.by_entity();
        for number in entities.ranked() {
            let start = rows.partition_point(|&(entity, ..)| entity < number);
            for (_, period, named) in rows[start..].iter().take_while(|&&(entity, ..)| entity == number) {
                let of_period = self.periods.get(&Some(*period)).map_or(0, |counts| counts.articles);
                let entity = entities.get(number);
                sheet.row(&[
                    Cell::text(&*entity.id),
                    Cell::text(&*entity.name),
                    Cell::Day(*period),
                    Cell::Count(named.mentions),
                    Cell::Count(named.articles),
                    Cell::Count(of_period),
                    Cell::ratio(named.articles, of_period),
                ])?;
            }
        }
        Ok(())
    }
}

/// Columns of `daily`.
pub(super) const PERIOD_COLUMNS: &[Column] = &[
    Column::new("day", Kind::Day),
    Column::new("articles", Kind::Count),
    Column::new("mentions", Kind::Count),
    Column::new("linked", Kind::Count),
    Column::new("tokens", Kind::Count),
];

/// Columns of `entity_day`.
pub(super) const ENTITY_COLUMNS: &[Column] = &[
    Column::new("entity_id", Kind::Text),
    Column::new("entity_name", Kind::Text),
    Column::new("day", Kind::Day),
    Column::new("mentions", Kind::Count),
    Column::new("articles", Kind::Count),
    Column::new("articles_of_day", Kind::Count),
    Column::new("rate", Kind::Number),
];
