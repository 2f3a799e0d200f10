//! `docs/mention.schema.json` describes exactly what is written.

use jsonschema::Validator;
use namewire::link::{FoundBy, Method, Reason, Status};
use serde_json::{Value, json};

use super::common::{Desk, in_repository, namewire, parse_lines, seeds_run};
use super::linking::linked;

fn schema() -> Value {
    let text = std::fs::read_to_string(in_repository("docs/mention.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::options().build(&schema()).unwrap()
}

#[track_caller]
fn assert_valid(lines: &[Value]) {
    let validator = validator();
    for line in lines {
        let errors: Vec<String> = validator.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{line}");
    }
}

#[test]
fn the_schema_is_valid() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
    assert!(schema()["title"].as_str().unwrap().contains("schema version 1"));
    assert_eq!(seeds_run().summary["schema_version"], 1);
}

#[test]
fn real_output_matches_the_schema() {
    let mentions = &seeds_run().mentions;
    assert!(mentions.len() > 500);
    assert_valid(mentions);
    // Links with every status and both kinds of evidence.
    assert_valid(linked());
    for status in ["linked", "unknown", "ambiguous", "refused"] {
        assert!(linked().iter().any(|mention| mention["link"]["status"] == status), "{status}");
    }
    assert!(linked().iter().any(|mention| mention["link"]["evidence"]["start"].is_number()));
}

#[test]
fn output_with_kept_fields_and_without_a_table_matches_the_schema() {
    let desk = Desk::new();
    let input =
        desk.write_lines("in.jsonl", &[json!({"text": "Angela Merkel left Geneva.", "url": "https://example.org/1"})]);
    let run = namewire(&["extract", &input, "--out", "-", "--keep", "url", "--entities", "none", "--workers", "1"]);
    let lines = parse_lines(&run.exits(0).stdout);
    assert!(lines.len() == 2 && lines[0]["meta"]["url"].is_string());
    assert_valid(&lines);
}

#[test]
fn keys_are_written_in_the_order_of_the_schema() {
    let keys = schema()["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    // Only records of web archives, and only pages, have these.
    let order: Vec<String> = keys.into_iter().filter(|key| key != "warc_offset" && !key.starts_with("raw_")).collect();
    for mention in &seeds_run().mentions {
        assert!(mention.as_object().unwrap().keys().eq(&order), "{mention}");
    }
}

#[test]
fn every_key_has_a_description() {
    let schema = schema();
    let definitions = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    for (key, property) in
        definitions.flat_map(|object| object["properties"].as_object().unwrap_or_else(|| panic!("{object}")))
    {
        assert!(property["description"].as_str().is_some_and(|text| text.len() > 8), "{key}");
    }
}

#[test]
fn the_schema_lists_the_codes_of_the_library() {
    let schema = schema();
    let codes = |pointer: &str| -> Vec<&str> {
        schema.pointer(pointer).unwrap().as_array().unwrap().iter().filter_map(Value::as_str).collect()
    };
    let found_by: Vec<&str> = FoundBy::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes("/properties/found_by/enum"), found_by);
    let statuses: Vec<&str> = Status::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes("/$defs/link/properties/status/enum"), statuses);
    let methods: Vec<&str> = Method::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes("/$defs/link/properties/method/enum"), methods);
    let reasons: Vec<&str> = Reason::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes("/$defs/link/properties/reason/enum"), reasons);
}

#[test]
fn invalid_lines_do_not_match_the_schema() {
    let validator = validator();
    let find = |status: &str| {
        let mut lines = linked().iter();
        lines.find(|line| line["link"]["status"] == status && line["found_by"] != "table").unwrap().clone()
    };
    let (good, unlinked) = (find("linked"), find("unknown"));
    assert!(validator.is_valid(&good) && validator.is_valid(&unlinked));
    let required = schema()["required"].as_array().unwrap().clone();
    for key in required.iter().map(|key| key.as_str().unwrap()) {
        let mut line = good.clone();
        line.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&line), "without {key}");
    }
    let changes: &[(&str, Value)] = &[
        ("/extra", json!(1)),
        ("/link/extra", json!(1)),
        ("/link/evidence/extra", json!(1)),
        ("/start", json!(-1)),
        ("/start", json!(1.5)),
        ("/end", json!("7")),
        ("/text", json!("")),
        ("/field", json!("body")),
        ("/score", json!(1.2)),
        ("/score", Value::Null),
        ("/found_by", json!("both of them")),
        ("/entity_id", Value::Null),
        ("/link", Value::Null),
        ("/link/status", json!("maybe")),
        ("/link/status", json!("unknown")),
        ("/link/method", json!("guess")),
        ("/link/method", Value::Null),
        ("/link/evidence", Value::Null),
        ("/link/reason", json!("no_alias")),
        ("/link/candidates", json!([{"entity_id": "a"}])),
        ("/meta", json!([])),
    ];
    let change = |line: &Value, pointer: &str, value: &Value| {
        let mut line = line.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        line.pointer_mut(parent).unwrap()[key] = value.clone();
        line
    };
    for (pointer, value) in changes {
        assert!(!validator.is_valid(&change(&good, pointer, value)), "{pointer} = {value}");
    }
    for (pointer, value) in
        [("/entity_id", json!("a")), ("/link/reason", Value::Null), ("/link/method", json!("alias"))]
    {
        assert!(!validator.is_valid(&change(&unlinked, pointer, &value)), "{pointer} = {value}");
    }
}
