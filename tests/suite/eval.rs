//! `namewire eval`: its numbers are those of seqeval and of hand counts, and what cannot be compared is refused.

use std::io::Write;
use std::path::PathBuf;

use namewire::config::Config;
use namewire::eval::{Corpus, Kinds, Metric, Scores, TagOptions, TagScheme, Zones, evaluate, types};
use namewire::mentions::RecordOutcome;
use namewire::outcome::Outcome;
use namewire::segment::Segmentation;
use serde_json::{Value, json};

use super::common::{
    Desk, in_repository, namewire, namewire_with_input, parse_lines, pipeline, records, session, tiny_model,
};

fn evaluated(args: &[&str]) -> Value {
    let run = namewire(&[&["eval", "--json", "-"], args].concat()).exits(0);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", run.stdout))
}

/// Sentences of tags as a file of columns: the tokens are numbers.
fn columns(sentences: &Value) -> String {
    let sentence = |tags: &Value| {
        let tags = tags.as_str().unwrap().split(' ').enumerate();
        tags.map(|(number, tag)| format!("w{number} {tag}\n")).collect::<String>()
    };
    sentences.as_array().unwrap().iter().map(sentence).collect::<Vec<_>>().join("\n")
}

fn seqeval_cases() -> Vec<Value> {
    let text = std::fs::read_to_string(in_repository("tests/fixtures/eval/seqeval_cases.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Precision, recall and F1 as seqeval has them; a mean over no types is 0 here, not a number there.
#[track_caller]
fn assert_scores(scores: Scores, expected: &Value, what: &str) {
    let own = [scores.precision, scores.recall, scores.f1];
    for (own, expected) in own.iter().zip(expected.as_array().unwrap()) {
        let expected = expected.as_f64().unwrap_or(0.0);
        assert!((own - expected).abs() < 1e-15, "{what}: {own} instead of {expected}");
    }
}

#[test]
fn scores_are_those_of_seqeval() {
    let desk = Desk::new();
    let cases = seqeval_cases();
    assert_eq!(cases.len(), 200);
    let mut compared = 0;
    for (number, case) in cases.iter().enumerate() {
        let gold = PathBuf::from(desk.write("gold.conll", columns(&case["gold"])));
        let predicted = PathBuf::from(desk.write("predicted.conll", columns(&case["predicted"])));
        for (scheme, expected) in [(case["scheme"].as_str().unwrap(), &case["strict"]), ("lenient", &case["lenient"])] {
            if expected.is_null() {
                continue;
            }
            let scheme: TagScheme = scheme.parse().unwrap();
            let read = |path: &PathBuf| {
                let options = TagOptions { scheme: Some(scheme), ..TagOptions::default() };
                Corpus::read(std::slice::from_ref(path), None, options, &mut Kinds::default()).unwrap()
            };
            let gold = read(&gold);
            let aligned = gold.align(read(&predicted), None).unwrap();
            let types = types(&gold, [&aligned]);
            let evaluation = evaluate(&gold, &aligned, &types, &Zones::default(), Default::default());
            let (total, what) = (&evaluation.total, format!("case {number}, {scheme}"));
            assert_scores(total.micro().scores(0.0), &expected["micro"], &what);
            assert_scores(total.macro_scores(0.0), &expected["macro"], &what);
            let by_type = expected["by_type"].as_object().unwrap();
            assert!(types.iter().map(|kind| &**kind).eq(by_type.keys().map(String::as_str)), "{what}: {types:?}");
            for (at, scores) in by_type.values().enumerate() {
                assert_scores(total.of_type(at).scores(0.0), scores, &what);
            }
            assert_eq!(Metric::F1.of(total, 0.0), total.micro().scores(0.0).f1);
            compared += 1;
        }
    }
    assert_eq!(compared, 350);
}

#[test]
fn the_command_says_the_same() {
    let desk = Desk::new();
    for case in seqeval_cases().iter().step_by(23) {
        let (gold, predicted) = (columns(&case["gold"]), columns(&case["predicted"]));
        let (gold, predicted) = (desk.write("gold.conll", gold), desk.write("predicted.conll", predicted));
        let scheme = case["scheme"].as_str().unwrap();
        let figures = evaluated(&["--gold", &gold, "--pred", &predicted, "--scheme", scheme, "--resamples", "0"]);
        let ner = &figures["ner"];
        let three = |scores: &Value| json!([scores["precision"], scores["recall"], scores["f1"]]);
        assert_eq!(three(&ner["micro"]), case["strict"]["micro"], "{case}");
        for (kind, expected) in case["strict"]["by_type"].as_object().unwrap() {
            assert_eq!(&three(&ner["by_type"][kind]), expected, "{case}");
        }
    }
}

const GOLD: &str =
    "-DOCSTART- -X- O O\n\nPhil NNP B-NP B-PER\nSimmons NNP I-NP I-PER\nleft VB B-VP O\nKent NNP B-NP B-ORG\n. . O O\n
Homs NNP B-NP B-LOC\nfell VB B-VP O\n\n-DOCSTART- -X- O O\n\nHama NNP B-NP B-LOC\nand CC O O\nKent NNP B-NP B-ORG\n";

#[test]
fn schemes_are_told_apart_and_formats_agree() {
    let desk = Desk::new();
    let gold = desk.write("gold.conll", GOLD);
    // The same entities under other schemes, without marks between documents, the tag in the second column.
    for (name, tags, scheme) in [
        ("iob1", "I-PER I-PER O I-ORG O|I-LOC O|I-LOC O I-ORG", "io"),
        ("iobes", "B-PER E-PER O S-ORG O|S-LOC O|S-LOC O S-ORG", "iobes"),
        ("bilou", "B-PER L-PER O U-ORG O|U-LOC O|U-LOC O U-ORG", "iobes"),
        ("io", "PER PER O ORG O|LOC O|LOC O ORG", "io"),
    ] {
        let words = ["Phil Simmons left Kent .", "Homs fell", "Hama and Kent"];
        let sentences = words.iter().zip(tags.split('|')).map(|(words, tags)| {
            let pairs = words.split(' ').zip(tags.split(' '));
            pairs.map(|(word, tag)| format!("{word}\t{tag}\tx\n")).collect::<String>()
        });
        let predicted = desk.write(name, sentences.collect::<Vec<_>>().join("\n"));
        let figures = evaluated(&["--gold", &gold, "--pred", &predicted, "--pred-column", "2"]);
        assert_eq!(figures["ner"]["micro"]["f1"], 1.0, "{name}: {figures:#}");
        assert_eq!(figures["gold"]["schemes"], json!(["iob2"]));
        assert_eq!(figures["predictions"]["schemes"], json!([scheme]), "{name}");
        assert_eq!((&figures["gold"]["documents"], &figures["gold"]["sentences"]), (&json!(2), &json!(3)));
    }
    let sentences = json!([
        {"doc": "a", "sentences": [
            {"text": "Phil Simmons left Kent.", "tokens": [[0, 4], [5, 12], [13, 17], [18, 22], [22, 23]],
             "labels": ["B-PER", "I-PER", "O", "B-ORG", "O"]},
            {"text": "Homs fell", "tokens": [[0, 4], [5, 9]], "labels": ["B-LOC", "O"]}]},
        {"doc": "b", "sentences": [
            {"text": "Hama\nand Kent", "tokens": [[0, 4], [5, 8], [9, 13]], "labels": ["B-LOC", "O", "B-ORG"]}]},
    ]);
    let lines: String = sentences.as_array().unwrap().iter().map(|line| format!("{line}\n")).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes()).unwrap();
    let as_gzip = desk.write("sentences.jsonl.gz", gzip.finish().unwrap());
    let as_zstd = desk.write("sentences.jsonl.zst", zstd::encode_all(lines.as_bytes(), 1).unwrap());
    for gold in [as_gzip, as_zstd] {
        let predicted = desk.path("iobes");
        let figures = evaluated(&["--gold", &gold, "--pred", &predicted, "--pred-column", "2"]);
        assert_eq!(figures["ner"]["micro"], evaluated(&["--gold", &gold, "--pred", &gold])["ner"]["micro"]);
        assert_eq!(figures["ner"]["micro"]["tp"], 5, "{figures:#}");
    }
}

/// Mentions with entities, counted by hand.
#[test]
fn links_are_counted_as_the_linking_scorer_counts_them() {
    let desk = Desk::new();
    let docs = desk.write_lines(
        "docs.jsonl",
        &[json!({"id": "a", "text": "Şam fell to ISIS , IS said in Homs ."}), json!({"id": "b", "text": "Nothing."})],
    );
    let mention = |doc: &str, start: u32, end: u32, kind: &str, entity: Value| json!({"doc": doc, "start": start, "end": end, "type": kind, "entity": entity});
    let gold = desk.write_lines(
        "gold.jsonl",
        &[
            mention("a", 0, 3, "LOC", json!("loc/damascus")),
            mention("a", 12, 16, "ORG", json!("org/is")),
            mention("a", 19, 21, "ORG", json!("org/is")),
            mention("a", 30, 34, "LOC", json!(null)),
        ],
    );
    let predicted = desk.write_lines(
        "predicted.jsonl",
        &[
            mention("a", 0, 3, "loc", json!("loc/damascus")),   // right
            mention("a", 12, 16, "MISC", json!("org/is")),      // another type, the right entity
            mention("a", 19, 21, "ORG", json!("org/other")),    // outside the catalogue: none
            mention("a", 30, 34, "LOC", json!("loc/unlisted")), // outside the catalogue: none, which is right
            mention("a", 22, 26, "PER", json!(null)),           // in a zone
            mention("b", 0, 7, "PER", json!("per/x")),          // spurious
            mention("c", 0, 7, "PER", json!(null)),             // of no document
            json!({"doc_id": "a", "field": "title", "start": 900, "end": 901, "type": "PER"}),
        ],
    );
    let zones = desk.write_lines("zones.jsonl", &[json!({"doc": "a", "start": 25, "end": 29})]);
    let catalogue =
        desk.write_lines("catalogue.jsonl", &["loc/damascus", "org/is", "per/x"].map(|id| json!({"id": id})));
    let args = ["--gold", &gold, "--docs", &docs, "--pred", &predicted, "--ignore", &zones, "--catalogue", &catalogue];
    let figures = evaluated(&args);
    let counts = |scores: &Value| json!([scores["tp"], scores["predicted"], scores["gold"]]);
    assert_eq!(counts(&figures["ner"]["micro"]), json!([3, 5, 4]));
    assert_eq!(counts(&figures["ner"]["boundary"]), json!([4, 5, 4]));
    let linking = &figures["linking"];
    let share = |of: &str| json!([linking["accuracy"][of]["right"], linking["accuracy"][of]["of"]]);
    assert_eq!(
        [share("all"), share("gold_in_catalogue"), share("gold_nil")],
        [json!([3, 4]), json!([2, 3]), json!([1, 1])]
    );
    assert_eq!(counts(&linking["end_to_end"]["micro"]), json!([3, 5, 4]));
    assert_eq!(counts(&linking["end_to_end"]["linked_only"]), json!([2, 3, 3]));
    assert_eq!(
        (&figures["predictions"]["ignored"], &figures["predictions"]["outside_documents"]),
        (&json!(1), &json!(1))
    );
    let typed = evaluated(&[&args[..], &["--typed-linking", "--typed-e2e"]].concat());
    assert_eq!(typed["linking"]["accuracy"]["all"]["of"], 3);
    assert_eq!(typed["linking"]["end_to_end"]["micro"]["tp"], 2);
    let totals = &figures["errors"]["totals"];
    assert_eq!((&totals["type"], &totals["spurious"], &totals["link"]), (&json!(1), &json!(1), &json!(1)));
    let table = namewire(&[&["eval"], &args[..]].concat()).exits(0).stdout;
    for part in [
        "micro                 0.6000  0.7500  0.6667",
        "\"ISIS\" ORG → MISC  [a 12..16, ",
        "gold.jsonl:2]",
        "\"IS\" org/is → none",
        "1 predictions in ignore zones were not counted",
        "MISC (1), PER (1)",
    ] {
        assert!(table.contains(part), "{part:?} is not in:\n{table}");
    }
}

#[test]
fn two_predictions_are_compared_and_equal_seeds_are_equal() {
    let desk = Desk::new();
    let gold: String = (0..30).map(|n| format!("-DOCSTART- O\n\nName{n} B-PER\nwent O\nHoms B-LOC\n\n")).collect();
    let better: String = gold.replacen("B-LOC", "O", 5);
    let worse: String = gold.replacen("B-LOC", "B-ORG", 20);
    let [gold, better, worse] =
        [("gold", gold), ("better", better), ("worse", worse)].map(|(name, text)| desk.write(name, text));
    let args = ["--gold", &gold, "--pred", &better, "--compare", &worse];
    let figures = evaluated(&args);
    let difference = &figures["comparison"]["differences"]["f1"];
    let value =
        figures["ner"]["micro"]["f1"].as_f64().unwrap() - figures["comparison"]["ner"]["micro"]["f1"].as_f64().unwrap();
    assert!((difference["difference"].as_f64().unwrap() - value).abs() < 1e-12 && value > 0.2, "{difference}");
    assert!(difference["interval"][0].as_f64().unwrap() > 0.0 && difference["share_above_0"] == 1.0, "{difference}");
    assert_eq!(figures, evaluated(&args));
    let seeded = |seed| evaluated(&[&args[..], &["--resamples", "20", "--seed", seed]].concat())["bootstrap"].clone();
    assert_ne!(seeded("1")["intervals"], seeded("2")["intervals"]);
    let table = namewire(&[&["eval"], &args[..], &["--errors", "1"]].concat()).exits(0).stdout;
    for part in ["compared with", "resamples > 0", "100.0%", "    5  missed     \"Homs\" LOC → none  [gold#1 "] {
        assert!(table.contains(part), "{part:?} is not in:\n{table}");
    }
    let without = evaluated(&["--gold", &gold, "--pred", &better, "--resamples", "0"]);
    assert!(without.get("bootstrap").is_none());
}

const NEWS: &str = "Ahmet B-PER\nDavutoğlu I-PER\nflew O\nto O\nGeneva B-LOC\n. O\nHe O\nleft O\n. O\n
The O\nIran-backed B-MISC\nYPG B-ORG\nis O\nin O\nSyria B-GPE\n. O\n";

#[test]
fn a_model_is_scored_on_the_gold_s_own_text() {
    let desk = Desk::new();
    let gold = desk.write("gold.conll", NEWS);
    let figures = evaluated(&["--gold", &gold, "--model", "--map", "GPE=LOC"]);
    // "Iran" is a part of the token "Iran-backed": found, but never exactly.
    assert_eq!(figures["predictions"]["inside_tokens"], 1, "{figures:#}");
    assert_eq!(
        (&figures["ner"]["micro"]["tp"], &figures["ner"]["micro"]["gold"]),
        (&json!(4), &json!(5)),
        "{figures:#}"
    );
    assert_eq!(figures["errors"]["totals"]["boundary"], 1);
    assert_eq!(figures["errors"]["most_frequent"][0]["gold"], json!({"text": "Iran-backed", "type": "MISC"}));
    // The text that it wrote, processed by another program, scores the same.
    let texts = desk.path("texts.jsonl");
    namewire(&["eval", "--gold", &gold, "--text-out", &texts]).exits(0);
    let seen: Vec<Value> = desk.lines("texts.jsonl");
    assert_eq!(seen[1], json!({"id": "gold.conll#2", "text": "The Iran-backed YPG is in Syria ."}));
    let found = namewire(&["extract", &texts, "--out", "-", "--entities", "none", "--quiet"]).exits(0).stdout;
    assert!(!parse_lines(&found).is_empty());
    let run = namewire_with_input(
        &["eval", "--gold", &gold, "--pred", "-", "--map", "GPE=LOC", "--json", "-"],
        found.as_bytes(),
    );
    let again: Value = serde_json::from_str(&run.exits(0).stdout).unwrap();
    assert_eq!(again["ner"], figures["ner"]);
    // A type that the model lacks is reported.
    let table = namewire(&["eval", "--gold", &gold, "--model", "bundled"]).exits(0).stdout;
    assert!(table.contains("types of the gold that the model does not know: GPE (1); --map GPE=TYPE"), "{table}");
}

#[test]
fn a_given_sentence_is_one_sentence() {
    let sentences = |segmentation| {
        let model = tiny_model();
        let backend = session(&model);
        let pipeline = pipeline(model, None, backend, Config { segmentation, ..Config::default() });
        let mut seen = 0;
        let count = |outcome: &RecordOutcome<'_>| match outcome {
            Outcome::Processed(done) => Ok(done.sentences.len()),
            _ => Ok(0),
        };
        let record = records(&[("", "He left . Obama stayed .\n\nHoms fell")]).into_iter();
        pipeline
            .run(record, &pipeline.handle(), count, |count| {
                seen += count;
                Ok(())
            })
            .unwrap();
        seen
    };
    assert_eq!([Segmentation::Rules, Segmentation::Lines].map(sentences), [3, 2]);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let desk = Desk::new();
    let gold = desk.write("gold.conll", GOLD);
    let tags = |name: &str, from: &str, to: &str| desk.write(name, GOLD.replacen(from, to, 1));
    let spans = desk.write("spans.jsonl", "{\"doc\": \"a\", \"start\": 0, \"end\": 4, \"type\": \"PER\"}\n");
    let twice = std::fs::read_to_string(&spans).unwrap().repeat(2);
    let twice = desk.write("twice.jsonl", twice);
    let docs = desk.write("docs.jsonl", "{\"id\": \"a\", \"text\": \"Hom\"}\n");
    let other = desk.write("other.jsonl", "{\"doc\": \"x\", \"start\": 0, \"end\": 4, \"type\": \"PER\"}\n");
    let broken = desk.write("broken.jsonl", "{\"doc\": \"a\", \"start\": 0, \"end\": 4}\n{\"doc\": \"a\"}\n");
    let [word, less, more, tag, column] = [
        tags("word", "Simmons NNP", "Simons NNP"),
        desk.write("less", &GOLD[..GOLD.rfind("-DOCSTART-").unwrap()]),
        desk.write("more", format!("{GOLD}\nMore NNP X O\n")),
        tags("tag", "I-NP I-PER", "I-NP Q-PER"),
        tags("column", "left VB B-VP O", "left"),
    ];
    for (args, parts) in [
        (
            vec!["--gold", &gold, "--pred", &word],
            &["word:3: token 1", "\"Simons\", in the gold standard \"Simmons\"", "gold.conll:3"][..],
        ),
        (
            vec!["--gold", &gold, "--pred", &less],
            &["less:9", "the predictions end before the gold standard", "gold.conll:14"],
        ),
        (vec!["--gold", &gold, "--pred", &more], &["more:18", "the gold standard ends before the predictions"]),
        (vec!["--gold", &gold, "--pred", &tag], &["tag:4", "`Q-PER` is not a tag of iob2", "--scheme"]),
        (vec!["--gold", &gold, "--pred", &column], &["column:5", "has one column", "--column"]),
        (vec!["--gold", &gold, "--pred", &spans], &["spans.jsonl:1", "no document in common", "gold.conll#1"]),
        (vec!["--gold", &spans, "--pred", &gold], &["the gold standard is spans"]),
        (vec!["--gold", &twice, "--pred", &spans], &["twice.jsonl:2", "two gold mentions at 0..4"]),
        (vec!["--gold", &spans, "--docs", &docs, "--pred", &spans], &["spans.jsonl:1", "0..4 is not in document `a`"]),
        (vec!["--gold", &spans, "--pred", &other], &["other.jsonl:1", "no document in common"]),
        (vec!["--gold", &spans, "--pred", &broken], &["broken.jsonl:2", "missing field `start`"]),
        (vec!["--gold", &docs, "--pred", &spans], &["docs.jsonl:1", "--docs"]),
        (vec!["--gold", &spans, "--model"], &["give it with --docs"]),
        (vec!["--gold", &gold], &["Give --pred FILE or --model"]),
        (vec!["--gold", "nowhere.conll", "--pred", &gold], &["nowhere.conll", "cannot open"]),
        (vec!["--gold", &gold, &spans, "--pred", &gold], &["files of tokens and files of spans"]),
        (vec!["--gold", &gold, "--pred", &gold, "--map", "GPE"], &["`GPE` is not a mapping", "GPE=LOC"]),
    ] {
        namewire(&[&["eval"], &args[..]].concat()).exits(2).says(parts);
    }
}

#[test]
fn ill_formed_tags_are_reported() {
    let desk = Desk::new();
    let gold = desk.write("gold.conll", GOLD);
    let predicted = desk.write("predicted.conll", GOLD.replacen("B-LOC", "I-LOC", 1));
    let table = namewire(&["eval", "--gold", &gold, "--pred", &predicted]).exits(0).stdout;
    assert!(table.contains("note: 1 predicted tags are ill formed and belong to no entity, the first at"), "{table}");
    assert!(table.contains("predicted.conll:9"), "{table}");
    let lenient = evaluated(&["--gold", &gold, "--pred", &predicted, "--scheme", "lenient"]);
    assert_eq!(lenient["ner"]["micro"]["f1"], 1.0);
}

#[test]
fn its_help_has_examples() {
    let help = namewire(&["eval", "--help"]).exits(0).stdout;
    assert!(help.contains("Examples:\n  namewire eval --gold") && help.contains("--model [<"), "{help}");
}
