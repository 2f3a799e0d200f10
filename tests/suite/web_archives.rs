//! Web archives: WARC, WET and ARC, whole and broken, and the same mentions as from JSON Lines.

use std::io::{Read, Write};

use serde_json::{Value, json};

use super::common::{Desk, column, command, extract_articles, namewire, tiny};
use super::sharded_run::{assert_same_files, contents, end_of, shards, signal, wait_for_shards};
use super::shared_data::shared;

const TEXTS: [&str; 3] = [
    "Angela Merkel flew to Ankara on Monday. She met Ahmet Davutoğlu, the Turkish foreign minister, for two hours.",
    "Recep Tayyip Erdoğan spoke in Istanbul. The United Nations called for talks in Geneva, and Erdoğan declined.",
    "The president of France, François Hollande, arrived in Baghdad on Friday. Hollande will stay until Sunday.",
];

/// A record of a WARC file.
fn record(kind: &str, uri: &str, media_type: &str, block: &[u8]) -> Vec<u8> {
    let header = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2014-06-29T10:00:00Z\r\n\
         Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [header.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(uri: &str, header: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("HTTP/1.1 {header}\r\n\r\n").as_bytes(), body].concat();
    record("response", uri, "application/http; msgtype=response", &block)
}

fn uri(number: usize) -> String {
    format!("http://news.example/{number}")
}

/// A response with a text as its body.
fn text_response(number: usize, text: &str) -> Vec<u8> {
    response(&uri(number), "200 OK\r\nContent-Type: text/plain; charset=utf-8", text.as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn page(text: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>News of the day</title></head><body><article>\
         <h1>News of the day</h1><p>{text}</p></article></body></html>"
    )
}

/// The articles of a file, and the summary.
fn articles(desk: &Desk, input: &str, code: i32) -> (Vec<Value>, Value) {
    let articles = extract_articles(desk, &[input, "--summary", &desk.path("s.json")], code);
    (articles, desk.json("s.json"))
}

#[test]
fn pages_and_texts_are_articles_and_the_rest_is_counted() {
    let desk = Desk::new();
    let html = "200 OK\r\nContent-Type: text/html; charset=utf-8";
    let warc = [
        record("warcinfo", "", "application/warc-fields", b"software: x\r\n"),
        record("request", &uri(1), "application/http", b"GET / HTTP/1.1\r\n\r\n"),
        response(&uri(1), html, page(TEXTS[0]).as_bytes()),
        record("metadata", &uri(1), "application/warc-fields", b"a: b\r\n"),
        response(&uri(2), "404 Not Found\r\nContent-Type: text/html", b"<p>gone"),
        response(&uri(3), "301 Moved\r\nLocation: /", b""),
        response(&uri(4), "200 OK\r\nContent-Type: image/png", &[0; 100_000]),
        record("revisit", &uri(1), "application/http", b"HTTP/1.1 200 OK\r\n\r\n"),
        record("resource", &uri(5), "text/plain", TEXTS[1].as_bytes()),
        record("conversion", &uri(6), "text/plain", TEXTS[2].as_bytes()),
    ];
    let stored: Vec<usize> = (0..warc.len()).map(|at| warc[..at].concat().len()).collect();
    let members: Vec<Vec<u8>> = warc.iter().map(|record| gzip(record)).collect();
    let packed: Vec<usize> = (0..warc.len()).map(|at| members[..at].concat().len()).collect();
    let whole = gzip(&warc.concat());
    let offsets = |all: &[usize]| [2, 8, 9].map(|at| json!(all[at]));
    for (name, bytes, offsets) in [
        ("a.warc", warc.concat(), offsets(&stored)),
        ("b.warc.gz", members.concat(), offsets(&packed)),
        ("c.warc.gz", whole, [Value::Null, Value::Null, Value::Null]),
        ("named-otherwise", warc.concat(), offsets(&stored)),
    ] {
        let input = desk.write(name, bytes);
        let input = if name == "named-otherwise" { desk.write("d.txt", std::fs::read(&input).unwrap()) } else { input };
        let (articles, summary) = articles(&desk, &input, 0);
        assert_eq!(column(&articles, "doc_id"), [uri(1), uri(5), uri(6)], "{name}");
        assert_eq!(column(&articles, "date"), ["2014-06-29"; 3], "{name}");
        let found: Vec<Value> = articles.iter().map(|article| article["warc_offset"].clone()).collect();
        assert_eq!(found, offsets, "{name}");
        let expected = json!({"metadata": 1, "request": 1, "revisit": 1, "status_3xx": 1, "status_4xx": 1,
            "type_image": 1, "warcinfo": 1});
        assert_eq!(summary["run"]["not_articles"], expected, "{name}");
    }
}

#[test]
fn records_can_be_fetched_by_their_offset_and_linked_again() {
    let desk = Desk::new();
    let members: Vec<Vec<u8>> = (0..3).map(|number| gzip(&text_response(number, TEXTS[number]))).collect();
    let input = desk.write("a.warc.gz", members.concat());
    let (out, spans) = (desk.path("out.jsonl"), desk.path("spans.jsonl"));
    namewire(&["extract", &input, "--out", &out, "--spans", &spans, "-q"]).exits(0);
    let mentions = desk.lines("out.jsonl");
    assert!(mentions.len() >= 6, "{mentions:?}");
    let relinked = desk.path("relinked.jsonl");
    namewire(&["relink", "--input", &input, "--spans", &spans, "--out", &relinked, "-q"]).exits(0);
    assert_eq!(desk.lines("relinked.jsonl"), mentions);
    let file = std::fs::read(&input).unwrap();
    for mention in mentions {
        let offset = mention["warc_offset"].as_u64().unwrap() as usize;
        let mut record = String::new();
        flate2::read::GzDecoder::new(&file[offset..]).read_to_string(&mut record).unwrap();
        assert!(record.contains(mention["doc_id"].as_str().unwrap()));
        assert!(record.contains(mention["text"].as_str().unwrap()), "{mention}");
    }
}

/// Text, type, entity and offsets of each mention.
fn mentions(desk: &Desk, input: &str) -> Vec<Vec<Value>> {
    let out = desk.path("m.jsonl");
    namewire(&["extract", input, "--out", &out, "-q"]).exits(0);
    let keys = ["doc_id", "field", "start", "end", "text", "type", "entity_id", "score"];
    desk.lines("m.jsonl").iter().map(|line| keys.iter().map(|key| line[key].clone()).collect()).collect()
}

#[test]
fn a_web_archive_gives_the_mentions_of_the_same_articles_as_json() {
    let desk = Desk::new();
    let numbered = || TEXTS.iter().enumerate();
    let records: Vec<Value> =
        numbered().map(|(n, text)| json!({"id": uri(n), "text": text, "date": "2014-06-29"})).collect();
    let expected = mentions(&desk, &desk.write_lines("a.jsonl", &records));
    assert!(expected.len() >= 8, "{expected:?}");
    let all =
        |make: &dyn Fn(usize, &str) -> Vec<u8>| numbered().flat_map(|(n, text)| make(n, text)).collect::<Vec<u8>>();
    let plain = "200 OK\r\nContent-Type: text/plain";
    let chunked = |text: &str| {
        let (first, second) = text.as_bytes().split_at(20);
        [b"14\r\n", first, format!("\r\n{:x}\r\n", second.len()).as_bytes(), second, b"\r\n0\r\n\r\n"].concat()
    };
    let arc = |n: usize, text: &str| {
        let block = format!("HTTP/1.1 {plain}\r\n\r\n{text}");
        format!("{} 10.0.0.1 20140629100000 text/plain {}\n{block}\n", uri(n), block.len()).into_bytes()
    };
    let turkish = |text: &str| encoding_rs::WINDOWS_1254.encode(text).0.into_owned();
    for (name, bytes) in [
        ("a.warc", all(&text_response)),
        ("b.warc.gz", all(&|n, text| gzip(&text_response(n, text)))),
        ("c.warc.zst", all(&|n, text| zstd::encode_all(&*text_response(n, text), 1).unwrap())),
        ("d.warc.wet.gz", all(&|n, text| gzip(&record("conversion", &uri(n), "text/plain", text.as_bytes())))),
        (
            "e.arc",
            [b"filedesc://e.arc 0.0.0.0 20140629100000 text/plain 10\n1 0 x\nURL\n\n".to_vec(), all(&arc)].concat(),
        ),
        ("f.arc.gz", all(&|n, text| gzip(&arc(n, text)))),
        (
            "g.warc",
            all(&|n, text| response(&uri(n), &format!("{plain}\r\nTransfer-Encoding: chunked"), &chunked(text))),
        ),
        (
            "h.warc",
            all(&|n, text| response(&uri(n), &format!("{plain}\r\nTransfer-Encoding: chunked"), text.as_bytes())),
        ),
        (
            "i.warc",
            all(&|n, text| response(&uri(n), &format!("{plain}\r\nContent-Encoding: gzip"), &gzip(text.as_bytes()))),
        ),
        ("j.warc", all(&|n, text| response(&uri(n), &format!("{plain}; charset=windows-1254"), &turkish(text)))),
        ("k.warc", all(&|n, text| response(&uri(n), plain, text.as_bytes())).replace_crlf()),
    ] {
        assert_eq!(mentions(&desk, &desk.write(name, bytes)), expected, "{name}");
    }
}

/// Headers with line feeds alone, as hand-made files have them.
trait ReplaceCrlf {
    fn replace_crlf(self) -> Self;
}

impl ReplaceCrlf for Vec<u8> {
    fn replace_crlf(self) -> Self {
        let text = String::from_utf8(self).unwrap();
        let records = text.split("WARC/1.0\r\n").filter(|record| !record.is_empty()).map(|record| {
            let (_, block) = record.split_once("\r\n\r\n").unwrap();
            let block = block.trim_end().replace("\r\n", "\n");
            let uri = record.lines().nth(1).unwrap();
            let length = block.len();
            format!(
                "WARC/1.0\nWARC-Type: response\n{uri}\nWARC-Date: 2014-06-29T10:00:00Z\n\
                 Content-Type: application/http\nContent-Length: {length}\n\n{block}\n\n"
            )
        });
        records.collect::<String>().into_bytes()
    }
}

#[test]
fn broken_records_are_rejected_and_the_rest_is_read() {
    let desk = Desk::new();
    let good = |number: usize| text_response(number, TEXTS[number % 3]);
    let lie = |length: &str| {
        let text = String::from_utf8(good(1)).unwrap();
        let start = text.find("Content-Length: ").unwrap() + "Content-Length: ".len();
        let end = start + text[start..].find("\r\n").unwrap();
        [&text[..start], length, &text[end..]].concat().into_bytes()
    };
    let endless = [b"WARC/1.0\r\n".to_vec(), b"A: b\r\n".repeat(50_000)].concat();
    let whole = gzip(&good(1));
    let broken = |member: &[u8], at: usize| [&member[..at], &[member[at] ^ 0x55], &member[at + 1..]].concat();
    for (name, bytes, ids, reasons) in [
        ("not-a-number.warc", [good(0), lie("many"), good(2)].concat(), vec![uri(0), uri(2)], vec!["invalid_record"]),
        ("negative.warc", [good(0), lie("-1"), good(2)].concat(), vec![uri(0), uri(2)], vec!["invalid_record"]),
        ("too-long.warc", [good(0), lie("9223372036854775808")].concat(), vec![uri(0)], vec!["read_error"]),
        (
            "too-long.warc.gz",
            [gzip(&good(0)), gzip(&lie("9223372036854775808")), gzip(&good(2))].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
        (
            "too-short.warc",
            [good(0), lie("70"), good(2)].concat(),
            vec![uri(0), uri(1), uri(2)],
            vec!["invalid_record"],
        ),
        (
            "garbage.warc",
            [good(0), b"garbage\r\nmore\r\n".to_vec(), good(2)].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
        (
            "endless.warc",
            [good(0), endless, b"\r\n".to_vec(), good(2)].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
        ("truncated.warc", good(0)[..200].to_vec(), vec![], vec!["read_error"]),
        (
            "truncated.warc.gz",
            [gzip(&good(0)), whole[..whole.len() / 2].to_vec()].concat(),
            vec![uri(0)],
            vec!["read_error"],
        ),
        (
            "broken-member.warc.gz",
            [gzip(&good(0)), broken(&whole, whole.len() / 2), gzip(&good(2))].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
        (
            "broken-checksum.warc.gz",
            [gzip(&good(0)), broken(&whole, whole.len() - 6), gzip(&good(2))].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
        (
            "truncated-member.warc.gz",
            [gzip(&good(0)), whole[..whole.len() / 2].to_vec(), gzip(&good(2))].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
        (
            "no-member.warc.gz",
            [gzip(&good(0)), gzip(&good(1)), b"garbage".to_vec()].concat(),
            vec![uri(0), uri(1)],
            vec!["read_error"],
        ),
        (
            "no-response.warc",
            [good(0), record("response", &uri(1), "application/http", b"no response"), good(2)].concat(),
            vec![uri(0), uri(2)],
            vec!["invalid_record"],
        ),
    ] {
        let input = desk.write(name, bytes);
        let (articles, _) = articles(&desk, &input, 1);
        let (ok, rejected): (Vec<Value>, Vec<Value>) =
            articles.into_iter().partition(|article| article["status"] == "ok");
        assert_eq!(column(&ok, "doc_id"), ids, "{name}");
        assert_eq!(column(&desk.lines("out.jsonl.rejects.jsonl"), "reason"), reasons, "{name}");
        assert_eq!(rejected.len(), reasons.len(), "{name}");
    }
}

/// Records among others that are no articles.
fn dump(records: usize) -> Vec<u8> {
    let record = |number: usize| match number % 4 {
        0 => gzip(&record("request", &uri(number), "application/http", b"GET / HTTP/1.1\r\n\r\n")),
        1 => gzip(&response(&uri(number), "404 Not Found\r\nContent-Type: text/html", b"gone")),
        _ => gzip(&response(
            &uri(number),
            "200 OK\r\nContent-Type: text/html",
            page(&TEXTS[number % 3].repeat(9)).as_bytes(),
        )),
    };
    (0..records).flat_map(record).collect()
}

#[cfg(unix)]
#[test]
fn a_run_over_a_web_archive_that_was_killed_is_resumed() {
    let desk = Desk::new();
    let (model, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let input = desk.write("a.warc.gz", dump(1200));
    namewire(&shards(&input, &model, &undisturbed, &[])).exits(0);
    let mut child = command(&shards(&input, &model, &out, &[])).spawn().unwrap();
    wait_for_shards(&mut child, &out, 3);
    signal(&child, "KILL");
    end_of(child);
    namewire(&shards(&input, &model, &out, &["--resume"])).exits(0);
    assert_same_files(&out, &contents(&undisturbed));
    let manifest = desk.json("out/manifest.json");
    assert_eq!(manifest["inputs"][0]["read"]["not_articles"], json!({"request": 300, "status_4xx": 300}));
}

#[test]
fn selections_count_articles_and_rejects_are_retried() {
    let desk = Desk::new();
    let broken = response(&uri(9), "200 OK\r\nContent-Type: text/html", page("").as_bytes());
    let input = desk.write("a.warc.gz", [dump(40), gzip(&broken), dump(8)].concat());
    assert_eq!(extract_articles(&desk, &[&input, "--limit", "5"], 0).len(), 5);
    let sampled = extract_articles(&desk, &[&input, "--sample", "0.5"], 0).len();
    assert!((5..20).contains(&sampled), "{sampled}");
    let check = namewire(&shards(&input, &tiny(), &desk.path("checked"), &["--check"])).exits(0);
    assert!(check.stdout.contains("records"), "{}", check.stdout);
    let long = "Rain fell on Dorvale. ".repeat(60_000);
    let large = gzip(&text_response(10, &long));
    let input =
        desk.write("b.warc.gz", [gzip(&text_response(0, TEXTS[0])), large, gzip(&text_response(2, TEXTS[2]))].concat());
    let first = extract_articles(&desk, &[&input, "--max-article-mb", "1"], 1);
    assert_eq!(column(&first, "status"), ["ok", "rejected", "ok"]);
    let (rejects, out, tiny) = (desk.path("out.jsonl.rejects.jsonl"), desk.path("again.jsonl"), tiny());
    let articles = desk.path("again.articles.jsonl");
    namewire(&[
        "extract",
        "--retry",
        &rejects,
        "--out",
        &out,
        "--articles",
        &articles,
        "--model",
        &tiny,
        "--entities",
        "none",
    ])
    .exits(0);
    let again = desk.lines("again.articles.jsonl");
    assert_eq!(column(&again, "doc_id"), [uri(10)]);
    assert_eq!(again[0]["warc_offset"], first[1]["warc_offset"]);
    assert!(again[0]["warc_offset"].is_u64());
}

#[test]
fn web_archives_of_other_programs_are_read() {
    let Some(folder) = shared("data/pages/warc") else { return };
    let desk = Desk::new();
    for (name, ids, rejects) in [
        ("example.warc", 1, 0),
        ("example.warc.gz", 1, 0),
        ("example.arc", 1, 0),
        ("example.arc.gz", 1, 0),
        ("example-space-in-url.arc", 0, 1),
        ("example-bad-non-chunked.warc.gz", 1, 0),
        ("example-wget-bad-target-uri.warc.gz", 1, 0),
        ("example-wrong-chunks.warc.gz", 1, 0),
        ("example-iana.org-chunked.warc", 1, 0),
        ("example-resource.warc.gz", 1, 0),
        ("example-trunc.warc", 1, 1),
        ("whirlwind.warc", 1, 0),
        ("whirlwind.warc.gz", 1, 0),
        ("whirlwind.warc.wet", 1, 0),
        ("whirlwind.warc.wet.gz", 1, 0),
    ] {
        let input = folder.join(name).display().to_string();
        let found = extract_articles(&desk, &[&input, "--format", "warc"], i32::from(rejects > 0));
        let ok = found.iter().filter(|article| article["status"] == "ok").count();
        assert_eq!((ok, found.len() - ok), (ids, rejects), "{name}: {found:?}");
    }
}
