//! Words: the units that carry a label.
//!
//! A word ends at white space and at every punctuation mark, so that "US-backed", "Assad’s" and "“Davutoglu,”" contain
//! their names as whole words, whatever the tokenizer's pieces are. In scripts without spaces, each character is a word.

use crate::span::Span;

/// A word of a sentence, and its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the text.
    pub span: Span,
    /// Its first token.
    pub first_token: u32,
    /// Number of tokens that overlap it, plus one where a word-boundary mark precedes them; at least one.
    pub tokens: u32,
    /// Whether it is letters or digits, not punctuation or a symbol.
    pub lexical: bool,
}

/// The words of `text[sentence]`, each with the tokens that overlap it. `tokens` are the sentence's token spans in
/// ascending order, in bytes of `text`. A word that the tokenizer dropped is left out.
pub fn words(text: &str, sentence: Span, tokens: &[Span]) -> Vec<Word> {
    let mut words = Vec::with_capacity(tokens.len());
    let mut cursor = 0;
    for (span, lexical) in spans(text, sentence) {
        while tokens.get(cursor).is_some_and(|token| token.end <= span.start) {
            cursor += 1;
        }
        // White-space tokens between words may be empty; they never overlap a word. A word that the tokenizer dropped
        // has no token: the search ends where the word does.
        let overlapping = tokens[cursor..].iter().take_while(|token| token.start < span.end);
        let first = overlapping.clone().position(|token| token.overlaps(span));
        if let Some(first) = first {
            let count = overlapping.skip(first).count();
            let first = cursor + first;
            let marked = usize::from(has_mark(text, span, &tokens[..first], tokens[first]));
            words.push(Word { span, first_token: (first - marked) as u32, tokens: (count + marked) as u32, lexical });
        }
    }
    words
}

/// Whether the token before a word's first is a word-boundary mark (`▁`, `Ġ`) of its own: the white space just before
/// the word, where the vocabulary has no piece that joins the two. Models were trained with a word's label on that mark,
/// as the word's first token.
fn has_mark(text: &str, word: Span, before: &[Span], first: Span) -> bool {
    let Some(mark) = before.last() else { return false };
    // In some vocabularies longer runs of spaces are separate tokens.
    let is_space =
        mark.get(text).is_some_and(|mark| mark.chars().all(char::is_whitespace) && mark.chars().nth(1).is_none());
    is_space && mark.end == word.start && first.start == word.start && text[..word.start].ends_with(char::is_whitespace)
}

/// The spans of words, and whether each is lexical.
fn spans(text: &str, sentence: Span) -> impl Iterator<Item = (Span, bool)> {
    let mut chars = sentence.slice(text).char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (at, first) = chars.next()?;
            if first.is_whitespace() {
                continue;
            }
            let start = sentence.start + at;
            let lexical = is_lexical(first);
            let mut end = start + first.len_utf8();
            // A combining mark belongs to the character before it, whatever that is.
            while let Some(&(_, next)) = chars.peek() {
                let continues = is_mark(next) || (lexical && is_lexical(next) && !is_alone(first) && !is_alone(next));
                if !continues {
                    break;
                }
                end += next.len_utf8();
                chars.next();
            }
            return Some((Span::new(start, end), lexical));
        }
    })
}

fn is_lexical(char: char) -> bool {
    char.is_ascii_alphanumeric() || (!char.is_ascii() && (char.is_alphanumeric() || is_mark(char)))
}

fn is_mark(char: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    char >= '\u{300}' && char.general_category_group() == GeneralCategoryGroup::Mark
}

/// Characters of scripts without spaces.
fn is_alone(char: char) -> bool {
    matches!(char, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        spans(text, Span::new(0, text.len())).map(|(span, _)| span.slice(text)).collect()
    }

    #[test]
    fn words_end_at_punctuation() {
        assert_eq!(texts("US-backed, “Assad’s”"), ["US", "-", "backed", ",", "“", "Assad", "’", "s", "”"]);
        assert_eq!(texts("U.S./E.U. 3,5"), ["U", ".", "S", ".", "/", "E", ".", "U", ".", "3", ",", "5"]);
        assert_eq!(texts("Erdog\u{306}an 👩\u{200d}🚒"), ["Erdog\u{306}an", "👩", "\u{200d}", "🚒"]);
        assert_eq!(texts("在北京 الرقة"), ["在", "北", "京", "الرقة"]);
    }

    #[test]
    fn words_have_their_tokens() {
        let text = "Da’esh fled";
        // Da | ’ | es | h | ▁ | fl | ed
        let tokens = [(0, 2), (2, 5), (5, 7), (7, 8), (8, 9), (9, 11), (11, 13)].map(|(a, b)| Span::new(a, b));
        let words = words(text, Span::new(0, text.len()), &tokens);
        let firsts: Vec<_> = words.iter().map(|word| (word.span.slice(text), word.first_token, word.tokens)).collect();
        assert_eq!(firsts, [("Da", 0, 1), ("’", 1, 1), ("esh", 2, 2), ("fled", 4, 3)]);
    }

    #[test]
    fn a_separate_boundary_mark_belongs_to_its_word() {
        let firsts = |text: &str, tokens: &[(usize, usize)]| -> Vec<(u32, u32)> {
            let tokens: Vec<_> = tokens.iter().map(|&(start, end)| Span::new(start, end)).collect();
            let words = words(text, Span::new(0, text.len()), &tokens);
            words.iter().map(|word| (word.first_token, word.tokens)).collect()
        };
        // in | ▁ | Ra | qqa; the mark with the space or, trimmed, empty
        for mark in [(2, 3), (3, 3)] {
            assert_eq!(firsts("in Raqqa", &[(0, 2), mark, (3, 5), (5, 8)]), [(0, 1), (1, 3)]);
        }
        // in | ▁ | ▁Ra | qqa: the second space is part of the word's first token.
        assert_eq!(firsts("in  Raqqa", &[(0, 2), (2, 3), (3, 6), (6, 9)]), [(0, 1), (2, 2)]);
        assert_eq!(firsts("in  Raqqa", &[(0, 2), (3, 3), (4, 6), (6, 9)]), [(0, 1), (2, 2)]);
        // A mark before the first character, and an empty token within a word.
        assert_eq!(firsts("Raqqa", &[(0, 1), (0, 2), (2, 5)]), [(0, 3)]);
        assert_eq!(firsts("a-b", &[(0, 1), (1, 1), (1, 2), (2, 3)]), [(0, 1), (2, 1), (3, 1)]);
    }

    #[test]
    fn two_words_may_share_a_token_and_a_word_may_have_none() {
        let text = "x.” \u{fffd} y";
        let words = words(text, Span::new(0, text.len()), &[Span::new(0, 1), Span::new(1, 5), Span::new(9, 11)]);
        let seen: Vec<_> = words.iter().map(|word| (word.span.slice(text), word.first_token)).collect();
        assert_eq!(seen, [("x", 0), (".", 1), ("”", 1), ("y", 2)]);
    }
}
