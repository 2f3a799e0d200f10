//! The table `entities`: each entity over all articles.

use ahash::AHashMap;

use super::period::Days;
use super::rows::MentionRow;
use super::sheet::{Cell, Column, Kind, Sheet};
use super::tally::Tally;
use super::totals::Totals;
use crate::error::Result;

/// Number of an entity, in the order of first mention.
pub type EntityNo = u32;

/// An entity and its counts.
#[derive(Clone, Debug, Default)]
pub struct EntityCounts {
    /// Its id in the table.
    pub id: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Its type in the table.
    pub kind: Box<str>,
    /// Number of mentions.
    pub mentions: u64,
    /// Number of articles that mention it.
    pub articles: u64,
    /// First and last day of these articles.
    pub days: Days,
    /// Types of its mentions.
    pub types: Tally,
    /// Surface forms of its mentions.
    pub surfaces: Tally,
}

/// All entities that are mentioned.
#[derive(Clone, Debug, Default)]
pub struct Entities {
    list: Vec<EntityCounts>,
    numbers: AHashMap<Box<str>, EntityNo>,
}

impl Entities {
    /// Counts a linked mention. Returns the number of its entity.
    pub(super) fn count(&mut self, id: &str, mention: &MentionRow<'_>) -> EntityNo {
        let number = match self.numbers.get(id) {
            Some(&number) => number,
            None => self.add(id, mention),
        };
        let entity = &mut self.list[number as usize];
        entity.mentions += 1;
        entity.types.add(&mention.kind);
        entity.surfaces.add(&mention.text);
        number
    }

    fn add(&mut self, id: &str, mention: &MentionRow<'_>) -> EntityNo {
        let number = self.list.len() as EntityNo;
        let text = |text: &Option<super::rows::Text<'_>>, or: &str| text.as_ref().map_or(or, |text| &*text.0).into();
        self.list.push(EntityCounts {
            id: id.into(),
            name: text(&mention.entity_name, id),
            kind: text(&mention.entity_type, &mention.kind),
            ..EntityCounts::default()
        });
        self.numbers.insert(id.into(), number);
        number
    }

    pub(super) fn get_mut(&mut self, number: EntityNo) -> &mut EntityCounts {
        &mut self.list[number as usize]
    }

    /// An entity by its number.
    pub fn get(&self, number: EntityNo) -> &EntityCounts {
        &self.list[number as usize]
    }

    /// The number of the entity of this id.
    pub fn find(&self, id: &str) -> Option<EntityNo> {
        self.numbers.get(id).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True where nothing was linked.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All entities: those of most mentions first, then of most articles, then by id.
    pub fn ranked(&self) -> Vec<EntityNo> {
        let mut numbers: Vec<EntityNo> = (0..self.list.len() as EntityNo).collect();
        numbers.sort_by(|&left, &right| {
            let (left, right) = (self.get(left), self.get(right));
            (right.mentions, right.articles).cmp(&(left.mentions, left.articles)).then_with(|| left.id.cmp(&right.id))
        });
        numbers
    }

    /// Writes the table.
    pub(super) fn write(&self, totals: &Totals, sheet: &mut dyn Sheet) -> Result<()> {
        for number in self.ranked() {
            let entity = self.get(number);
            sheet.row(&[
                Cell::text(&*entity.id),
                Cell::text(&*entity.name),
                Cell::text(&*entity.kind),
                Cell::Count(entity.mentions),
                Cell::Count(entity.articles),
                Cell::ratio(entity.articles, totals.articles),
                Cell::day(entity.days.first()),
                Cell::day(entity.days.last()),
                Cell::text(entity.types.to_json()),
                Cell::text(entity.surfaces.to_json()),
            ])?;
        }
        Ok(())
    }
}

/// Columns of the table.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("entity_id", Kind::Text),
    Column::new("entity_name", Kind::Text),
    Column::new("entity_type", Kind::Text),
    Column::new("mentions", Kind::Count),
    Column::new("articles", Kind::Count),
    Column::new("share_of_articles", Kind::Number),
    Column::new("first_day", Kind::Day),
    Column::new("last_day", Kind::Day),
    Column::new("types", Kind::Text),
    Column::new("surfaces", Kind::Text),
];
