//! Entities of the background: the many of a large table, which only a name that the model found can mean.
//!
//! They add no mentions, change no span, and stand back where a curated row that the article admits has the name. Otherwise a table of millions
//! would find a name in nearly every word of a text.

use std::ops::Range;

use super::mention::{CandidateMention, Hit, MatchSource};
use super::states::is_abbreviated_state;
use crate::link::context::LinkContext;
use crate::link::outcome::{FoundBy, Reason};
use crate::link::text::lists;
use crate::link::text::view::FieldView;

/// Rows of one key that are looked at, what is named most first.
const MAX_ROWS: usize = 256;
/// Candidates of one name: there are 156 places called Santa Maria.
const MAX_CANDIDATES: usize = 32;

impl LinkContext<'_> {
    /// Gives a mention of the model the rows of the background where no curated row has its name, or where all that
    /// have it are refused by words of the article: it is not that Springfield.
    pub(super) fn add_background(&self, field: &FieldView<'_>, mention: &mut CandidateMention) {
        let is_free = mention.refused.is_none() && mention.hits.iter().all(|hit| self.is_refused_by_words(hit));
        let Some(kind) = mention.kind.as_deref().filter(|_| is_free) else { return };
        let hits = self.background_hits(field, &mention.words, kind);
        if !hits.is_empty() {
            mention.hits = hits;
            mention.found_by = FoundBy::Both;
        }
    }

    /// True for a row whose required or excluded words refuse it in this article.
    pub(super) fn is_refused_by_words(&self, hit: &Hit) -> bool {
        matches!(self.refusal(hit.row), Some(Reason::RequiresMissing | Reason::ExcludedWord))
    }

    /// The rows of the background whose alias is just these words and whose type is the model's.
    fn background_hits(&self, field: &FieldView<'_>, words: &Range<usize>, kind: &str) -> Vec<Hit> {
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
        // "Fla." is no place in Norway.
        if let Some(state) = self.state_at(field, words.start).filter(|_| is_abbreviated_state(field, words)) {
            key.replace_range(.., state);
        }
        let rows = self.table.rows(&key).take(MAX_ROWS).filter(fits).take(MAX_CANDIDATES);
        // The capitals of the alias must be there: the model alone takes "Reading" for a town.
        self.hits(field, rows, &at, MatchSource::Table)
    }
}
