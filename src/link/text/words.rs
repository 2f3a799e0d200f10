//! The words of a text as linking sees them: spans, folded keys, capitals, and what stands between them.

use std::ops::Range;

use super::characters::{fold_word, is_apostrophe, is_hyphen, is_superscript};
use crate::clean::is_invisible;
use crate::decode::trim::is_compound_tail;
use crate::span::Span;

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

/// One word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Its bytes, without a possessive.
    pub(crate) span: Span,
    key: (u32, u32),
    /// What stands before it.
    pub(crate) gap: Gap,
    /// Its capitals.
    pub(crate) case: Case,
    /// True for "the" and the Arabic article where they introduce a following word: no part of the key.
    pub(crate) is_article: bool,
    /// True where a possessive 's or ’ follows.
    pub(crate) possessive: bool,
    /// Index of its sentence.
    pub(crate) sentence: u32,
}

/// The words of one text.
#[derive(Debug, Default)]
pub(crate) struct Words {
    words: Vec<Word>,
    /// Indices of the words that make keys: all but articles.
    content: Vec<u32>,
    keys: String,
}

impl Words {
    /// The words of a name, as one sentence.
    pub(crate) fn of_name(name: &str) -> Self {
        let mut words = Self::default();
        words.add_sentence(name, Span::new(0, name.len()), 0);
        words.finish();
        words
    }

    /// Adds the words of one sentence of `text`; sentences come in the order of the text.
    pub(crate) fn add_sentence(&mut self, text: &str, sentence: Span, index: u32) {
        let Some(part) = sentence.get(text) else { return };
        let first = self.words.len();
        let mut at = 0;
        let mut gap_start = 0;
        while let Some(char) = part[at..].chars().next() {
            if !(char.is_alphanumeric() || char == '&') || is_apostrophe(char) || is_superscript(char) {
                at += char.len_utf8();
                continue;
            }
            let (end, possessive_end) = word_end(part, at);
            let key_start = self.keys.len();
            match char {
                '&' => self.keys.push_str("and"),
                _ => fold_word(&part[at..end], &mut self.keys),
            }
            if self.keys.len() > key_start {
                let before = self.words[first..]
                    .last()
                    .map(|word| &part[word.span.start - sentence.start..word.span.end - sentence.start]);
                let gap = before.map_or(Gap::Break, |before| gap_between(before, &part[gap_start..at]));
                self.words.push(Word {
                    span: Span::new(at, end).shifted(sentence.start),
                    key: (key_start as u32, self.keys.len() as u32),
                    gap,
                    case: case_of(&part[at..end]),
                    is_article: false,
                    possessive: possessive_end > end || part[possessive_end..].starts_with(is_apostrophe),
                    sentence: index,
                });
                gap_start = possessive_end;
            }
            at = possessive_end;
        }
    }

    /// Marks articles and lists the words that count. From right to left, so that an article before an
    /// article is judged by the word that stays.
    pub(crate) fn finish(&mut self) {
        let mut next: Option<usize> = None;
        let mut gap = Gap::Break;
        for at in (0..self.words.len()).rev() {
            let is_article = next.is_some_and(|next| self.introduces(at, next, gap));
            self.words[at].is_article = is_article;
            gap = if is_article { self.words[at].gap.max(Gap::Space) } else { self.words[at].gap };
            if !is_article {
                next = Some(at);
            }
        }
        let kept = (0..self.words.len()).filter(|&at| !self.words[at].is_article);
        self.content = kept.map(|at| at as u32).collect();
    }

    /// True where word `at` is an article of the word `next`; `gap` is what follows the article.
    fn introduces(&self, at: usize, next: usize, gap: Gap) -> bool {
        let (article, word) = (self.key(at), self.key(next));
        let follows = match article {
            "the" | "al" | "el" => return matches!(gap, Gap::Space | Gap::Hyphen),
            // The article takes the sound of a following "sun letter".
            "ad" | "ed" => word.starts_with('d'),
            "adh" | "edh" => word.starts_with("dh") || word.starts_with('z'),
            "ar" | "er" => word.starts_with('r'),
            "as" | "es" => word.starts_with('s'),
            "ash" | "esh" => word.starts_with("sh"),
            "an" | "en" => word.starts_with('n'),
            "at" | "et" => word.starts_with('t'),
            "az" | "ez" => word.starts_with('z'),
            _ => false,
        };
        // Apart by a space, "as", "an", "at" are English words, and "er", "es", "et" other languages'.
        let loose = matches!(article, "ad" | "adh" | "ar" | "ash" | "az" | "ez");
        follows && (gap == Gap::Hyphen || (gap == Gap::Space && loose))
    }

    pub(crate) fn get(&self, at: usize) -> &Word {
        &self.words[at]
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The folded key of one word.
    pub(crate) fn key(&self, at: usize) -> &str {
        let (start, end) = self.words[at].key;
        &self.keys[start as usize..end as usize]
    }

    /// How many words count.
    pub(crate) fn content_len(&self) -> usize {
        self.content.len()
    }

    /// The word behind a position among those that count.
    pub(crate) fn content(&self, position: usize) -> usize {
        self.content[position] as usize
    }

    /// The positions, among the words that count, of the words in `range`.
    pub(crate) fn content_of(&self, range: Range<usize>) -> Range<usize> {
        let position = |word: usize| self.content.partition_point(|&at| (at as usize) < word);
        position(range.start)..position(range.end)
    }

    /// What stands between two neighbours among the words that count.
    pub(crate) fn content_gap(&self, position: usize) -> Gap {
        let from = if position == 0 { 0 } else { self.content(position - 1) + 1 };
        let gaps = self.words[from..=self.content(position)].iter().map(|word| word.gap);
        gaps.max().unwrap_or(Gap::Break)
    }

    /// Appends the key of the words that count, `from..to`.
    pub(crate) fn push_key(&self, from: usize, to: usize, key: &mut String) {
        for position in from..to {
            if position > from {
                key.push_str(separator(self.content_gap(position)));
            }
            key.push_str(self.key(self.content(position)));
        }
    }

    /// The words that lie in `span`, wholly or in part.
    pub(crate) fn in_span(&self, span: Span) -> Range<usize> {
        let start = self.words.partition_point(|word| word.span.end <= span.start);
        let end = self.words.partition_point(|word| word.span.start < span.end);
        start..end.max(start)
    }

    /// The bytes from the first to the last word of `range`, which must not be empty.
    pub(crate) fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.words[range.start].span.start, self.words[range.end - 1].span.end)
    }
}

/// What joins two words of a key.
pub(crate) const fn separator(gap: Gap) -> &'static str {
    match gap {
        Gap::Space | Gap::Hyphen => " ",
        Gap::Comma => " , ",
        Gap::Break => " | ",
    }
}

/// Where the word that begins at `start` ends, without and with a possessive.
fn word_end(text: &str, start: usize) -> (usize, usize) {
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
    if !is_name || before.len() <= 3 || space.matches('\n').count() != 1 {
        return None;
    }
    let letters = rest.find(|char: char| !char.is_alphabetic()).unwrap_or(rest.len());
    let word = &rest[..letters];
    (word.starts_with(char::is_lowercase) && !is_compound_tail(word)).then(|| text.len() - rest.len() + letters)
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

fn gap_between(before: &str, gap: &str) -> Gap {
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

fn case_of(word: &str) -> Case {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let words = Words::of_name(text);
        (0..words.len())
            .map(|at| {
                let word = words.get(at);
                format!("{:?}{}{}", word.gap, if word.is_article { "-" } else { " " }, word.span.slice(text))
            })
            .collect()
    }

    #[test]
    fn words_end_where_names_end() {
        assert_eq!(shown("US-backed Assad’s"), ["Break US", "Hyphen backed", "Space Assad"]);
        assert_eq!(
            shown("the U.S. Army, U.K.-led"),
            ["Break-the", "Space U.S.", "Space Army", "Comma U.K.", "Hyphen led"]
        );
        assert_eq!(shown("Da’esh in al-Raqqa."), ["Break Da’esh", "Space in", "Space-al", "Hyphen Raqqa"]);
        assert_eq!(shown("Ft. Campbell (Ky)"), ["Break Ft", "Space Campbell", "Break Ky"]);
        assert_eq!(shown("‘ally’ in Workers’ Party"), ["Break ally", "Break in", "Space Workers", "Space Party"]);
        assert_eq!(shown("Ban¹ Ki-moon²"), ["Break Ban", "Break Ki", "Hyphen moon"]);
        assert_eq!(shown("Damas-\ncus, US-\nbacked"), ["Break Damas-\ncus", "Comma US", "Hyphen backed"]);
        assert_eq!(shown("one\n\ntwo"), ["Break one", "Break two"]);
        assert_eq!(shown("one\ntwo"), ["Break one", "Space two"]);
    }

    #[test]
    fn capitals_are_told_apart() {
        let case = |text| Words::of_name(text).get(0).case;
        assert_eq!([case("IS"), case("Is"), case("is")], [Case::Upper, Case::Title, Case::Lower]);
        assert_eq!(
            [case("U.S."), case("A"), case("71st"), case("كرد")],
            [Case::Upper, Case::Single, Case::Digit, Case::Lower]
        );
        assert_eq!(case("İstanbul"), Case::Title);
    }
}
