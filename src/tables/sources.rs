//! The table `entity_source`: each entity in each source.

use ahash::AHashMap;

use super::days::Named;
use super::entities::{Entities, EntityNo};
use super::sheet::{Cell, Column, Kind, Sheet};
use crate::error::Result;

/// Maximum number of sources. A field that is different in each article, such as an address, is no source.
const MAX_SOURCES: usize = 10_000;

/// Counts by source.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Names with the number of articles, in the order of first appearance.
    list: Vec<(String, u64)>,
    numbers: AHashMap<String, u32>,
    entities: AHashMap<(EntityNo, u32), Named>,
    /// Articles of sources beyond the maximum.
    pub dropped_articles: u64,
}

impl Sources {
    /// Counts an article. Returns the number of its source.
    pub(super) fn add(&mut self, source: &str) -> Option<u32> {
        let number = match self.numbers.get(source) {
            Some(&number) => number,
            None if self.list.len() < MAX_SOURCES => {
                let number = self.list.len() as u32;
                self.list.push((source.to_owned(), 0));
                self.numbers.insert(source.to_owned(), number);
                number
            }
            None => {
                self.dropped_articles += 1;
                return None;
            }
        };
        self.list[number as usize].1 += 1;
        Some(number)
    }

    pub(super) fn add_entity(&mut self, entity: EntityNo, source: u32, mentions: u64) {
        let named = self.entities.entry((entity, source)).or_default();
        named.mentions += mentions;
        named.articles += 1;
    }

    /// Writes the table, entities in the order of the table of entities, sources by name.
    pub(super) fn write(&self, entities: &Entities, sheet: &mut dyn Sheet) -> Result<()> {
        let mut ranks = vec![0; entities.len()];
        for (rank, number) in entities.ranked().into_iter().enumerate() {
            ranks[number as usize] = rank;
        }
        let mut rows: Vec<_> = self.entities.iter().collect();
        rows.sort_by_key(|&(&(entity, source), _)| (ranks[entity as usize], &self.list[source as usize].0));
        for (&(entity, source), named) in rows {
            let (entity, (source, articles)) = (entities.get(entity), &self.list[source as usize]);
            sheet.row(&[
                Cell::text(&*entity.id),
                Cell::text(&*entity.name),
                Cell::text(source),
                Cell::Count(named.mentions),
                Cell::Count(named.articles),
                Cell::Count(*articles),
                Cell::ratio(named.articles, *articles),
            ])?;
        }
        Ok(())
    }
}

/// Columns of the table.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("entity_id", Kind::Text),
    Column::new("entity_name", Kind::Text),
    Column::new("source", Kind::Text),
    Column::new("mentions", Kind::Count),
    Column::new("articles", Kind::Count),
    Column::new("articles_of_source", Kind::Count),
    Column::new("rate", Kind::Number),
];
