//! Articles that cannot be processed are set aside with the reason, and the others are processed.

use serde_json::{Value, json};

use super::common::{Desk, column, namewire, tiny};

const GOOD: &str = r#"{"id": "good", "text": "The ferry to Dorvale left at noon."}"#;

/// Runs over a desk's inputs with every output; exits 1, all records accounted for.
fn run_with_rejects(desk: &Desk, inputs: &[&str], flags: &[&str]) -> String {
    let [out, articles, summary] = ["out.jsonl", "articles.jsonl", "summary.json"].map(|name| desk.path(name));
    let tiny = tiny();
    let mut args = vec!["extract"];
    args.extend(inputs);
    args.extend(["--model", &tiny, "--entities", "none", "--workers", "1"]);
    args.extend(["--out", &out, "--articles", &articles, "--summary", &summary]);
    args.extend(flags);
    let run = namewire(&args).exits(1);
    run.says(&["rejected", "out.jsonl.rejects.jsonl"]);
    let report = &desk.json("summary.json")["run"];
    let count = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(count("records"), count("articles") + count("rejected") + count("skipped"), "{report}");
    assert_eq!(count("rejected"), desk.lines("out.jsonl.rejects.jsonl").len() as u64);
    assert_eq!(count("records"), desk.lines("articles.jsonl").len() as u64);
    run.stderr
}

#[test]
fn one_bad_line_does_not_cost_its_neighbours() {
    let cases: &[(&[u8], &str, Value, &str)] = &[
        (b"{\"id\": \"x\", \"text\": \"caf\xE9\"}", "invalid_utf8", Value::Null, "invalid UTF-8 at byte"),
        (b"{\"id\": \"x\", \"text\": \"cut in ha", "invalid_json", Value::Null, "invalid JSON at line 2, column"),
        (b"[1, 2]", "invalid_json", Value::Null, "an array where an object is expected"),
        (b"{\"id\": \"x\", \"titel\": \"y\"}", "missing_text", json!("x"), "no text field: tried `text`, `body`"),
        (
            b"{\"id\": \"x\", \"text\": 7}",
            "missing_text",
            json!("x"),
            "the text field `text` is a number, not a string",
        ),
        (b"{\"id\": \"x\", \"text\": \" \\n\"}", "empty_article", json!("x"), "neither text nor title"),
    ];
    for (line, reason, id, message) in cases {
        let desk = Desk::new();
        let input =
            desk.write("in.jsonl", [GOOD.as_bytes(), line, GOOD.replace("good", "last").as_bytes()].join(&b"\n"[..]));
        run_with_rejects(&desk, &[&input], &[]);
        let [reject] = &desk.lines("out.jsonl.rejects.jsonl")[..] else { panic!("one reject is expected") };
        assert_eq!((reject["input"].as_str(), reject["line"].as_u64()), (Some(&*input), Some(2)), "{reject}");
        assert_eq!(reject["byte"].as_u64(), Some(GOOD.len() as u64 + 1));
        assert_eq!((reject["reason"].as_str(), &reject["id"]), (Some(*reason), id), "{reject}");
        assert!(reject["message"].as_str().unwrap().contains(message), "{reject}");
        assert_eq!(reject["excerpt"], *String::from_utf8_lossy(line));
        let articles = desk.lines("articles.jsonl");
        assert_eq!(column(&articles, "status"), ["ok", "rejected", "ok"]);
        assert_eq!(articles[1]["input"], format!("{input}#2"));
        assert_eq!(articles[1]["reason"], reject["message"]);
        assert_eq!(desk.json("summary.json")["run"]["rejected_by_reason"], json!({*reason: 1}));
    }
}

#[test]
fn bad_files_do_not_cost_their_neighbours() {
    let desk = Desk::new();
    desk.write("news/1-good.txt", "The ferry to Dorvale left at noon.");
    desk.write("news/2-latin.txt", b"The caf\xE9 closed.");
    desk.write("news/3-empty.txt", "");
    desk.write("news/4-blank.txt", " \n\t\n");
    desk.write("news/5-broken.txt.gz", b"\x1F\x8B\x08 not gzip");
    desk.write("news/6-good.txt", "And came back at two.");
    run_with_rejects(&desk, &[&desk.path("news")], &[]);
    let articles = desk.lines("articles.jsonl");
    assert_eq!(column(&articles, "status"), ["ok", "rejected", "rejected", "rejected", "rejected", "ok"]);
    let rejects = desk.lines("out.jsonl.rejects.jsonl");
    assert_eq!(column(&rejects, "id"), ["2-latin.txt", "3-empty.txt", "4-blank.txt", "5-broken.txt.gz"]);
    assert!(rejects[3]["input"].as_str().unwrap().ends_with("news/5-broken.txt.gz"));
    assert_eq!(column(&rejects, "reason"), ["invalid_utf8", "empty_article", "empty_article", "read_error"]);
    assert!(rejects[0]["input"].as_str().unwrap().ends_with("news/2-latin.txt"));
    assert!(rejects[0]["message"].as_str().unwrap().contains("invalid UTF-8 at byte 7"), "{}", rejects[0]);
}

#[test]
fn an_article_over_the_limit_is_set_aside() {
    let desk = Desk::new();
    let long = "the rain went on. ".repeat((2 << 20) / 18);
    let lines =
        desk.write_lines("in.jsonl", &[json!({"id": "a", "text": "Rain."}), json!({"id": "long", "text": long})]);
    let text = desk.write("long.txt", &long);
    let good = desk.write("good.txt", "Sun.");
    run_with_rejects(&desk, &[&lines, &text, &good], &["--max-article-mb", "1"]);
    let rejects = desk.lines("out.jsonl.rejects.jsonl");
    assert_eq!(column(&rejects, "reason"), ["too_large", "too_large"]);
    assert_eq!(column(&rejects, "id"), ["long", "long.txt"]);
    let message = rejects[0]["message"].as_str().unwrap();
    assert!(message.contains(&format!("{} bytes", long.len())) && message.contains("limit of 1048576"), "{message}");
    assert!(rejects.iter().all(|reject| reject["excerpt"].as_str().unwrap().len() <= 200));
    assert_eq!(column(&desk.lines("articles.jsonl"), "status"), ["ok", "rejected", "rejected", "ok"]);
}

/// What nobody would call an article must neither fill the memory nor stop the run.
#[test]
fn articles_of_50_megabytes_are_rejected_by_default() {
    let desk = Desk::new();
    let huge = "the rain went on. ".repeat((50 << 20) / 18);
    let text = desk.write("huge.txt", &huge);
    let lines = desk.write("in.jsonl", format!("{GOOD}\n{{\"text\": \"{huge}\"}}\n{GOOD}\n"));
    run_with_rejects(&desk, &[&text, &lines], &[]);
    assert_eq!(column(&desk.lines("articles.jsonl"), "status"), ["rejected", "ok", "rejected", "ok"]);
    let rejects = desk.lines("out.jsonl.rejects.jsonl");
    assert_eq!(column(&rejects, "reason"), ["too_large", "too_large"]);
    assert_eq!(rejects[1]["line"], 2);
}

#[test]
fn inputs_that_are_not_there_end_the_run_before_it_begins() {
    let desk = Desk::new();
    desk.write("empty/.hidden.txt", "no");
    desk.write("empty/notes.pdf", "no");
    let unknown = desk.write("report.doc", "no");
    let pdf = desk.write("all.txt", "%PDF-1.7 Kyiv fell.");
    let (empty, missing) = (desk.path("empty"), desk.path("missing.txt"));
    for (inputs, messages) in [
        (vec![&*empty], ["no articles in this directory", &empty, ".txt"]),
        (vec![&missing], ["no such file", &missing, ""]),
        (vec![&unknown], ["unknown kind of file", &unknown, "--format"]),
        (vec![&pdf], ["a PDF file", &pdf, "help:"]),
        (vec!["-", "-"], ["standard input can be read only once", "", ""]),
    ] {
        let mut args = vec!["extract", "--entities", "none", "--out"];
        let out = desk.path("out.jsonl");
        args.push(&out);
        args.extend(inputs);
        namewire(&args).exits(2).says(&messages);
        assert!(!desk.has("out.jsonl"));
    }
}
