//! Places that spell an alias and may not be a mention of it.

use std::ops::Range;

use super::mention::{Ambiguity, Hit};
use crate::link::context::LinkContext;
use crate::link::text::lists;
use crate::link::text::view::{FieldView, Style};
use crate::link::text::words::{Case, Gap};

impl LinkContext<'_> {
    /// Why the counted words `at` may not be a name, though they match an alias.
    pub(super) fn ambiguity(&self, field: &FieldView<'_>, hits: &[Hit], at: &Range<usize>) -> Option<Ambiguity> {
        if let Some(ambiguity) = date(field, at) {
            return Some(ambiguity);
        }
        let is_kind = |hit: &Hit, is_kind: fn(&str) -> bool| {
            let row = self.table.row(hit.row);
            is_kind(self.table.row_kind(&row))
        };
        if hits.iter().all(|hit| is_kind(hit, lists::is_organisation)) && names_office(field, at.start) {
            return Some(Ambiguity::Office);
        }
        if at.len() != 1 {
            return None;
        }
        let at_word = field.words.content(at.start);
        let word = field.words.get(at_word);
        if hits.iter().all(|hit| is_kind(hit, lists::is_person)) && in_longer_name(field, at_word) {
            return Some(Ambiguity::LongerName);
        }
        if hits.iter().all(|hit| is_kind(hit, lists::is_place)) && in_compass_name(field, at_word) {
            return Some(Ambiguity::LongerName);
        }
        if self.view.style(word.sentence) == Style::Running && is_emphasis(field, at_word) {
            return Some(Ambiguity::Emphasis);
        }
        let opens =
            at_word == 0 || field.words.get(at_word - 1).sentence != word.sentence || opens_quote(field, at_word);
        let capital_anyway = match self.view.style(word.sentence) {
            Style::AllCaps => true,
            Style::TitleCase => word.case == Case::Title,
            Style::Running => (opens && word.case == Case::Title) || opens_compound(field, at_word),
        };
        let key = field.words.key(at_word);
        if lists::is_calendar_word(key) {
            return Some(if is_time(field, at_word) { Ambiguity::LongerName } else { Ambiguity::Capitals });
        }
        (capital_anyway && lists::is_common_word(key)).then_some(Ambiguity::Capitals)
    }
}

/// "on March 14", "March 14, 2019": a date, though an alliance may have that name.
fn date(field: &FieldView<'_>, at: &Range<usize>) -> Option<Ambiguity> {
    if at.len() != 2 {
        return None;
    }
    let [first, second] = [at.start, at.start + 1].map(|position| field.words.content(position));
    let is_day = |at: usize| field.words.get(at).case == Case::Digit && field.words.key(at).len() <= 2;
    let is_date = [(first, second), (second, first)]
        .iter()
        .any(|&(month, day)| lists::is_month(field.words.key(month)) && is_day(day));
    if !is_date {
        return None;
    }
    let next = (second + 1 < field.words.len()).then(|| (field.words.get(second + 1), field.words.key(second + 1)));
    let has_year = next.is_some_and(|(word, key)| {
        word.case == Case::Digit && key.len() == 4 && matches!(word.gap, Gap::Space | Gap::Comma)
    });
    let is_after_cue =
        first > 0 && field.words.get(first).gap == Gap::Space && lists::is_date_cue(field.words.key(first - 1));
    Some(if has_year || is_after_cue { Ambiguity::Date } else { Ambiguity::Capitals })
}

/// "Minister of Foreign Affairs" is no mention of the magazine.
fn names_office(field: &FieldView<'_>, position: usize) -> bool {
    if position < 2 {
        return false;
    }
    let [office, of] = [position - 2, position - 1].map(|position| field.words.content(position));
    // "Prime Minister of the Kurdistan Regional Government" names the body itself.
    matches!(field.words.key(of), "of" | "for" | "on")
        && of + 1 == field.words.content(position)
        && field.words.content_gap(position) == Gap::Space
        && field.words.content_gap(position - 1) == Gap::Space
        && field.words.get(office).case.is_capital()
        && lists::is_office(field.words.key(office))
}

/// "This IS the end", "it IS NOT", "WHO cares?": function words in capitals for emphasis.
fn is_emphasis(field: &FieldView<'_>, at: usize) -> bool {
    let word = field.words.get(at);
    let key = field.words.key(at);
    if word.case != Case::Upper || !lists::is_function_word(key) || word.span.slice(field.text).contains('.') {
        return false;
    }
    let in_sentence = |at: usize| at < field.words.len() && field.words.get(at).sentence == word.sentence;
    let before = at.checked_sub(1).filter(|&at| in_sentence(at));
    let is_verb = key == "is" && before.is_some_and(|at| lists::is_subject(field.words.key(at)));
    let is_emphasised = |at: usize| {
        in_sentence(at) && field.words.get(at).case == Case::Upper && lists::is_function_word(field.words.key(at))
    };
    let is_question = key == "who"
        && before.is_none_or(|_| word.gap == Gap::Break)
        && in_sentence(at + 1)
        && field.words.get(at + 1).case == Case::Lower
        && field.text[word.span.end..]
            .find(['.', '!', '?', '\n'])
            .is_some_and(|stop| field.text[word.span.end + stop..].starts_with('?'));
    is_verb || is_question || is_emphasised(at + 1) || before.is_some_and(is_emphasised)
}

/// "in May", "last March", "May 4": a time, whoever of that name the article has.
fn is_time(field: &FieldView<'_>, at: usize) -> bool {
    let word = field.words.get(at);
    let is_day = |at: usize| {
        at < field.words.len()
            && field.words.get(at).sentence == word.sentence
            && field.words.get(at).case == Case::Digit
    };
    let is_after_cue = at > 0
        && word.gap == Gap::Space
        && lists::is_time_cue(field.words.key(at - 1))
        && field.words.get(at - 1).case == Case::Lower;
    is_after_cue || is_day(at + 1) || (at > 0 && is_day(at - 1))
}

/// "Left-handed": a capitalised half of a common word.
fn opens_compound(field: &FieldView<'_>, at: usize) -> bool {
    at + 1 < field.words.len()
        && field.words.get(at + 1).gap == Gap::Hyphen
        && field.words.get(at + 1).case == Case::Lower
        && field.words.get(at).case == Case::Title
}

fn opens_quote(field: &FieldView<'_>, at: usize) -> bool {
    let before = &field.text[..field.words.get(at).span.start];
    field.words.get(at).gap == Gap::Break && before.ends_with(['“', '"', '‘', '(', '[', '–', '—', '-', ':', ' '])
}

/// "Upper Austria", which is not Austria.
fn in_compass_name(field: &FieldView<'_>, at: usize) -> bool {
    at > 0
        && field.words.get(at).gap == Gap::Space
        && field.words.get(at - 1).case.is_capital()
        && lists::is_compass_name([field.words.key(at - 1), field.words.key(at)])
}

/// True where a capitalised word that is neither title nor article stands right before the surname.
fn in_longer_name(field: &FieldView<'_>, at: usize) -> bool {
    let word = field.words.get(at);
    if word.gap != Gap::Space || at == 0 {
        return false;
    }
    let before = field.words.get(at - 1);
    let opens = at < 2 || field.words.get(at - 2).sentence != before.sentence;
    matches!(before.case, Case::Title | Case::Single)
        && !before.possessive
        && !opens
        && !lists::is_title(field.words.key(at - 1))
        && !before.is_article
}
