//! Parquet outputs have, row by row, what JSON Lines have.

use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Value, json};

use super::common::{Desk, namewire};

const ARTICLES: [&str; 5] = [
    r#"{"id": "a", "title": "Merkel in Paris", "text": "Angela Merkel met François Hollande in Paris. 🙂 Merkel left.", "date": "2014-06-29", "source": {"name": "Post"}, "rank": 7, "tags": ["x", "é"]}"#,
    r#"{"id": "b", "text": "The Syrian National Coalition (SNC) met in Geneva. Georgia and Springfield were quiet.", "date": "2014-06", "source": null}"#,
    r#"{"id": "c", "text": "Nothing to see.", "date": "2014"}"#,
    r#"{"id": "d"}"#,
    r#"{"id": "e", "text": "Angela Merkel met François Hollande in Paris. 🙂 Merkel left.", "lang": "en"}"#,
];

fn rows(path: &Path) -> Vec<Row> {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    file.into_iter().map(Result::unwrap).collect()
}

/// A value of a row as JSON; scores as single precision has them.
fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => json!(text),
        Field::Int(number) => json!(number),
        Field::Long(number) => json!(number),
        Field::Float(number) => json!(number),
        Field::Date(days) => json!(days),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::Group(row) => row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect(),
        other => panic!("{other:?}"),
    }
}

fn flat(row: &Row) -> Value {
    row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()
}

fn single(number: &Value) -> Value {
    number.as_f64().map_or(Value::Null, |number| json!(number as f32))
}

/// The row that a line of mentions becomes, but for the columns of its article.
fn expected(line: &Value) -> Value {
    let link = &line["link"];
    let (row, span) = match &link["evidence"] {
        evidence if evidence["table"].is_string() => (evidence.clone(), Value::Null),
        evidence => (Value::Null, evidence.clone()),
    };
    let candidates: Vec<Value> = link["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!({"entity_id": one["entity_id"], "score": single(&one["score"])}))
        .collect();
    json!({
        "doc_id": line["doc_id"], "field": line["field"], "start_char": line["start"], "end_char": line["end"],
        "start_byte": line["start_byte"], "end_byte": line["end_byte"], "text": line["text"], "type": line["type"],
        "score": single(&line["score"]), "found_by": line["found_by"], "sentence": line["sentence"],
        "entity_id": line["entity_id"], "entity_name": line["entity_name"], "entity_type": line["entity_type"],
        "local_id": line["local_id"], "link_status": link["status"], "link_method": link["method"],
        "link_alias": link["alias"], "link_score": single(&link["score"]), "link_reason": link["reason"],
        "evidence_table": row["table"], "evidence_line": row["line"], "evidence_alias": row["alias"],
        "evidence_field": span["field"], "evidence_start": span["start"], "evidence_end": span["end"],
        "evidence_text": span["text"], "candidates": candidates, "context": line["context"],
        "meta_source.name": line["meta"]["source.name"], "meta_rank": line["meta"]["rank"].as_u64().map(|rank| rank.to_string()),
        "meta_tags": line["meta"]["tags"].as_array().map(|_| line["meta"]["tags"].to_string()),
    })
}

#[test]
fn each_row_equals_its_line() {
    let desk = Desk::new();
    let input = desk.write("in.jsonl", ARTICLES.join("\n"));
    let run = |mentions: &str, articles: &str| {
        let (mentions, articles) = (desk.path(mentions), desk.path(articles));
        let flags = ["--context", "--keep", "source.name,rank,tags", "--quiet"];
        namewire(&[&["extract", &input, "--out", &mentions, "--articles", &articles][..], &flags].concat()).exits(1);
        (mentions, articles)
    };
    run("m.jsonl", "a.jsonl");
    let (mentions, articles) = run("m.parquet", "a.parquet");

    let lines = desk.lines("m.jsonl");
    assert!(lines.len() >= 10);
    let rows_of_mentions: Vec<Value> = rows(Path::new(&mentions)).iter().map(flat).collect();
    assert_eq!(rows_of_mentions.len(), lines.len());
    for (row, line) in rows_of_mentions.iter().zip(&lines) {
        for (name, expected) in expected(line).as_object().unwrap() {
            assert_eq!(row.get(name), Some(expected), "{name} of {line}");
        }
    }
    // 2014-06-29 is day 16,250 since 1970; June 2014 begins with day 16,222.
    let days = |id: &str| {
        let row = rows_of_mentions.iter().find(|row| row["doc_id"] == id).unwrap();
        (row["date_first"].clone(), row["date_last"].clone(), row["date_precision"].clone())
    };
    assert_eq!(days("a"), (json!(16250), json!(16250), json!("day")));
    assert_eq!(days("b"), (json!(16222), json!(16251), json!("month")));
    assert_eq!(days("e"), (Value::Null, Value::Null, Value::Null));
    assert!(rows_of_mentions[0]["input"].as_str().unwrap().ends_with("in.jsonl#1"));

    let lines = desk.lines("a.jsonl");
    let rows_of_articles: Vec<Value> = rows(Path::new(&articles)).iter().map(flat).collect();
    assert_eq!(rows_of_articles.len(), lines.len());
    for (row, line) in rows_of_articles.iter().zip(&lines) {
        for (name, expected) in line.as_object().unwrap().iter().filter(|(name, _)| *name != "date") {
            assert_eq!(&row[name], expected, "{name} of {line}");
        }
    }
    assert_eq!(
        (&rows_of_articles[2]["date_precision"], &rows_of_articles[4]["copy_of"]),
        (&json!("year"), &json!("a"))
    );
}

#[test]
fn a_footer_names_the_run() {
    let desk = Desk::new();
    let input = desk.write("in.jsonl", ARTICLES.join("\n"));
    namewire(&["extract", &input, "--out", &desk.path("run/"), "--output-format", "parquet", "-q"]).exits(1);
    let file = File::open(desk.path("run/mentions-00000.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let entries = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let entry = entries.iter().find(|entry| entry.key == "namewire").unwrap();
    let run: Value = serde_json::from_str(entry.value.as_deref().unwrap()).unwrap();
    let manifest: Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("run/manifest.json")).unwrap()).unwrap();
    for key in ["versions", "settings", "model", "tables"] {
        assert!(!run[key].is_null() && run[key] == manifest[key], "{key}");
    }
    assert_eq!(run["settings"]["output_format"], "parquet");
}

#[test]
fn relink_writes_the_same_columns() {
    let desk = Desk::new();
    let input = desk.write("in.jsonl", ARTICLES.join("\n"));
    let (spans, first, again) = (desk.path("s.jsonl"), desk.path("first.parquet"), desk.path("again.parquet"));
    namewire(&["extract", &input, "--spans", &spans, "--out", &first, "-q"]).exits(1);
    namewire(&["relink", "--spans", &spans, "--input", &input, "--out", &again, "-q"]).exits(1);
    let flat = |path: &str| rows(Path::new(path)).iter().map(flat).collect::<Vec<_>>();
    assert_eq!(flat(&first), flat(&again));
}

#[test]
fn outputs_in_an_input_folder_are_no_inputs() {
    let desk = Desk::new();
    desk.write("news/in.jsonl", ARTICLES.join("\n"));
    let (news, out) = (desk.path("news"), desk.path("news/m.parquet"));
    let articles = desk.path("news/a.parquet");
    namewire(&["extract", &news, "--out", &out, "--articles", &articles, "-q"]).exits(1);
    let first = rows(Path::new(&out)).len();
    namewire(&["extract", &news, "--out", &desk.path("m.jsonl"), "-q"]).exits(1);
    assert_eq!(desk.lines("m.jsonl").len(), first);
}

#[test]
fn what_cannot_be_parquet_is_refused() {
    let desk = Desk::new();
    let input = desk.write("in.txt", "Angela Merkel left Paris.");
    let spans = desk.path("s.parquet");
    let refused = namewire(&["extract", &input, "--out", &desk.path("m.jsonl"), "--spans", &spans]).exits(2);
    refused.says(&["spans cannot be written as Parquet", "s.parquet"]);
}
