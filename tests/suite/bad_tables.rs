//! An entity table that cannot stand ends the run with file and line, before the first article is read.

use super::common::{Desk, namewire, tiny};

const FIRST: &str = r#"{"id":"loc/dorvale","name":"Dorvale","type":"LOC"}"#;

#[test]
fn each_broken_line_is_named() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"{"id":"loc/dorvale","name":"Old Dorvale","type":"LOC"}"#,
            &["the id `loc/dorvale` is taken", "first at", ":1"],
        ),
        (
            r#"{"id":"org/mill","name":"Mill","type":"ORG","relations":[{"type":"in","target":"loc/nowhere"}]}"#,
            &["`org/mill` has a relation to `loc/nowhere`, which is not in the table"],
        ),
        (r#"{"id":"org/mill","name":"Mill","#, &["the line is not an entity", "one JSON object per line"]),
        (r#"{"id":"org/mill","name":"Mill"}"#, &["the line is not an entity", "`type`"]),
        (r#"{"id":"org/mill","name":"Mill","type":"ORG","alias":["M"]}"#, &["unknown field `alias`", "`aliases`"]),
        (r#"{"id":"org/mill","name":"Mill","type":"ORG","aliases":[7]}"#, &["the line is not an entity", "alias"]),
        (r#"{"id":"org/mill","name":" ","type":"ORG"}"#, &["`name` is empty"]),
        (r#"{"id":"org/mill","name":"Mill","type":"ORG","aliases":["–"]}"#, &["the alias `–` has no letter or digit"]),
        (
            r#"{"id":"org/mill","name":"Mill","type":"ORG","aliases":[{"text":"M","prior":2}]}"#,
            &["the prior 2", "(0, 1]"],
        ),
        (
            r#"{"id":"org/mill","name":"Mill","type":"ORG","valid_from":"soon"}"#,
            &["`valid_from` is not a date: `soon`", "YYYY-MM-DD"],
        ),
    ];
    for (line, messages) in cases {
        let desk = Desk::new();
        let input = desk.write("in.txt", "The ferry to Dorvale left at noon.");
        // A blank line counts as a line.
        let table = desk.write("table.jsonl", format!("{FIRST}\n\n{line}\n"));
        let out = desk.path("out.jsonl");
        let run = namewire(&["extract", &input, "--model", &tiny(), "--entities", &table, "--out", &out]).exits(2);
        run.says(&[&format!("{table}:3: ")]);
        run.says(messages);
        assert!(!desk.has("out.jsonl"));
    }
}

#[test]
fn several_files_are_one_table() {
    let desk = Desk::new();
    let input = desk.write("in.txt", "The ferry to Dorvale left at noon.");
    let (one, two) = (desk.write("one.jsonl", FIRST), desk.write("two.jsonl", format!("\n{FIRST}")));
    let related = r#"{"id":"org/mill","name":"Mill","type":"ORG","relations":[{"type":"in","target":"loc/dorvale"}]}"#;
    let three = desk.write("three.jsonl", related);
    let (out, tiny) = (desk.path("out.jsonl"), tiny());
    let run = |tables: &[&str]| {
        let mut args = vec!["extract", &input, "--model", &tiny, "--out", &out, "--entities"];
        args.extend(tables);
        namewire(&args)
    };
    run(&[&one, &two]).exits(2).says(&[&format!("{two}:2: "), &format!("first at {one}:1")]);
    run(&[&three]).exits(2).says(&[&format!("{three}:1: "), "which is not in the table"]);
    run(&[&one, &three]).exits(0);
}

#[test]
fn files_that_are_no_tables() {
    let desk = Desk::new();
    let input = desk.write("in.txt", "The ferry to Dorvale left at noon.");
    let missing = desk.path("missing.jsonl");
    let empty = desk.write("empty.jsonl", "\n\n");
    let latin = desk.write("latin.jsonl", b"\n{\"id\":\"loc/caf\xE9\"}");
    for (table, messages) in [
        (&missing, ["missing.jsonl: cannot read the entity table", "No such file"]),
        (&empty, ["empty.jsonl: the entity table holds no entity", "help:"]),
        (&latin, ["latin.jsonl:2: the line is not valid UTF-8", "save the table as UTF-8"]),
    ] {
        let run = namewire(&["extract", &input, "--model", &tiny(), "--entities", table, "--out", &desk.path("out")]);
        run.exits(2).says(&messages);
    }
}
