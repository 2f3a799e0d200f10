//! The capitals of a word, and what stands between it and the word before.

use super::characters::{is_apostrophe, is_hyphen};
use crate::clean::is_invisible;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// White space, a line end inside a sentence included, or an abbreviation's full stop and white space.
    Space,
    /// A hyphen that joins the two.
    Hyphen,
    /// A comma; some names hold one ("Washington, D.C.").
    Comma,
    /// Anything that no name crosses: other punctuation, a blank line, the end of a sentence.
    Break,
}

/// How a word is capitalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Begins in lower case, or has no case at all.
    Lower,
    /// Begins with a capital and has some small letter.
    Title,
    /// Two capitals or more and nothing else that has case.
    Upper,
    /// One capital letter alone.
    Single,
    /// Begins with a digit.
    Digit,
}

impl Case {
    /// True for whatever begins with a capital.
    pub(crate) const fn is_capital(self) -> bool {
        matches!(self, Case::Title | Case::Upper | Case::Single)
    }
}

pub(super) fn gap_between(before: &str, gap: &str) -> Gap {
    if gap == " " {
        return Gap::Space;
    }
    // A single line end inside a sentence is that of a wrapped paragraph.
    let lines = gap.matches(['\n', '\u{85}', '\u{2028}', '\u{2029}', '\u{0B}', '\u{0C}']).count();
    if lines.max(gap.matches('\r').count()) > 1 {
        return Gap::Break;
    }
    let spaced = gap.chars().any(char::is_whitespace);
    let mut marks = gap.chars().filter(|&char| !char.is_whitespace() && !is_invisible(char));
    match (marks.next(), marks.next()) {
        (None, _) => Gap::Space,
        (Some(mark), None) if is_hyphen(mark) => {
            let joined = !gap.starts_with(char::is_whitespace);
            // "al- Jaafari": a broken line's hyphen, where an article is left hanging.
            let hanging = before.len() <= 3 && before.to_ascii_lowercase().starts_with(['a', 'e']);
            if joined && (!spaced || hanging || lines == 1) { Gap::Hyphen } else { Gap::Break }
        }
        (Some(','), None) if spaced => Gap::Comma,
        (Some('.'), None) if spaced && is_abbreviation(before) => Gap::Space,
        (Some(mark), None)
            if is_apostrophe(mark) && gap.ends_with(char::is_whitespace) && before.ends_with(['s', 'S']) =>
        {
            Gap::Space
        }
        // A name's own ʿayn or hamza before its first letter ("Qasr 'Azz").
        _ => Gap::Break,
    }
}

/// Abbreviations whose full stop does not end a sentence inside a name.
fn is_abbreviation(word: &str) -> bool {
    const KNOWN: [&str; 24] = [
        "ft", "st", "mt", "dr", "mr", "mrs", "ms", "gen", "lt", "col", "maj", "capt", "sgt", "cpl", "adm", "cmdr",
        "gov", "sen", "rep", "prof", "jr", "sr", "brig", "rev",
    ];
    let mut chars = word.chars();
    let single = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    single || KNOWN.iter().any(|known| known.eq_ignore_ascii_case(word))
}

pub(super) fn case_of(word: &str) -> Case {
    let mut letters = word.chars().filter(|char| char.is_alphabetic() && !is_apostrophe(*char));
    match word.chars().next() {
        Some(first) if first.is_numeric() => return Case::Digit,
        Some(first) if first.is_uppercase() => {}
        _ => return Case::Lower,
    }
    let count = letters.clone().count();
    match letters.all(|char| !char.is_lowercase()) {
        true if count == 1 => Case::Single,
        true => Case::Upper,
        false => Case::Title,
    }
}
