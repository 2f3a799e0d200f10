//! Raw text to clean text, with the way back.
//!
//! Soft hyphens, zero-width characters, direction marks and control characters are invisible to a
//! reader and fatal to a tokenizer: they split `Da\u{ad}mascus` in two. They are left out of the text
//! that the model sees. Everything else stays as it is, so that the map back is a short list.

use crate::span::Span;

/// A text without invisible characters, and the map back to the raw text.
#[derive(Debug, Default)]
pub struct CleanText {
    /// The clean text where it differs from the raw one.
    changed: Option<String>,
    /// Where characters were left out, in rising order; empty for nearly every article.
    cuts: Vec<Cut>,
}

/// Some characters were left out just before byte `at` of the clean text.
#[derive(Clone, Copy, Debug)]
struct Cut {
    at: usize,
    /// Bytes left out up to here, these ones included.
    removed: usize,
}

impl CleanText {
    /// Cleans `raw`; copies nothing where there is nothing to do.
    pub fn new(raw: &str) -> Self {
        if !raw.chars().any(|char| fate(char) != Fate::Keep) {
            return Self::default();
        }
        let mut text = String::with_capacity(raw.len());
        let mut cuts: Vec<Cut> = Vec::new();
        for char in raw.chars() {
            match fate(char) {
                Fate::Keep => text.push(char),
                // As many spaces as the character had bytes: offsets stay.
                Fate::Space => (0..char.len_utf8()).for_each(|_| text.push(' ')),
                Fate::Drop => {
                    let removed = cuts.last().map_or(0, |cut| cut.removed) + char.len_utf8();
                    match cuts.last_mut() {
                        Some(cut) if cut.at == text.len() => cut.removed = removed,
                        _ => cuts.push(Cut { at: text.len(), removed }),
                    }
                }
            }
        }
        Self { changed: Some(text), cuts }
    }

    /// The clean text; `raw` is the text that this was made from.
    pub fn text<'t>(&'t self, raw: &'t str) -> &'t str {
        self.changed.as_deref().unwrap_or(raw)
    }

    /// The raw bytes from the first to the last character of a non-empty clean span. Characters left
    /// out inside the span are inside again; those at its edges stay outside.
    pub fn to_raw(&self, clean: Span) -> Span {
        Span::new(clean.start + self.removed_until(clean.start), clean.end + self.removed_until(clean.end - 1))
    }

    /// Bytes left out before the clean character that starts at (or covers) byte `at`.
    fn removed_until(&self, at: usize) -> usize {
        let cuts_before = self.cuts.partition_point(|cut| cut.at <= at);
        cuts_before.checked_sub(1).map_or(0, |last| self.cuts[last].removed)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Space,
    Drop,
}

fn fate(char: char) -> Fate {
    match char {
        '\t' | '\n' | '\r' | ' '..='~' => Fate::Keep,
        // Vertical tab, form feed, separators and next line are white space that tokenizers drop as controls.
        '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1f}' | '\u{85}' => Fate::Space,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' => Fate::Drop,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => Fate::Drop,
        '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => Fate::Drop,
        _ => Fate::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn leaves_out_what_cannot_be_seen() {
        let raw = "\u{feff}Da\u{ad}mas\u{200b}\u{200e}cus\u{0}, Syria\u{b}\u{85}now";
        let clean = CleanText::new(raw);
        assert_eq!(clean.text(raw), "Damascus, Syria   now");
        assert_eq!(clean.to_raw(Span::new(0, 8)).slice(raw), "Da\u{ad}mas\u{200b}\u{200e}cus");
        assert_eq!(clean.to_raw(Span::new(10, 15)).slice(raw), "Syria");
    }

    #[test]
    fn copies_no_ordinary_text() {
        assert!(CleanText::new("“Türkiye” – 2014\r\n").changed.is_none());
    }

    proptest! {
        #[test]
        fn every_clean_character_finds_its_raw_one(raw in "[a-z é\u{ad}\u{200b}\u{0}\u{85}\u{202e}😀]{0,30}") {
            let clean = CleanText::new(&raw);
            for (at, char) in clean.text(&raw).char_indices().filter(|(_, char)| *char != ' ') {
                let back = clean.to_raw(Span::new(at, at + char.len_utf8()));
                prop_assert_eq!(back.slice(&raw), char.to_string());
            }
        }
    }
}
