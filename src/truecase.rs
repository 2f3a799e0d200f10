//! Text whose capitals say nothing, as a model of English reads it: in title case.
//!
//! A model that knows names by their capitals finds fewer in a headline that is all capitals, or in a transcript that has
//! none. Which words are names only it can tell, so all words that may be get a capital.

use crate::segment::Sentence;

/// Words of grammar: names have them inside, if at all, and in lower case.
const SMALL_WORDS: [&str; 98] = [
    "a", "about", "after", "against", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been",
    "before", "being", "between", "but", "by", "can", "could", "de", "did", "do", "does", "during", "for", "from",
    "had", "has", "have", "he", "her", "here", "his", "how", "if", "in", "into", "is", "it", "its", "just", "may",
    "me", "might", "more", "most", "my", "no", "nor", "not", "of", "off", "on", "only", "onto", "or", "our", "over",
    "per", "she", "should", "so", "some", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "those", "through", "to", "under", "up", "via", "vs", "was", "we", "were", "what", "when", "where",
    "which", "while", "who", "why", "will", "with", "would", "you", "your",
];
/// A shorter line in capitals is a dateline, an acronym or a name.
const MIN_WORDS: usize = 4;
/// Words without a vowel up to this length are acronyms.
const MAX_ACRONYM: usize = 5;
const ABBREVIATIONS: [&str; 6] = ["dr", "jr", "mr", "mrs", "st", "vs"];

/// True for texts that have letters in lower case, and none in capitals.
pub(crate) fn are_lower(texts: [&str; 2]) -> bool {
    let any = |is: fn(char) -> bool| texts.iter().any(|text| text.contains(is));
    !any(char::is_uppercase) && any(char::is_lowercase)
}

/// A text with its sentences in title case, each byte where it was, where they are all capitals or `is_lower` says that
/// their article has none; `None` where it stays as it is.
pub(crate) fn truecased(text: &str, sentences: &[Sentence], is_lower: bool) -> Option<String> {
    let mut cased: Option<String> = None;
    for span in sentences.iter().map(|sentence| sentence.span) {
        if is_lower || is_in_capitals(span.slice(text)) {
            let cased = cased.get_or_insert_with(|| text.to_owned());
            cased.replace_range(span.start..span.end, &title_case(span.slice(text)));
        }
    }
    cased
}

fn is_in_capitals(sentence: &str) -> bool {
    let is_word = |part: &&str| part.starts_with(char::is_uppercase) && part.chars().nth(1).is_some();
    !sentence.contains(char::is_lowercase)
        && sentence.split(|char: char| !char.is_alphanumeric()).filter(is_word).nth(MIN_WORDS - 1).is_some()
}

fn title_case(sentence: &str) -> String {
    let mut cased = String::with_capacity(sentence.len());
    let mut rest = sentence;
    // The "th" of "20th" and the "s" of "1990's" begin no word, the first letter in quotes does.
    let (mut is_inside, mut is_first) = (false, true);
    while let Some(char) = rest.chars().next() {
        let is_part = |char: char| char.is_alphanumeric() || is_apostrophe(char);
        let begins_word = char.is_alphabetic() && !is_inside;
        let length = if begins_word { rest.find(|char| !is_part(char)).unwrap_or(rest.len()) } else { char.len_utf8() };
        let (part, after) = rest.split_at(length);
        if begins_word {
            push_word(part, is_first, &mut cased);
            is_first = false;
        } else {
            cased.push(lower(char));
        }
        is_inside = char.is_alphanumeric() || (is_apostrophe(char) && is_inside);
        rest = after;
    }
    cased
}

fn push_word(word: &str, is_first: bool, cased: &mut String) {
    let small: String = word.chars().map(lower).collect();
    let is_acronym = || {
        // The "y" of "YPG" is no vowel, that of "sky" is.
        (2..=MAX_ACRONYM).contains(&small.len())
            && small.bytes().all(|byte| byte.is_ascii_lowercase() && !b"aeiou".contains(&byte))
            && !small[1..].contains('y')
            && !ABBREVIATIONS.contains(&small.as_str())
    };
    if !is_first && SMALL_WORDS.binary_search(&small.as_str()).is_ok() {
        cased.push_str(&small);
    } else if is_acronym() {
        cased.push_str(&small.to_ascii_uppercase());
    } else {
        // "O'Neil", but "Syria's".
        let is_capital = |at| at == 0 || (at == 2 && small.chars().nth(1).is_some_and(is_apostrophe));
        let letters = small.chars().enumerate();
        cased.extend(letters.map(|(at, char)| if is_capital(at) { upper(char) } else { char }));
    }
}

const fn is_apostrophe(char: char) -> bool {
    matches!(char, '\'' | '’')
}

/// The letter in lower case, where that takes as many bytes.
fn lower(char: char) -> char {
    of_same_length(char, char.to_lowercase())
}

fn upper(char: char) -> char {
    of_same_length(char, char.to_uppercase())
}

fn of_same_length(char: char, mut other: impl Iterator<Item = char>) -> char {
    match (other.next(), other.next()) {
        (Some(only), None) if only.len_utf8() == char.len_utf8() => only,
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::Field;
    use crate::span::Span;

    fn in_other_case(text: &str, is_lower: bool) -> Option<String> {
        let all = Sentence { field: Field::Text, span: Span::new(0, text.len()), block: 0 };
        truecased(text, &[all], is_lower)
    }

    #[test]
    fn capitals_become_title_case() {
        for (sentence, expected) in [
            ("UN ENVOY IS IN DAMASCUS FOR TALKS", Some("Un Envoy is in Damascus for Talks")),
            ("THE PKK SAID IT WAS BEHIND THE ATTACK", Some("The PKK Said it was Behind the Attack")),
            ("U.S. AND BRITISH JETS HIT THE 2ND DIVISION", Some("U.S. and British Jets Hit the 2nd Division")),
            ("O'NEIL: THE '90S WERE SYRIA'S BEST YEARS", Some("O'Neil: the '90s were Syria's Best Years")),
            ("'SYRIA' WAS WRITTEN ON THE WALL", Some("'Syria' was Written on the Wall")),
            ("AL-SHABAAB CLAIMS MOGADISHU ATTACK", Some("Al-Shabaab Claims Mogadishu Attack")),
            // One small letter, a dateline, an acronym, a script without case.
            ("THE McDONALD REPORT IS HERE AT LAST", None),
            ("BEIRUT, LEBANON (AFP)", None),
            ("BBC NEWS", None),
            ("الأمم المتحدة في دمشق اليوم", None),
        ] {
            assert_eq!(in_other_case(sentence, false).as_deref(), expected, "{sentence}");
        }
        let lower = "police in ankara said ypg fighters had fled to the u.s. embassy";
        assert_eq!(in_other_case(lower, false), None);
        let expected = "Police in Ankara Said YPG Fighters had Fled to the U.S. Embassy";
        assert_eq!(in_other_case(lower, true).as_deref(), Some(expected));
    }

    #[test]
    fn small_words_are_in_order() {
        assert!(SMALL_WORDS.is_sorted());
    }

    proptest! {
        /// Offsets of tokens are those of the text: only the case of letters changes.
        #[test]
        fn every_letter_stays_where_it_is(text in "[ A-Zßéİıǅſ’'.0-9ΣΩآ\\-]{0,40}|\\PC{0,40}") {
            let cased = in_other_case(&text, true).expect("is lower");
            prop_assert_eq!(cased.len(), text.len());
            for ((at, was), (to, is)) in text.char_indices().zip(cased.char_indices()) {
                prop_assert_eq!(at, to);
                prop_assert!(was.to_uppercase().eq(is.to_uppercase()) || was.to_lowercase().eq(is.to_lowercase()));
            }
        }
    }
}
