//! Where words end: possessives, initialisms, words broken at the end of a line.

use super::characters::{is_apostrophe, is_hyphen, is_superscript};
use crate::clean::is_invisible;
use crate::decode::trim::is_compound_tail;

/// Where the word that begins at `start` ends, without and with a possessive.
pub(super) fn word_end(text: &str, start: usize) -> (usize, usize) {
    plain_word_end(text, start).map_or_else(|| any_word_end(text, start), |end| (end, end))
}

/// The end of a word of ASCII letters and digits before a space or a mark that belongs to no word, as most are.
fn plain_word_end(text: &str, start: usize) -> Option<usize> {
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

/// See [`word_end`].
fn any_word_end(text: &str, start: usize) -> (usize, usize) {
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
        } else if is_hyphen(char) && end == at && apostrophe.is_none() {
            // Only the first hyphen of a name can be a line's.
            return match rest_of_broken_word(text, start, at) {
                Some(end) => (end, possessive_end(text, end)),
                None => (end, end),
            };
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

/// The end of a name that a hyphen breaks at the end of a line: "Damas-⏎cus", but not "US-⏎backed" or "al-⏎qaeda".
fn rest_of_broken_word(text: &str, start: usize, hyphen: usize) -> Option<usize> {
    let before = &text[start..hyphen];
    let after = text[hyphen..].trim_start_matches(is_hyphen);
    let rest = after.trim_start();
    let space = &after[..after.len() - rest.len()];
    let is_name = before.starts_with(char::is_uppercase) && before.chars().skip(1).any(char::is_lowercase);
    if !is_name || before.chars().count() < 3 || space.matches('\n').count() != 1 {
        return None;
    }
    let letters = rest.find(|char: char| !char.is_alphabetic()).unwrap_or(rest.len());
    let (word, next) = rest.split_at(letters);
    let is_rest = word.starts_with(char::is_lowercase) && !is_compound_tail(word);
    // "Port-⏎au-Prince", "Park Geun-⏎hye": hyphens of the names.
    let is_hyphened = next.strip_prefix(is_hyphen).is_some_and(|next| next.starts_with(char::is_alphabetic))
        || (is_given_syllable(word) && follows_name(&text[..start]));
    (is_rest && !is_hyphened).then(|| text.len() - rest.len() + letters)
}

/// True where a capitalised word stands right before: a surname, where a given name follows.
fn follows_name(before: &str) -> bool {
    let word = before.trim_end_matches(' ').rsplit(char::is_whitespace).next().unwrap_or_default();
    before.ends_with(' ') && word.starts_with(char::is_uppercase) && word.ends_with(char::is_alphabetic)
}

/// Second halves of Korean and Chinese given names as the news spells them.
fn is_given_syllable(word: &str) -> bool {
    const SYLLABLES: [&str; 56] = [
        "bae", "bin", "bok", "chae", "chul", "chun", "gi", "guk", "gun", "gyu", "ha", "hee", "ho", "hoon", "hui",
        "hun", "hwa", "hwan", "hye", "hyun", "il", "in", "ja", "jae", "jeou", "jin", "ju", "jun", "jung", "kook",
        "kyo", "kyu", "kyung", "liang", "lin", "min", "mo", "moon", "myung", "rae", "san", "shan", "shek", "sik",
        "soo", "sung", "tae", "te", "un", "wen", "won", "woo", "wook", "yeol", "yong", "young",
    ];
    SYLLABLES.contains(&word)
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
                prop_assert_eq!(word_end(&text, start), any_word_end(&text, start));
            }
        }
    }
}
