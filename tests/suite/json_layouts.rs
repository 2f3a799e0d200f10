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

#[test]
fn exports_of_databases_are_read() {
    let desk = Desk::new();
    let text = json!(TEXT);
    let exported = json!({"_index": "news", "_id": "e1", "_score": 1.0, "_source": {"title": "Talks", "text": text}});
    let input = desk.write_lines("source.jsonl", &[exported]);
    assert_eq!(column(&extract_articles(&desk, &[&input], 0), "doc_id"), ["e1"]);
    let bulk = [
        json!({"index": {"_index": "news", "_id": "b1"}}),
        json!({"text": text, "date": "2014-06-29"}),
        json!({"create": {}}),
        json!({"id": "own", "text": text}),
        json!({"delete": {"_id": "b1"}}),
        json!({"index": {"_id": "b3"}}),
        json!({"text": 7}),
    ];
    let input = desk.write_lines("bulk.jsonl", &bulk);
    let articles = extract_articles(&desk, &[&input], 1);
    assert_eq!(column(&articles, "doc_id"), ["b1", "own", "-", "b3"]);
    assert_eq!(column(&articles, "date")[0], "2014-06-29");
    assert_eq!(column(&articles, "status"), ["ok", "ok", "rejected", "rejected"]);
    let rejects = desk.lines("out.jsonl.rejects.jsonl");
    assert_eq!(column(&rejects, "record")[1], "{\"index\":{\"_id\":\"b3\"}}\n{\"text\":7}");
    let mongo = r#"{"_id": {"$oid": "53af"}, "text": "A text.", "date": {"$date": {"$numberLong": "1404036000000"}}}"#;
    let articles = extract_articles(&desk, &[&desk.write("mongo.jsonl", mongo)], 0);
    assert_eq!((&articles[0]["doc_id"], &articles[0]["date"]), (&json!("53af"), &json!("2014-06-29")));
}

/// The limit on records is 3 MB here.
#[test]
fn a_long_value_of_a_field_that_is_not_read_costs_no_article() {
    let desk = Desk::new();
    let long = "x".repeat(5 << 20);
    let record = |id: &str| json!({"id": id, "raw": long, "text": TEXT, "more": [{"raw": long}]});
    for (name, content) in [
        ("lines.jsonl", format!("{}\n{}\n", record("a"), record("b"))),
        ("array.json", json!([record("a"), record("b")]).to_string()),
        ("concatenated.json", format!("{}{}", record("a"), record("b"))),
        ("source.jsonl", format!("{}\n{}\n", json!({"_source": record("a")}), record("b"))),
    ] {
        let input = desk.write(name, content);
        let articles = extract_articles(&desk, &[&input, "--max-article-mb", "1"], 0);
        assert_eq!(column(&articles, "doc_id"), ["a", "b"], "{name}");
    }
    // It is read with another setting, from the input.
    let input = desk.write_lines("other.jsonl", &[json!({"id": "a", "story": TEXT, "raw": long})]);
    extract_articles(&desk, &[&input, "--max-article-mb", "1"], 1);
    let rejects = desk.path("rejects.jsonl");
    std::fs::rename(desk.path("out.jsonl.rejects.jsonl"), &rejects).unwrap();
    let retried = extract_articles(&desk, &["--retry", &rejects, "--text-field", "story", "--max-article-mb", "1"], 0);
    assert_eq!(column(&retried, "doc_id"), ["a"]);
}

#[test]
fn of_a_field_that_is_there_twice_null_does_not_count() {
    let desk = Desk::new();
    let input = desk.write("a.jsonl", format!(r#"{{"id": "a", "text": "{TEXT}", "text": null}}"#));
    assert_eq!(column(&extract_articles(&desk, &[&input], 0), "status"), ["ok"]);
}
