//! What a text looks like does not change its mentions: line ends, kinds of spaces, decomposed accents, soft hyphens.

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::common::{Desk, namewire};

const ARTICLES: [&str; 3] = [
    "Angela Merkel flew to Ankara on Monday.\nShe met Ahmet Davutoğlu, the Turkish foreign minister, for two hours.",
    "Recep Tayyip Erdoğan spoke in Istanbul. The United Nations called for talks in Geneva.\n\nErdoğan declined.",
    "The president of France, François Hollande, arrived in Baghdad. Hollande will stay until Friday.",
];

/// Text, type and entity of each mention, as if nothing had been changed.
fn mentions(desk: &Desk, change: impl Fn(&str) -> String) -> Vec<(String, Value, Value)> {
    let records: Vec<Value> =
        (0..).zip(ARTICLES).map(|(id, text)| json!({"id": format!("a{id}"), "text": change(text)})).collect();
    let (input, out) = (desk.write_lines("in.jsonl", &records), desk.path("out.jsonl"));
    namewire(&["extract", &input, "--out", &out, "-q"]).exits(0);
    let plain = |text: &str| {
        let text: String = text.chars().filter(|&char| char != '\u{AD}').nfc().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let lines = desk.lines("out.jsonl");
    for line in &lines {
        let record = records.iter().find(|record| record["id"] == line["doc_id"]).unwrap();
        let place = |key: &str| line[key].as_u64().unwrap() as usize;
        let text = record["text"].as_str().unwrap();
        assert_eq!(&text[place("start_byte")..place("end_byte")], line["text"].as_str().unwrap());
    }
    lines
        .iter()
        .map(|line| (plain(line["text"].as_str().unwrap()), line["type"].clone(), line["entity_id"].clone()))
        .collect()
}

/// A soft hyphen within every word that begins with a capital.
fn hyphenated(text: &str) -> String {
    let words = text.split_inclusive(' ').map(|word| match word.char_indices().nth(2) {
        Some((at, char)) if word.starts_with(char::is_uppercase) && char.is_alphabetic() => {
            format!("{}\u{AD}{}", &word[..at], &word[at..])
        }
        _ => word.to_owned(),
    });
    words.collect()
}

#[test]
fn the_look_of_a_text_does_not_change_its_mentions() {
    let desk = Desk::new();
    let expected = mentions(&desk, str::to_owned);
    assert!(expected.len() >= 10, "{expected:?}");
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 5] = [
        ("CRLF", |text| text.replace('\n', "\r\n")),
        ("no-break spaces", |text| text.replace(' ', "\u{A0}")),
        ("double spaces", |text| text.replace(' ', "  ")),
        ("NFD", |text| text.nfd().collect()),
        ("soft hyphens", hyphenated),
    ];
    for (name, change) in changes {
        assert_eq!(mentions(&desk, change), expected, "{name}");
    }
}
