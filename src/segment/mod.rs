//! Clean text to blocks and sentences.
//!
//! A block is a line of the clean text: a paragraph, a headline or a list item. A sentence never crosses a block. The rules are for news in
//! English and harmless in other languages. A missed boundary costs a longer sentence, a false one may cut a name in
//! two, so that unclear cases are not boundaries.

use serde::{Deserialize, Serialize};

use crate::article::Field;
use crate::clean::{CleanText, paragraphs};
use crate::span::Span;

/// One sentence of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The field that it is in.
    pub field: Field,
    /// Its bytes in the field's text: the clean text before decoding, the raw text after it.
    pub span: Span,
    /// Index of its block, counted over all fields of the article.
    pub block: u32,
}

/// Where sentences come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Segmentation {
    /// The rules of this module.
    #[default]
    Rules,
    /// Each line is a sentence: for texts with known sentences, such as those of an annotated corpus.
    Lines,
}

impl Segmentation {
    /// The clean text of one field.
    pub fn clean(self, raw: &str) -> CleanText {
        match self {
            Self::Rules => CleanText::new(raw),
            Self::Lines => CleanText::of_lines(raw),
        }
    }

    /// The sentences of one field, as [`sentences`] returns them.
    pub fn sentences(self, text: &str, field: Field, first_block: u32) -> Vec<Sentence> {
        match self {
            Self::Rules => sentences(text, field, first_block),
            Self::Lines => {
                let lines = paragraphs(text).into_iter().flatten();
                lines.zip(first_block..).map(|(span, block)| Sentence { field, span, block }).collect()
            }
        }
    }
}

/// The sentences of one field, in order; `first_block` is the index of its first block. Every character that is not
/// white space is in exactly one sentence.
pub fn sentences(text: &str, field: Field, first_block: u32) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for (number, block) in paragraphs(text).into_iter().flatten().enumerate() {
        let block_number = first_block + number as u32;
        let sentence = |span| Sentence { field, span, block: block_number };
        split(text, block, |span| sentences.extend(pieces(text, span).map(sentence)));
    }
    sentences
}

/// Maximum length of a sentence in bytes, a hundred times that of any in prose. Without a limit, a file without a full
/// stop would be tokenized and decoded as one sentence, at some hundred bytes of memory per byte.
const MAX_BYTES: usize = 64 << 10;

/// A sentence or, where it is too long, pieces of it that end at white space where possible.
fn pieces(text: &str, mut rest: Span) -> impl Iterator<Item = Span> {
    std::iter::from_fn(move || {
        if rest.len() <= MAX_BYTES {
            let last = (!rest.is_empty()).then_some(rest);
            rest = Span::new(rest.end, rest.end);
            return last;
        }
        let limit = text.floor_char_boundary(rest.start + MAX_BYTES);
        let space = text[rest.start..limit].rfind(char::is_whitespace).map(|at| rest.start + at);
        let end = space.filter(|&at| at > rest.start).unwrap_or(limit);
        let piece = trim(text, Span::new(rest.start, end));
        rest = trim(text, Span::new(end, rest.end)).unwrap_or(Span::new(rest.end, rest.end));
        piece
    })
}

fn trim(text: &str, span: Span) -> Option<Span> {
    let slice = span.slice(text);
    let start = span.start + (slice.len() - slice.trim_start().len());
    let trimmed = slice.trim();
    (!trimmed.is_empty()).then(|| Span::new(start, start + trimmed.len()))
}

/// Cuts one block into sentences.
fn split(text: &str, block: Span, mut emit: impl FnMut(Span)) {
    let mut start = block.start;
    let mut from = block.start;
    while let Some(found) = text[from..block.end].find(is_terminal) {
        let stop = from + found;
        let end = skip(text, stop, block.end, |char| is_terminal(char) || is_closing(char));
        if ends_sentence(text, Span::new(start, block.end), stop, end) {
            trim(text, Span::new(start, end)).into_iter().for_each(&mut emit);
            start = end;
        }
        from = end;
    }
    trim(text, Span::new(start, block.end)).into_iter().for_each(emit);
}

/// Whether the terminal mark at `stop`, its run and closing quotes reaching to `end`, closes a sentence.
fn ends_sentence(text: &str, rest: Span, stop: usize, end: usize) -> bool {
    let mark = text[stop..].chars().next().unwrap_or(' ');
    let after = &text[end..rest.end];
    if is_wide_terminal(mark) {
        return true;
    }
    let Some(next) = after.chars().next() else { return true };
    if !next.is_whitespace() {
        return is_glued(text, rest, stop, end);
    }
    let next_word = after.trim_start();
    let Some(first) = next_word.trim_start_matches(is_opening).chars().next() else { return true };
    if first.is_lowercase() {
        return false;
    }
    // "Yahoo! Inc."
    let word = next_word.split(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
    if mark == '!' && matches!(word, "Inc" | "Corp" | "Ltd" | "LLC") {
        return false;
    }
    // "!" and "?" and "..." before a capital end a sentence; a single full stop may be an abbreviation's.
    if mark != '.' || text[stop + 1..end].starts_with('.') {
        return true;
    }
    !is_abbreviation(text, rest.start, stop, next_word)
}

/// "…said on Tuesday.The group": a missing space. A lower-case word of three letters, a full stop and a capitalised
/// word; addresses ("example.Com") are hardly ever written so.
fn is_glued(text: &str, rest: Span, stop: usize, end: usize) -> bool {
    let before = text[rest.start..stop].chars().rev().take_while(|char| char.is_lowercase()).count();
    let mut after = text[end..rest.end].chars();
    let capitalised = after.next().is_some_and(char::is_uppercase) && after.next().is_some_and(char::is_lowercase);
    let single_stop = text[stop..end].chars().filter(|&char| char == '.').count() == 1;
    before >= 3 && capitalised && single_stop && !text[stop..end].contains(['@', '/'])
}

/// Whether the full stop at `stop` belongs to the word before it.
fn is_abbreviation(text: &str, start: usize, stop: usize, next_word: &str) -> bool {
    // No abbreviation is longer; the limit keeps hostile text from taking quadratic time.
    let before = &text[text.floor_char_boundary(stop.saturating_sub(24).max(start))..stop];
    let word_start = before.rfind(|char: char| char.is_whitespace() || is_opening(char) || char == '-');
    let word = word_start.map_or(before, |at| before[at..].trim_start_matches(|char: char| !char.is_alphanumeric()));
    let next = next_word.trim_start_matches(is_opening);
    if TITLES.contains(&word) {
        return true;
    }
    let letters = word.chars().filter(|char| char.is_alphabetic()).count();
    let initials = letters > 0 && word.split('.').all(|part| part.chars().count() <= 1);
    if initials || NAME_SUFFIXES.contains(&word) {
        // "J. Smith", "the U.S. Army", but "in the U.S. The": only a plain sentence opener decides.
        return !starts_sentence(next) || (letters == 1 && word != "I");
    }
    // "No. 5", "Nov. 3", "p. 12"
    NUMBERED.contains(&word) && next.starts_with(|char: char| char.is_ascii_digit())
}

/// Words that begin a sentence and are hardly ever part of a name.
fn starts_sentence(next: &str) -> bool {
    let word = next.split(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
    OPENERS.contains(&word)
}

fn skip(text: &str, from: usize, end: usize, matches: impl Fn(char) -> bool) -> usize {
    let rest = &text[from..end];
    from + rest.find(|char| !matches(char)).unwrap_or(rest.len())
}

fn is_terminal(char: char) -> bool {
    matches!(char, '.' | '!' | '?' | '…' | '؟' | '۔' | '।') || is_wide_terminal(char)
}

fn is_wide_terminal(char: char) -> bool {
    matches!(char, '。' | '！' | '？' | '｡')
}

fn is_closing(char: char) -> bool {
    matches!(char, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '}')
}

fn is_opening(char: char) -> bool {
    matches!(char, '"' | '\'' | '“' | '‘' | '«' | '‹' | '(' | '[' | '{' | '-' | '–' | '—' | '•' | '*')
}

/// Titles precede a name: no sentence ends after them.
const TITLES: &[&str] = &[
    "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Gen", "Lt", "Col", "Maj", "Capt", "Cmdr", "Adm", "Brig", "Sgt", "Cpl",
    "Pvt", "Sen", "Rep", "Gov", "Amb", "Pres", "Hon", "Rev", "Fr", "Sr", "St", "Ste", "Mt", "Ft", "Messrs", "Mme",
    "Mlle", "M", "vs", "v", "Sec", "Supt", "Det", "Insp", "Spc", "Rear", "Vice", "cf", "e.g", "i.e", "viz", "approx",
    "ca",
];

/// These end a name, and may end a sentence.
const NAME_SUFFIXES: &[&str] = &["Jr", "Inc", "Corp", "Co", "Ltd", "Bros", "Ph.D", "M.D", "a.m", "p.m", "etc", "al"];

/// These precede a number.
const NUMBERED: &[&str] = &[
    "No", "no", "Nos", "p", "pp", "Art", "art", "Sec", "Fig", "Vol", "vol", "Ch", "Jan", "Feb", "Mar", "Apr", "Jun",
    "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
];

const OPENERS: &[&str] = &[
    "The",
    "A",
    "An",
    "He",
    "She",
    "It",
    "They",
    "We",
    "You",
    "I",
    "In",
    "On",
    "At",
    "But",
    "And",
    "Or",
    "So",
    "This",
    "That",
    "These",
    "Those",
    "There",
    "Here",
    "However",
    "Meanwhile",
    "When",
    "While",
    "After",
    "Before",
    "As",
    "If",
    "Since",
    "Although",
    "Though",
    "His",
    "Her",
    "Its",
    "Their",
    "Our",
    "My",
    "For",
    "From",
    "With",
    "By",
    "To",
    "Of",
    "Not",
    "No",
    "Some",
    "Many",
    "Most",
    "Both",
    "Last",
    "Earlier",
    "Also",
    "Then",
    "Now",
    "What",
    "Who",
    "Why",
    "How",
    "Where",
    "Asked",
];

#[cfg(test)]
mod tests;
