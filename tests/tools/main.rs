//! The tools around linking, each through the built program.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod common;
mod docs;
mod examples;
mod imports;
mod install;
mod starter_table;
mod traps;

use common::{jsonl, run, scratch};
use serde_json::{Value, json};

const TABLE: &str = r#"{"id":"per/a","name":"Ahmet Davutoğlu","type":"PER","aliases":["Davutoglu"]}
{"id":"loc/g","name":"Geneva","type":"LOC"}
"#;

#[test]
fn explain_shows_the_way_to_each_link() {
    let scratch = scratch();
    let text = "Bashar al-Assad met Hafez al-Assad. The Syrian National Council (SNC) said so on 4 May 2016.";
    let article = scratch.write(
        "a.jsonl",
        &format!("{}\n{}\n", json!({"id": "x", "text": "Nothing."}), json!({"id": "y", "text": text})),
    );
    let shown = run(&["explain", &article, "--id", "y"]).exits(0).stdout;
    for part in [
        "per/bashar-al-assad",
        "candidate",
        "row",
        "seeds/entities.jsonl:",
        "definition",
        "acronym",
        "not taken for mentions",
        "part_of_longer_name",
    ] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
    let value: Value =
        serde_json::from_str(&run(&["explain", &article, "--id", "y", "--json"]).exits(0).stdout).unwrap();
    let snc = value["mentions"].as_array().unwrap().iter().find(|mention| mention["text"] == "SNC").unwrap();
    assert_eq!(snc["entity_id"], "org/syrian-national-council");
    assert!(snc["candidates"].as_array().unwrap().len() == 2 && snc["steps"].as_array().unwrap().len() == 2, "{snc:#}");
    // The links are those of a run.
    let out = scratch.path("out.jsonl");
    run(&["extract", &article, "--out", &out, "-q"]).exits(0);
    let linked: Vec<Value> = jsonl(&out)
        .into_iter()
        .filter(|mention| mention["doc_id"] == "y")
        .map(|mention| mention["entity_id"].clone())
        .collect();
    let explained: Vec<Value> =
        value["mentions"].as_array().unwrap().iter().map(|mention| mention["entity_id"].clone()).collect();
    assert_eq!(explained, linked);
    assert!(run(&["explain", &article, "--id", "z"]).exits(2).stderr.contains("none of the 2 records"));
    assert!(run(&["explain", &article, "--entities", "none"]).exits(2).stderr.contains("nothing to explain"));
}

#[test]
fn relink_writes_what_a_fresh_run_writes() {
    let scratch = scratch();
    let lines = [
        json!({"id": "same", "title": "Davutoglu in Geneva", "text": "Ahmet Davutoglu came. Davutoglou left Geneva.", "date": "2014-06-29", "source": "s"}),
        json!({"id": "same", "text": "Nothing to see."}),
        json!({"no_text": 1}),
        json!({"id": "d", "text": "John Kerry saw Davutoglu."}),
    ];
    let input = scratch.write("in.jsonl", &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    let table = scratch.write("table.jsonl", TABLE);
    let path = |name: &str| scratch.path(name);
    let (spans, first) = (path("spans.jsonl"), path("first.jsonl"));
    run(&["extract", &input, "seeds/articles", "--spans", &spans, "--out", &first, "-q"]).exits(1);
    for flags in [
        &["--entities", &table][..],
        &[],
        &["--entities", "none"],
        &["--entities", &table, "--min-score", "0.95", "--context", "--keep", "source", "--no-fuzzy"],
    ] {
        let outputs = |name: &str| ["", ".articles", ".rejects"].map(|kind| path(&format!("{name}{kind}")));
        let (fresh, again) = (outputs("fresh"), outputs("again"));
        let to = |[out, articles, rejects]: &[String; 3]| {
            ["--out", out, "--articles", articles, "--rejects", rejects, "-q"].map(str::to_owned)
        };
        let (to_fresh, to_again) = (to(&fresh), to(&again));
        let args = |start: &[&'static str], to: &[String]| -> Vec<String> {
            start
                .iter()
                .map(|arg| (*arg).to_owned())
                .chain(to.iter().cloned())
                .chain(flags.iter().map(|flag| (*flag).to_owned()))
                .collect()
        };
        let mut extract = args(&["extract"], &to_fresh);
        extract.splice(1..1, [input.clone(), "seeds/articles".into()]);
        let mut relink = args(&["relink"], &to_again);
        relink
            .splice(1..1, ["--spans".into(), spans.clone(), "--input".into(), input.clone(), "seeds/articles".into()]);
        run(&extract.iter().map(String::as_str).collect::<Vec<_>>()).exits(1);
        run(&relink.iter().map(String::as_str).collect::<Vec<_>>()).exits(1);
        for (fresh, again) in fresh.iter().zip(&again) {
            let read = |path: &String| std::fs::read_to_string(path).unwrap();
            assert_eq!(read(fresh), read(again), "{flags:?}");
        }
        assert!(!std::fs::read_to_string(&fresh[0]).unwrap().is_empty());
    }
    let other = scratch.write("other.jsonl", &format!("{}\n", json!({"id": "o", "text": "Other."})));
    let failed = run(&["relink", "--spans", &spans, "--input", &other, "--out", &path("x"), "-q"]).exits(2);
    assert!(failed.stderr.contains("spans.jsonl:1") && failed.stderr.contains("same order"), "{}", failed.stderr);
    assert!(!std::path::Path::new(&path("x")).exists());
}

#[test]
fn fuzzy_links_can_be_turned_off() {
    let scratch = scratch();
    let input = scratch.write("a.txt", "Prime Minister Ahmet Davutoglou flew to Geneva.");
    let out = scratch.path("out.jsonl");
    let first = |flags: &[&str]| {
        run(&[&["extract", &input, "--out", &out, "-q"], flags].concat()).exits(0);
        jsonl(&out).swap_remove(0)
    };
    let linked = first(&[]);
    assert_eq!((&linked["entity_id"], &linked["link"]["method"]), (&json!("per/ahmet-davutoglu"), &json!("fuzzy")));
    assert_eq!(first(&["--no-fuzzy"])["link"]["reason"], "no_alias");
    assert_eq!(first(&["--entities", "none"])["link"]["reason"], "no_table");
}

#[test]
fn check_reports_all_findings_with_their_lines() {
    let scratch = scratch();
    let table = scratch.write("t.jsonl", &format!("{TABLE}{{\"id\":\"loc/g\",\"name\":\"Hit\",\"type\":\"LOC\",\"relations\":[{{\"type\":\"x\",\"target\":\"y\"}}]}}\n{{\n"));
    let shown = run(&["entities", "check", &table]).exits(1).stdout;
    for part in [
        "t.jsonl:3: error[duplicate_id]",
        "t.jsonl:3: error[unknown_target]",
        "t.jsonl:3: warning[common_word]",
        "t.jsonl:4: error[not_an_entity]",
        "help:",
        "3 errors, 1 warnings",
    ] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
    let value: Value = serde_json::from_str(&run(&["entities", "check", "--json", &table]).exits(1).stdout).unwrap();
    assert_eq!((value["errors"].as_u64(), value["findings"].as_array().unwrap().len()), (Some(3), 4));
    run(&["entities", "check", "seeds/entities.jsonl"]).exits(0);
    run(&["entities", "check", "nowhere.jsonl"]).exits(2);
}

#[test]
fn an_export_never_replaces_the_model_that_it_reads() {
    let scratch = scratch();
    scratch.write("model/config.json", "{}");
    let (model, part) = (scratch.path("model"), scratch.path("model/config.json"));
    for out in [&model, &scratch.path(".")] {
        let mut python = std::process::Command::new("python3");
        let python = python.args(["-m", "exporting", &model, "--out", out, "--replace"]);
        let Ok(output) = python.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts")).output() else {
            println!("SKIPPED: there is no python3");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("would be replaced"), "{said}");
        assert_eq!(std::fs::read_to_string(&part).unwrap(), "{}");
    }
}

#[test]
fn suggest_gives_rows_that_a_table_takes() {
    let scratch = scratch();
    let text = "John Smithson met Mary Brownlee in Geneva. Mary Brownlee spoke to Ahmet Davutoglu.";
    let input = scratch.write("a.txt", text);
    let (table, out) = (scratch.write("t.jsonl", TABLE), scratch.path("m.jsonl"));
    run(&["extract", &input, "--entities", &table, "--context", "--out", &out, "-q"]).exits(0);
    let shown = run(&["entities", "suggest", &out, "--entities", &table]).exits(0).stdout;
    assert!(shown.starts_with("Mary Brownlee  PER: 2 mentions in 1 articles") && shown.contains("“"), "{shown}");
    let rows = run(&["entities", "suggest", &out, "--entities", &table, "--rows", "--min-count", "1"]).exits(0).stdout;
    let table = scratch.write("more.jsonl", &format!("{TABLE}{rows}"));
    run(&["entities", "check", &table]).exits(0);
    assert_eq!(rows.lines().count(), 2, "{rows}");
}
