//! "Homs and Aleppo provinces", "the province of Aleppo": a head beside a name, in small letters and so not
//! part of it, chooses the region over the city of the same name.

use super::lists;
use super::page::{Body, Page};
use super::scan::{Fit, Hit, Match};
use super::table::EntityTable;
use super::words::{Case, Gap};

/// Gives matches that stand under a shared or a preceding head the rows of the region of that name.
pub(super) fn apply(table: &EntityTable, _page: &Page<'_>, body: &Body<'_>, matches: &mut [Match]) {
    let shared = shared_heads(body, matches);
    for at in 0..matches.len() {
        let Some(head) = preceding_head(body, &matches[at]).or(shared[at]) else {
            continue;
        };
        let hits = region_rows(table, body, &matches[at], head);
        if !hits.is_empty() {
            matches[at].hits = hits;
        }
    }
}

/// The head in "province of NAME".
fn preceding_head(body: &Body<'_>, found: &Match) -> Option<&'static str> {
    let mut of = found.words.start.checked_sub(1)?;
    if body.words.get(of).is_article {
        of = of.checked_sub(1)?;
    }
    if body.words.key(of) != "of" || of == 0 || body.words.get(found.words.start).gap > Gap::Hyphen {
        return None;
    }
    small_head(body, of - 1)
}

/// The head of each match in "NAME, NAME and NAME provinces". From right to left, so that a long list is gone through
/// once.
fn shared_heads(body: &Body<'_>, matches: &[Match]) -> Vec<Option<&'static str>> {
    let mut heads = vec![None; matches.len()];
    for at in (0..matches.len()).rev() {
        let end = matches[at].words.end;
        heads[at] = plural_head(body, end).or_else(|| {
            let next = matches.get(at + 1).filter(|next| is_joined(body, end, next.words.start));
            next.and_then(|_| heads[at + 1])
        });
    }
    heads
}

/// True where only a comma or "and" stands between a name that ends and one that starts.
fn is_joined(body: &Body<'_>, end: usize, start: usize) -> bool {
    match start.saturating_sub(end) {
        0 => body.words.get(start).gap == Gap::Comma,
        1 => {
            body.words.key(end) == "and"
                && body.words.get(end).gap <= Gap::Comma
                && body.words.get(start).gap == Gap::Space
        }
        _ => false,
    }
}

fn plural_head(body: &Body<'_>, at: usize) -> Option<&'static str> {
    let is_plural = at < body.words.len() && body.words.get(at).gap == Gap::Space && body.words.key(at).ends_with('s');
    is_plural.then(|| small_head(body, at)).flatten()
}

fn small_head(body: &Body<'_>, at: usize) -> Option<&'static str> {
    (body.words.get(at).case == Case::Lower).then(|| lists::region_head(body.words.key(at))).flatten()
}

fn region_rows(table: &EntityTable, body: &Body<'_>, found: &Match, head: &str) -> Vec<Hit> {
    let at = body.words.content_of(found.words.clone());
    let mut key = String::with_capacity(48);
    body.words.push_key(at.start, at.end, &mut key);
    key.push(' ');
    key.push_str(head);
    table.lexicon.find(&key).map(|row| Hit { row, fit: Fit::Folded }).collect()
}
