//! The examples run, and give what the program gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::common::{jsonl, run, scratch};

/// What an example prints. `cargo test` has built it.
fn printed(example: &str, args: &[&str]) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_namewire")).with_file_name("examples").join(example);
    let output = Command::new(&built).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}; cargo build --examples", built.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_quickstart_is_short_and_links_names() {
    let shown = printed("quickstart", &[]);
    assert!(shown.contains("YPG Some(\"org/ypg\")\n") && shown.contains("Geneva Some(\"loc/geneva\")\n"), "{shown}");
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart.rs")).unwrap();
    assert!(source.lines().count() <= 15);
}

#[test]
fn the_library_counts_the_entities_that_the_program_counts() {
    let scratch = scratch();
    let texts =
        ["Angela Merkel met François Hollande in Paris.", "Merkel left Berlin.", "Turkey struck the YPG in Syria."];
    let lines = texts.iter().enumerate().map(|(id, text)| format!("{}\n", json!({"id": id.to_string(), "text": text})));
    let (articles, out) = (scratch.write("articles.jsonl", &lines.collect::<String>()), scratch.path("mentions.jsonl"));
    run(&["extract", &articles, "--out", &out, "--quiet"]).exits(0);
    let mut expected = BTreeMap::<String, u64>::new();
    for mention in jsonl(&out) {
        mention["entity_id"].as_str().into_iter().for_each(|id| *expected.entry(id.to_owned()).or_default() += 1);
    }
    assert!(expected.len() >= 5, "{expected:?}");
    let shown = printed("articles", &[&articles]);
    let counts = shown.lines().map(|line| line.trim().split_once("  ").unwrap());
    let counts: BTreeMap<_, _> = counts.map(|(count, id)| (id.to_owned(), count.parse().unwrap())).collect();
    assert_eq!(counts, expected);
}
