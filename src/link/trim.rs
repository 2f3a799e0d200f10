//! What belongs to a name: a model's span, cut to it and looked up.

use std::ops::Range;

use super::lists;
use super::outcome::Reason;
use super::page::{Body, Page};
use super::scan::{self, Fit, Hit, Voucher};
use super::table::EntityTable;
use super::words::{Case, Gap};
use crate::decode::{NerSpan, trim::is_compound_tail};

/// The words of a mention without what news puts around a name: "the", titles, points of the compass,
/// "Government of", the small half of "US-backed" and "pro-Assad". A span that the table knows stays.
pub(super) fn trim(table: &EntityTable, page: &Page<'_>, body: &Body<'_>, mention: &NerSpan) -> Range<usize> {
    let mut words = body.words.in_span(mention.span);
    if mention.kind.as_ref() == "PER" {
        words = with_suffix(body, words);
    }
    while !words.is_empty() {
        let is_the = body.words.get(words.start).is_article && body.words.key(words.start) == "the";
        if is_the && words.len() > 1 {
            words.start += 1;
            continue;
        }
        // A small head is no part of a name, unless the table writes it small too.
        let last = words.end - 1;
        let small_head = body.words.get(last).case == Case::Lower && lists::is_place_head(body.words.key(last));
        let voucher = if small_head { Voucher::Table } else { Voucher::Model };
        if !lookup(table, page, body, &words, voucher).is_empty() {
            break;
        }
        match trim_once(table, page, body, &words, &mention.kind) {
            Some(shorter) => words = shorter,
            None => break,
        }
    }
    with_hyphened_article(body, words)
}

/// One step: the shorter span, or none where nothing is to be cut.
fn trim_once(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    words: &Range<usize>,
    label: &str,
) -> Option<Range<usize>> {
    let (first, last) = (words.start, words.end - 1);
    if first == last {
        return None;
    }
    let (after_first, before_last) = (first + 1..words.end, words.start..last);
    let (key, last_key) = (body.words.key(first), body.words.key(last));
    let (case, last_case) = (body.words.get(first).case, body.words.get(last).case);
    let second = body.words.get(first + 1);
    let hyphened_tail = body.words.get(last).gap == Gap::Hyphen && is_compound_tail(last_key);
    let hyphened_head = second.gap == Gap::Hyphen
        && case == Case::Lower
        && !body.words.get(first).is_article
        && second.case.is_capital();
    if hyphened_tail && !body.words.get(last - 1).is_article {
        return Some(before_last);
    }
    if hyphened_head || (label == "PER" && lists::is_title(key)) {
        return Some(after_first);
    }
    let known = |words: &Range<usize>| !lookup(table, page, body, words, Voucher::Model).is_empty();
    if label != "PER" && lists::is_compass(key) && (key.ends_with("ern") || known(&after_first)) {
        return Some(after_first);
    }
    // "Government of Iraq", "Federal Government of Iraq".
    let of = (first + 1..words.end - 1)
        .take(2)
        .find(|&at| body.words.key(at) == "of" && lists::is_institution(body.words.key(at - 1)));
    if let Some(of) = of {
        return Some(of + 1..words.end);
    }
    // "1991 Gulf War": a year before a name is none of it; and no name ends with "of the".
    let is_year = |at: usize| body.words.get(at).case == Case::Digit && body.words.key(at).len() == 4;
    if is_year(first) && known(&after_first) {
        return Some(after_first);
    }
    if last_case == Case::Lower
        && matches!(last_key, "of" | "the" | "and" | "in" | "for" | "to" | "on" | "at" | "by" | "with")
    {
        return Some(before_last);
    }
    // "UN Security Council Resolution 2254" names the council; resolutions are no entities of the news.
    // Names are short: what comes after the longest is not searched, once for each word that is cut off.
    let resolution = words.clone().take(table.lexicon.longest().max(16) + 1);
    let resolution = resolution.into_iter().find(|&at| matches!(body.words.key(at), "resolution" | "resolutions"));
    if let Some(resolution) = resolution.filter(|&at| at > first && known(&(first..at))) {
        return Some(first..resolution);
    }
    let small_head = last_case == Case::Lower && lists::is_place_head(last_key);
    let institution = lists::is_institution(last_key) && known(&before_last);
    (small_head || institution).then_some(before_last)
}

/// "Charles H. Keating IV": what follows a surname belongs to the person.
fn with_suffix(body: &Body<'_>, words: Range<usize>) -> Range<usize> {
    let end = words.end;
    let follows = !words.is_empty()
        && end < body.words.len()
        && matches!(body.words.get(end).gap, Gap::Space | Gap::Comma)
        && body.words.get(end).case.is_capital()
        && lists::is_name_suffix(body.words.key(end));
    if follows { words.start..end + 1 } else { words }
}

/// "al-" before a name is of the name, even where the model began after the hyphen.
fn with_hyphened_article(body: &Body<'_>, words: Range<usize>) -> Range<usize> {
    let extends = !words.is_empty()
        && words.start > 0
        && body.words.get(words.start).gap == Gap::Hyphen
        && body.words.get(words.start - 1).is_article;
    if extends { words.start - 1..words.end } else { words }
}

/// The rows whose alias is just these words.
pub(super) fn lookup(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    words: &Range<usize>,
    voucher: Voucher,
) -> Vec<Hit> {
    let at = body.words.content_of(words.clone());
    if at.is_empty() || at.len() > table.lexicon.longest() {
        return Vec::new();
    }
    let mut key = String::with_capacity(48);
    body.words.push_key(at.start, at.end, &mut key);
    scan::hits(table, page, body, table.lexicon.find(&key), &at, voucher)
}

/// The rows of a model's mention: its words as they are, or a person without middle initials, or a place
/// without its capitalised head ("Hibhib Village").
pub(super) fn hits_of_mention(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    words: &Range<usize>,
    label: &str,
) -> Vec<Hit> {
    let hits = lookup(table, page, body, words, Voucher::Model);
    let at = body.words.content_of(words.clone());
    if !hits.is_empty() || at.len() < 2 {
        return hits;
    }
    let shortened = |hits: Vec<Hit>| hits.into_iter().map(|hit| Hit { fit: Fit::Shortened, ..hit }).collect();
    let word = |position: usize| body.words.get(body.words.content(position));
    if at.len() > 2 * table.lexicon.longest() {
        return hits;
    }
    if label == "PER" {
        let mut key = String::with_capacity(48);
        for position in at.clone() {
            let is_middle = position > at.start && position + 1 < at.end;
            if is_middle && word(position).case == Case::Single {
                continue;
            }
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(body.words.key(body.words.content(position)));
        }
        let rows = table.lexicon.find(&key).filter(|&row| !table.lexicon.row(row).exact_case);
        return rows.map(|row| Hit { row, fit: Fit::Shortened }).collect();
    }
    // "Global Coalition to Counter ISIL": a purpose added to a known name.
    let purpose =
        at.clone().skip(2).find(|&position| matches!(body.words.key(body.words.content(position)), "to" | "against"));
    if let Some(purpose) = purpose.filter(|_| label == "ORG") {
        return shortened(lookup(table, page, body, &(words.start..body.words.content(purpose)), Voucher::Model));
    }
    let last = body.words.content(at.end - 1);
    let is_settlement = matches!(body.words.key(last), "village" | "town" | "city" | "river" | "municipality");
    if label == "LOC" && is_settlement {
        return shortened(lookup(table, page, body, &(words.start..last), Voucher::Model));
    }
    Vec::new()
}

/// Why a name that the table knows in other capitals is not taken.
pub(super) fn refusal(table: &EntityTable, body: &Body<'_>, words: &Range<usize>) -> Option<Reason> {
    let at = body.words.content_of(words.clone());
    let mut key = String::new();
    body.words.push_key(at.start, at.end, &mut key);
    (!at.is_empty() && !table.lexicon.find(&key).is_empty()).then_some(Reason::CaseRefused)
}
