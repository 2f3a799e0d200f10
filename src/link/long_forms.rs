//! Long forms in pieces: in "Kurdistan Democratic Party of Syria (KDPS)" the letters say that the name before the
//! bracket is longer than the piece that model or table saw.

use super::definitions::{is_short_form, letters_fit};
use super::lists;
use super::outcome::FoundBy;
use super::page::{Body, Page};
use super::scan::Voucher;
use super::sites::Site;
use super::table::EntityTable;
use super::trim::lookup;
use super::words::Gap;

/// Pieces of one name that are tried: no more than a short form has letters.
const MOST_PIECES: usize = 10;

/// Puts the pieces of each such name together.
pub(super) fn join(table: &EntityTable, page: &Page<'_>, sites: &mut Vec<Site>) {
    let mut joined: Vec<Site> = Vec::with_capacity(sites.len());
    for site in sites.drain(..) {
        joined.push(site);
        let short = joined.len() - 1;
        if short > 0
            && let Some(first) = first_piece(table, page, &joined, short)
        {
            let whole = whole(table, page, &joined, first, short);
            let short = joined.pop();
            joined.truncate(first);
            joined.push(whole);
            joined.extend(short);
        }
    }
    *sites = joined;
}

/// The first of two or more sites before a bracketed short form whose capitals, together, are its letters.
fn first_piece(table: &EntityTable, page: &Page<'_>, sites: &[Site], short: usize) -> Option<usize> {
    let (site, last) = (&sites[short], &sites[short - 1]);
    let body = page.body(site.field);
    if site.words.is_empty() || site.sentence != last.sentence || !is_short_form(body, site) {
        return None;
    }
    let between = body.text.get(last.span.end..site.span.start).unwrap_or_default().trim();
    let letters = site.span.slice(body.text);
    if !matches!(between, "(" | "[") || letters_fit(last.span.slice(body.text), letters) {
        return None;
    }
    let pieces = (0..short - 1).rev().take(MOST_PIECES).take_while(|&at| is_joined(body, &sites[at], &sites[at + 1]));
    pieces.filter(|&at| is_organisation(table, &sites[at])).find(|&at| {
        let words = sites[at].words.start..last.words.end;
        let capitals = words.filter(|&word| body.words.get(word).case.is_capital());
        let initials = capitals.filter_map(|word| body.words.key(word).chars().next());
        initials.eq(letters.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase))
    })
}

/// True where only small words of a name stand between two sites.
fn is_joined(body: &Body<'_>, left: &Site, right: &Site) -> bool {
    left.field == right.field
        && left.sentence == right.sentence
        && !right.words.is_empty()
        && (left.words.end..=right.words.start).all(|at| body.words.get(at).gap <= Gap::Hyphen)
        && (left.words.end..right.words.start).all(|at| lists::joins_names(body.words.key(at)))
}

/// "Iraq and Syria (IS)" is no name: it begins with a place.
fn is_organisation(table: &EntityTable, site: &Site) -> bool {
    let by_table = site.hits.first().map(|hit| &*table.entity(table.lexicon.row(hit.row).entity).kind);
    matches!(by_table.or(site.label.as_deref()), Some("ORG" | "MISC"))
}

fn whole(table: &EntityTable, page: &Page<'_>, sites: &[Site], first: usize, short: usize) -> Site {
    let pieces = &sites[first..short];
    let body = page.body(pieces[0].field);
    let words = pieces[0].words.start..sites[short - 1].words.end;
    let hits = lookup(table, page, body, &words, Voucher::Model);
    let found_by = if pieces.iter().all(|piece| piece.score.is_none()) {
        FoundBy::Table
    } else if hits.is_empty() {
        FoundBy::Model
    } else {
        FoundBy::Both
    };
    Site {
        span: body.words.span(&words),
        words,
        label: Some("ORG".into()),
        score: pieces.iter().filter_map(|piece| piece.score).reduce(f32::min),
        found_by,
        hits,
        refused: None,
        doubt: None,
        ..pieces[0].clone()
    }
}
