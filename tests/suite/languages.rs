//! Articles in a language that the model was not made for are counted, and processed unless told otherwise.

use serde_json::{Value, json};

use super::common::{Desk, column, namewire};

const ENGLISH: &str = "The prime minister of Norway said on Thursday that the talks would go on until the weekend.";
const GERMAN: &str = "Die Ministerin sagte am Donnerstag in Hamburg, dass die Gespräche erst in der nächsten Woche \
                      fortgesetzt werden, weil noch nicht alle Unterlagen vorliegen.";

fn run(flags: &[&str]) -> (Desk, Value, String) {
    let desk = Desk::new();
    let input = desk.write_lines(
        "in.jsonl",
        &[
            json!({"id": "en", "text": ENGLISH}),
            json!({"id": "de", "text": GERMAN}),
            json!({"id": "declared", "text": ENGLISH, "lang": "fr-FR"}),
            json!({"id": "short", "text": "Oslo."}),
        ],
    );
    let [out, articles, summary] = ["m.jsonl", "articles.jsonl", "summary.json"].map(|name| desk.path(name));
    let outputs = ["--out", &out, "--articles", &articles, "--summary", &summary, "--workers", "1"];
    let run = namewire(&[&["extract", &input], &outputs[..], flags].concat()).exits(0);
    let report = desk.json("summary.json")["run"].clone();
    (desk, report, run.stderr)
}

#[test]
fn foreign_articles_are_counted_and_processed() {
    let (desk, report, stderr) = run(&[]);
    let articles = desk.lines("articles.jsonl");
    assert_eq!(column(&articles, "status"), ["ok"; 4]);
    assert_eq!(column(&articles, "language"), ["en", "de", "fr", "-"]);
    assert_eq!(report["foreign"], json!({"de": 1, "fr": 1}));
    assert!(stderr.contains("de 1, fr 1 (the model was made for en)"), "{stderr}");
    assert!(column(&desk.lines("m.jsonl"), "text").contains(&"Hamburg".to_owned()));
}

#[test]
fn other_languages_can_be_left_out() {
    let (desk, report, stderr) = run(&["--only-lang", "en"]);
    let articles = desk.lines("articles.jsonl");
    // What cannot be told is not left out.
    assert_eq!(column(&articles, "status"), ["ok", "skipped", "skipped", "ok"]);
    assert_eq!(articles[1]["reason"], "language de");
    assert_eq!((&report["records"], &report["articles"], &report["skipped"]), (&json!(4), &json!(2), &json!(2)));
    assert_eq!(report["foreign"], json!({"de": 1, "fr": 1}));
    assert!(stderr.contains("2 skipped"), "{stderr}");
    assert!(!column(&desk.lines("m.jsonl"), "doc_id").contains(&"de".to_owned()));
    let (desk, ..) = run(&["--only-lang", "de,fr"]);
    assert_eq!(column(&desk.lines("articles.jsonl"), "status"), ["skipped", "ok", "ok", "ok"]);
}
