//! `--aggregation hf-…` gives what the token-classification pipeline of transformers gives.
//!
//! The expected answers in `tests/fixtures/parity` are that pipeline's own: `scripts/make_parity_cases` wrote them.

use std::fs;

use namewire::article::Article;
use namewire::clean::CleanText;
use namewire::decode::{NerSpan, Rule, Strategy, decode};
use namewire::encode::EncodedArticle;
use namewire::link::{Document, EntityTable, LinkOptions, Linker};
use namewire::model::{LabelSet, Model, ModelOptions};
use namewire::span::CodePoints;
use namewire::stitch::TokenScores;
use namewire::window::Window;
use serde_json::{Value, json};

use super::common::{Desk, in_repository, namewire, parse_lines, seeds_run, tiny};

const STRATEGIES: [(&str, Strategy); 5] = [
    ("none", Strategy::None),
    ("simple", Strategy::Simple),
    ("first", Strategy::First),
    ("average", Strategy::Average),
    ("max", Strategy::Max),
];

/// Type, first code point, one past the last, score.
type Entity = (String, usize, usize, f64);

fn fixture(name: &str) -> Value {
    let text = fs::read_to_string(in_repository("tests/fixtures/parity").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What the pipeline found; an entity without a character is none here.
fn expected(case: &Value, strategy: &str) -> Vec<Entity> {
    let entities = case[strategy].as_array().unwrap().iter();
    let number = |value: &Value| value.as_u64().unwrap() as usize;
    entities
        .map(|one| (one[0].as_str().unwrap().to_owned(), number(&one[1]), number(&one[2]), one[3].as_f64().unwrap()))
        .filter(|(_, start, end, _)| start < end)
        .collect()
}

#[track_caller]
fn assert_same(seen: &[Entity], expected: &[Entity], most: f64, what: &str) {
    let spans =
        |entities: &[Entity]| entities.iter().map(|(kind, from, to, _)| (kind.clone(), *from, *to)).collect::<Vec<_>>();
    assert_eq!(spans(seen), spans(expected), "{what}");
    for (one, other) in seen.iter().zip(expected) {
        assert!((one.3 - other.3).abs() <= most, "{what}: {one:?}, {other:?}");
    }
}

/// A model with one of the fixture's tokenizers; its graph is never run.
fn model_with(tokenizer: &str, desk: &Desk) -> Model {
    let folder = in_repository("tests/fixtures");
    for (file, source) in [
        ("config.json", "tiny/config.json".to_owned()),
        ("model.onnx", "tiny/model.onnx".to_owned()),
        ("tokenizer.json", format!("parity/{tokenizer}.json")),
    ] {
        desk.write(&format!("{tokenizer}/{file}"), fs::read(folder.join(source)).unwrap());
    }
    let config = desk.json(&format!("{tokenizer}/config.json"));
    let config = json!({"id2label": config["id2label"], "max_position_embeddings": 512});
    desk.write(&format!("{tokenizer}/config.json"), config.to_string());
    Model::open(desk.path(tokenizer), &ModelOptions::default()).unwrap()
}

/// Scores of one sentence that was seen as a whole, from tenths `[token, label]`.
fn scores_of(tenths: &Value, tokens: usize, labels: usize) -> TokenScores {
    let rows = tenths.as_array().unwrap();
    assert_eq!(rows.len(), tokens, "tokens");
    let values: Vec<f32> = rows
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|tenth| tenth.as_i64().unwrap() as f32 / 10.0)
        .collect();
    let mut scores = TokenScores::new(tokens, labels);
    scores.stitch(&Window { article: 0, tokens: 0..tokens, keep: 0..tokens }, &values);
    scores
}

fn entities(text: &str, mentions: &[NerSpan]) -> Vec<Entity> {
    let mut points = CodePoints::new(text);
    let mut entity = |mention: &NerSpan| {
        let range = points.range(mention.span);
        (mention.kind.to_string(), range.start, range.end, f64::from(mention.score))
    };
    mentions.iter().map(&mut entity).collect()
}

fn encode(text: &str, model: &Model) -> EncodedArticle {
    let article =
        EncodedArticle::new(Article { text: text.to_owned(), ..Article::default() }, &model.tokenizer).unwrap();
    assert_eq!(article.sentences.len(), 1, "{text:?}");
    article
}

#[test]
fn any_logits_become_what_the_pipeline_makes_of_them() {
    let desk = Desk::new();
    let table =
        r#"{"id": "loc/ansel", "name": "Port Ansel", "type": "LOC", "aliases": ["Ansel", "Ansel Bay", "Hale"]}"#;
    let linker = Linker::new(EntityTable::parse(&[("t", table)]).unwrap(), LinkOptions::default());
    let (mut cases, mut found) = (0, [0; STRATEGIES.len()]);
    for group in fixture("cases.json").as_array().unwrap() {
        let mut model = model_with(group["tokenizer"].as_str().unwrap(), &desk);
        let names: Vec<String> = serde_json::from_value(group["labels"].clone()).unwrap();
        model.labels = LabelSet::new(names).unwrap();
        for case in group["cases"].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            let article = encode(text, &model);
            let scores = scores_of(&case["tenths"], article.ids.len(), model.labels.len());
            for ((name, strategy), found) in STRATEGIES.into_iter().zip(&mut found) {
                let mentions = decode(&article, &scores, &model, Rule::Transformers(strategy));
                let expected = expected(case, name);
                let what = format!("{name} of {text:?} with {} and {}", group["tokenizer"], group["labels"]);
                assert_same(&entities(text, &mentions), &expected, 1e-6, &what);
                *found += expected.len();
                // Spans that no other rule makes must not trouble what comes after.
                let document = Document { title: None, text, date: None, sentences: &article.raw_sentences() };
                for linked in linker.link(&document, mentions) {
                    assert!(linked.span.get(text).is_some_and(|text| !text.is_empty()), "{what}: {linked:?}");
                }
            }
            cases += 1;
        }
    }
    assert!(cases > 300 && found.iter().all(|&count| count > 600), "{cases} cases, {found:?} entities prove little");
}

/// Characters that cannot be seen are left out of what is decoded, and counted in the offsets.
#[test]
fn offsets_are_those_of_the_text_as_given() {
    let desk = Desk::new();
    let group = &fixture("cases.json")[0];
    let mut model = model_with(group["tokenizer"].as_str().unwrap(), &desk);
    model.labels = LabelSet::new(serde_json::from_value(group["labels"].clone()).unwrap()).unwrap();
    for case in group["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let raw: String = text.chars().flat_map(|char| ['\u{ad}', char]).collect();
        let article = encode(&raw, &model);
        let scores = scores_of(&case["tenths"], article.ids.len(), model.labels.len());
        let mentions = decode(&article, &scores, &model, Rule::Transformers(Strategy::Simple));
        let mut expected = expected(case, "simple");
        // Each character has an invisible one before it; that of the first stays outside.
        expected.iter_mut().for_each(|(_, start, end, _)| (*start, *end) = (2 * *start + 1, 2 * *end));
        assert_same(&entities(&raw, &mentions), &expected, 1e-6, &raw);
    }
}

#[test]
fn the_program_finds_what_the_pipeline_finds() {
    let desk = Desk::new();
    let cases = fixture("tiny.json");
    let cases = cases.as_array().unwrap();
    let records: Vec<Value> =
        cases.iter().enumerate().map(|(at, case)| json!({"id": at.to_string(), "text": case["text"]})).collect();
    let input = desk.write_lines("in.jsonl", &records);
    let [out, spans, summary] = ["m.jsonl", "s.jsonl", "s.json"].map(|name| desk.path(name));
    let mut found = 0;
    for (name, _) in STRATEGIES {
        let aggregation = format!("hf-{name}");
        namewire(&[
            "extract",
            &input,
            "--model",
            &tiny(),
            "--entities",
            "none",
            "--aggregation",
            &aggregation,
            "--quiet",
            "--out",
            &out,
            "--spans",
            &spans,
            "--summary",
            &summary,
        ])
        .exits(0);
        let configuration = &desk.json("s.json")["configuration"];
        assert_eq!([&configuration["aggregation"], &configuration["decoding"]], [&json!(aggregation), &Value::Null]);
        for file in ["m.jsonl", "s.jsonl"] {
            let lines = desk.lines(file);
            for (at, case) in cases.iter().enumerate() {
                let id = at.to_string();
                let own = lines.iter().filter(|line| line["doc_id"] == *id);
                let number = |line: &Value, key: &str| line[key].as_u64().unwrap() as usize;
                let entity = |line: &Value| {
                    let kind = line["type"].as_str().unwrap().to_owned();
                    (kind, number(line, "start"), number(line, "end"), line["score"].as_f64().unwrap())
                };
                let seen: Vec<Entity> = own.map(entity).collect();
                assert_same(&seen, &expected(case, name), 1e-4, &format!("{name} of {}", case["text"]));
                found += seen.len();
            }
        }
    }
    assert!(found > 300, "{found} entities prove little");
}

#[test]
fn a_choice_that_could_have_no_effect_is_refused() {
    let args = ["extract", "seeds/articles", "--out", "-", "--aggregation", "hf-simple", "--decode", "greedy"];
    namewire(&args).exits(2).says(&["--decode", "hf-"]);
}

#[test]
fn sentences_are_those_that_mentions_name() {
    let lines = parse_lines(&namewire(&["sentences", "seeds/articles"]).exits(0).stdout);
    let run = seeds_run();
    assert_eq!(lines.len() as u64, run.summary["run"]["sentences"].as_u64().unwrap());
    for mention in &run.mentions {
        let key = |line: &Value| ["doc_id", "field", "sentence"].map(|key| line[key].clone());
        let sentence = lines.iter().find(|line| key(line) == key(mention)).unwrap();
        // What cannot be seen is in the context, and not in what the model sees.
        let context = mention["context"].as_str().unwrap();
        assert_eq!(sentence["text"], CleanText::new(context).text(context));
        let at = |line: &Value, key: &str| line[key].as_u64().unwrap();
        for (start, end) in [("start", "end"), ("start_byte", "end_byte")] {
            assert!(at(sentence, start) <= at(mention, start) && at(mention, end) <= at(sentence, end), "{mention}");
        }
    }
}

#[test]
fn sentences_have_the_offsets_of_the_text_as_given() {
    let desk = Desk::new();
    let text = "\u{feff}Da\u{ad}mascus fell. É tarde, said Hale.";
    let records = [
        json!({"id": "a", "title": "On Tuesday", "text": text, "lang": "en"}),
        json!({"id": "b", "text": "Rien.", "lang": "fr"}),
        json!({"id": "c"}),
    ];
    let input = desk.write_lines("in.jsonl", &records);
    let run = namewire(&["sentences", &input, "--only-lang", "en"]).exits(1);
    run.says(&["in.jsonl#3"]);
    let line = |field: &str, sentence: usize, points: [usize; 2], bytes: [usize; 2], seen: &str| {
        json!({"doc_id": "a", "field": field, "sentence": sentence, "start": points[0], "end": points[1],
            "start_byte": bytes[0], "end_byte": bytes[1], "text": seen})
    };
    let expected = [
        line("title", 0, [0, 10], [0, 10], "On Tuesday"),
        line("text", 0, [1, 16], [3, 19], "Damascus fell."),
        line("text", 1, [17, 36], [20, 40], "É tarde, said Hale."),
    ];
    assert_eq!(parse_lines(&run.stdout), expected);
}
