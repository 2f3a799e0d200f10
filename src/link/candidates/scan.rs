//! Step 1: every place where the text has an alias of the table, longest first.

use std::ops::Range;

use super::mention::{AliasMatch, Hit, MatchKind, MatchSource};
use crate::link::context::LinkContext;
use crate::link::table::row::{Lead, MAX_WORDS, Row};
use crate::link::text::lists;
use crate::link::text::normalise::exact_key;
use crate::link::text::view::{FieldView, Style};
use crate::link::text::words::{Case, Gap, separator};

impl LinkContext<'_> {
    /// All matches of a field, at most one from each word on, from left to right; they may overlap.
    pub(crate) fn scan(&self, field: &FieldView<'_>) -> Vec<AliasMatch> {
        let mut matches = Vec::new();
        let mut key = String::new();
        for start in 0..field.words.content_len() {
            matches.extend(self.compound(field, start));
            let lengths = self.table.lengths(field.words.key(field.words.content(start)));
            if lengths != 0 {
                matches.extend(self.longest_from(field, start, lengths, &mut key));
            }
        }
        matches
    }

    /// The country that a half of a compound stands for: "Sino-Russian".
    fn compound(&self, field: &FieldView<'_>, position: usize) -> Option<AliasMatch> {
        let at = field.words.content(position);
        let is_half = field.words.get(at).case.is_capital()
            && at + 1 < field.words.len()
            && field.words.get(at + 1).gap == Gap::Hyphen;
        let country = is_half.then(|| lists::compound_country(field.words.key(at)))??;
        let rows = self.table.curated_rows(country);
        let hits: Vec<Hit> = rows.map(|row| Hit { row, match_kind: MatchKind::Folded }).collect();
        (!hits.is_empty()).then_some(AliasMatch { words: at..at + 1, hits, ambiguity: None })
    }

    fn longest_from(&self, field: &FieldView<'_>, start: usize, lengths: u64, key: &mut String) -> Option<AliasMatch> {
        let words = &field.words;
        let longest = (u64::BITS - lengths.leading_zeros()) as usize - 1;
        let mut ends = [0u32; MAX_WORDS + 1];
        let mut count = 0;
        // Words before the first punctuation that few names hold: "Toys "R" Us".
        let mut unbroken = MAX_WORDS;
        key.clear();
        while count < longest && start + count < words.content_len() {
            if count > 0 {
                let gap = words.content_gap(start + count);
                if gap == Gap::Break {
                    if !self.table.has_breaks() || !is_one_sentence(field, start, start + count) {
                        break;
                    }
                    unbroken = unbroken.min(count);
                }
                key.push_str(separator(gap));
            }
            key.push_str(words.key(words.content(start + count)));
            count += 1;
            ends[count] = key.len() as u32;
        }
        (1..=count).rev().filter(|&count| lengths & (1 << count) != 0).find_map(|count| {
            let rows = self.table.curated_rows(&key[..ends[count] as usize]);
            let mut found = self.match_of(field, rows, start..start + count)?;
            if count > unbroken {
                // Folding does not tell one punctuation from another.
                let text = exact_key(field.words.span(&found.words).slice(field.text));
                found.hits.retain(|hit| without_end(self.table.row(hit.row).text) == without_end(&text));
            }
            (!found.hits.is_empty()).then_some(found)
        })
    }

    /// The match of the rows of one key at the counted words `at`, where any row admits it.
    fn match_of(
        &self,
        field: &FieldView<'_>,
        rows: impl Iterator<Item = u32> + Clone,
        at: Range<usize>,
    ) -> Option<AliasMatch> {
        rows.clone().next()?;
        let name = with_article(field, at.start)..field.words.content(at.end - 1) + 1;
        let hits = self.hits(field, rows.clone(), &at, MatchSource::Table);
        if !hits.is_empty() {
            let ambiguity = self.ambiguity(field, &hits, &at);
            return Some(AliasMatch { words: name, hits, ambiguity });
        }
        // "Aleppo province": the governorate, though only "Aleppo" is a name.
        let heads = (at.clone()).rev().take_while(|&word| is_small_head(field, word)).count();
        let part = at.start..at.end - heads;
        if heads == 0 || part.is_empty() {
            return None;
        }
        let is_place = |row: &Row<'_>| lists::is_place(self.table.kind(row.entity));
        let hits: Vec<Hit> = rows
            .filter(|&row| is_place(&self.table.row(row)) && !self.table.row(row).exact_case)
            .filter(|&row| self.admits(&self.table.row(row), field, &part))
            .map(|row| Hit { row, match_kind: MatchKind::Folded })
            .collect();
        let words = name.start..field.words.content(part.end - 1) + 1;
        (!hits.is_empty()).then_some(AliasMatch { words, hits, ambiguity: None })
    }

    /// The rows that agree with the counted words `at`.
    pub(crate) fn hits(
        &self,
        field: &FieldView<'_>,
        rows: impl Iterator<Item = u32>,
        at: &Range<usize>,
        source: MatchSource,
    ) -> Vec<Hit> {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return Vec::new();
        }
        let last = field.words.content(at.end - 1) + 1;
        let (first, with_article) = (field.words.content(at.start), with_any_article(field, at.start));
        let text_from = |first: usize| exact_key(field.words.span(&(first..last)).slice(field.text));
        let has_article = with_article < first;
        let bare = text_from(first);
        let full = if has_article { text_from(with_article) } else { bare.clone() };
        let mut hits = Vec::new();
        for number in rows {
            let row = self.table.row(number);
            if row.lead == Lead::Needed && !has_article {
                continue;
            }
            let equal = *row.text == *bare || *row.text == *full;
            let fits = equal
                || if row.exact_case {
                    same_cases(&row, field, at) && (same_letters(row.text, &bare) || same_letters(row.text, &full))
                } else {
                    source == MatchSource::Model || self.admits(&row, field, at)
                };
            if fits {
                hits.push(Hit { row: number, match_kind: if equal { MatchKind::Exact } else { MatchKind::Folded } });
            }
        }
        hits
    }

    /// True where the capitals of the text allow a folded alias: what the alias capitalises, the text does too.
    fn admits(&self, row: &Row<'_>, field: &FieldView<'_>, at: &Range<usize>) -> bool {
        at.clone().zip(row.cases.iter()).all(|(position, case)| {
            let at_word = field.words.content(position);
            let word = field.words.get(at_word);
            let letters = field.words.key(at_word).len();
            match (case, word.case) {
                (Case::Lower | Case::Digit, _) | (_, Case::Digit) => true,
                (_, Case::Lower) => false,
                // "Isis", "Nato", but not "Us" or "Who".
                (Case::Upper, Case::Title) => letters >= 4,
                // "HIT" in running text is hardly the town of Hit.
                (Case::Title, Case::Upper) => {
                    letters >= 4 || row.cases.len() > 1 || self.view.style(word.sentence) == Style::AllCaps
                }
                _ => true,
            }
        })
    }
}

/// A name without the punctuation at its end, such as the full stop of "Inc.".
fn without_end(name: &str) -> &str {
    name.trim_end_matches(|char: char| !char.is_alphanumeric())
}

fn is_one_sentence(field: &FieldView<'_>, first: usize, last: usize) -> bool {
    let sentence = |position: usize| field.words.get(field.words.content(position)).sentence;
    sentence(first) == sentence(last)
}

fn is_small_head(field: &FieldView<'_>, position: usize) -> bool {
    let word = field.words.content(position);
    field.words.get(word).case == Case::Lower && lists::is_place_head(field.words.key(word))
}

fn same_cases(row: &Row<'_>, field: &FieldView<'_>, at: &Range<usize>) -> bool {
    row.cases.len() == at.len()
        && at
            .clone()
            .zip(row.cases.iter())
            .all(|(position, case)| field.words.get(field.words.content(position)).case == case)
}

/// True for texts with the same letters, capitals and accents included.
fn same_letters(left: &str, right: &str) -> bool {
    left.chars().filter(|char| char.is_alphanumeric()).eq(right.chars().filter(|char| char.is_alphanumeric()))
}

/// The first word of a name, its article included where the article is of the name: hyphened ("al-Raqqa"),
/// capitalised ("Al Raqqa") or the Arabic one ("al Raqqa"), but not "the".
pub(crate) fn with_article(field: &FieldView<'_>, position: usize) -> usize {
    let first = field.words.content(position);
    let belongs = first > 0 && field.words.get(first - 1).is_article && field.words.key(first - 1) != "the";
    if belongs { first - 1 } else { first }
}

fn with_any_article(field: &FieldView<'_>, position: usize) -> usize {
    let first = field.words.content(position);
    if first > 0 && field.words.get(first - 1).is_article { first - 1 } else { first }
}
