//! Classes of characters, and the folded letters of a word.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends the folded letters of a word of ASCII letters and digits.
pub(super) fn fold_plain(word: &str, key: &mut String) {
    let start = key.len();
    key.push_str(word);
    key[start..].make_ascii_lowercase();
}

/// Appends the folded letters of one word.
pub(crate) fn fold_word(word: &str, key: &mut String) {
    if word.is_ascii() {
        key.extend(word.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase() as char));
        return;
    }
    // Lower case may bring marks ("İ") and marks may hide case, so both are asked twice.
    let plain = word.nfkd().flat_map(char::to_lowercase).nfkd().flat_map(char::to_lowercase);
    for char in plain.filter(|&char| !is_combining_mark(char) && char.is_alphanumeric() && !is_apostrophe(char)) {
        match char {
            'ı' => key.push('i'),
            'ß' => key.push_str("ss"),
            'ø' => key.push('o'),
            'đ' | 'ð' => key.push('d'),
            'ł' => key.push('l'),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'þ' => key.push_str("th"),
            'ə' => key.push('e'),
            char => key.push(char),
        }
    }
}

/// Apostrophes and quote marks that may stand inside a name, with ʿayn, hamza and their stand-ins.
pub(crate) const fn is_apostrophe(char: char) -> bool {
    matches!(
        char,
        '\'' | '’' | '‘' | '‛' | '`' | '´' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | 'ˊ' | 'ˋ' | '＇'
    )
}

/// Hyphens, and the dashes that are typed for them.
pub(crate) const fn is_hyphen(char: char) -> bool {
    matches!(char, '-' | '‐' | '‑' | '‒' | '–' | '−' | '﹣' | '－')
}

/// Superscript digits, which mark footnotes.
pub(crate) const fn is_superscript(char: char) -> bool {
    matches!(char, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_words_fold_as_any_word_does(word in "[A-Za-z0-9]{1,12}") {
            let (mut plain, mut any) = ("before ".to_owned(), "before ".to_owned());
            fold_plain(&word, &mut plain);
            fold_word(&word, &mut any);
            prop_assert_eq!(plain, any);
        }
    }
}
