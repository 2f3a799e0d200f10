//! Names without a capital letter, which are none in text that has capitals.
//!
//! A model that was trained on text in lower case too takes "turkey" for the country wherever it may be one.

use crate::span::Span;
use crate::words::Word;

/// True for a mention of lower-case letters in a sentence with capitals, "I" aside. Never true in scripts without case.
pub(super) fn lacks_capital(text: &str, words: &[Word], mention: Span) -> bool {
    let has = |span: Span, is: fn(char) -> bool| span.slice(text).chars().any(is);
    let is_capitalised = |word: &Word| {
        let mut letters = word.span.slice(text).chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some()
    };
    has(mention, char::is_lowercase) && !has(mention, char::is_uppercase) && words.iter().any(is_capitalised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sentences_with_capitals_have_names_without() {
        for (text, name, lacks) in [
            ("They roast turkey in Ohio.", "turkey", true),
            ("Flights from Turkey and from turkey farms.", "turkey", true),
            ("The covid 19 rules", "covid 19", true),
            ("they fled to turkey", "turkey", false),
            ("I fled to turkey", "turkey", false),
            ("They fled to Turkey", "Turkey", false),
            ("The iPhone of al-Qaeda", "iPhone", false),
            ("The iPhone of al-Qaeda", "al-Qaeda", false),
            ("On 9/11 in New York", "9/11", false),
            ("Reuters: الرقة", "الرقة", false),
        ] {
            let start = text.find(name).unwrap();
            let tokens = [Span::new(0, text.len())];
            let words = crate::words::words(text, tokens[0], &tokens);
            let mention = Span::new(start, start + name.len());
            assert_eq!(lacks_capital(text, &words, mention), lacks, "{name:?} in {text:?}");
        }
    }
}
