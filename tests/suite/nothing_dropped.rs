//! No part of an article is lost on the way through the model, wherever it stands.

use namewire::article::{Article, Field};
use namewire::config::Config;
use namewire::encode::EncodedArticle;
use namewire::infer::CapitalsBackend;
use namewire::mentions::RecordOutcome;
use namewire::outcome::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::common::{Desk, bundled_model, extract_records, namewire, pipeline, records, seeded, surfaces};

const POSITIONS: usize = 200;

/// Sentences with a place for somebody at the start, in the middle and at the end, and stretches that are hard
/// to cut: a headline, bullets, abbreviations, an open quote, and one far longer than the model's window.
fn sentences() -> Vec<String> {
    let long = "and after that the water rose over the lower fields, ".repeat(24);
    [
        "{} said the bridge over the canal would open again before the end of the month.",
        "The council asked {} on Tuesday for a new plan, after the old one was lost in the flood.",
        "In a short note to the press the engineers thanked {}.",
        "No bus ran, says {}, and nobody at the depot could say when the next one would come…",
        "Flood closes market as {} calls for help",
        "- bread, salt and lamp oil, which {} had promised",
        "Prices rose by 3.5 per cent, e.g. for flour, i.e. faster than wages, according to {}, a baker.",
        "“We never saw {} at the station, said the porter, who had worked there for thirty years.",
        "It rained (hard) for nine days; by then {} had left for the coast.",
        "A letter from {} was read out before the vote was taken.",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("The ferry was late {long}until {{}} came, {long}and all was well.")])
    .collect()
}

/// An article of at least 5,000 words whose sentence number `at` names `name_at(at)`, or else "the mayor".
fn article(name_at: impl Fn(usize) -> Option<&'static str>) -> String {
    let sentences = sentences();
    let (mut text, mut words) = (String::new(), 0);
    for at in 0.. {
        if at >= POSITIONS && words >= 5000 {
            break;
        }
        let sentence = sentences[at % sentences.len()].replace("{}", name_at(at).unwrap_or("the mayor"));
        words += sentence.split_whitespace().count();
        text += &sentence;
        text += if at % 3 == 2 || at % sentences.len() > 3 { "\n" } else { " " };
    }
    text
}

/// 200 articles of 5,000 words, each with the name at the next position. A million words through the real model
/// would take minutes, so that here a stub calls every capitalised word a name; everything else is the program:
/// cleaning, sentences, the bundled tokenizer, windows, batches, stitching, decoding.
#[test]
fn a_name_is_found_at_each_of_200_positions() {
    let model = bundled_model();
    let backend = CapitalsBackend::new(&model.tokenizer, &model.labels);
    let config = Config { dedup: false, ..Config::default() };
    let planted = |position| article(|at| (at == position).then_some("qarvesh")).to_lowercase();
    let texts: Vec<String> =
        (0..POSITIONS).map(|position| planted(position).replacen("qarvesh", "Qarvesh", 1)).collect();
    assert!(texts.iter().all(|text| text.split_whitespace().count() >= 5000));
    let pairs: Vec<(&str, &str)> = texts.iter().map(|text| ("", text.as_str())).collect();
    let pipeline = pipeline(model, None, backend, config);
    let expected: Vec<_> = texts.iter().map(|text| vec![(text.find("Qarvesh").unwrap(), 7)]).collect();
    let mut seen = Vec::new();
    let places = |outcome: &RecordOutcome<'_>| match outcome {
        Outcome::Processed(done) => {
            Ok(done.mentions.iter().map(|mention| (mention.span.start, mention.span.len())).collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    let report = pipeline
        .run(records(&pairs).into_iter(), &pipeline.handle(), places, |found| {
            seen.push(found);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, expected);
    assert_eq!((report.articles, report.tokens_inferred), (POSITIONS as u64, report.tokens_encoded));
}

/// The same 200 positions with the real model: ten articles of 5,000 words, each with twenty names at every
/// tenth position, so that each position holds a name in exactly one of them.
#[test]
fn the_real_model_finds_names_at_all_200_positions() {
    const NAMES: [&str; 10] = [
        "Angela Merkel",
        "Ahmet Davutoglu",
        "John Kerry",
        "Ban Ki-moon",
        "Hillary Clinton",
        "Nelson Mandela",
        "Tony Blair",
        "Barack Obama",
        "David Cameron",
        "Margaret Thatcher",
    ];
    let name_of = |round: usize, at: usize| (at < POSITIONS && at % 10 == round).then(|| NAMES[(at / 10 + round) % 10]);
    let texts: Vec<String> = (0..10).map(|round| article(|at| name_of(round, at))).collect();
    let records: Vec<Value> =
        texts.iter().enumerate().map(|(round, text)| json!({"id": round.to_string(), "text": text})).collect();
    let mentions = extract_records(&records, "none");
    let mut missed = Vec::new();
    for (round, text) in texts.iter().enumerate() {
        let planted = (0..POSITIONS).filter_map(|at| Some((at, name_of(round, at)?)));
        let mut from = 0;
        for (at, name) in planted {
            let start = from + text[from..].find(name).unwrap();
            from = start + name.len();
            let is_there = |mention: &&Value| {
                mention["doc_id"] == *round.to_string() && mention["start_byte"] == start && mention["text"] == name
            };
            if !mentions.iter().any(|mention| is_there(&mention)) {
                missed.push((at, name));
            }
        }
    }
    assert!(missed.is_empty(), "missed {} of {POSITIONS}: {missed:?}", missed.len());
}

#[test]
fn a_sentence_of_20000_characters_is_read_to_its_end() {
    let filler = "and the rain went on over the fields and the road to the mill was closed again until the river fell ";
    let mut text = String::new();
    let mut planted = 0;
    while text.len() < 20_000 {
        text += filler;
        if text.len() > planted * 500 {
            planted += 1;
            text += "while John Kerry spoke to Angela Merkel in Geneva ";
        }
    }
    let mentions = extract_records(&[json!({"id": "long", "text": text.trim()})], "none");
    let found = surfaces(&mentions, "long");
    assert!(planted >= 40 && mentions.iter().all(|mention| mention["sentence"] == 0));
    assert_eq!(found, ["John Kerry", "Angela Merkel", "Geneva"].repeat(planted));
}

#[test]
fn glued_headlines_are_read_to_their_end() {
    let places = [
        "Turkey", "Lebanon", "Jordan", "Iraq", "Egypt", "France", "Germany", "Russia", "Iran", "Qatar", "Norway",
        "Kenya", "Spain", "Italy", "Greece", "China", "Japan", "India", "Brazil", "Canada", "Poland", "Sweden", "Cuba",
        "Peru",
    ];
    let heads = [
        "Floods close schools in",
        "Doctors end long strike in",
        "Farmers block main roads in",
        "Old bridge reopens in",
    ];
    let tails = ["as rain goes on", "after two weeks of talks", "and prices keep rising", "despite a court order"];
    let headlines = places
        .iter()
        .enumerate()
        .map(|(at, place)| format!("{} {place} {}", heads[at % heads.len()], tails[(at / 2) % tails.len()]));
    let text = headlines.collect::<Vec<_>>().join(" ");
    let text = format!("{text} {}", &text[..1700 - text.len().min(1700)]);
    assert!(text.len() >= 1500, "{}", text.len());
    let mentions = extract_records(&[json!({"id": "glued", "text": text})], "none");
    let found = surfaces(&mentions, "glued");
    let missed: Vec<_> = places.iter().filter(|place| !found.iter().any(|name| name == *place)).collect();
    assert!(missed.is_empty(), "missed {missed:?}, found {found:?}");
}

#[test]
fn the_summary_counts_as_many_tokens_inferred_as_encoded() {
    let desk = Desk::new();
    let long = "no stop anywhere in this line ".repeat(100);
    let input = desk.write_lines(
        "in.jsonl",
        &[json!({"title": "A Title", "text": "One sentence. And another.\n\nAnd a third"}), json!({"text": long})],
    );
    let (articles, summary) = (desk.path("a.jsonl"), desk.path("s.json"));
    namewire(&["extract", &input, "--out", &desk.path("m"), "--articles", &articles, "--summary", &summary, "-q"])
        .exits(0);
    let run = &desk.json("s.json")["run"];
    let by_article: u64 = desk.lines("a.jsonl").iter().map(|line| line["tokens"].as_u64().unwrap()).sum();
    assert!(by_article >= 600, "{by_article}");
    assert_eq!((run["tokens_encoded"].as_u64(), run["tokens_inferred"].as_u64()), (Some(by_article), Some(by_article)));
    // Special tokens and padding come on top.
    assert!(run["positions_computed"].as_u64().unwrap() > by_article, "{run}");
}

proptest! {
    #![proptest_config(seeded(200))]

    /// Whatever the shape of a text, each letter is in a sentence, and in a token of that sentence.
    #[test]
    fn every_letter_reaches_a_token(text in r#"([A-Za-zé]{1,9}|U\.S\.|Mr\.|\.\.\.|…|[.!?"“”()\-•*,;: ]|\r?\n){0,60}"#) {
        thread_local! {
            static MODEL: namewire::model::Model = bundled_model();
        }
        let article = Article { text: text.clone(), ..Article::default() };
        let encoded = MODEL.with(|model| EncodedArticle::new(article, &model.tokenizer)).unwrap();
        let clean = encoded.clean_text(Field::Text);
        for (at, _) in clean.char_indices().filter(|(_, char)| char.is_alphanumeric()) {
            let holders: Vec<usize> = (0..encoded.sentences.len())
                .filter(|&number| encoded.sentences[number].span.range().contains(&at)).collect();
            prop_assert_eq!(holders.len(), 1, "byte {} of {:?}", at, clean);
            let tokens = &encoded.spans[encoded.sentence_tokens[holders[0]].clone()];
            prop_assert!(tokens.iter().any(|token| token.range().contains(&at)), "byte {} of {:?}", at, clean);
        }
    }
}
