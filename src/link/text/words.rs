//! The words of a text as linking sees them: spans, folded keys, capitals, and what stands between them.

use std::ops::Range;

use super::boundaries::{any_word_end, next_word, plain_word_end};
use super::characters::{fold_plain, fold_word, is_apostrophe};
pub(crate) use super::marks::{Case, Gap};
use super::marks::{case_of, gap_between};
use crate::span::Span;

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
    /// Room for the words of a text of so many bytes.
    pub(crate) fn with_room_for(bytes: usize) -> Self {
        // A word of English and what follows it are six bytes on average.
        Self { words: Vec::with_capacity(bytes / 6), content: Vec::new(), keys: String::with_capacity(bytes) }
    }

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
        let (mut from, mut gap_start) = (0, 0);
        while let Some(start) = next_word(part, from) {
            // Most words are plain: nothing about them has to be asked twice.
            let plain = plain_word_end(part, start);
            let (end, possessive_end) = plain.map_or_else(|| any_word_end(part, start), |end| (end, end));
            let (word, key_start) = (&part[start..end], self.keys.len());
            match word {
                _ if plain.is_some() => fold_plain(word, &mut self.keys),
                "&" => self.keys.push_str("and"),
                _ => fold_word(word, &mut self.keys),
            }
            from = possessive_end;
            if self.keys.len() == key_start {
                continue;
            }
            let before = |last: &Word| &part[last.span.start - sentence.start..last.span.end - sentence.start];
            let gap = match (self.words[first..].last(), &part[gap_start..start]) {
                (None, _) => Gap::Break,
                (Some(_), " ") => Gap::Space,
                (Some(last), gap) => gap_between(before(last), gap),
            };
            let is_possessive = || possessive_end > end || part[possessive_end..].starts_with(is_apostrophe);
            self.words.push(Word {
                span: Span::new(start, end).shifted(sentence.start),
                key: (key_start as u32, self.keys.len() as u32),
                gap,
                case: case_of(word),
                is_article: false,
                possessive: plain.is_none() && is_possessive(),
                sentence: index,
            });
            gap_start = possessive_end;
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
        if article.len() > "the".len() {
            return false;
        }
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
