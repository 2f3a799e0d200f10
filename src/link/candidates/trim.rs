//! What belongs to a name: a model's span, cut to it and looked up.

use std::ops::Range;

use super::mention::{Hit, MatchKind, MatchSource};
use crate::clean::is_compound_tail;
use crate::decode::NerSpan;
use crate::link::context::LinkContext;
use crate::link::outcome::Reason;
use crate::link::table::EntityIx;
use crate::link::text::lists;
use crate::link::text::view::FieldView;
use crate::link::text::words::{Case, Gap};

impl LinkContext<'_> {
    /// The words of a mention, without what news puts around the name where the table knows the rest: "the", titles,
    /// points of the compass, "Government of", the small half of "US-backed" and "pro-Assad".
    pub(crate) fn trim(&self, field: &FieldView<'_>, mention: &NerSpan) -> Range<usize> {
        let mut words = field.words.in_span(mention.span);
        if lists::is_person(&mention.kind) {
            words = with_suffix(field, words);
        }
        let words = with_hyphened_article(field, without_function_words(field, words));
        let name = self.trim_to_alias(field, words.clone(), &mention.kind);
        let is_known = name == words
            || !self.hits_of_mention(field, &name, &mention.kind).is_empty()
            || self.is_nearly_known(field, &name, &mention.kind);
        if is_known { name } else { words }
    }

    /// The words with everything cut off that is no part of an alias.
    fn trim_to_alias(&self, field: &FieldView<'_>, mut words: Range<usize>, kind: &str) -> Range<usize> {
        while !words.is_empty() {
            words = without_the(field, words);
            // A small head is no part of a name, unless the table writes it small too.
            let last = words.end - 1;
            let small_head = field.words.get(last).case == Case::Lower && lists::is_place_head(field.words.key(last));
            let source = if small_head { MatchSource::Table } else { MatchSource::Model };
            if !self.lookup(field, &words, source).is_empty() {
                break;
            }
            match self.trim_once(field, &words, kind) {
                Some(shorter) => words = shorter,
                None => break,
            }
        }
        with_hyphened_article(field, words)
    }

    /// One step: the shorter span, or none where nothing is to be cut.
    fn trim_once(&self, field: &FieldView<'_>, words: &Range<usize>, kind: &str) -> Option<Range<usize>> {
        let (first, last) = (words.start, words.end - 1);
        if first == last {
            return None;
        }
        let (after_first, before_last) = (first + 1..words.end, words.start..last);
        let (key, last_key) = (field.words.key(first), field.words.key(last));
        let (case, last_case) = (field.words.get(first).case, field.words.get(last).case);
        let second = field.words.get(first + 1);
        let hyphened_tail = field.words.get(last).gap == Gap::Hyphen && is_compound_tail(last_key);
        let hyphened_head = second.gap == Gap::Hyphen
            && case == Case::Lower
            && !field.words.get(first).is_article
            && second.case.is_capital();
        if hyphened_tail && !field.words.get(last - 1).is_article {
            return Some(before_last);
        }
        if hyphened_head || (lists::is_person(kind) && lists::is_title(key)) {
            return Some(after_first);
        }
        let known = |words: &Range<usize>| !self.lookup(field, words, MatchSource::Model).is_empty();
        // "Northern Syria" is Syria; "Western Australia" and "Southern Company" are names.
        let is_compass = !lists::is_person(kind) && lists::is_compass(key);
        let of_names = [key, field.words.key(first + 1)];
        if is_compass && (case == Case::Lower || (known(&after_first) && !lists::is_compass_name(of_names))) {
            return Some(after_first);
        }
        // "Government of Iraq", "Federal Government of Iraq".
        let of = (first + 1..words.end - 1)
            .take(2)
            .find(|&at| field.words.key(at) == "of" && lists::is_institution(field.words.key(at - 1)));
        if let Some(of) = of {
            return Some(of + 1..words.end);
        }
        // "1991 Gulf War": a year before a name is none of it.
        let is_year = |at: usize| field.words.get(at).case == Case::Digit && field.words.key(at).len() == 4;
        if is_year(first) && known(&after_first) {
            return Some(after_first);
        }
        // "UN Security Council Resolution 2254" names the council; resolutions are no entities of the news.
        // Names are short: what comes after the longest is not searched, once for each word that is cut off.
        let resolution = words.clone().take(self.table.longest().max(16) + 1);
        let resolution = resolution.into_iter().find(|&at| matches!(field.words.key(at), "resolution" | "resolutions"));
        if let Some(resolution) = resolution.filter(|&at| at > first && known(&(first..at))) {
            return Some(first..resolution);
        }
        let small_head = last_case == Case::Lower && lists::is_place_head(last_key);
        let institution = lists::is_institution(last_key) && known(&before_last);
        (small_head || institution).then_some(before_last)
    }

    /// The rows whose alias is just these words.
    pub(crate) fn lookup(&self, field: &FieldView<'_>, words: &Range<usize>, source: MatchSource) -> Vec<Hit> {
        let at = field.words.content_of(words.clone());
        if at.is_empty() || at.len() > self.table.longest() {
            return Vec::new();
        }
        let mut key = String::with_capacity(48);
        field.words.push_key(at.start, at.end, &mut key);
        self.hits(field, self.table.curated_rows(&key), &at, source)
    }

    /// The rows of a model's mention: its words as they are, or a person without middle initials, or a place
    /// without its capitalised head ("Hibhib Village").
    pub(crate) fn hits_of_mention(&self, field: &FieldView<'_>, words: &Range<usize>, kind: &str) -> Vec<Hit> {
        let hits = self.lookup(field, words, MatchSource::Model);
        let at = field.words.content_of(words.clone());
        if !hits.is_empty() || at.len() < 2 {
            return hits;
        }
        let shortened =
            |hits: Vec<Hit>| hits.into_iter().map(|hit| Hit { match_kind: MatchKind::Shortened, ..hit }).collect();
        let word = |position: usize| field.words.get(field.words.content(position));
        if at.len() > 2 * self.table.longest() {
            return hits;
        }
        if lists::is_person(kind) {
            let mut key = String::with_capacity(48);
            let mut match_kind = MatchKind::Folded;
            for position in at.clone() {
                let is_middle = position > at.start && position + 1 < at.end;
                if is_middle && word(position).case == Case::Single {
                    match_kind = MatchKind::Shortened;
                    continue;
                }
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(field.words.key(field.words.content(position)));
            }
            let rows = self.table.curated_rows(&key).filter(|&row| !self.table.row(row).exact_case);
            let is_same = |row: &u32| !self.has_other_initial(&key, self.table.row_entity(*row));
            return rows.filter(is_same).map(|row| Hit { row, match_kind }).collect();
        }
        // "Global Coalition to Counter ISIL": a purpose added to a known name.
        let purpose = at
            .clone()
            .skip(2)
            .find(|&position| matches!(field.words.key(field.words.content(position)), "to" | "against"));
        if let Some(purpose) = purpose.filter(|_| lists::is_organisation(kind)) {
            return shortened(self.lookup(field, &(words.start..field.words.content(purpose)), MatchSource::Model));
        }
        let last = field.words.content(at.end - 1);
        let is_settlement = matches!(field.words.key(last), "village" | "town" | "city" | "river" | "municipality");
        if lists::is_place(kind) && is_settlement {
            return shortened(self.lookup(field, &(words.start..last), MatchSource::Model));
        }
        Vec::new()
    }

    /// True where the table has the name of an entity with an initial that the mention did not have: George P. Bush is
    /// not George W. Bush. `key` is the name without initials.
    fn has_other_initial(&self, key: &str, entity: EntityIx) -> bool {
        let Some((given, surname)) = key.split_once(' ') else { return false };
        ('a'..='z').any(|initial| {
            let mut rows = self.table.rows(&format!("{given} {initial} {surname}"));
            rows.any(|row| self.table.row_entity(row) == entity)
        })
    }

    /// Why a name that the table knows in other capitals is not taken.
    pub(crate) fn case_refusal(&self, field: &FieldView<'_>, words: &Range<usize>) -> Option<Reason> {
        let at = field.words.content_of(words.clone());
        let mut key = String::new();
        field.words.push_key(at.start, at.end, &mut key);
        (!at.is_empty() && self.table.curated_rows(&key).next().is_some()).then_some(Reason::CaseRefused)
    }
}

/// "Charles H. Keating IV": what follows a surname belongs to the person.
fn with_suffix(field: &FieldView<'_>, words: Range<usize>) -> Range<usize> {
    let end = words.end;
    let follows = !words.is_empty()
        && end < field.words.len()
        && matches!(field.words.get(end).gap, Gap::Space | Gap::Comma)
        && field.words.get(end).case.is_capital()
        && lists::is_name_suffix(field.words.key(end));
    if follows { words.start..end + 1 } else { words }
}

fn without_the(field: &FieldView<'_>, words: Range<usize>) -> Range<usize> {
    let is_the = words.len() > 1 && field.words.get(words.start).is_article && field.words.key(words.start) == "the";
    if is_the { words.start + 1..words.end } else { words }
}

/// No name ends with "of the".
fn without_function_words(field: &FieldView<'_>, mut words: Range<usize>) -> Range<usize> {
    let is_function_word = |at: usize| {
        let word = field.words.get(at);
        word.case == Case::Lower
            && word.gap != Gap::Hyphen
            && matches!(field.words.key(at), "of" | "the" | "and" | "in" | "for" | "to" | "on" | "at" | "by" | "with")
    };
    while words.len() > 1 && is_function_word(words.end - 1) {
        words.end -= 1;
    }
    words
}

/// "al-" before a name is of the name, even where the model began after the hyphen.
fn with_hyphened_article(field: &FieldView<'_>, words: Range<usize>) -> Range<usize> {
    let extends = !words.is_empty()
        && words.start > 0
        && field.words.get(words.start).gap == Gap::Hyphen
        && field.words.get(words.start - 1).is_article;
    if extends { words.start - 1..words.end } else { words }
}
