//! No command replaces a file that it reads, and old outputs stay until the new ones are complete.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::common::{Desk, Run, command, namewire, tiny};

const TABLE: &str = "{\"id\":\"loc/d\",\"name\":\"Dorvale\",\"type\":\"LOC\"}\n";

/// A desk with an input of one good and one invalid record, a table and a directory of inputs.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("in.jsonl", "{\"id\": 1, \"text\": \"Rain fell on Dorvale.\"}\n{\"id\": 2, \"text\": 7}\n");
    desk.write("table.jsonl", TABLE);
    desk.write("news/a.txt", "Émile Tessier left Dorvale.");
    desk
}

/// Every file below the desk with its content.
fn snapshot(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    fn add(dir: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                add(&path, files);
            } else {
                files.insert(path.display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    add(Path::new(&desk.path("")), &mut files);
    files
}

fn extract(desk: &Desk, input: &str, out: &str, flags: &[&str]) -> Run {
    let (input, out, tiny) = (desk.path(input), desk.path(out), tiny());
    let args = ["extract", &input, "--out", &out, "--device", "stub", "--model", &tiny, "--entities"];
    namewire(&[&args[..], &[&desk.path("table.jsonl"), "--quiet"], flags].concat())
}

/// Asserts that a run is refused, names both files and changes nothing.
#[track_caller]
fn assert_refused(desk: &Desk, read: &str, written: &str, run: impl FnOnce() -> Run) {
    let before = snapshot(desk);
    run().exits(2).says(&["would replace", &desk.path(read), &desk.path(written)]);
    assert!(snapshot(desk) == before, "files have changed");
}

#[test]
fn extract_never_replaces_its_input() {
    let desk = desk();
    let input = desk.path("in.jsonl");
    desk.write("sub/x", "");
    desk.write("in2.jsonl.part", "{\"text\": \"Rain.\"}\n");
    std::fs::hard_link(&input, desk.path("hard.jsonl")).unwrap();
    let mut names = vec!["in.jsonl", "sub/../in.jsonl", "hard.jsonl"];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("in.jsonl", desk.path("soft.jsonl")).unwrap();
        names.push("soft.jsonl");
    }
    for name in names {
        assert_refused(&desk, "in.jsonl", name, || extract(&desk, "in.jsonl", name, &[]));
        let out = desk.path(name);
        for flag in ["--articles", "--spans", "--rejects", "--summary"] {
            assert_refused(&desk, "in.jsonl", name, || extract(&desk, "in.jsonl", "out.jsonl", &[flag, &out]));
        }
        assert_refused(&desk, "in.jsonl", name, || extract(&desk, "in.jsonl", "shards/", &["--summary", &out]));
        assert!(!desk.has("shards"), "nothing is made");
    }
    assert_refused(&desk, "in2.jsonl.part", "in2.jsonl", || {
        extract(&desk, "in2.jsonl.part", "in2.jsonl", &["--format", "jsonl"])
    });
    // The input of a directory is compared as well.
    assert_refused(&desk, "news/a.txt", "news/a.txt", || extract(&desk, "news", "news/a.txt", &[]));
    extract(&desk, "news", "news/a.jsonl", &[]).exits(0);
}

#[test]
fn extract_never_replaces_tables_lists_and_models() {
    let desk = desk();
    let model = desk.copy_of_tiny();
    let list = desk.write("list", desk.path("in.jsonl") + "\n");
    assert_refused(&desk, "table.jsonl", "table.jsonl", || extract(&desk, "in.jsonl", "table.jsonl", &[]));
    assert_refused(&desk, "list", "list", || extract(&desk, "in.jsonl", "list", &["--files-from", &list]));
    let config = desk.path("model/config.json");
    let args = ["extract", &desk.path("in.jsonl"), "--out", &config, "--device", "stub", "--model", &model];
    assert_refused(&desk, "model/config.json", "model/config.json", || namewire(&args));
}

/// A model of the hub is read from the cache.
#[test]
fn extract_never_replaces_a_model_in_the_cache() {
    let desk = desk();
    let (commit, repository) = ("0123456789abcdef0123456789abcdef01234567", "hub/models--own--model");
    desk.write(&format!("{repository}/refs/main"), commit);
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        let bytes = std::fs::read(Path::new(&tiny()).join(file)).unwrap();
        desk.write(&format!("{repository}/snapshots/{commit}/{file}"), bytes);
    }
    let config = format!("{repository}/snapshots/{commit}/config.json");
    let cached = |args: &[&str]| {
        let output = command(args).env("HF_HUB_CACHE", desk.path("hub")).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    };
    let (input, out) = (desk.path("in.jsonl"), desk.path(&config));
    assert_refused(&desk, &config, &config, || {
        cached(&["extract", &input, "--out", &out, "--device", "stub", "--model", "own/model"])
    });
    let labels = desk.write(&format!("{repository}/labels.txt"), "O\nB-PER\nI-PER\n");
    let before = snapshot(&desk);
    cached(&["model", "fetch", "own/model", "--labels", &labels]).exits(2).says(&[&labels, "may replace"]);
    assert!(snapshot(&desk) == before);
}

/// The outputs of a run in the directory that it reads.
#[test]
fn a_second_run_over_a_directory_does_not_read_the_outputs_of_the_first() {
    let desk = desk();
    desk.write("news/b.jsonl", "{\"text\": \"Rain fell on Dorvale.\"}\n{\"text\": 7}\n");
    let articles = desk.path("news/list");
    let run = |out: &str, summary: &str| {
        let (out, summary, tiny) = (desk.path(out), desk.path(summary), tiny());
        let args = ["extract", &desk.path("news"), "--out", &out, "--summary", &summary, "--articles", &articles];
        let run = namewire(&[&args[..], &["--device", "stub", "--entities", "none", "--model", &tiny]].concat());
        run.exits(1).stderr
    };
    // The mentions are empty, and called like an input.
    run("news/out.txt", "news/summary.json");
    std::fs::write(desk.path("news/out.txt"), "").unwrap();
    let said = run("news/out.txt", "news/summary.json");
    assert!(said.contains("outputs of namewire 3"), "{said}");
    assert_eq!(desk.lines("news/list").len(), 3, "a.txt and two records");
    desk.write("news/empty.jsonl", "");
    let said = run("out.jsonl", "summary.json");
    assert!(said.contains("empty 1"), "{said}");
    assert_eq!(desk.json("summary.json")["run"]["unread"]["empty"], 1);
}

#[cfg(unix)]
#[test]
fn devices_are_read_and_written_as_they_are() {
    let desk = desk();
    let tiny = tiny();
    let args = ["extract", "/dev/null", "--format", "jsonl", "--out", "/dev/null", "--articles", "/dev/null"];
    let run = namewire(&[&args[..], &["--device", "stub", "--model", &tiny]].concat());
    assert!(!run.stderr.contains("would replace") && !run.stderr.contains("same file"), "{}", run.stderr);
    let args = ["extract", &desk.path("in.jsonl"), "--out", "/dev/null", "--articles", "/dev/null"];
    namewire(&[&args[..], &["--device", "stub", "--model", &tiny]].concat()).exits(1);
}

#[test]
fn relink_never_replaces_what_it_reads() {
    let desk = desk();
    let spans = desk.path("spans.jsonl");
    extract(&desk, "in.jsonl", "out.jsonl", &["--spans", &spans]).exits(1);
    let relink = |out: &str| {
        let (input, out, table, tiny) = (desk.path("in.jsonl"), desk.path(out), desk.path("table.jsonl"), tiny());
        let args = ["relink", "--spans", &spans, "--input", &input, "--entities", &table, "--out", &out];
        namewire(&[&args[..], &["--model", &tiny, "--quiet"]].concat())
    };
    for name in ["in.jsonl", "spans.jsonl", "table.jsonl"] {
        assert_refused(&desk, name, name, || relink(name));
    }
    relink("out.jsonl").exits(1);
}

#[test]
fn import_replaces_a_table_only_by_a_complete_one() {
    let desk = desk();
    desk.write("people.csv", "alias,entity,name,type\nBerg,per/b,Anna Berg,PER\n");
    desk.write("empty.csv", "alias,entity,name,type\n");
    desk.write("not.csv", "colour,size\nred,4\n");
    let import = |list: &str, out: &str| {
        namewire(&["entities", "import", "--from", "csv", &desk.path(list), "--out", &desk.path(out)])
    };
    assert_refused(&desk, "people.csv", "people.csv", || import("people.csv", "people.csv"));
    for list in ["empty.csv", "not.csv"] {
        import(list, "table.jsonl").exits(2);
        assert_eq!(std::fs::read_to_string(desk.path("table.jsonl")).unwrap(), TABLE, "{list}");
    }
    import("people.csv", "table.jsonl").exits(0);
    assert_eq!(desk.lines("table.jsonl")[0]["name"], "Anna Berg");
}

#[test]
fn eval_and_bench_never_replace_what_they_read() {
    let desk = desk();
    desk.write_lines("gold.jsonl", &[json!({"doc": "1", "start": 0, "end": 4, "type": "LOC", "entity": "loc/d"})]);
    let gold = desk.path("gold.jsonl");
    for flag in ["--json", "--text-out"] {
        assert_refused(&desk, "gold.jsonl", "gold.jsonl", || {
            namewire(&["eval", "--gold", &gold, "--pred", &gold, flag, &gold])
        });
    }
    let input = desk.path("in.jsonl");
    assert_refused(&desk, "in.jsonl", "in.jsonl", || namewire(&["bench", &input, "--json", &input]));
}

#[test]
fn retry_loses_neither_the_rejects_nor_the_mentions_of_the_first_run() {
    let desk = desk();
    extract(&desk, "in.jsonl", "out.jsonl", &[]).exits(1);
    let before = snapshot(&desk);
    let (rejects, table, tiny) = (desk.path("out.jsonl.rejects.jsonl"), desk.path("table.jsonl"), tiny());
    let retry = |out: &str, flags: &[&str]| {
        let args = ["extract", "--retry", &rejects, "--out", out, "--entities", &table, "--device", "stub"];
        namewire(&[&args[..], &["--model", &tiny], flags].concat())
    };
    let out = desk.path("out.jsonl");
    let run = retry(&out, &[]).exits(2);
    run.says(&["would be lost", &out, &rejects, "give the output another name"]);
    retry(&out, &["--rejects", &desk.path("new.rejects.jsonl")]).exits(2).says(&["would be lost"]);
    retry(&desk.path("new.jsonl"), &["--rejects", &rejects]).exits(2).says(&["would replace"]);
    // The records may have to be read from the input.
    retry(&desk.path("in.jsonl"), &[]).exits(2).says(&["would replace"]);
    assert!(snapshot(&desk) == before);
    retry(&desk.path("new.jsonl"), &[]).exits(1);
}

#[test]
fn retry_into_a_directory_does_not_remove_the_rejects() {
    let desk = desk();
    extract(&desk, "in.jsonl", "run/", &[]).exits(1);
    let (rejects, run, table, tiny) =
        (desk.path("run/rejects-00000.jsonl"), desk.path("run/"), desk.path("table.jsonl"), tiny());
    let args = ["extract", "--retry", &rejects, "--out", &run, "--overwrite", "--entities", &table];
    let before = snapshot(&desk);
    namewire(&[&args[..], &["--device", "stub", "--model", &tiny]].concat()).exits(2).says(&[
        "would replace",
        &rejects,
        "the directory of shards",
    ]);
    assert!(snapshot(&desk) == before);
}

/// A full disk ends the run after its rejects were read.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_fails_keeps_the_rejects_of_the_run_before() {
    let desk = desk();
    extract(&desk, "in.jsonl", "out.jsonl", &[]).exits(1);
    let before = snapshot(&desk);
    extract(&desk, "in.jsonl", "out.jsonl", &["--spans", "/dev/full"]).exits(2);
    assert!(snapshot(&desk) == before);
    desk.write("in.jsonl", "{\"text\": \"Rain.\"}\n");
    extract(&desk, "in.jsonl", "out.jsonl", &[]).exits(0);
    assert!(!desk.has("out.jsonl.rejects.jsonl"), "rejects of an earlier run would mislead");
}

#[test]
fn names_of_formats_that_are_not_written_are_refused() {
    let desk = desk();
    for name in ["m.csv", "m.xlsx", "m.csv.gz", "m.jsonl.bz2"] {
        extract(&desk, "in.jsonl", name, &[]).exits(2).says(&[&desk.path(name), "JSON Lines"]);
        let path = desk.path(name);
        extract(&desk, "in.jsonl", "m.jsonl", &["--articles", &path]).exits(2).says(&[&path, "JSON Lines"]);
    }
    assert_eq!(desk.files(), ["in.jsonl", "news", "table.jsonl"]);
}

/// Programs disagree on whether U+0085, U+2028 and U+2029 end a line, so none is written.
#[test]
fn lines_have_no_separators_but_line_feeds() {
    let desk = desk();
    let traps = "a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\u{1c}g";
    let text = format!("Dorvale {traps} Émile {traps} left. Dorvale{traps}");
    desk.write_lines(
        "in.jsonl",
        &[json!({"id": traps, "title": traps, "text": text, "note": traps}), json!({"id": traps, "note": traps})],
    );
    let names = ["articles", "spans", "rejects", "summary"];
    let paths = names.map(|name| desk.path(name));
    let mut flags = vec!["--context", "--keep", "note"];
    let options = names.map(|name| format!("--{name}"));
    flags.extend(options.iter().zip(&paths).flat_map(|(flag, path)| [&**flag, &**path]));
    extract(&desk, "in.jsonl", "mentions", &flags).exits(1);
    for name in ["mentions", "articles", "spans", "rejects", "summary"] {
        let written = std::fs::read_to_string(desk.path(name)).unwrap();
        let is_separator = |c: char| c != '\n' && (c.is_control() || "\u{2028}\u{2029}".contains(c));
        assert!(!written.contains(is_separator), "{name}: {written}");
    }
    let (input, mentions) = (desk.path("in.jsonl"), desk.path("mentions"));
    for args in [&["sentences", &*input][..], &["entities", "suggest", &mentions, "--rows", "--min-count", "1"]] {
        let printed = namewire(args).stdout;
        assert!(!printed.is_empty() && !printed.contains(['\u{85}', '\u{2028}', '\u{2029}']), "{printed}");
    }
    let mentions = desk.lines("mentions");
    assert!(!mentions.is_empty());
    for mention in mentions {
        assert_eq!((mention["doc_id"].as_str(), mention["meta"]["note"].as_str()), (Some(traps), Some(traps)));
    }
}
