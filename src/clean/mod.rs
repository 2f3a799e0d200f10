//! Raw text to clean text, with the way back.
//!
//! Soft hyphens, zero-width characters, direction marks and control characters are invisible to a
//! reader and fatal to a tokenizer: they split `Da\u{ad}mascus` in two. They are left out of the text
//! that the model and the linker see. Accents that are characters of their own (NFD) are composed with their letters, as
//! the model and tables have them, and the lines of wrapped paragraphs are joined. Everything else stays as it is, so
//! that the map back is a short list.

mod compounds;
mod hyphens;
mod lines;
mod wrapped;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub(crate) use compounds::is_compound_tail;
pub(crate) use lines::paragraphs;
use wrapped::{Joint, joints};

use crate::span::Span;

/// The first combining mark of Unicode.
const FIRST_MARK: char = '\u{300}';

/// A text without invisible characters and with composed accents, and the map back to the raw text.
#[derive(Debug, Default)]
pub struct CleanText {
    /// The clean text where it differs from the raw one.
    changed: Option<String>,
    /// Where characters were left out, in rising order; empty for nearly every article.
    cuts: Vec<Cut>,
    /// Where characters were composed, in rising order; `source` is in the text without invisible characters.
    composed: Vec<Composed>,
}

/// Some characters were left out just before byte `at` of the text without them.
#[derive(Clone, Copy, Debug)]
struct Cut {
    at: usize,
    /// Bytes left out up to here, these ones included.
    removed: usize,
}

/// Some characters became others.
#[derive(Clone, Copy, Debug)]
struct Composed {
    clean: Span,
    source: Span,
}

impl CleanText {
    /// Cleans `raw`; copies nothing where there is nothing to do.
    pub fn new(raw: &str) -> Self {
        Self::joined(raw, &joints(raw))
    }

    /// Cleans `raw`, each line of which is a text of its own.
    pub fn of_lines(raw: &str) -> Self {
        Self::joined(raw, &[])
    }

    fn joined(raw: &str, joints: &[Joint]) -> Self {
        let mut clean = Self::default();
        if !joints.is_empty() || raw.chars().any(|char| is_invisible(char) || is_odd_space(char)) {
            clean.drop_unseen(raw, joints);
        }
        let visible = clean.text(raw);
        // Characters before the first combining mark are composed, and what follows them has no part in them.
        let rest = visible.chars().filter(|&char| char >= FIRST_MARK);
        if !visible.is_ascii() && is_nfc_quick(rest) != IsNormalized::Yes {
            let (text, composed) = compose(visible);
            if !composed.is_empty() {
                (clean.changed, clean.composed) = (Some(text), composed);
            }
        }
        clean
    }

    fn drop_unseen(&mut self, raw: &str, joints: &[Joint]) {
        let mut text = String::with_capacity(raw.len());
        let mut joints = joints.iter().copied().peekable();
        for (at, char) in raw.char_indices() {
            while joints.next_if(|joint| joint.span.end <= at).is_some() {}
            let joint = joints.peek().filter(|joint| joint.span.start <= at);
            let fate = match joint {
                Some(joint) if joint.is_word => Fate::Drop,
                Some(_) => Fate::Space,
                None => fate(text.chars().next_back(), char, &raw[at + char.len_utf8()..]),
            };
            match fate {
                Fate::Keep => text.push(char),
                // As many spaces as the character had bytes: offsets stay.
                Fate::Space => (0..char.len_utf8()).for_each(|_| text.push(' ')),
                Fate::Drop => self.cut(text.len(), char),
            }
        }
        self.changed = Some(text);
    }

    /// Leaves `char` out before byte `at` of the text so far.
    fn cut(&mut self, at: usize, char: char) {
        let removed = self.cuts.last().map_or(0, |cut| cut.removed) + char.len_utf8();
        match self.cuts.last_mut() {
            Some(cut) if cut.at == at => cut.removed = removed,
            _ => self.cuts.push(Cut { at, removed }),
        }
    }

    /// The clean text; `raw` is the text that this was made from.
    pub fn text<'t>(&'t self, raw: &'t str) -> &'t str {
        self.changed.as_deref().unwrap_or(raw)
    }

    /// The raw bytes from the first to the last character of a non-empty clean span. Characters left
    /// out inside the span are inside again; those at its edges stay outside.
    pub fn to_raw(&self, clean: Span) -> Span {
        let visible = Span::new(self.decomposed(clean.start).start, self.decomposed(clean.end - 1).end);
        Span::new(visible.start + self.removed_until(visible.start), visible.end + self.removed_until(visible.end - 1))
    }

    /// True where the clean text is the raw one.
    pub fn is_raw(&self) -> bool {
        self.changed.is_none()
    }

    /// The clean bytes of a raw span: what [`to_raw`](Self::to_raw) maps to it.
    pub fn to_clean(&self, raw: Span) -> Span {
        let (start, end) = (self.visible(raw.start), self.visible(raw.end));
        Span::new(self.composed_from(start).start, self.composed_from(end).end)
    }

    /// The place, in the text without invisible characters, of raw byte `at`.
    fn visible(&self, at: usize) -> usize {
        let before = self.cuts.partition_point(|cut| cut.at + cut.removed <= at);
        let removed = before.checked_sub(1).map_or(0, |last| self.cuts[last].removed);
        let place = at - removed;
        self.cuts.get(before).map_or(place, |next| place.min(next.at))
    }

    /// The place in the clean text of a place in the text without invisible characters; where that is within a letter
    /// that was composed, the whole letter.
    fn composed_from(&self, at: usize) -> Span {
        let before = self.composed.partition_point(|composed| composed.source.start < at);
        let clean = match before.checked_sub(1).map(|last| self.composed[last]) {
            Some(Composed { clean, source }) if at < source.end => return clean,
            Some(Composed { clean, source }) => at - source.end + clean.end,
            None => at,
        };
        Span::new(clean, clean)
    }

    /// The bytes, in the text without invisible characters, that byte `at` of the clean text comes from.
    fn decomposed(&self, at: usize) -> Span {
        let before = self.composed.partition_point(|composed| composed.clean.start <= at);
        match before.checked_sub(1).map(|last| self.composed[last]) {
            Some(Composed { clean, source }) if at < clean.end => source,
            Some(Composed { clean, source }) => Span::new(at - clean.end, at + 1 - clean.end).shifted(source.end),
            None => Span::new(at, at + 1),
        }
    }

    /// Bytes left out before the visible character that starts at (or covers) byte `at`.
    fn removed_until(&self, at: usize) -> usize {
        let cuts_before = self.cuts.partition_point(|cut| cut.at <= at);
        cuts_before.checked_sub(1).map_or(0, |last| self.cuts[last].removed)
    }
}

/// The text with each letter and the marks after it composed (NFC), and where that changed it.
fn compose(text: &str) -> (String, Vec<Composed>) {
    let mut clean = String::with_capacity(text.len());
    let mut composed = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let marks = rest[first.len_utf8()..].chars().take_while(|&char| may_compose(char));
        let length = first.len_utf8() + marks.map(char::len_utf8).sum::<usize>();
        let letter = &rest[..length];
        let (start, source) = (clean.len(), Span::new(text.len() - rest.len(), text.len() - rest.len() + length));
        if length > first.len_utf8() {
            clean.extend(letter.nfc());
        } else {
            clean.push(first);
        }
        if clean[start..] != *letter {
            composed.push(Composed { clean: Span::new(start, clean.len()), source });
        }
        rest = &rest[length..];
    }
    (clean, composed)
}

/// Whether a character may become one with those before it.
fn may_compose(char: char) -> bool {
    char >= FIRST_MARK && is_nfc_quick(std::iter::once(char)) == IsNormalized::Maybe
        || unicode_normalization::char::canonical_combining_class(char) != 0
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Space,
    Drop,
}

fn fate(before: Option<char>, char: char, after: &str) -> Fate {
    if is_odd_space(char) || (is_invisible(char) && separates(before, char, after)) {
        Fate::Space
    } else if is_invisible(char) {
        Fate::Drop
    } else {
        Fate::Keep
    }
}

/// White space that tokenizers drop as controls.
const fn is_odd_space(char: char) -> bool {
    matches!(char, '\u{b}' | '\u{c}' | '\u{85}')
}

/// Whether an invisible character stands between two words: a zero-width space, or a control that was a quote or a dash
/// before its text was taken for Latin-1.
fn separates(before: Option<char>, char: char, after: &str) -> bool {
    let mut following = after.chars();
    let (next, second) = (following.next(), following.next());
    let is_possessive = char == '\u{92}' && next == Some('s') && !second.is_some_and(char::is_alphanumeric);
    let is_new_name = matches!(char, '\u{200b}' | '\u{80}'..='\u{9f}') && next.is_some_and(char::is_uppercase);
    before.is_some_and(char::is_lowercase) && (is_possessive || is_new_name)
}

/// Characters that readers do not see: controls but for white space (U+000B, U+000C and U+0085 are that), soft hyphens,
/// zero widths, marks of direction, tags. The one list of them: for the model, for tables and for the lookup of names.
#[inline]
pub(crate) const fn is_invisible(char: char) -> bool {
    match char {
        ' '..='~' => false,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
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
    fn every_invisible_character_is_left_out() {
        let invisible = "\0\u{1}\u{8}\u{e}\u{1f}\u{7f}\u{80}\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}\u{200f}\u{202a}\u{202e}\u{2060}\
                         \u{206f}\u{feff}\u{fff9}\u{fffb}\u{e0001}\u{e007f}";
        for char in invisible.chars() {
            let raw = format!("Mer{char}kel");
            assert_eq!(CleanText::new(&raw).text(&raw), "Merkel", "{char:?}");
        }
        for char in "\t\n\r \u{a0}\u{2028}\u{fffd}\u{e000}".chars() {
            let raw = format!("Mer{char}kel");
            assert_eq!(CleanText::new(&raw).text(&raw), raw, "{char:?}");
        }
    }

    #[test]
    fn characters_that_stood_between_words_are_spaces() {
        let raw = "Merkel\u{200b}Ahmet, Assad\u{92}s, Ankara\u{96}Damascus, Mer\u{92}kel, Mc\u{ad}Donald";
        let clean = CleanText::new(raw);
        assert_eq!(clean.text(raw), "Merkel   Ahmet, Assad  s, Ankara  Damascus, Merkel, McDonald");
    }

    #[test]
    fn copies_no_ordinary_text() {
        assert!(CleanText::new("“Türkiye” – 2014\r\n").changed.is_none());
    }

    #[test]
    fn composes_accents_and_finds_them_again() {
        let raw = "Ahmet Davutog\u{306}lu, Erdog\u{ad}\u{306}an, S\u{327}anli\u{e7}";
        let clean = CleanText::new(raw);
        let text = clean.text(raw).to_owned();
        assert_eq!(text, "Ahmet Davutoğlu, Erdoğan, Şanliç");
        for (name, source) in
            [("Davutoğlu", "Davutog\u{306}lu"), ("Erdoğan", "Erdog\u{ad}\u{306}an"), ("Şanliç", "S\u{327}anli\u{e7}")]
        {
            let at = text.find(name).unwrap();
            assert_eq!(clean.to_raw(Span::new(at, at + name.len())).slice(raw), source);
        }
        // Marks that compose with nothing stay.
        assert!(CleanText::new("مُحَمَّد क्षेत्र").changed.is_none());
    }

    proptest! {
        #[test]
        fn composing_is_nfc_and_maps_back(raw in "[a-z éşş\u{301}\u{327}\u{323}각ᄀ\u{1161}\u{ad}]{0,20}") {
            let clean = CleanText::new(&raw);
            let visible: String = raw.chars().filter(|&char| !is_invisible(char)).collect();
            prop_assert_eq!(clean.text(&raw), visible.nfc().collect::<String>());
            for (at, char) in clean.text(&raw).char_indices() {
                let back = clean.to_raw(Span::new(at, at + char.len_utf8())).slice(&raw);
                let back: String = back.chars().filter(|&char| !is_invisible(char)).nfc().collect();
                prop_assert!(back.contains(char), "{back:?} of {char:?}");
                let own = Span::new(at, at + char.len_utf8());
                let again = clean.to_clean(clean.to_raw(own));
                prop_assert!(again.start <= own.start && own.end <= again.end);
                prop_assert_eq!(clean.to_raw(again), clean.to_raw(own));
            }
        }

        #[test]
        fn every_clean_character_finds_its_raw_one(raw in "[a-dA é\n\\-\u{ad}\u{200b}\u{0}\u{85}\u{202e}😀]{0,30}") {
            let clean = CleanText::new(&raw);
            for (at, char) in clean.text(&raw).char_indices().filter(|(_, char)| !char.is_whitespace()) {
                let back = clean.to_raw(Span::new(at, at + char.len_utf8()));
                prop_assert_eq!(back.slice(&raw), char.to_string());
                prop_assert_eq!(clean.to_clean(back), Span::new(at, at + char.len_utf8()));
            }
        }
    }
}
