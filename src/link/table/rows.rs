//! The rows of one key in the user's table and in the one under it, as one list.

use std::cmp::Reverse;

use super::EntityTable;
use super::layer::LayerRows;

/// Numbers of rows: what is named most first, then in the order of the ids of their entities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'t> {
    table: &'t EntityTable,
    own: LayerRows<'t>,
    below: LayerRows<'t>,
}

impl<'t> Rows<'t> {
    pub(super) fn new(table: &'t EntityTable, own: LayerRows<'t>, below: Option<LayerRows<'t>>) -> Self {
        Self { table, own, below: below.unwrap_or_default() }
    }

    /// Whether the next row of the user's comes before the next one of the base.
    fn own_is_first(&self, own: u32, below: u32) -> bool {
        let order = |row: u32| {
            let entity = self.table.entity(self.table.row_entity(row));
            (Reverse(entity.popularity.to_bits()), entity.id)
        };
        order(own) < order(below)
    }
}

impl Iterator for Rows<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let next = match (self.own.peek(), self.below.peek()) {
                (Some(own), Some(below)) if self.own_is_first(own, below) => self.own.next(),
                (_, Some(_)) => self.below.next(),
                (own, None) => own.and_then(|_| self.own.next()),
            }?;
            // Rows of what the user's rows replace are theirs to give.
            let entity = self.table.row_entity(next);
            if self.table.current(entity) == Some(entity) {
                return Some(next);
            }
        }
    }
}
