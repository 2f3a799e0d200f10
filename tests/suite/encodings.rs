//! Text as people have it: encodings, compressions, content that is none of the known, names of files.

use std::io::Write;

use super::common::{Desk, column, extract_articles, namewire, namewire_with_input, tiny};

const TURKISH: &str = "Başbakan Ahmet Davutoğlu Ankara'da açıklama yaptı ve görüşmelerin süreceğini söyledi.";

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn turkish_1254() -> Vec<u8> {
    let byte = |char: char| match char {
        'ş' => 0xFE,
        'ğ' => 0xF0,
        'ı' => 0xFD,
        'ö' => 0xF6,
        'ü' => 0xFC,
        'ç' => 0xE7,
        char => char as u8,
    };
    TURKISH.chars().map(byte).collect()
}

/// What comes of a text, as its mentions see it.
fn first_sentence(desk: &Desk, input: &str, flags: &[&str]) -> String {
    let spans = desk.path("spans.jsonl");
    let out = desk.path("out.jsonl");
    let args = ["extract", input, "--out", &out, "--entities", "none", "--spans", &spans, "--context"];
    namewire(&[&args, flags].concat()).exits(0);
    desk.lines("out.jsonl")[0]["context"].as_str().unwrap().to_owned()
}

#[test]
fn wide_text_is_recognised_with_and_without_a_mark() {
    let desk = Desk::new();
    for (name, bytes) in
        [("a.txt", utf16(TURKISH)), ("b.txt", utf16(&format!("\u{FEFF}{TURKISH}"))), ("c.txt", gzip(&utf16(TURKISH)))]
    {
        let input = desk.write(name, bytes);
        assert_eq!(first_sentence(&desk, &input, &[]), TURKISH, "{name}");
    }
}

#[test]
fn other_encodings_are_named_or_guessed_or_rejected_with_help() {
    let desk = Desk::new();
    let input = desk.write("a.txt", turkish_1254());
    assert_eq!(first_sentence(&desk, &input, &["--encoding", "windows-1254"]), TURKISH);
    let summary = desk.path("s.json");
    assert_eq!(first_sentence(&desk, &input, &["--encoding", "auto", "--summary", &summary]), TURKISH);
    assert_eq!(desk.json("s.json")["run"]["warnings"]["encoding_guessed"], 1);
    let out = desk.path("out.jsonl");
    namewire(&["extract", &input, "--out", &out, "--model", &tiny(), "--entities", "none"]).exits(1);
    let reject = &desk.lines("out.jsonl.rejects.jsonl")[0];
    assert!(reject["message"].as_str().unwrap().contains("set `encoding`"), "{reject}");
}

#[test]
fn padding_after_gzip_is_no_error_and_compression_may_be_nested() {
    let desk = Desk::new();
    let line = b"{\"id\": \"a\", \"text\": \"Rain fell.\"}\n";
    for bytes in [
        [gzip(line), vec![0; 1000]].concat(),
        [gzip(line), vec![0; 10], gzip(b"")].concat(),
        gzip(&gzip(line)),
        line.to_vec(),
    ] {
        let input = desk.write("a.jsonl.gz", bytes);
        assert_eq!(column(&extract_articles(&desk, &[&input], 0), "doc_id"), ["a"]);
    }
}

#[test]
fn a_long_zstandard_window_is_a_setting() {
    let desk = Desk::new();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(28)).unwrap();
    encoder.write_all(b"{\"id\": \"a\", \"text\": \"Rain fell.\"}\n").unwrap();
    let input = desk.write("a.jsonl.zst", encoder.finish().unwrap());
    let rejects = extract_articles(&desk, &[&input], 1);
    assert_eq!(rejects[0]["status"], "rejected");
    assert_eq!(column(&extract_articles(&desk, &[&input, "--zstd-window", "28"], 0), "doc_id"), ["a"]);
}

#[test]
fn binary_content_is_refused_with_the_way_to_read_it() {
    let desk = Desk::new();
    let out = desk.path("out.jsonl");
    let pdf = b"%PDF-1.7\n1 0 obj";
    for (content, what) in
        [(&pdf[..], "a PDF file"), (&gzip(pdf), "a PDF file"), (b"7z\xBC\xAF\x27\x1Cpacked", "a 7z archive")]
    {
        let args = ["extract", "-", "--out", &out, "--model", &tiny(), "--entities", "none"];
        namewire_with_input(&args, content).exits(2).says(&[what, "help:"]);
        let input = desk.write("a.txt", content);
        namewire(&["extract", &input, "--out", &out, "--model", &tiny(), "--entities", "none"]).exits(2).says(&[what]);
        assert!(!desk.has("out.jsonl"));
    }
}

#[test]
fn texts_of_one_name_have_ids_of_their_own() {
    let desk = Desk::new();
    let files = ["2014/01/index.txt", "2014/02/index.txt"].map(|name| desk.write(name, "Rain fell."));
    let ids = column(&extract_articles(&desk, &[&files[0], &files[1]], 0), "doc_id");
    assert_eq!(ids, ["01/index.txt", "02/index.txt"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_told_apart_and_retried() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let folder = desk.write("in/x.txt", "Rain fell.");
    let folder = std::path::Path::new(&folder).parent().unwrap();
    for name in [&b"caf\xE8.txt"[..], b"caf\xE9.txt"] {
        std::fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), "x".repeat(2 << 20)).unwrap();
    }
    let input = folder.display().to_string();
    let articles = extract_articles(&desk, &[&input, "--max-article-mb", "1"], 1);
    assert_eq!(column(&articles, "doc_id"), ["caf\\xE8.txt", "caf\\xE9.txt", "x.txt"]);
    let (rejects, out) = (desk.path("out.jsonl.rejects.jsonl"), desk.path("again.jsonl"));
    let articles = desk.path("again-articles.jsonl");
    let args = ["extract", "--retry", &rejects, "--out", &out, "--articles", &articles];
    namewire(&[&args[..], &["--model", &tiny(), "--entities", "none"]].concat()).exits(0);
    assert_eq!(column(&desk.lines("again-articles.jsonl"), "doc_id"), ["caf\\xE8.txt", "caf\\xE9.txt"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_relinked_and_resumed() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let folder = desk.write("in/x.txt", "Rain fell on Dorvale.").replace("/x.txt", "");
    let at = |name: &[u8]| std::path::Path::new(&folder).join(std::ffi::OsStr::from_bytes(name));
    std::fs::write(at(b"caf\xE8.txt"), "Anna Berg left Dorvale.").unwrap();
    std::fs::write(at(b"dump\xFF.jsonl"), "{\"text\": \"Rain.\"}\n").unwrap();
    let [spans, first, second, run] = ["s.jsonl", "1.jsonl", "2.jsonl", "run/"].map(|name| desk.path(name));
    let (tiny, rest) = (tiny(), ["--entities", "none", "-q", "--model"]);
    namewire(&[&["extract", &folder, "--out", &first, "--spans", &spans], &rest[..], &[&tiny]].concat()).exits(0);
    namewire(&[&["relink", "--input", &folder, "--out", &second, "--spans", &spans], &rest[..], &[&tiny]].concat())
        .exits(0);
    assert_eq!(std::fs::read(first).unwrap(), std::fs::read(second).unwrap());
    let resume = ["extract", &folder, "--out", &run, "--resume"];
    namewire(&[&resume, &rest[..], &[&tiny]].concat()).exits(0);
    let inputs = desk.json("run/manifest.json")["inputs"].clone();
    assert!(inputs[0]["path"].as_str().unwrap().ends_with("caf\\xE8.txt"), "{inputs}");
    // With a new time, the content is compared.
    let file = std::fs::File::options().append(true).open(at(b"caf\xE8.txt")).unwrap();
    file.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(60)).unwrap();
    namewire(&[&resume, &rest[..], &[&tiny]].concat()).exits(0).says(&["the run is complete"]);
}

#[test]
fn outputs_of_an_earlier_run_are_not_read() {
    let desk = Desk::new();
    desk.write("in/a.txt", "Angela Merkel flew to Geneva on Monday.");
    let (input, out) = (desk.path("in"), desk.path("in/out.jsonl"));
    for _ in 0..2 {
        let articles = extract_articles(&desk, &[&input], 0);
        assert_eq!(column(&articles, "doc_id"), ["a.txt"]);
        let summary = desk.path("in/summary.json");
        namewire(&["extract", &input, "--out", &out, "--summary", &summary, "--entities", "none", "-q"]).exits(0);
    }
    assert_eq!(desk.json("in/summary.json")["run"]["unread"]["outputs"], 2);
}
