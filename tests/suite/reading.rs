//! What can be read: every kind of input, which fields of it, and what is kept or filtered on the way.

use std::io::Write;

use serde_json::{Value, json};

use super::common::{Desk, Run, column, command, extract_records, namewire, namewire_with_input, parse_lines, tiny};

const TEXT: &str = "Angela Merkel flew to Geneva on Monday.";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 0).unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Runs the bundled model without a table; mentions come back from standard output.
fn mentions(args: &[&str]) -> Vec<Value> {
    let run = namewire(&[&["extract", "--out", "-", "--entities", "none", "--workers", "1", "-q"], args].concat());
    parse_lines(&run.exits(0).stdout)
}

#[test]
fn every_kind_of_file_is_read_plain_and_packed() {
    let desk = Desk::new();
    let line = json!({"id": "own", "text": TEXT}).to_string();
    let contents = [("txt", TEXT.as_bytes()), ("jsonl", line.as_bytes()), ("ndjson", line.as_bytes())];
    let mut inputs = Vec::new();
    for (kind, plain) in contents {
        inputs.push((desk.write(&format!("a.{kind}"), plain), format!("a.{kind}")));
        inputs.push((desk.write(&format!("a.{kind}.gz"), gzip(plain)), format!("a.{kind}.gz")));
        inputs.push((desk.write(&format!("a.{kind}.zst"), zstd(plain)), format!("a.{kind}.zst")));
        inputs.push((desk.write(&format!("a.{kind}.bz2"), bzip2(plain)), format!("a.{kind}.bz2")));
        inputs.push((desk.write(&format!("a.{kind}.xz"), xz(plain)), format!("a.{kind}.xz")));
        inputs.push((desk.write(&format!("a.{kind}.lz4"), lz4(plain)), format!("a.{kind}.lz4")));
    }
    let paths: Vec<&str> = inputs.iter().map(|(path, _)| path.as_str()).collect();
    let found = mentions(&paths);
    let ids = inputs.iter().map(|(_, name)| if name.contains(".txt") { name.as_str() } else { "own" });
    let expected: Vec<_> = ids.flat_map(|id| [(id, "Angela Merkel"), (id, "Geneva")]).collect();
    let seen: Vec<_> =
        found.iter().map(|line| (line["doc_id"].as_str().unwrap(), line["text"].as_str().unwrap())).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_directory_is_read_in_the_order_of_its_paths() {
    let desk = Desk::new();
    for name in ["b/2.txt", "b/1.txt", "a.txt", "b.txt", "c/deep/er/x.txt.gz", "B.txt", ".hidden/a.txt", "b/skip.pdf"] {
        let text = format!("Rain fell on {name}.");
        desk.write(
            &format!("news/{name}"),
            if name.ends_with("gz") { gzip(text.as_bytes()) } else { text.into_bytes() },
        );
    }
    let (articles, tiny) = (desk.path("articles.jsonl"), tiny());
    let news = desk.path("news");
    let args = ["extract", &news, "--model", &tiny, "--entities", "none", "--out", "-", "--articles", &articles];
    namewire(&args).exits(0);
    let ids = column(&desk.lines("articles.jsonl"), "doc_id");
    assert_eq!(ids, ["B.txt", "a.txt", "b.txt", "b/1.txt", "b/2.txt", "c/deep/er/x.txt.gz"]);
}

#[test]
fn standard_input_and_output() {
    let line = json!({"id": "one", "text": TEXT}).to_string();
    let args = ["extract", "-", "--out", "-", "--entities", "none", "--workers", "1"];
    for (input, id) in [(line.as_bytes(), "one"), (TEXT.as_bytes(), "-"), (&gzip(line.as_bytes()), "one")] {
        let run: Run = namewire_with_input(&args, input).exits(0);
        let lines = parse_lines(&run.stdout);
        assert_eq!(column(&lines, "text"), ["Angela Merkel", "Geneva"]);
        assert_eq!(column(&lines, "doc_id"), [id, id]);
        run.says(&["articles  1", "tokens"]);
    }
    let mut forced = args.to_vec();
    forced.extend(["--format", "jsonl"]);
    let run = namewire_with_input(&forced, TEXT.as_bytes()).exits(1);
    assert_eq!(run.stdout, "");
    run.says(&["1 rejected (invalid_json 1)"]);
}

/// Nothing but mentions goes to standard output, and with `--quiet` nothing to standard error.
#[test]
fn quiet_is_quiet() {
    let desk = Desk::new();
    let (input, tiny) = (desk.write("in.txt", TEXT), tiny());
    let output = command(&["extract", &input, "--model", &tiny, "--out", &desk.path("o"), "-q"]).output().unwrap();
    assert_eq!((output.status.code(), &*output.stdout, &*output.stderr), (Some(0), &b""[..], &b""[..]));
}

#[test]
fn fields_are_found_by_dotted_paths() {
    let desk = Desk::new();
    let record = json!({
        "meta": {"key": 17, "when": "29 June 2014", "tongue": "en-GB"},
        "content": {"head": {"main": "Talks in Vienna"}, "body": TEXT, "text": "wrong"},
        "text": "Not this one, says Tony Blair.",
    });
    let input = desk.write_lines("in.jsonl", &[record]);
    let articles = desk.path("articles.jsonl");
    let found = mentions(&[
        &input,
        "--articles",
        &articles,
        "--id-field",
        "meta.key",
        "--title-field",
        "content.head.main",
        "--text-field",
        "content.body",
        "--date-field",
        "meta.when",
        "--lang-field",
        "meta.tongue",
    ]);
    assert_eq!(column(&found, "text"), ["Vienna", "Angela Merkel", "Geneva"]);
    assert_eq!(column(&found, "field"), ["title", "text", "text"]);
    let article = &desk.lines("articles.jsonl")[0];
    let seen = ["doc_id", "date", "language", "status"].map(|key| article[key].as_str().unwrap());
    assert_eq!(seen, ["17", "2014-06-29", "en", "ok"]);
}

#[test]
fn dates_are_read_in_the_forms_of_newsrooms() {
    let forms = [
        (json!("2014-06-29T10:00:00Z"), "2014-06-29"),
        (json!("Sun, 29 Jun 2014 10:00:00 +0000"), "2014-06-29"),
        (json!("June 29, 2014"), "2014-06-29"),
        (json!("29.06.2014"), "2014-06-29"),
        (json!(1_404_036_000), "2014-06-29"),
        (json!("2014-06"), "2014-06"),
        (json!(2014), "2014"),
        (json!("last week"), "-"),
        (json!("03/04/2014"), "-"),
        (Value::Null, "-"),
    ];
    let desk = Desk::new();
    let records: Vec<Value> = forms.iter().map(|(form, _)| json!({"text": "Rain.", "date": form})).collect();
    let (input, tiny) = (desk.write_lines("in.jsonl", &records), tiny());
    let (articles, summary) = (desk.path("articles.jsonl"), desk.path("summary.json"));
    let outputs = ["--out", "-", "--articles", &articles, "--summary", &summary];
    namewire(&[&["extract", &input, "--model", &tiny, "--entities", "none"], &outputs[..]].concat()).exits(0);
    let lines = desk.lines("articles.jsonl");
    assert_eq!(column(&lines, "date"), forms.map(|(_, date)| date));
    assert_eq!(lines[1]["doc_id"], format!("{input}#2"), "a record without an id is named by its place");
    assert_eq!(desk.json("summary.json")["run"]["warnings"], json!({"date_unreadable": 2}));
}

#[test]
fn kept_fields_travel_with_each_mention() {
    let desk = Desk::new();
    let record = json!({"id": 1, "text": TEXT, "date": "29 June 2014", "source": {"name": "Wire", "tags": ["a", 1]}});
    let input = desk.write_lines("in.jsonl", &[record, json!({"id": 2, "text": TEXT})]);
    let found = mentions(&[&input, "--keep", "source.name,source.tags,date", "--keep", "nothing"]);
    let meta = json!({"source.name": "Wire", "source.tags": ["a", 1], "date": "29 June 2014"});
    assert_eq!(
        found.iter().map(|line| line["meta"].clone()).collect::<Vec<_>>(),
        [&meta, &meta, &json!({}), &json!({})].map(Clone::clone)
    );
}

#[test]
fn filters_choose_what_is_written() {
    let desk = Desk::new();
    let text = "Angela Merkel flew to Geneva on Monday. She met the Zzyzx of Qorvex and Nestle.";
    let input = desk.write_lines("in.jsonl", &[json!({"id": 1, "title": "Rain", "text": text})]);
    let all = mentions(&[&input]);
    assert!(all.len() > 2 && all.iter().all(|line| line.get("context").is_none()));
    let surely = mentions(&[&input, "--min-score", "0.95"]);
    let expected: Vec<_> = all.iter().filter(|line| line["score"].as_f64().unwrap() >= 0.95).collect();
    assert!(expected.len() < all.len() && surely.iter().eq(expected.iter().copied()), "{all:?}");
    assert_eq!(column(&mentions(&[&input, "--types", "PER"]), "text"), ["Angela Merkel"]);
    assert!(mentions(&[&input, "--types", "PER,LOC"]).len() >= 2);
    let with_context = mentions(&[&input, "--context", "--types", "LOC", "--min-score", "0.95"]);
    assert_eq!(with_context[0]["context"], "Angela Merkel flew to Geneva on Monday.");
}

#[test]
fn without_a_table_mentions_have_no_links_but_local_ids() {
    let records = [json!({"id": "a", "text": "Angela Merkel left. In Geneva, Angela Merkel spoke."})];
    let found = extract_records(&records, "none");
    assert_eq!(column(&found, "text"), ["Angela Merkel", "Geneva", "Angela Merkel"]);
    let local: Vec<_> = found.iter().map(|line| line["local_id"].as_u64().unwrap()).collect();
    assert!(local[0] == local[2] && local[0] != local[1], "{local:?}");
    for line in &found {
        assert_eq!((&line["found_by"], &line["entity_id"]), (&json!("model"), &Value::Null));
        assert_eq!((&line["link"]["status"], &line["link"]["reason"]), (&json!("unknown"), &json!("no_table")));
    }
}
