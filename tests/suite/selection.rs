//! What is read of what is there: lists of files, the first records, a sample.

use serde_json::json;

use super::common::{Desk, column, command, namewire, namewire_with_input, tiny};

/// The ids of the articles that a run with these arguments processes.
fn ids(desk: &Desk, args: &[&str]) -> Vec<String> {
    let (tiny, articles) = (tiny(), desk.path("articles.jsonl"));
    let common = ["--model", &tiny, "--entities", "none", "-q", "--out", "-", "--articles", &articles];
    namewire(&[&["extract"], args, &common[..]].concat()).exits(0);
    column(&desk.lines("articles.jsonl"), "doc_id")
}

fn numbered(desk: &Desk, name: &str, numbers: std::ops::Range<usize>) -> String {
    desk.write_lines(name, &numbers.map(|n| json!({"id": n.to_string(), "text": "Rain."})).collect::<Vec<_>>())
}

#[test]
fn a_limit_ends_reading() {
    let desk = Desk::new();
    let (first, second) = (numbered(&desk, "1.jsonl", 0..7), numbered(&desk, "2.jsonl", 7..20));
    assert_eq!(ids(&desk, &[&first, &second, "--limit", "3"]), ["0", "1", "2"]);
    assert_eq!(ids(&desk, &[&first, &second, "--limit", "9"]).last().unwrap(), "8");
    assert_eq!(ids(&desk, &[&first, &second, "--limit", "100"]).len(), 20);
    // What is behind the limit is not even opened.
    let broken = desk.write("3.jsonl.gz", "no archive");
    assert_eq!(ids(&desk, &[&first, &broken, "--limit", "7"]).len(), 7);
}

#[test]
fn a_sample_depends_on_its_seed_alone() {
    let desk = Desk::new();
    let input = numbered(&desk, "in.jsonl", 0..400);
    let sample = |flags: &[&str]| ids(&desk, &[&[&*input], flags].concat());
    let half = sample(&["--sample", "0.5"]);
    assert!((160..240).contains(&half.len()), "{}", half.len());
    assert_eq!(sample(&["--sample", "0.5", "--workers", "3", "--chunk-articles", "7", "--seed", "1"]), half);
    let tenth = sample(&["--sample", "0.1"]);
    assert!(tenth.iter().all(|id| half.contains(id)) && (20..65).contains(&tenth.len()));
    assert_ne!(sample(&["--sample", "0.5", "--seed", "2"]), half);
    assert_eq!(sample(&["--sample", "0.5", "--limit", "10"]), half[..10]);
    assert_eq!(sample(&["--sample", "0"]).len(), 0);
    assert_eq!(sample(&["--sample", "1"]).len(), 400);
}

/// Rejects included, in any order, resumed or not.
#[test]
fn the_outputs_of_all_parts_are_those_of_one_run() {
    let desk = Desk::new();
    let text = |n| if n % 97 == 5 { String::new() } else { format!("Rain in Geneva on day {n}.") };
    let rows = (0..500).map(|n| json!({"id": n.to_string(), "text": text(n)}));
    let (tiny, input) = (tiny(), desk.write_lines("in.jsonl", &rows.collect::<Vec<_>>()));
    let lines = |name: &str, flags: &[&str]| -> Vec<String> {
        let out = desk.path(&format!("{name}/"));
        let common = ["--model", &tiny, "--entities", "none", "-q", "--shard-size", "64"];
        namewire(&[&["extract", &input, "--out", &out], flags, &common[..]].concat());
        let files = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
        let rows = files.filter(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
        rows.flat_map(|file| std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let sorted = |mut lines: Vec<String>| {
        lines.sort_unstable();
        lines
    };
    for selected in [&[][..], &["--sample", "0.8", "--limit", "300"]] {
        let whole = lines(&format!("whole{}", selected.len()), selected);
        let part = |number: usize| {
            let part = format!("{number}/3");
            lines(&format!("part{number}{}", selected.len()), &[selected, &["--part", &part, "--resume"]].concat())
        };
        let parts: Vec<Vec<String>> = (1..=3).map(part).collect();
        assert!(parts.iter().all(|lines| lines.len() > 60));
        assert!(sorted(parts.concat()) == sorted(whole));
    }
    let wrong = ["extract", &input, "--out", "-", "--part", "4/3"];
    namewire(&wrong).exits(2).says(&["must be K/N"]);
}

#[test]
fn a_relinked_sample_is_that_of_its_run() {
    let desk = Desk::new();
    let input = numbered(&desk, "in.jsonl", 0..40);
    let (tiny, spans, one, two) = (tiny(), desk.path("s.jsonl"), desk.path("1.jsonl"), desk.path("2.jsonl"));
    let flags = ["--sample", "0.3", "--model", &tiny, "--entities", "none", "-q"];
    namewire(&[&["extract", &input, "--out", &one, "--spans", &spans], &flags[..]].concat()).exits(0);
    namewire(&[&["relink", "--input", &input, "--spans", &spans, "--out", &two], &flags[..]].concat()).exits(0);
    assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
}

#[test]
fn paths_come_from_a_list() {
    let desk = Desk::new();
    let (a, b, odd) =
        (desk.write("a.txt", "Rain."), desk.write("b.txt", "Snow."), desk.write("with\nnew line.txt", "Hail."));
    let lines = desk.write("list", format!("{b}\r\n\n{}\n", desk.path("a.txt")));
    assert_eq!(ids(&desk, &["--files-from", &lines]), ["b.txt", "a.txt"]);
    assert_eq!(ids(&desk, &[&a, "--files-from", &lines]), ["a.txt", "b.txt", "a.txt"]);
    let nul = desk.write("list0", format!("{odd}\0{a}\0"));
    assert_eq!(ids(&desk, &["-0", "--files-from", &nul]), ["with\nnew line.txt", "a.txt"]);
    let (tiny, out) = (tiny(), desk.path("o.jsonl"));
    let from_stdin = ["extract", "--files-from", "-", "--model", &tiny, "--entities", "none", "--out", &out];
    namewire_with_input(&from_stdin, lines_of(&[&a, &b]).as_bytes()).exits(0).says(&["articles  2"]);
    // A list may be older than the files.
    let gone = desk.path("gone.txt");
    let run = namewire_with_input(&from_stdin, lines_of(&[&a, &gone, &b]).as_bytes()).exits(1);
    run.says(&["articles  2, 1 rejected"]);
    assert!(desk.lines("o.jsonl.rejects.jsonl")[0]["message"].as_str().unwrap().contains("No such file"));
}

fn lines_of(paths: &[&str]) -> String {
    paths.join("\n")
}

#[test]
fn choices_that_cannot_be_met() {
    let desk = Desk::new();
    let (input, empty, out) = (desk.write("in.txt", "Rain."), desk.write("empty", "\n"), desk.path("o.jsonl"));
    for (args, message) in [
        (&[&*input, "--limit", "0"][..], "limit must be at least 1"),
        (&[&input, "--sample", "1.5"], "sample must be a fraction"),
        (&[&input, "--sample", "NaN"], "sample must be a fraction"),
        (&["--files-from", &empty], "names no file"),
        (&["--files-from", "nowhere"], "nowhere: cannot open the file"),
        (&["-", "--files-from", "-"], "standard input cannot be both"),
        (&[&input, "-0"], "--files-from"),
        (&[], "<INPUT>"),
    ] {
        namewire(&[&["extract", "--out", &out], args].concat()).exits(2).says(&[message]);
    }
}

#[test]
fn a_run_over_several_inputs_names_the_worst() {
    let desk = Desk::new();
    let (good, bad) =
        (numbered(&desk, "good.jsonl", 0..30), desk.write("bad.jsonl", "{}\n{}\n{\"text\": \"Rain.\"}\n"));
    let (tiny, out) = (tiny(), desk.path("o.jsonl"));
    let flags = ["--model", &tiny, "--entities", "none", "--out", &out];
    let run = namewire(&[&["extract", &good, &bad], &flags[..]].concat()).exits(1);
    run.says(&["slowest  ", &format!("{bad} 2 of 3")]);
    let run = namewire(&[&["extract", &good], &flags[..]].concat()).exits(0);
    assert!(!run.stderr.contains("slowest"), "{}", run.stderr);
}

#[test]
fn a_log_for_programs_is_json_to_the_last_line() {
    let desk = Desk::new();
    let (input, tiny, out) = (numbered(&desk, "in.jsonl", 0..3), tiny(), desk.path("o.jsonl"));
    let log = |args: &[&str], code: i32| -> Vec<serde_json::Value> {
        let output =
            command(&[args, &["--log-format", "json", "--model", &tiny, "--out", &out]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let lines = String::from_utf8(output.stderr).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    };
    let lines = log(&["extract", &input, "--entities", "none"], 0);
    let done = lines.last().unwrap();
    assert_eq!((&done["level"], &done["fields"]["message"]), (&json!("INFO"), &json!("done")));
    let report: serde_json::Value = serde_json::from_str(done["fields"]["report"].as_str().unwrap()).unwrap();
    assert_eq!(report["run"]["articles"], 3);
    let lines = log(&["extract", &desk.path("gone.jsonl")], 2);
    assert_eq!(lines.last().unwrap()["level"], "ERROR");
    assert!(lines.last().unwrap()["fields"]["message"].as_str().unwrap().contains("no such file"));
}

#[test]
fn languages_are_known_by_code_and_name() {
    let desk = Desk::new();
    let declared = ["EN", "eng", "English", "en_US", "tr"];
    let records = declared.map(|lang| serde_json::json!({"id": lang, "lang": lang, "text": "Rain fell."}));
    let input = desk.write_lines("in.jsonl", &records);
    for only in ["en", "EN", "English"] {
        let articles = super::common::extract_articles(&desk, &[&input, "--only-lang", only], 0);
        let skipped: Vec<_> = articles.iter().filter(|line| line["status"] == "skipped").collect();
        assert_eq!((articles.len(), skipped.len(), &skipped[0]["doc_id"]), (5, 1, &"tr".into()), "{only}");
    }
    let out = desk.path("none.jsonl");
    namewire(&["extract", &input, "--out", &out, "--only-lang", "klingon"]).exits(2).says(&["unknown language"]);
}

#[test]
fn files_and_fields_that_match_nothing_are_counted() {
    let desk = Desk::new();
    for name in ["a.txt", "b.doc", "c.DOC", "d.pdf", ".hidden.txt"] {
        desk.write(&format!("in/{name}"), "Rain fell.");
    }
    let (input, summary, out) = (desk.path("in"), desk.path("s.json"), desk.path("out.jsonl"));
    let tiny = super::common::tiny();
    let args = ["extract", &input, "--out", &out, "--summary", &summary, "--keep", "x", "--model", &tiny];
    let run = namewire(&[&args[..], &["--entities", "none"]].concat()).exits(0);
    run.says(&["4 files: .doc 2, .pdf 1, hidden 1", "no record had x"]);
    let run = &desk.json("s.json")["run"];
    assert_eq!(run["unread"]["by_extension"], serde_json::json!({".doc": 2, ".pdf": 1}));
    assert_eq!(run["unmatched_fields"], serde_json::json!(["x"]));
}
