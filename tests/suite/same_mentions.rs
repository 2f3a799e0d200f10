//! What a text looks like does not change its mentions: line ends, kinds of spaces, decomposed accents, soft hyphens,
//! wrapped lines.

use std::io::Read;

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::common::{Desk, in_repository, namewire, parse_lines};
use super::shared_data::shared;

const ARTICLES: usize = 100;

const PEOPLE: [&str; 10] = [
    "Angela Merkel",
    "Ahmet Davutoğlu",
    "Recep Tayyip Erdoğan",
    "François Hollande",
    "Bashar al-Assad",
    "Abu Bakr al-Baghdadi",
    "Mevlüt Çavuşoğlu",
    "Ban Ki-moon",
    "Émile Tessier",
    "Selahattin Demirtaş",
];
const PLACES: [&str; 8] =
    ["Ankara", "Şanlıurfa", "Deir ez-Zor", "Damascus", "Geneva", "Diyarbakır", "Kobani", "Genève"];
const GROUPS: [&str; 6] = [
    "United Nations",
    "People's Protection Units (YPG)",
    "Free Syrian Army",
    "Kurdistan Workers’ Party",
    "European Union",
    "Syrian National Coalition (SNC)",
];
const SENTENCES: [&str; 10] = [
    "{person} flew to {place} on Monday.",
    "The {group} said that its fighters had left {place}.",
    "“We will not go,” said {person}, who was in {place} for talks with {other}.",
    "{other} met the foreign minister for two hours; {person} declined to comment.",
    "Officials of the {group} arrived from {place} the next day.",
    "In {place}, people waited for news of the talks.",
    "A spokesman for {person} said the {group} would answer by Friday.",
    "Mr. {surname} will stay until the end of the week.",
    "The road between {place} and Aleppo is closed, according to the {group}.",
    "{surname}'s visit was the third this year, and {other} called it useful.",
];

/// Our own articles: those of the samples, and others made of sentences and names.
fn own_articles() -> Vec<String> {
    let mut paths: Vec<_> =
        std::fs::read_dir(in_repository("seeds/articles")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut articles: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let made = (0..).map(|number: usize| {
        let pick = |names: &[&'static str], step: usize| names[(number * step + step) % names.len()];
        let (person, other) = (pick(&PEOPLE, 1), pick(&PEOPLE, 3));
        let sentence = |at: usize| {
            SENTENCES[(number * 7 + at * 3) % SENTENCES.len()]
                .replace("{person}", person)
                .replace("{other}", other)
                .replace("{surname}", person.rsplit(' ').next().unwrap())
                .replace("{place}", pick(&PLACES, at + 1))
                .replace("{group}", pick(&GROUPS, at + 2))
        };
        let paragraph = |from: usize| (from..from + 3).map(sentence).collect::<Vec<_>>().join(" ");
        format!("{}\n\n{}\n", paragraph(0), paragraph(3))
    });
    articles.extend(made.take(ARTICLES - paths.len()));
    articles
}

/// Text, type and entity of each mention by article, as if nothing had been changed.
fn mentions(articles: &[String], change: fn(&str) -> String) -> Vec<(String, String, Value, Value)> {
    let desk = Desk::new();
    let records: Vec<Value> =
        (0..).zip(articles).map(|(id, text)| json!({"id": format!("a{id}"), "text": change(text)})).collect();
    let (input, out) = (desk.write_lines("in.jsonl", &records), desk.path("out.jsonl"));
    namewire(&["extract", &input, "--out", &out, "-q"]).exits(0);
    let plain = |text: &str| {
        let text: String = text.replace("-\n", "").chars().filter(|&char| char != '\u{AD}').nfc().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mention = |line: Value| {
        let article: usize = line["doc_id"].as_str().unwrap()[1..].parse().unwrap();
        let place = |key: &str| line[key].as_u64().unwrap() as usize;
        let text = records[article]["text"].as_str().unwrap();
        assert_eq!(&text[place("start_byte")..place("end_byte")], line["text"].as_str().unwrap());
        let id = line["doc_id"].as_str().unwrap().to_owned();
        (id, plain(line["text"].as_str().unwrap()), line["type"].clone(), line["entity_id"].clone())
    };
    desk.lines("out.jsonl").into_iter().map(mention).collect()
}

/// A soft hyphen within every word that begins with a capital.
fn hyphenated(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).map(|word| match word.char_indices().nth(2) {
        Some((at, char)) if word.starts_with(char::is_uppercase) && char.is_alphabetic() => {
            format!("{}\u{AD}{}", &word[..at], &word[at..])
        }
        _ => word.to_owned(),
    });
    words.collect()
}

/// The paragraphs of a text, wrapped; a word of six letters or more that crosses the end of a line is broken.
fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for paragraph in text.split("\n\n") {
        let mut column = 0;
        for word in paragraph.split(' ') {
            let length = word.chars().count();
            let room = width.saturating_sub(column + 2);
            let is_word = length >= 6 && word.is_ascii() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
            if column == 0 || column + 1 + length <= width {
                wrapped += if column == 0 { "" } else { " " };
                wrapped += word;
                column += length + usize::from(column > 0);
            } else if is_word && room >= 3 {
                let (left, right) = word.split_at(room.min(length - 3));
                wrapped += &format!(" {left}-\n{right}");
                column = right.len();
            } else {
                wrapped += &format!("\n{word}");
                column = length;
            }
        }
        wrapped += "\n\n";
    }
    wrapped
}

type Change = (&'static str, fn(&str) -> String);

const CHANGES: [Change; 5] = [
    ("CRLF", |text| text.replace('\n', "\r\n")),
    ("no-break spaces", |text| text.replace(' ', "\u{A0}")),
    ("double spaces", |text| text.replace(' ', "  ")),
    ("NFD", |text| text.nfd().collect()),
    ("soft hyphens", hyphenated),
];

fn assert_unchanged(articles: &[String], min_mentions: usize) {
    let expected = mentions(articles, str::to_owned);
    assert!(expected.len() >= min_mentions, "{} mentions", expected.len());
    for (name, change) in CHANGES {
        let found = mentions(articles, change);
        let missing: Vec<_> = expected.iter().filter(|mention| !found.contains(mention)).collect();
        let new: Vec<_> = found.iter().filter(|mention| !expected.contains(mention)).collect();
        assert!(found == expected, "{name}: without {missing:?}, with {new:?}");
    }
}

#[test]
fn the_look_of_a_text_does_not_change_its_mentions() {
    let articles = own_articles();
    assert_eq!(articles.len(), ARTICLES);
    assert_unchanged(&articles, 600);
}

#[test]
fn wrapped_lines_do_not_change_mentions() {
    let paragraphs = |text: String| text.split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n");
    let articles: Vec<String> = own_articles().into_iter().map(paragraphs).collect();
    let expected = mentions(&articles, str::to_owned);
    assert!(expected.len() >= 600, "{} mentions", expected.len());
    for change in [|text: &str| wrapped(text, 72), |text: &str| wrapped(text, 40)] {
        let found = mentions(&articles, change);
        let missing: Vec<_> = expected.iter().filter(|mention| !found.contains(mention)).collect();
        let new: Vec<_> = found.iter().filter(|mention| !expected.contains(mention)).collect();
        assert!(found == expected, "without {missing:?}, with {new:?}");
    }
}

#[test]
fn the_look_of_published_news_does_not_change_its_mentions() {
    let Some(folder) = shared("data/news") else { return };
    let mut text = String::new();
    let packed = std::fs::File::open(folder.join("articles.jsonl.gz")).unwrap();
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.lines().take(ARTICLES).collect();
    // CRLF is one of the changes.
    let texts = parse_lines(&lines.join("\n")).into_iter().map(|line| line["text"].as_str().unwrap().replace('\r', ""));
    assert_unchanged(&texts.collect::<Vec<_>>(), 1000);
}
