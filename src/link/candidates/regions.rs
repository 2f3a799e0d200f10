//! "Homs and Aleppo provinces", "the province of Aleppo": a head beside a name, in small letters and so not
//! part of it, chooses the region over the city of the same name.

use super::mention::{AliasMatch, Hit, MatchKind};
use crate::link::context::LinkContext;
use crate::link::text::lists;
use crate::link::text::view::FieldView;
use crate::link::text::words::{Case, Gap};

impl LinkContext<'_> {
    /// Gives matches that stand under a shared or a preceding head the rows of the region of that name.
    pub(crate) fn choose_regions(&self, field: &FieldView<'_>, matches: &mut [AliasMatch]) {
        let shared = shared_heads(field, matches);
        for at in 0..matches.len() {
            let Some(head) = preceding_head(field, &matches[at]).or(shared[at]) else {
                continue;
            };
            let hits = self.region_rows(field, &matches[at], head);
            if !hits.is_empty() {
                matches[at].hits = hits;
            }
        }
    }

    fn region_rows(&self, field: &FieldView<'_>, found: &AliasMatch, head: &str) -> Vec<Hit> {
        let at = field.words.content_of(found.words.clone());
        let mut key = String::with_capacity(48);
        field.words.push_key(at.start, at.end, &mut key);
        key.push(' ');
        key.push_str(head);
        self.table.curated_rows(&key).map(|row| Hit { row, match_kind: MatchKind::Folded }).collect()
    }
}

/// The head in "province of NAME".
fn preceding_head(field: &FieldView<'_>, found: &AliasMatch) -> Option<&'static str> {
    let mut of = found.words.start.checked_sub(1)?;
    if field.words.get(of).is_article {
        of = of.checked_sub(1)?;
    }
    if field.words.key(of) != "of" || of == 0 || field.words.get(found.words.start).gap > Gap::Hyphen {
        return None;
    }
    small_head(field, of - 1)
}

/// The head of each match in "NAME, NAME and NAME provinces". From right to left, so that a long list is gone through
/// once.
fn shared_heads(field: &FieldView<'_>, matches: &[AliasMatch]) -> Vec<Option<&'static str>> {
    let mut heads = vec![None; matches.len()];
    for at in (0..matches.len()).rev() {
        let end = matches[at].words.end;
        heads[at] = plural_head(field, end).or_else(|| {
            let next = matches.get(at + 1).filter(|next| is_joined(field, end, next.words.start));
            next.and_then(|_| heads[at + 1])
        });
    }
    heads
}

/// True where only a comma or "and" stands between a name that ends and one that starts.
fn is_joined(field: &FieldView<'_>, end: usize, start: usize) -> bool {
    match start.saturating_sub(end) {
        0 => field.words.get(start).gap == Gap::Comma,
        1 => {
            field.words.key(end) == "and"
                && field.words.get(end).gap <= Gap::Comma
                && field.words.get(start).gap == Gap::Space
        }
        _ => false,
    }
}

fn plural_head(field: &FieldView<'_>, at: usize) -> Option<&'static str> {
    let is_plural =
        at < field.words.len() && field.words.get(at).gap == Gap::Space && field.words.key(at).ends_with('s');
    is_plural.then(|| small_head(field, at)).flatten()
}

fn small_head(field: &FieldView<'_>, at: usize) -> Option<&'static str> {
    (field.words.get(at).case == Case::Lower).then(|| lists::region_head(field.words.key(at))).flatten()
}
