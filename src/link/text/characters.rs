//! Classes of characters, and the folded letters of a word.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends the folded letters of one word.
pub(crate) fn fold_word(word: &str, key: &mut String) {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let start = key.len();
        key.push_str(word);
        key[start..].make_ascii_lowercase();
        return;
    }
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
