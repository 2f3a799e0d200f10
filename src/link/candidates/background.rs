//! Entities of the background: the many of a large table, which only a name that the model found can mean.
//!
//! They add no mentions, change no span, and stand back where a curated row has the name. Otherwise a table of millions
//! would find a name in nearly every word of a text.

use std::ops::Range;

use super::mention::{Hit, MatchSource};
use crate::link::context::LinkContext;
use crate::link::text::lists;
use crate::link::text::view::FieldView;

/// Rows of one key that are looked at, what is named most first.
const MAX_ROWS: usize = 256;
/// Candidates of one name: there are 156 places called Santa Maria.
const MAX_CANDIDATES: usize = 32;

impl LinkContext<'_> {
    /// The rows of the background whose alias is just these words and whose type is the model's.
    pub(super) fn background_hits(&self, field: &FieldView<'_>, words: &Range<usize>, kind: &str) -> Vec<Hit> {
        let at = field.words.content_of(words.clone());
        if at.is_empty() || at.len() > self.table.longest() {
            return Vec::new();
        }
        let mut key = String::with_capacity(48);
        field.words.push_key(at.start, at.end, &mut key);
        let fits = |row: &u32| {
            let row = self.table.row(*row);
            !row.is_curated() && lists::is_same_kind(self.table.row_kind(&row), kind)
        };
        let rows = self.table.rows(&key).take(MAX_ROWS).filter(fits).take(MAX_CANDIDATES);
        // The capitals of the alias must be there: the model alone takes "Reading" for a town.
        self.hits(field, rows, &at, MatchSource::Table)
    }
}
