//! "Homs and Aleppo provinces", "the province of Aleppo": a head beside a name, in small letters and so not
//! part of it, chooses the region over the city of the same name.

use super::lists;
use super::page::{Body, Page};
use super::scan::{Fit, Hit, Match};
use super::table::EntityTable;
use super::words::{Case, Gap};

/// Gives matches that stand under a shared or a preceding head the rows of the region of that name.
pub(super) fn apply(table: &EntityTable, _page: &Page<'_>, body: &Body<'_>, matches: &mut [Match]) {
    for at in 0..matches.len() {
        let Some(head) = preceding_head(body, &matches[at]).or_else(|| shared_head(body, matches, at)) else {
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

/// The head in "NAME, NAME and NAME provinces".
fn shared_head(body: &Body<'_>, matches: &[Match], at: usize) -> Option<&'static str> {
    let mut end = matches[at].words.end;
    if let Some(head) = plural_head(body, end) {
        return Some(head);
    }
    for found in &matches[at + 1..] {
        let between = end..found.words.start;
        let joined = match between.len() {
            0 => body.words.get(found.words.start).gap == Gap::Comma,
            1 => {
                body.words.key(end) == "and"
                    && body.words.get(end).gap <= Gap::Comma
                    && body.words.get(found.words.start).gap == Gap::Space
            }
            _ => false,
        };
        if !joined {
            return None;
        }
        end = found.words.end;
        if let Some(head) = plural_head(body, end) {
            return Some(head);
        }
    }
    None
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
