//! Trimming what a model labels to the name itself.
//!
//! Training data is split at white space only, so that "US-backed" and "Merkel’s" are labelled as a whole. Mentions are
//! the name alone.

use std::ops::Range;

use crate::clean::is_compound_tail;
use crate::words::Word;

/// The run of words without punctuation, possessive and lower-case halves of hyphenated words at its ends. `None` where
/// nothing is left.
pub(super) fn trim_to_name(text: &str, words: &[Word], mut run: Range<usize>) -> Option<Range<usize>> {
    let brackets = Brackets::new(text, words, &run);
    loop {
        let before = run.clone();
        trim_punctuation(text, words, &brackets, &mut run);
        trim_possessive(text, words, &mut run);
        trim_lower_case_halves(text, words, &mut run);
        if run.is_empty() {
            return None;
        }
        if run == before {
            return Some(run);
        }
    }
}

/// The brackets of a run, found once: searching for the partner of each would take quadratic time.
#[derive(Default)]
struct Brackets {
    open: Vec<usize>,
    close: Vec<usize>,
}

impl Brackets {
    fn new(text: &str, words: &[Word], run: &Range<usize>) -> Self {
        let mut brackets = Self::default();
        for at in run.clone().filter(|&at| !words[at].lexical) {
            match words[at].span.slice(text) {
                "(" => brackets.open.push(at),
                ")" => brackets.close.push(at),
                _ => {}
            }
        }
        brackets
    }

    fn open_in(&self, range: Range<usize>) -> bool {
        self.open.get(self.open.partition_point(|&at| at < range.start)).is_some_and(|&at| at < range.end)
    }

    fn close_in(&self, range: Range<usize>) -> bool {
        self.close.get(self.close.partition_point(|&at| at < range.start)).is_some_and(|&at| at < range.end)
    }
}

/// Removes punctuation, except the full stop of an abbreviation ("U.S.", "Jr."), the sign of a handle, and a bracket
/// whose partner is inside.
fn trim_punctuation(text: &str, words: &[Word], brackets: &Brackets, run: &mut Range<usize>) {
    let surface = |word: &Word| word.span.slice(text);
    while let Some((first, rest)) = words[run.clone()].split_first() {
        let handle = matches!(surface(first), "@" | "#") && rest.first().is_some_and(|word| word.lexical);
        let paired = surface(first) == "(" && brackets.close_in(run.start + 1..run.end);
        if first.lexical || handle || paired {
            break;
        }
        run.start += 1;
    }
    while let Some((last, rest)) = words[run.clone()].split_last() {
        let paired = surface(last) == ")" && brackets.open_in(run.start..run.end - 1);
        if last.lexical || paired || (surface(last) == "." && is_abbreviated(text, rest, last.span.start)) {
            break;
        }
        run.end -= 1;
    }
}

/// Whether a full stop at `stop`, right after `words`, belongs to an abbreviation.
fn is_abbreviated(text: &str, words: &[Word], stop: usize) -> bool {
    let Some(last) = words.last().filter(|word| word.span.end == stop && word.lexical) else { return false };
    let letters = last.span.slice(text);
    letters.chars().count() == 1
        || matches!(letters, "Jr" | "Sr" | "Inc" | "Corp" | "Co" | "Ltd" | "Bros" | "St" | "Gen")
}

/// "Merkel’s" is Merkel.
fn trim_possessive(text: &str, words: &[Word], run: &mut Range<usize>) {
    if let [.., name, mark, s] = &words[run.clone()]
        && name.lexical
        && touches(name, mark)
        && touches(mark, s)
        && matches!(mark.span.slice(text), "'" | "’" | "\u{2bc}" | "`")
        && matches!(s.span.slice(text), "s" | "S")
    {
        run.end -= 2;
    }
}

/// "US-backed" is US, "anti-Assad" is Assad; "al-Assad" and "Deir ez-zor" stay: an Arabic article is part of the name.
fn trim_lower_case_halves(text: &str, words: &[Word], run: &mut Range<usize>) {
    let is_small = |word: &Word| word.lexical && word.span.slice(text).starts_with(char::is_lowercase);
    let is_tail = |word: &Word| is_compound_tail(word.span.slice(text));
    let is_capital =
        |word: &Word| word.span.slice(text).starts_with(|first: char| first.is_uppercase() || first.is_numeric());
    let is_article = |word: &Word| {
        let lower = word.span.slice(text);
        lower.len() == 2 && (lower.starts_with(['a', 'e']) || lower == "ul")
    };
    let hyphenated = |left: &Word, hyphen: &Word, right: &Word| {
        touches(left, hyphen) && touches(hyphen, right) && is_hyphen(hyphen.span.slice(text))
    };
    if let [.., left, hyphen, right] = &words[run.clone()]
        && is_tail(right)
        && hyphenated(left, hyphen, right)
    {
        run.end -= 2;
    }
    if let [left, hyphen, right, ..] = &words[run.clone()]
        && is_small(left)
        && !is_article(left)
        && (is_capital(right) || is_article(right))
        && hyphenated(left, hyphen, right)
    {
        run.start += 2;
    }
}

fn touches(left: &Word, right: &Word) -> bool {
    left.span.end == right.span.start
}

fn is_hyphen(surface: &str) -> bool {
    matches!(surface, "-" | "\u{2010}" | "\u{2011}" | "–")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;
    use crate::words::words;

    fn name(text: &str) -> Option<String> {
        let tokens: Vec<Span> = text.char_indices().map(|(at, char)| Span::new(at, at + char.len_utf8())).collect();
        let words = words(text, Span::new(0, text.len()), &tokens);
        let run = trim_to_name(text, &words, 0..words.len())?;
        Some(text[words[run.start].span.start..words[run.end - 1].span.end].to_owned())
    }

    #[test]
    fn mentions_are_trimmed_to_the_name() {
        for (raw, alone) in [
            ("“Assad’", "Assad"),
            ("U.S.", "U.S."),
            ("Davutoglu.”", "Davutoglu"),
            ("Task Force (CTF)", "Task Force (CTF)"),
            ("(CTF", "CTF"),
            ("CTF)", "CTF"),
            ("@CJTFOIR,", "@CJTFOIR"),
            ("Jones Jr.", "Jones Jr."),
            ("J.", "J."),
            ("Merkel’s", "Merkel"),
            ("“Merkel’s”", "Merkel"),
            ("ISIS's", "ISIS"),
            ("Da’esh", "Da’esh"),
            ("US-backed", "US"),
            ("Saudi-led’s", "Saudi"),
            ("anti-Assad", "Assad"),
            ("pro-al-Assad", "al-Assad"),
            ("al-Assad", "al-Assad"),
            ("Hayat Tahrir al-sham", "Hayat Tahrir al-sham"),
            ("Jean-Marc", "Jean-Marc"),
            ("Ban Ki-moon", "Ban Ki-moon"),
            ("French-speaking", "French"),
            ("Aix-en-Provence", "Aix-en-Provence"),
            ("F-16", "F-16"),
            ("peshmerga", "peshmerga"),
        ] {
            assert_eq!(name(raw).as_deref(), Some(alone), "{raw}");
        }
        assert_eq!(name("“ –"), None);
    }
}
