//! Two persons under one surname: "Bill and Hillary Clinton".

use super::mention::{CandidateMention, Hit, MatchKind};
use crate::link::context::LinkContext;
use crate::link::outcome::FoundBy;
use crate::link::text::lists;
use crate::link::text::view::FieldView;

impl LinkContext<'_> {
    /// Gives a given name before "and" and a full name the aliases that it has with the surname of the other.
    pub(super) fn share_surnames(&self, field: &FieldView<'_>, mentions: &mut [CandidateMention]) {
        for at in 1..mentions.len() {
            if let Some(hits) = self.hits_with_surname(field, &mentions[at - 1], &mentions[at]) {
                mentions[at - 1].hits = hits;
                mentions[at - 1].found_by = FoundBy::Both;
            }
        }
    }

    fn hits_with_surname(
        &self,
        field: &FieldView<'_>,
        given: &CandidateMention,
        full: &CandidateMention,
    ) -> Option<Vec<Hit>> {
        let is_person = |mention: &CandidateMention| mention.kind.as_deref().is_some_and(lists::is_person);
        let between = field.text.get(given.span.end..full.span.start)?;
        let words = field.words.content_of(full.words.clone());
        let is_pair = given.words.len() == 1
            && given.hits.is_empty()
            && words.len() > 1
            && matches!(between.trim(), "and" | "&")
            && is_person(given)
            && (is_person(full) || full.kind.is_none());
        if !is_pair {
            return None;
        }
        let surname = field.words.key(field.words.content(words.end - 1));
        let rows = self.table.curated_rows(&format!("{} {surname}", field.words.key(given.words.start)));
        let of_person = rows.filter(|&row| lists::is_person(self.table.kind(self.table.row_entity(row))));
        let hits: Vec<Hit> = of_person.map(|row| Hit { row, match_kind: MatchKind::Folded }).collect();
        (!hits.is_empty()).then_some(hits)
    }
}
