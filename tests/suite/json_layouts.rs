//! JSON as people have it: every layout, faults that cost nothing, fields of every shape.

use serde_json::{Value, json};

use super::common::{Desk, column, extract_articles, namewire_with_input};

const TEXT: &str = "Angela Merkel flew to Geneva on Monday.";

fn record(id: &str) -> Value {
    json!({"id": id, "text": TEXT})
}

#[test]
fn objects_are_read_in_every_layout() {
    let desk = Desk::new();
    let records = ["a", "b", "c"].map(record);
    let joined = |between: &str| records.each_ref().map(Value::to_string).join(between);
    let array = Value::from(records.to_vec());
    for (name, content) in [
        ("a.json", serde_json::to_string_pretty(&array).unwrap()),
        ("b.json", array.to_string()),
        ("c.jsonl", format!("[\n{}\n]\n", joined(",\n"))),
        ("d.jl", joined("")),
        ("e.jsonl", format!("\u{FEFF}{}\n", joined("\n\u{FEFF}"))),
        ("f.jsonl", joined("\r")),
        ("g.txt", joined("\n")),
        ("h.ndjson", joined(",\n") + ",\n"),
    ] {
        let input = desk.write(name, &content);
        let articles = extract_articles(&desk, &[&input], 0);
        assert_eq!(column(&articles, "doc_id"), ["a", "b", "c"], "{name}");
    }
    let single = desk.write("one.json", serde_json::to_string_pretty(&record("one")).unwrap());
    assert_eq!(column(&extract_articles(&desk, &[&single], 0), "doc_id"), ["one"]);
    let piped = namewire_with_input(
        &["extract", "-", "--out", "-", "--entities", "none", "--model", &super::common::tiny(), "-q"],
        array.to_string().as_bytes(),
    );
    piped.exits(0);
}

#[test]
fn records_without_ids_have_names_of_their_own() {
    let desk = Desk::new();
    let text = json!({"text": TEXT}).to_string();
    let input = desk.write("a.jsonl", format!("{text}{text}\n{text}\n"));
    let ids = column(&extract_articles(&desk, &[&input], 0), "doc_id");
    assert_eq!(ids, [format!("{input}#1"), format!("{input}#1.2"), format!("{input}#2")]);
}

#[test]
fn faults_of_other_fields_cost_no_article() {
    let desk = Desk::new();
    let other = [r#""\ud83d""#, "NaN", "-Infinity", "1e999", "184467440737095516150", "[[[[]]]]"];
    let lines = other.map(|other| format!(r#"{{"text": "{TEXT}", "other": {other}}}"#));
    let input = desk.write("a.jsonl", lines.join("\n"));
    assert_eq!(extract_articles(&desk, &[&input], 0).len(), other.len());
    let input = desk.write("b.jsonl", r#"{"id": "b", "title": "\ud83d!", "text": "Kyiv\udc00"}"#);
    extract_articles(&desk, &[&input, "--summary", &desk.path("s.json")], 0);
    assert_eq!(desk.json("s.json")["run"]["warnings"], json!({"surrogate_replaced": 1}));
}

#[test]
fn ids_are_kept_as_they_are_written() {
    let desk = Desk::new();
    let ids = [r#"12345.0"#, "184467440737095516150", "007", r#"{"$oid": "53af"}"#];
    let lines = ids.map(|id| format!(r#"{{"id": {id}, "text": "{TEXT}"}}"#));
    let input = desk.write("a.jsonl", lines.join("\n"));
    let found = column(&extract_articles(&desk, &[&input], 0), "doc_id");
    assert_eq!(found, ["12345.0", "184467440737095516150", "007", "53af"]);
}

#[test]
fn kept_numbers_keep_their_digits() {
    let desk = Desk::new();
    let line = format!(
        r#"{{"id": "a", "text": "{TEXT}", "lat": 36.20210999999999, "big": 184467440737095516150, "p": 1.10}}"#
    );
    let input = desk.write("a.jsonl", line);
    let out = desk.path("out.jsonl");
    super::common::namewire(&["extract", &input, "--out", &out, "--entities", "none", "--keep", "lat,big,p,absent"])
        .exits(0);
    let mentions = std::fs::read_to_string(out).unwrap();
    assert!(
        mentions.contains(r#""meta":{"lat":36.20210999999999,"big":184467440737095516150,"p":1.10}"#),
        "{mentions}"
    );
}

#[test]
fn bodies_of_several_parts_are_joined() {
    let desk = Desk::new();
    let lines = [
        json!({"id": "array", "text": ["Rain fell.", "Snow followed."]}),
        json!({"id": "null", "title": "Rain", "text": null}),
    ];
    let input = desk.write_lines("a.jsonl", &lines);
    assert_eq!(column(&extract_articles(&desk, &[&input], 0), "doc_id"), ["array", "null"]);
    let input = desk.write_lines("b.jsonl", &[json!({"id": "b", "lead": "In Geneva.", "rest": TEXT})]);
    let out = desk.path("out.jsonl");
    super::common::namewire(&["extract", &input, "--out", &out, "--entities", "none", "--text-field", "lead,rest"])
        .exits(0);
    let mentions = desk.lines("out.jsonl");
    assert_eq!(column(&mentions, "text"), ["Geneva", "Angela Merkel", "Geneva"]);
    assert_eq!(mentions[1]["start"], 12);
}
