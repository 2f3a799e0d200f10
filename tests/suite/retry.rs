//! `--retry` processes the records of a rejects file again.

use serde_json::json;

use super::common::{Desk, column, extract_articles, namewire, tiny};
use super::sharded_run::total;

#[test]
fn rejected_records_can_be_retried() {
    let desk = Desk::new();
    let tiny = tiny();
    let long = "Émile Tessier came to Dorvale. ".repeat(40_000);
    let input = desk.write_lines(
        "in.jsonl",
        &[
            json!({"id": "good", "text": "Rain fell on Dorvale."}),
            json!({"id": "other", "story": "Anna Berg left Dorvale."}),
            json!({"story": "She came back."}),
            json!({"id": "long", "text": long}),
            json!({"id": "bad", "text": 7}),
        ],
    );
    let extract = |flags: &[&str], out: &str| {
        namewire(
            &[&["extract", "--device", "stub", "--model", &tiny, "--entities", "none", "--out", out], flags].concat(),
        )
    };
    let out = desk.path("m.jsonl");
    extract(&[&input, "--max-article-mb", "1"], &out).exits(1);
    let rejects = desk.lines("m.jsonl.rejects.jsonl");
    let truncated: Vec<_> = rejects.iter().map(|reject| reject["truncated"].as_bool().unwrap()).collect();
    assert_eq!(truncated, [false, false, true, false]);
    let (again, articles) = (desk.path("again.jsonl"), desk.path("again.articles.jsonl"));
    let file = desk.path("m.jsonl.rejects.jsonl");
    extract(&["--retry", &file, "--articles", &articles], &again).exits(1);
    let seen: Vec<_> =
        desk.lines("again.articles.jsonl").iter().map(|line| line["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, ["rejected", "rejected", "ok", "rejected"], "only the long article was rejected for a limit");
    extract(&["--retry", &file, "--text-field", "story", "--articles", &articles], &again).exits(1);
    let lines = desk.lines("again.articles.jsonl");
    let ids: Vec<_> = lines.iter().filter(|line| line["status"] == "ok").map(|line| line["doc_id"].clone()).collect();
    assert_eq!(ids, [json!("other"), json!(format!("{input}#3"))], "ids of the first run");
    assert_eq!(lines[1]["input"], format!("{input}#3"));
    // Into a directory of shards.
    let folder = desk.path("again");
    extract(&["--retry", &file, "--shard-size", "1"], &format!("{folder}/")).exits(1);
    assert_eq!((total(&folder, "records"), total(&folder, "written")), (4, 1));
    extract(&["--retry", &file, "--check"], &again).exits(2).says(&["--check"]);
}

#[test]
fn records_of_one_line_are_retried_under_their_own_names() {
    let desk = Desk::new();
    let record = |key: &str, text: &str| json!({key: text}).to_string();
    let line =
        [record("text", "Rain."), record("story", "Anna Berg left."), record("story", "She came back.")].concat();
    let input = desk.write("in.jsonl", line);
    let articles = extract_articles(&desk, &[&input], 1);
    let names = ["", ".2", ".3"].map(|nth| format!("{input}#1{nth}"));
    assert_eq!(column(&articles, "input"), names);
    let rejects = desk.path("rejects.jsonl");
    std::fs::rename(desk.path("out.jsonl.rejects.jsonl"), &rejects).unwrap();
    assert_eq!(desk.lines("rejects.jsonl").iter().map(|line| &line["nth"]).collect::<Vec<_>>(), [1, 2]);
    let retried = extract_articles(&desk, &["--retry", &rejects, "--text-field", "story"], 0);
    assert_eq!(column(&retried, "doc_id"), names[1..]);
}
