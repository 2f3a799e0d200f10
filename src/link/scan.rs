//! Step 1: every place where the text has an alias of the table, longest first.

use std::ops::Range;

use super::lexicon::{Lead, MAX_WORDS, Row};
use super::lists;
use super::normalise::exact;
use super::page::{Body, Page, Style};
use super::table::EntityTable;
use super::words::{Case, Gap, separator};

/// How closely a text agrees with an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Letter by letter.
    Exact,
    /// After folding.
    Folded,
    /// After leaving out a middle initial, or a head such as "Village".
    Shortened,
    /// But for a letter.
    Misspelt,
}

/// A row whose alias stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) row: u32,
    pub(super) fit: Fit,
}

/// Who else vouches that the place is a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voucher {
    /// Nobody: capitals must show it.
    Table,
    /// The model found just this span.
    Model,
}

/// A place where the text has an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Its words, a leading article that belongs to the name included.
    pub(super) words: Range<usize>,
    pub(super) hits: Vec<Hit>,
    /// Why it may be no name at all.
    pub(super) doubt: Option<Doubt>,
}

/// Why a place that spells an alias may be no mention of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Capitals prove nothing here: other evidence in the article must support it.
    Capitals,
    /// A part of something longer: a surname after a given name of someone else, a month in a date.
    LongerName,
}

/// All matches of a field, at most one from each word on, from left to right; they may overlap.
pub(super) fn scan(table: &EntityTable, page: &Page<'_>, body: &Body<'_>) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut key = String::new();
    for start in 0..body.words.content_len() {
        let lengths = table.lexicon.lengths(body.words.key(body.words.content(start)));
        if lengths != 0 {
            matches.extend(longest_from(table, page, body, start, lengths, &mut key));
        }
    }
    matches
}

fn longest_from(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    start: usize,
    lengths: u64,
    key: &mut String,
) -> Option<Match> {
    let words = &body.words;
    let longest = (u64::BITS - lengths.leading_zeros()) as usize - 1;
    let mut ends = [0u32; MAX_WORDS + 1];
    let mut count = 0;
    key.clear();
    while count < longest && start + count < words.content_len() {
        if count > 0 {
            match words.content_gap(start + count) {
                Gap::Break => break,
                gap => key.push_str(separator(gap)),
            }
        }
        key.push_str(words.key(words.content(start + count)));
        count += 1;
        ends[count] = key.len() as u32;
    }
    (1..=count).rev().filter(|&count| lengths & (1 << count) != 0).find_map(|count| {
        let rows = table.lexicon.find(&key[..ends[count] as usize]);
        match_of(table, page, body, rows, start..start + count)
    })
}

/// The match of the rows of one key at the counted words `at`, where any row admits it.
fn match_of(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    rows: Range<u32>,
    at: Range<usize>,
) -> Option<Match> {
    if rows.is_empty() {
        return None;
    }
    let name = with_article(body, at.start)..body.words.content(at.end - 1) + 1;
    let hits = hits(table, page, body, rows.clone(), &at, Voucher::Table);
    if !hits.is_empty() {
        let doubt = doubt(table, page, body, &hits, &at);
        return Some(Match { words: name, hits, doubt });
    }
    // "Aleppo province": the governorate, though only "Aleppo" is a name.
    let heads = (at.clone()).rev().take_while(|&word| is_small_head(body, word)).count();
    let part = at.start..at.end - heads;
    if heads == 0 || part.is_empty() {
        return None;
    }
    let is_place = |row: &Row| &*table.entity(row.entity).kind == "LOC";
    let hits: Vec<Hit> = rows
        .filter(|&row| is_place(table.lexicon.row(row)) && !table.lexicon.row(row).exact_case)
        .filter(|&row| admits(table.lexicon.row(row), page, body, &part))
        .map(|row| Hit { row, fit: Fit::Folded })
        .collect();
    let words = name.start..body.words.content(part.end - 1) + 1;
    (!hits.is_empty()).then_some(Match { words, hits, doubt: None })
}

fn is_small_head(body: &Body<'_>, position: usize) -> bool {
    let word = body.words.content(position);
    body.words.get(word).case == Case::Lower && lists::is_place_head(body.words.key(word))
}

/// The rows that agree with the counted words `at`.
pub(super) fn hits(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    rows: Range<u32>,
    at: &Range<usize>,
    voucher: Voucher,
) -> Vec<Hit> {
    if rows.is_empty() {
        return Vec::new();
    }
    let last = body.words.content(at.end - 1) + 1;
    let bare = exact(body.words.span(&(body.words.content(at.start)..last)).slice(body.text));
    let full = exact(body.words.span(&(with_any_article(body, at.start)..last)).slice(body.text));
    let mut hits = Vec::new();
    for number in rows {
        let row = table.lexicon.row(number);
        let has_article = with_any_article(body, at.start) < body.words.content(at.start);
        if row.lead == Lead::Needed && !has_article {
            continue;
        }
        let equal = *row.text == *bare || *row.text == *full;
        let fits = equal
            || match row.exact_case {
                true => same_cases(row, body, at),
                false => voucher == Voucher::Model || admits(row, page, body, at),
            };
        if fits {
            hits.push(Hit { row: number, fit: if equal { Fit::Exact } else { Fit::Folded } });
        }
    }
    hits
}

fn same_cases(row: &Row, body: &Body<'_>, at: &Range<usize>) -> bool {
    row.cases.len() == at.len()
        && at
            .clone()
            .zip(row.cases.iter())
            .all(|(position, case)| body.words.get(body.words.content(position)).case == case)
}

/// True where the capitals of the text allow a folded alias: what the alias capitalises, the text does too.
fn admits(row: &Row, page: &Page<'_>, body: &Body<'_>, at: &Range<usize>) -> bool {
    at.clone().zip(row.cases.iter()).all(|(position, case)| {
        let at_word = body.words.content(position);
        let word = body.words.get(at_word);
        let letters = body.words.key(at_word).len();
        match (case, word.case) {
            (Case::Lower | Case::Digit, _) | (_, Case::Digit) => true,
            (_, Case::Lower) => false,
            // "Isis", "Nato", but not "Us" or "Who".
            (Case::Upper, Case::Title) => letters >= 4,
            // "HIT" in running text is hardly the town of Hit.
            (Case::Title, Case::Upper) => {
                letters >= 4 || row.cases.len() > 1 || page.style(word.sentence) == Style::AllCaps
            }
            _ => true,
        }
    })
}

/// One word that is a common word too, where a capital would stand anyway; or a surname inside a longer name.
fn doubt(table: &EntityTable, page: &Page<'_>, body: &Body<'_>, hits: &[Hit], at: &Range<usize>) -> Option<Doubt> {
    if at.len() != 1 {
        return None;
    }
    let at_word = body.words.content(at.start);
    let word = body.words.get(at_word);
    let all_people = hits.iter().all(|hit| &*table.entity(table.lexicon.row(hit.row).entity).kind == "PER");
    if all_people && in_longer_name(body, at_word) {
        return Some(Doubt::LongerName);
    }
    let opens = at_word == 0 || body.words.get(at_word - 1).sentence != word.sentence || opens_quote(body, at_word);
    let capital_anyway = match page.style(word.sentence) {
        Style::AllCaps => true,
        Style::TitleCase => word.case == Case::Title,
        Style::Running => opens && word.case == Case::Title,
    };
    let key = body.words.key(at_word);
    if lists::is_calendar_word(key) {
        let is_day = |at: usize| {
            at < body.words.len()
                && body.words.get(at).sentence == word.sentence
                && body.words.get(at).case == Case::Digit
        };
        // "in May", "last March": a time, whoever of that name the article has.
        let is_time = at_word > 0
            && word.gap == Gap::Space
            && lists::is_time_cue(body.words.key(at_word - 1))
            && body.words.get(at_word - 1).case == Case::Lower;
        let dated = is_time || is_day(at_word + 1) || (at_word > 0 && is_day(at_word - 1));
        return Some(if dated { Doubt::LongerName } else { Doubt::Capitals });
    }
    (capital_anyway && lists::is_common_word(key)).then_some(Doubt::Capitals)
}

fn opens_quote(body: &Body<'_>, at: usize) -> bool {
    let before = &body.text[..body.words.get(at).span.start];
    body.words.get(at).gap == Gap::Break && before.ends_with(['“', '"', '‘', '(', '[', '–', '—', '-', ':', ' '])
}

/// True where a capitalised word that is no title or name of a place stands right before the surname.
fn in_longer_name(body: &Body<'_>, at: usize) -> bool {
    let word = body.words.get(at);
    if word.gap != Gap::Space || at == 0 {
        return false;
    }
    let before = body.words.get(at - 1);
    let opens = at < 2 || body.words.get(at - 2).sentence != before.sentence;
    matches!(before.case, Case::Title | Case::Single)
        && !before.possessive
        && !opens
        && !lists::is_title(body.words.key(at - 1))
        && !before.is_article
}

/// The first word of a name, its article included where the article is of the name: hyphened ("al-Raqqa"),
/// capitalised ("Al Raqqa") or the Arabic one ("al Raqqa"), but not "the".
pub(super) fn with_article(body: &Body<'_>, position: usize) -> usize {
    let first = body.words.content(position);
    let belongs = first > 0 && body.words.get(first - 1).is_article && body.words.key(first - 1) != "the";
    if belongs { first - 1 } else { first }
}

fn with_any_article(body: &Body<'_>, position: usize) -> usize {
    let first = body.words.content(position);
    if first > 0 && body.words.get(first - 1).is_article { first - 1 } else { first }
}
