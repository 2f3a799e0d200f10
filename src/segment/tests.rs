use super::*;
use proptest::prelude::*;

fn cut(text: &str) -> Vec<&str> {
    sentences(text, Field::Text, 0).iter().map(|sentence| sentence.span.slice(text)).collect()
}

#[test]
fn abbreviations_do_not_end_sentences() {
    for whole in [
        "The U.S. Army met Mr. Smith and Lt. Col. J. R. Jones in St. Louis.",
        "U.S. President Barack Obama spoke at 10 a.m. EST on Nov. 3 in Washington, D.C. yesterday.",
        "See No. 5, e.g. Gen. Dunford’s report.",
        "He asked “Why? and went on.",
        "Yahoo! said so",
        "version 2.5 of example.com/a.B",
    ] {
        assert_eq!(cut(whole), [whole]);
    }
}

#[test]
fn sentences_end_at_terminal_punctuation() {
    assert_eq!(cut("He left the U.S. The army stayed."), ["He left the U.S.", "The army stayed."]);
    assert_eq!(
        cut("“We won’t be fooled.” Kerry left! Why? No…  Yes."),
        ["“We won’t be fooled.”", "Kerry left!", "Why?", "No…", "Yes."]
    );
    assert_eq!(
        cut("attacks in Palestine, Leban... UNIFIL refuses"),
        ["attacks in Palestine, Leban...", "UNIFIL refuses"]
    );
    assert_eq!(cut("strikes on Tuesday.The group fled"), ["strikes on Tuesday.", "The group fled"]);
    assert_eq!(cut("他在北京。她在上海！"), ["他在北京。", "她在上海！"]);
    assert_eq!(
        cut("(He said so.) “[Assad is]” there. [The] end."),
        ["(He said so.)", "“[Assad is]” there.", "[The] end."]
    );
}

#[test]
fn lines_are_blocks() {
    let page = "Headline without stop\r\nBy A. Writer\r\n\r\n  • Share\n  • Read Later\n\nText.";
    let found = sentences(page, Field::Text, 7);
    let seen: Vec<_> = found.iter().map(|sentence| (sentence.span.slice(page), sentence.block)).collect();
    assert_eq!(
        seen,
        [("Headline without stop", 7), ("By A. Writer", 8), ("• Share", 9), ("• Read Later", 10), ("Text.", 11)]
    );
}

#[test]
fn each_line_is_a_sentence_where_sentences_are_given() {
    let text = "He left. She stayed.\n\n U.S. troops \r\nThe army";
    let found = Segmentation::Lines.sentences(text, Field::Text, 3);
    let seen: Vec<_> = found.iter().map(|sentence| (sentence.span.slice(text), sentence.block)).collect();
    assert_eq!(seen, [("He left. She stayed.", 3), ("U.S. troops", 4), ("The army", 5)]);
}

#[test]
fn an_unbroken_text_is_one_sentence() {
    let long = "Town ".repeat(4_000);
    assert_eq!(cut(&long), [long.trim()]);
}

#[test]
fn a_sentence_that_is_too_long_is_cut_at_white_space_where_possible() {
    let pieces: Vec<usize> = cut(&"Town\u{a0}".repeat(40_000)).iter().map(|piece| piece.len()).collect();
    assert_eq!(pieces.iter().map(|bytes| bytes + 2).sum::<usize>(), 6 * 40_000);
    assert!(pieces.iter().all(|bytes| *bytes <= MAX_BYTES && (bytes + 2) % 6 == 0), "{pieces:?}");
    let unbroken = "é".repeat(MAX_BYTES);
    assert_eq!(cut(&unbroken).concat(), unbroken);
    assert_eq!(cut(&unbroken).len(), 2);
}

proptest! {
    #[test]
    fn every_visible_character_is_in_exactly_one_sentence(text in "[A-Za-z .!?…”“\r\n\u{a0}é。U.S]{0,80}") {
        let mut covered = vec![0u8; text.len()];
        for sentence in sentences(&text, Field::Text, 0) {
            prop_assert!(!sentence.span.is_empty() && sentence.span.get(&text).is_some());
            sentence.span.range().for_each(|byte| covered[byte] += 1);
        }
        prop_assert!(covered.iter().all(|&times| times <= 1));
        for (at, char) in text.char_indices().filter(|(_, char)| !char.is_whitespace()) {
            prop_assert!(covered[at] == 1, "{:?} at {} in {:?}", char, at, text);
        }
    }
}
