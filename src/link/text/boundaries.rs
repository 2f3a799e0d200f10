//! Where words begin and end: possessives and initialisms.

use super::characters::{is_apostrophe, is_superscript};
use crate::clean::is_invisible;

/// Where the next word begins.
pub(super) fn next_word(text: &str, from: usize) -> Option<usize> {
    let begins = |char: char| match char.is_ascii() {
        true => char.is_ascii_alphanumeric() || char == '&',
        false => char.is_alphanumeric() && !is_apostrophe(char) && !is_superscript(char),
    };
    text[from..].find(begins).map(|at| from + at)
}

/// The end of a word of ASCII letters and digits before a space or a mark that belongs to no word, as most are. It has
/// no possessive.
pub(super) fn plain_word_end(text: &str, start: usize) -> Option<usize> {
    let rest = &text.as_bytes()[start..];
    let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let is_end = match rest.get(length) {
        None | Some(b' ' | b'\n' | b',' | b';' | b':' | b'!' | b'?' | b')' | b'"') => true,
        // One letter and a full stop may begin an initialism.
        Some(b'.') => length > 1,
        Some(_) => false,
    };
    (length > 0 && is_end).then_some(start + length)
}

/// Where the word that begins at `start` ends, without and with a possessive.
pub(super) fn any_word_end(text: &str, start: usize) -> (usize, usize) {
    if text[start..].starts_with('&') {
        return (start + 1, start + 1);
    }
    if let Some(end) = initialism_end(text, start) {
        return (end, possessive_end(text, end));
    }
    let is_letter = |char: char| char.is_alphanumeric() && !is_apostrophe(char) && !is_superscript(char);
    let mut end = start;
    let mut apostrophe = None;
    for (at, char) in text[start..].char_indices().map(|(at, char)| (start + at, char)) {
        if is_letter(char) || unicode_normalization::char::is_combining_mark(char) {
            end = at + char.len_utf8();
        } else if is_apostrophe(char) && end == at && text[at + char.len_utf8()..].starts_with(is_letter) {
            apostrophe = Some(at);
            end = at + char.len_utf8();
        } else if !is_invisible(char) {
            break;
        }
    }
    match apostrophe {
        Some(at) if at > start && text[at..end].trim_start_matches(is_apostrophe).eq_ignore_ascii_case("s") => {
            (at, end)
        }
        _ => (end, end),
    }
}

/// The end of `U.S.`, `U.K`, `D.C.`: letters each with its full stop, the last stop left out or not.
fn initialism_end(text: &str, start: usize) -> Option<usize> {
    // No initialism has more letters; a bound keeps hostile text from costing quadratic time.
    const MAX_LETTERS: usize = 24;
    let bytes = text.as_bytes();
    let mut at = start;
    while at < start + 2 * MAX_LETTERS
        && bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
        && bytes.get(at + 1) == Some(&b'.')
    {
        at += 2;
    }
    if at < start + 2 {
        return None;
    }
    let continues = |at: usize| text[at..].chars().next().is_some_and(char::is_alphanumeric);
    if continues(at) {
        let last = bytes[at].is_ascii_alphabetic() && !continues(at + 1);
        return last.then_some(at + 1);
    }
    (at >= start + 4).then_some(at)
}

fn possessive_end(text: &str, end: usize) -> usize {
    let mut chars = text[end..].chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(mark), Some('s' | 'S'), after) if is_apostrophe(mark) && !after.is_some_and(char::is_alphanumeric) => {
            end + mark.len_utf8() + 1
        }
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_words_end_where_any_word_ends(text in "[aZé9.,' \\-’&\n\u{ad}\u{301}²!\"]{1,12}") {
            for start in text.char_indices().map(|(at, _)| at) {
                let Some(end) = plain_word_end(&text, start) else { continue };
                prop_assert_eq!(any_word_end(&text, start), (end, end));
                prop_assert!(!text[end..].starts_with(is_apostrophe));
            }
        }
    }
}
