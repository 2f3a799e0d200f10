//! Acronyms: what may be a short form, and whether its letters fit a long one.

use super::mention::CandidateMention;
use crate::link::text::characters::is_apostrophe;
use crate::link::text::view::FieldView;
use crate::link::text::words::Case;

/// One word in capitals, of two to ten letters: what a definition abbreviates to.
pub(crate) fn is_short_form(field: &FieldView<'_>, mention: &CandidateMention) -> bool {
    let letters = mention.span.slice(field.text).chars().filter(|char| char.is_alphanumeric()).count();
    let capitals =
        mention.words.clone().all(|at| matches!(field.words.get(at).case, Case::Upper | Case::Digit | Case::Single));
    capitals
        && (2..=10).contains(&letters)
        && mention.words.len() <= 2
        && field.words.get(mention.words.start).case != Case::Digit
}

/// Schwartz and Hearst's rule: each letter of the short form, from the last, stands in the long one in order, the
/// first at the beginning of a word. In addition, the long form must have at least two words and at most two for each
/// letter, and the first letter must be that of its first word. Initials always fit.
pub(crate) fn letters_fit(long: &str, short: &str) -> bool {
    let long_words: Vec<&str> = long
        .split(|char: char| !char.is_alphanumeric() && !is_apostrophe(char))
        .filter(|word| !word.is_empty())
        .collect();
    let letters: Vec<char> = short.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if long_words.len() < 2 || long_words.len() > letters.len() * 2 || letters.len() > long.chars().count() {
        return false;
    }
    if initials_fit(&long_words, &letters) {
        return true;
    }
    let chars: Vec<char> = long.chars().flat_map(char::to_lowercase).collect();
    let first_of_word = |at: usize| at == 0 || !chars[at - 1].is_alphanumeric();
    let mut at = chars.len();
    for (position, letter) in letters.iter().enumerate().rev() {
        loop {
            if at == 0 {
                return false;
            }
            at -= 1;
            if chars[at] == *letter && (position > 0 || first_of_word(at)) {
                break;
            }
        }
    }
    at == 0
}

/// True where the letters are the initials of the words, small words counted or not: "Mindanao Movement (MM)".
fn initials_fit(words: &[&str], letters: &[char]) -> bool {
    let initials = |words: &mut dyn Iterator<Item = &&str>| -> Vec<char> {
        words.filter_map(|word| word.chars().next()).flat_map(char::to_lowercase).collect()
    };
    let capitals = &mut words.iter().filter(|word| word.starts_with(char::is_uppercase));
    let begins = words[0].starts_with(char::is_uppercase);
    initials(&mut words.iter()) == letters || (begins && initials(capitals) == letters)
}

#[cfg(test)]
mod tests {
    use super::letters_fit;

    #[test]
    fn letters_fit_as_schwartz_and_hearst_say() {
        for (long, short) in [
            ("Syrian National Coalition", "SNC"),
            ("Islamic State of Iraq and the Levant", "ISIL"),
            ("Syrian Observatory for Human Rights", "SOHR"),
            ("Combined Joint Task Force", "CJTF"),
            ("Democratic Forces of Syria", "DFS"),
            ("Mindanao Movement", "MM"),
            ("Palawan People’s Party", "PPP"),
        ] {
            assert!(letters_fit(long, short), "{long} {short}");
        }
    }

    #[test]
    fn letters_that_fit_by_chance_do_not_count() {
        for (long, short) in [
            ("Kurdistan Workers’ Party", "PKK"),
            ("People’s Protection Units", "YPG"),
            ("Aleppo", "AP"),
            ("Damascus", "DS"),
            ("Agence France", "SANA"),
            ("the Islamic State", "IS"),
            ("Bashar al-Assad", "SANA"),
        ] {
            assert!(!letters_fit(long, short), "{long} {short}");
        }
    }
}
