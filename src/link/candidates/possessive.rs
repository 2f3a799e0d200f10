//! Names that end with a possessive: "McDonald's", "Moody's".

use super::mention::{CandidateMention, Hit, MatchKind};
use crate::link::context::LinkContext;
use crate::link::text::characters::is_apostrophe;
use crate::link::text::lists;
use crate::link::text::view::FieldView;

impl LinkContext<'_> {
    /// Keeps the possessive of a mention where an alias of the table, or the name of a company, ends with it.
    pub(super) fn keep_possessive(&self, field: &FieldView<'_>, mention: &mut CandidateMention) {
        let Some(last) = mention.words.clone().last().filter(|&last| field.words.get(last).possessive) else { return };
        let rest = field.text.get(mention.span.end..).unwrap_or_default();
        let mut chars = rest.chars();
        let (Some(mark), Some('s' | 'S')) = (chars.next(), chars.next()) else { return };
        let is_aliased = |hit: &Hit| self.table.row(hit.row).text.ends_with("'s");
        let is_brand = mention.kind.as_deref().is_some_and(lists::is_organisation)
            && lists::is_possessive_brand(field.words.key(last));
        if is_apostrophe(mark) && (mention.hits.iter().any(is_aliased) || is_brand) {
            mention.span.end += mark.len_utf8() + 1;
            for hit in mention.hits.iter_mut().filter(|hit| is_aliased(hit)) {
                hit.match_kind = MatchKind::Exact;
            }
        }
    }
}
