//! Every line that is written holds the very text that its offsets name, by code points and by bytes.

use std::sync::OnceLock;

use namewire::config::Config;
use namewire::infer::CapitalsBackend;
use namewire::link::Linker;
use namewire::pipeline::Pipeline;
use namewire::write::{LineOptions, render};
use proptest::prelude::*;
use serde_json::Value;

use super::common::{bundled_model, parse_lines, pipeline, records, seeded};

/// Pieces that have broken offsets somewhere before, and ordinary words between them.
const PIECES: &[&str] = &[
    "👩\u{200d}👩\u{200d}👧\u{200d}👦",
    "🏳\u{fe0f}\u{200d}🌈",
    "🇹🇷",
    "👍🏽",
    "e\u{301}",
    "Erdog\u{306}an",
    "I\u{307}zmir",
    "a\u{308}\u{323}",
    "دمشق",
    "الرَّقَّة",
    "ירושלים",
    "\u{202b}",
    "\u{202c}",
    "\u{200e}",
    "\u{200f}",
    "\u{2067}",
    "\u{2069}",
    "\r\n",
    "\r",
    "\n",
    "\n\n",
    "\t",
    " ",
    " ",
    " ",
    "\u{a0}",
    "\u{202f}",
    "\u{2009}",
    "\u{3000}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{feff}",
    "\u{2060}",
    "\u{ad}",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{b}",
    "\u{c}",
    "\u{2028}",
    "“",
    "”",
    "‘",
    "’",
    "'",
    "\"",
    "«",
    "»",
    "-",
    "–",
    "—",
    "\u{2011}",
    "/",
    "…",
    ". ",
    "? ",
    ", ",
    "(",
    ")",
    "•",
    "ﬁ",
    "ſ",
    "İ",
    "ı",
    "ß",
    "ẞ",
    "Ǆ",
    "½",
    "Ⅷ",
    "²",
    "\u{fffd}",
    "\u{fffc}",
    "𝐀",
    "𐍈",
    "北京",
    "東",
    "ไทย",
    "Damascus",
    "Da\u{ad}mascus",
    "Al\u{200b}eppo",
    "Türkiye",
    "ISIS",
    "US",
    "Assad’s",
    "US-backed",
    "DAVUTOĞLU",
    "İstanbul",
    "Ａｌｅｐｐｏ",
    "the",
    "of",
    "and",
    "minister",
    "said",
    "is",
    "it",
    "x",
];

const TABLE: &str = r#"{"id":"loc/damascus","name":"Damascus","type":"LOC"}
{"id":"loc/aleppo","name":"Aleppo","type":"LOC"}
{"id":"loc/turkey","name":"Turkey","type":"LOC","aliases":["Türkiye","Izmir"]}
{"id":"org/islamic-state","name":"Islamic State","type":"ORG","aliases":["ISIS",{"text":"IS","case":"exact"}]}
{"id":"per/assad","name":"Bashar al-Assad","type":"PER","aliases":["Assad"]}
{"id":"per/erdogan","name":"Erdoğan","type":"PER"}"#;

fn capitals() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| {
        let model = bundled_model();
        let backend = CapitalsBackend::new(&model.tokenizer, &model.labels);
        pipeline(model, Some(TABLE), backend, Config::default())
    })
}

/// The lines of mentions and spans that are written for these articles.
fn written(articles: &[(&str, &str)]) -> Vec<Value> {
    let pipeline = capitals();
    let mut options = LineOptions::default();
    (options.context, options.spans) = (true, true);
    let table = pipeline.linker().map(Linker::table);
    let mut bytes = Vec::new();
    let write = |rendered: namewire::write::Rendered| {
        assert!(rendered.rejects.is_empty(), "{}", String::from_utf8_lossy(&rendered.rejects));
        bytes.extend(rendered.mentions);
        bytes.extend(rendered.spans);
        Ok(())
    };
    pipeline
        .run(records(articles).into_iter(), &pipeline.handle(), |outcome| render(outcome, table, &options), write)
        .unwrap();
    parse_lines(&String::from_utf8(bytes).unwrap())
}

/// Slices as Python does (code points) and as Rust does (bytes), without any help of the library.
fn check(articles: &[(&str, &str)], lines: &[Value]) {
    for line in lines {
        let number = |key: &str| line[key].as_u64().unwrap() as usize;
        let (title, text) = articles[line["doc_id"].as_str().unwrap().parse::<usize>().unwrap() - 1];
        let field = if line["field"] == "title" { title } else { text };
        let surface = line["text"].as_str().unwrap();
        let by_points: String = field.chars().skip(number("start")).take(number("end") - number("start")).collect();
        let by_bytes = &field[number("start_byte")..number("end_byte")];
        assert_eq!((&*by_points, by_bytes), (surface, surface), "{line} in {field:?}");
        assert!(!surface.is_empty() && surface.trim() == surface, "{line}");
        if let Some(context) = line.get("context") {
            let context = context.as_str().unwrap();
            assert!(context.contains(surface) && field.contains(context), "{line} in {field:?}");
        }
        if let Some(evidence) = line["link"]["evidence"].get("start") {
            let (start, end) = (evidence.as_u64().unwrap(), line["link"]["evidence"]["end"].as_u64().unwrap());
            let source = if line["link"]["evidence"]["field"] == "title" { title } else { text };
            let words: String = source.chars().skip(start as usize).take((end - start) as usize).collect();
            assert_eq!(line["link"]["evidence"]["text"], words, "{line}");
        }
    }
}

fn hazardous() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{1,3}",
        1 => prop::char::any().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(seeded(150))]
    #[test]
    fn offsets_give_the_text_back(articles in prop::collection::vec((hazardous(), hazardous()), 1..6)) {
        // The reader refuses articles of white space alone.
        let articles: Vec<(&str, &str)> = articles.iter().map(|(title, text)| (&**title, &**text))
            .filter(|(title, text)| !title.trim().is_empty() || !text.trim().is_empty()).collect();
        // A title of white space counts as none.
        check(&articles, &written(&articles));
    }
}

#[test]
fn names_among_invisible_characters_are_found_whole() {
    for (text, expected) in [
        ("👩\u{200d}🚒🇹🇷 Damascus", &["Damascus"][..]),
        ("the Da\u{ad}mas\u{ad}cus road", &["Da\u{ad}mas\u{ad}cus"]),
        ("in Al\u{200b}eppo\u{200b}, and \u{feff}Homs", &["Al\u{200b}eppo", "Homs"]),
        ("with Erdog\u{306}an’s aide", &["Erdog\u{306}an"]),
        ("\u{202b}دمشق\u{202c} and \u{200e}Damascus\u{200f}.", &["Damascus"]),
        ("one\r\nDamascus\r\ntwo\tAleppo", &["Damascus", "Aleppo"]),
        ("near\u{a0}Damascus\u{a0}now", &["Damascus"]),
        ("so “Damascus” and ‘Aleppo’, they", &["Damascus", "Aleppo"]),
        ("Da\0mascus\0 fell", &["Da\0mascus"]),
        ("a US-backed and anti-Assad’s", &["US", "Assad"]),
    ] {
        let lines = written(&[("", text)]);
        check(&[("", text)], &lines);
        let mentions: Vec<_> =
            lines.iter().filter(|line| line.get("link").is_some()).map(|line| line["text"].as_str().unwrap()).collect();
        assert_eq!(mentions, expected, "{text:?}");
    }
}
