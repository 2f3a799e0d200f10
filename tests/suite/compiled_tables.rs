//! Compiled tables on the built program: the same mentions as JSON Lines, resume, relink, check, show, suggest.

use serde_json::{Value, json};

use super::common::{Desk, Run, namewire, tiny};

const TEXT: &str = "The ferry to Dorvale left Harl at noon. Dorvale council met Mill Board in Old Dorvale. \
                    ADA MILL spoke for the DMB, and Ada Mill of Harl left.";

fn base_rows() -> Vec<Value> {
    vec![
        json!({"id": "loc/dorvale", "name": "Dorvale", "type": "LOC", "popularity": 12}),
        json!({"id": "loc/harl", "name": "Harl", "type": "LOC", "relations": [{"type": "located_in", "target": "loc/dorvale"}]}),
        json!({"id": "org/mill-board", "name": "Mill Board", "type": "ORG", "aliases": [{"text": "DMB", "case": "exact"}]}),
        json!({"id": "per/ada-mill", "name": "Ada Mill", "type": "PER", "relations": [{"type": "member_of", "target": "org/mill-board"}]}),
    ]
}

fn own_rows() -> Vec<Value> {
    vec![
        json!({"id": "loc/dorvale", "extends": true, "aliases": ["Old Dorvale"]}),
        json!({"id": "loc/harl", "removed": true}),
        json!({"id": "org/council", "name": "Dorvale Council", "type": "ORG", "relations": [{"type": "located_in", "target": "loc/dorvale"}]}),
    ]
}

fn build(desk: &Desk, args: &[&str]) -> Run {
    let table = desk.path("base.nwt");
    let mut all = vec!["entities", "build", "--out", &table];
    all.extend(args);
    namewire(&all)
}

fn extract(desk: &Desk, out: &str, tables: &[&str]) -> String {
    let (input, out_path, model) = (desk.path("in.txt"), desk.path(out), tiny());
    let mut args = vec!["extract", &input, "--model", &model, "--out", &out_path, "--entities"];
    args.extend(tables);
    namewire(&args).exits(0);
    std::fs::read_to_string(out_path).unwrap()
}

#[test]
fn a_compiled_table_under_rows_gives_the_bytes_of_one_table_of_rows() {
    let desk = Desk::new();
    desk.write("in.txt", TEXT);
    let base = desk.write_lines("base.jsonl", &base_rows());
    let own = desk.write_lines("own.jsonl", &own_rows());
    let run = build(&desk, &[&base]).exits(0);
    run.says(&["4 entities, 5 aliases"]);
    assert!(!desk.has("base.nwt.sorting") && !desk.has("base.nwt.part"), "{:?}", desk.files());
    let nwt = desk.path("base.nwt");
    for tables in [vec![], vec![&*own]] {
        let [compiled, rows] = [(&nwt, "a.jsonl"), (&base, "b.jsonl")].map(|(first, out)| {
            let mut all = vec![first.as_str()];
            all.extend(&tables);
            extract(&desk, out, &all)
        });
        assert!(compiled.contains("loc/dorvale"), "{compiled}");
        assert_eq!(compiled, rows);
        assert_eq!(compiled.contains("loc/harl"), tables.is_empty());
    }
}

#[test]
fn background_entities_add_no_mentions() {
    let desk = Desk::new();
    desk.write("in.txt", TEXT);
    let base = desk.write_lines("base.jsonl", &base_rows());
    build(&desk, &[&base, "--tier", "background"]).exits(0);
    let found_by = |text: &str| text.lines().filter(|line| line.contains(r#""found_by":"table""#)).count();
    assert_eq!(found_by(&extract(&desk, "a.jsonl", &[&desk.path("base.nwt")])), 0);
    assert!(found_by(&extract(&desk, "b.jsonl", &[&base])) > 0);
}

#[test]
fn a_run_resumes_with_the_table_that_it_began_with() {
    let desk = Desk::new();
    let input = desk.write("in.txt", TEXT);
    let base = desk.write_lines("base.jsonl", &base_rows());
    build(&desk, &[&base]).exits(0);
    let (table, out, model) = (desk.path("base.nwt"), desk.path("run/"), tiny());
    let args = ["extract", &input, "--model", &model, "--entities", &table, "--out", &out];
    namewire(&args).exits(0);
    let resume: Vec<&str> = args.iter().copied().chain(["--resume"]).collect();
    namewire(&resume).exits(0);
    let other = desk.write_lines("other.jsonl", &base_rows()[..1]);
    build(&desk, &[&other]).exits(0);
    namewire(&resume).exits(2).says(&["base.nwt"]);
}

#[test]
fn tables_are_checked_and_shown() {
    let desk = Desk::new();
    let base = desk.write_lines("base.jsonl", &base_rows());
    let own = desk.write_lines("own.jsonl", &own_rows());
    build(&desk, &[&base]).exits(0);
    let nwt = desk.path("base.nwt");
    let run = namewire(&["entities", "check", &nwt, &own]).exits(0);
    assert!(run.stdout.contains("0 errors"), "{}", run.stdout);
    let shown = namewire(&["entities", "show", "old dorvale", "--entities", &nwt, &own]).exits(0).stdout;
    for part in ["loc/dorvale", "Old Dorvale", "own.jsonl:1", "popularity   12"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let row = namewire(&["entities", "show", "org/mill-board", "--entities", &nwt, "--json"]).exits(0).stdout;
    let row: Value = serde_json::from_str(&row).unwrap();
    assert_eq!(row["aliases"], json!([{"text": "DMB", "case": "exact"}]));
    namewire(&["entities", "show", "nobody", "--entities", &nwt]).exits(2).says(&["nobody"]);

    let mut bytes = std::fs::read(&nwt).unwrap();
    bytes[100] ^= 1;
    let changed = desk.write("changed.nwt", &bytes);
    let run = namewire(&["entities", "check", &changed]).exits(1);
    assert!(run.stdout.contains("damaged_table") && run.stdout.contains("changed.nwt"), "{}", run.stdout);
    let cut = desk.write("cut.nwt", &bytes[..bytes.len() - 10]);
    let input = desk.write("in.txt", TEXT);
    let out = desk.path("out.jsonl");
    namewire(&["extract", &input, "--model", &tiny(), "--entities", &cut, "--out", &out]).exits(2).says(&[
        "cut.nwt",
        "truncated",
        "entities build",
    ]);
    assert!(!desk.has("out.jsonl"));
}

#[test]
fn what_cannot_be_built_is_an_error_and_leaves_nothing() {
    let desk = Desk::new();
    let base = desk.write_lines("base.jsonl", &base_rows());
    let twice = desk.write_lines("twice.jsonl", &base_rows()[..1]);
    let empty = desk.write("empty.jsonl", "\n");
    build(&desk, &[&base, &twice]).exits(2).says(&["loc/dorvale", "twice.jsonl:1", "first at"]);
    build(&desk, &[&empty]).exits(2).says(&["no entity"]);
    build(&desk, &[&desk.path("none.jsonl")]).exits(2).says(&["none.jsonl"]);
    let gz = desk.path("base.nwt.gz");
    namewire(&["entities", "build", &base, "--out", &gz]).exits(2).says(&["not compressed"]);
    namewire(&["entities", "build", &base, "--out", &base]).exits(2).says(&["base.jsonl"]);
    assert_eq!(desk.files(), ["base.jsonl", "empty.jsonl", "twice.jsonl"]);
}

#[test]
fn suggested_rows_extend_a_compiled_table() {
    let desk = Desk::new();
    let base = desk.write_lines("base.jsonl", &base_rows());
    build(&desk, &[&base]).exits(0);
    let mention = json!({"doc_id": "a", "field": "text", "start": 0, "end": 11, "text": "Adah Mill", "type": "PER",
                         "link": {"status": "unknown", "reason": "no_alias"}});
    let mentions = desk.write_lines("mentions.jsonl", &vec![mention; 3]);
    let table = desk.path("base.nwt");
    let run = namewire(&["entities", "suggest", &mentions, "--entities", &table, "--json", "--min-count", "1"]);
    let row: Value = serde_json::from_str(run.exits(0).stdout.lines().next().unwrap()).unwrap();
    assert_eq!(row["row"], json!({"id": "per/ada-mill", "extends": true, "aliases": ["Adah Mill"]}));
}
