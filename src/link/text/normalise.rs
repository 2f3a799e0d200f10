//! Folding: the one form in which spellings of a name are compared.
//!
//! Two keys are made of every name. The *exact* key keeps capitals and accents and only evens out what no
//! writer means (kinds of quote marks, of hyphens, of white space, invisible characters, decomposed accents). The
//! *folded* key also drops case, accents, apostrophes, ʿayn and hamza, hyphens, the dots of initialisms, the Arabic
//! article (`al-`, `el-`, `ash-` …), "the", and the possessive. Folding what is folded changes nothing.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::characters::{is_apostrophe, is_hyphen};
use super::words::Words;
use crate::clean::is_invisible;

/// The folded key of a name: `Bashar al-Asad` and `BASHAR AL ASAD’S` both give `bashar asad`.
pub fn fold(text: &str) -> String {
    let words = Words::of_name(text);
    let mut key = String::with_capacity(text.len());
    words.push_key(0, words.content_len(), &mut key);
    key
}

/// The exact key of a name: as written, with even quote marks, hyphens and white space.
pub fn exact(text: &str) -> String {
    exact_key(text).into_owned()
}

/// [`exact`], without a copy where the name is its own key, as most are.
pub(crate) fn exact_key(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'`';
    let has_odd_space = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    if text.bytes().all(is_plain) && !has_odd_space { text.into() } else { evened(text).into() }
}

fn evened(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let composed: String;
    let text = if text.is_ascii() {
        text
    } else {
        composed = text.chars().filter(|&char| !is_invisible(char)).nfc().collect();
        &composed
    };
    for char in text.chars().filter(|&char| !is_invisible(char)) {
        if char.is_whitespace() && (key.is_empty() || key.ends_with(' ')) {
            continue;
        }
        key.push(match char {
            char if char.is_whitespace() => ' ',
            char if is_apostrophe(char) => '\'',
            char if is_hyphen(char) => '-',
            '“' | '”' | '„' | '‟' => '"',
            char => char,
        });
    }
    key.truncate(key.trim_end().len());
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_fold_to_one_key() {
        for (left, right) in [
            ("Bashar al-Assad", "BASHAR AL ASSAD"),
            ("Al-Asad", "al Asad"),
            ("el-Sisi", "al-Sisi"),
            ("Ar-Raqqah", "al-Raqqah"),
            ("Dayr az-Zawr", "Dayr Az Zawr"),
            ("Salah ad Din", "Salah al-Din"),
            ("Da’esh", "Daesh"),
            ("Dae'sh", "DAESH"),
            ("Shiʿite", "Shi'ite"),
            ("Diyarbakır", "DİYARBAKIR"),
            ("Davutoğlu", "Davutoglu"),
            ("Jaysh aṭ-Ṭā’ifa al-Manṣūrah", "Jaysh at-Taifa al-Mansurah"),
            ("U.S.", "US"),
            ("U.S. Army", "US Army"),
            ("the Gulf", "Gulf"),
            ("Erdogan’s", "Erdogan"),
            ("Kurdistan Workers’ Party", "Kurdistan Workers Party"),
            ("Department of the Treasury", "Department of Treasury"),
            ("Ka\u{AD}ra\u{200B}man", "Karaman"),
            ("Deir  ez\u{A0}Zor", "Deir ez-Zor"),
            ("Al- Jaafari", "al-Jaafari"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} / {right}");
        }
    }

    #[test]
    fn different_names_keep_different_keys() {
        for (left, right) in [
            ("at Tanf", "Tanf"),
            ("an Aleppo", "Aleppo"),
            ("El", ""),
            ("Washington, D.C.", "Washington D.C."),
            ("al-Qaeda in Iraq", "Iraq"),
            ("Syria\n\nIraq", "Syria Iraq"),
        ] {
            assert_ne!(fold(left), fold(right), "{left} / {right}");
        }
    }

    #[test]
    fn the_exact_key_keeps_what_the_writer_meant() {
        assert_eq!(exact(" Da’esh\u{A0} al‑Sham "), "Da'esh al-Sham");
        assert_ne!(exact("Is"), exact("IS"));
        assert_ne!(exact("Erdoğan"), exact("Erdogan"));
    }

    proptest! {
        #[test]
        fn the_exact_key_is_the_same_with_and_without_a_copy(text in "[a-cA `'“\\-\\.\n\t\u{a0}é\u{301}\u{ad}]{0,8}") {
            prop_assert_eq!(exact(&text), evened(&text));
        }

        #[test]
        fn folding_is_idempotent(text in "\\PC{0,24}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
        }

        #[test]
        fn folding_names_is_idempotent(
            text in "((al|Al|el|ar|an|At|ash|as|the|The|A\\.L\\.|U\\.S\\.|Raqqa|sham|Najaf|Assad's|ʿAyn|İ|ı|ß|’)[ ,\\-.\n’']{0,2}){0,7}",
        ) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
        }
    }
}
