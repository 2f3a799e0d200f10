//! The documentation is true: every `sh` block of README.md and docs/ runs, in order, in a folder with sample data;
//! `json output` after such a block is part of what it printed; links lead to files.
//!
//! A block with the info string `sh no-run: REASON` is not run, but its scripts exist and its flags are known.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::common::{Scratch, run, scratch};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and the pages of docs/.
fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(repository().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages.insert(0, repository().join("README.md"));
    pages
}

/// A fenced block: what stands behind the opening fence, and its text.
struct Block {
    info: String,
    text: String,
}

fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let parts: Vec<&str> = text.split("```").collect();
    assert!(parts.len() % 2 == 1, "{}: a fence is not closed", page.display());
    let inside = parts.iter().skip(1).step_by(2);
    inside
        .map(|block| {
            let (info, text) = block.split_once('\n').unwrap();
            Block { info: info.trim().to_owned(), text: text.to_owned() }
        })
        .collect()
}

/// A folder with the files that the commands name.
fn sample_data() -> Scratch {
    let scratch = scratch();
    let article = "Bashar al-Assad spoke in Damascus. The Syrian National Coalition (SNC) met in Geneva.";
    scratch.write("news/geneva.txt", article);
    scratch.write("news/paris.txt", "Angela Merkel met François Hollande in Paris. Merkel left for Berlin.");
    let record = |id: u32| json!({"id": id, "body": article, "url": "https://example.org/1", "source": "wire"});
    let lines: String = (0..4).map(|id| format!("{}\n", record(id))).collect();
    fs::write(scratch.path("dump.jsonl.gz"), gzip(lines.as_bytes())).unwrap();
    let page = format!("<title>Talks</title><p>{article}</p>");
    scratch.write("pages/talks.html", &page);
    scratch.write("crawl.jsonl", &format!("{}\n", json!({"id": "a", "html": page})));
    scratch.write("bad.jsonl", &format!("{}\n{}\n", json!({"id": "a", "text": article}), json!({"id": "b"})));
    scratch
        .write("mentions.jsonl", &format!("{}\n", json!({"doc_id": "a", "text": "Paris", "entity_id": "loc/paris"})));
    let page = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{article}");
    let warc = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/2\r\nWARC-Date: 2014-06-29T10:00:00Z\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    fs::write(scratch.path("crawl.warc.gz"), gzip(warc.as_bytes())).unwrap();
    let item = format!("<item><guid>1</guid><title>Geneva</title><description>{article}</description></item>");
    scratch.write("feed.xml", &format!("<rss><channel><language>en</language>{item}</channel></rss>"));
    let story = format!("<story number='1'><head><date>2014-06-29</date></head><body>{article}</body></story>");
    scratch.write("stories.xml", &format!("<stories>{story}</stories>"));
    scratch.write("table.csv", &format!("id,source,story\n1,wire,\"{}\"\n", article.replace('"', "\"\"")));
    scratch.write("plain.csv", &format!("1|wire|{}\n", article.replace('\n', " ")));
    let rows = repository().join("tests/fixtures/parquet/duckdb.parquet");
    fs::copy(rows, scratch.path("articles.parquet")).unwrap();
    let pack = Command::new("tar").args(["-czf", "news.tar.gz", "news"]).current_dir(scratch.path(".")).status();
    assert!(pack.unwrap().success());
    scratch.write("my.jsonl", &(example_entity() + "\n"));
    scratch.write("people.csv", "alias,entity,name\nMerkel,per/merkel,Angela Merkel\n");
    scratch.write("actors.txt", "SYRIA_ [SYR]\n+DAMASCUS_\n");
    knowledge_bases(&scratch);
    scratch.write("test.conll", "Angela B-PER\nMerkel I-PER\nspoke O\nin O\nParis B-GPE\n. O\n");
    scratch.write("docs.jsonl", &format!("{}\n", json!({"id": "d", "text": "Assad left Damascus."})));
    let gold = |start, end, text, kind| json!({"doc": "d", "start": start, "end": end, "text": text, "type": kind});
    let gold = [gold(0, 5, "Assad", "PER"), gold(11, 19, "Damascus", "LOC")];
    scratch.write("gold.jsonl", &gold.map(|mention| format!("{mention}\n")).concat());
    std::os::unix::fs::symlink(repository().join("models"), scratch.path("models")).unwrap();
    scratch
}

/// The fixtures of the importers, under the names that their publishers use.
fn knowledge_bases(scratch: &Scratch) {
    let fixtures = repository().join("tests/fixtures/import");
    for (from, to) in [
        ("places.txt", "cities500.txt"),
        ("admin1CodesASCII.txt", "admin1CodesASCII.txt"),
        ("countryInfo.txt", "countryInfo.txt"),
        ("alternateNamesV2.txt", "alternateNamesV2.txt"),
        ("entities.ftm.json", "entities.ftm.json"),
        ("lei.csv", "lei2-golden-copy.csv"),
        ("ror-v2.json", "ror-data.json"),
    ] {
        fs::copy(fixtures.join(from), scratch.path(to)).unwrap();
    }
    let dump = fs::read(fixtures.join("wikidata.json")).unwrap();
    fs::write(scratch.path("latest-all.json.gz"), gzip(&dump)).unwrap();
    std::os::unix::fs::symlink(fixtures.join("cldr"), scratch.path("main")).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The table row that the page about tables shows, without its relation to an entity that the row's table lacks.
fn example_entity() -> String {
    let page = blocks(&repository().join("docs/tables.md"));
    let shown = &page.iter().find(|block| block.info == "json").unwrap().text;
    let mut entity: Value = serde_json::from_str(shown).unwrap();
    assert!(entity.as_object_mut().unwrap().remove("relations").is_some());
    entity.to_string()
}

/// Runs a block with bash, the built program first on the PATH.
fn execute(block: &str, folder: &Scratch) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_namewire")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let runtime = std::env::var_os("ORT_DYLIB_PATH").unwrap_or_else(|| repository().join(".onnxruntime").into());
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", block])
        .current_dir(folder.path(""))
        .env("PATH", path)
        .env("ORT_DYLIB_PATH", runtime)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Whether `value` has everything that `shown` has.
fn includes(value: &Value, shown: &Value) -> bool {
    match (value, shown) {
        (Value::Object(value), Value::Object(shown)) => {
            shown.iter().all(|(key, shown)| value.get(key).is_some_and(|value| includes(value, shown)))
        }
        _ => value == shown,
    }
}

#[test]
fn every_command_runs() {
    let has_jq = Command::new("jq").arg("--version").output().is_ok();
    for page in pages() {
        let folder = sample_data();
        let mut printed = None;
        for block in blocks(&page) {
            if block.info == "sh" {
                if block.text.contains("jq ") && !has_jq {
                    println!("SKIPPED, since jq is not installed: {}", block.text);
                    continue;
                }
                let output = execute(&block.text, &folder);
                let stderr = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{}:\n{}\n{stderr}", page.display(), block.text);
                printed = Some(String::from_utf8(output.stdout).unwrap());
            } else if let (Some(printed), "json output") = (printed.take(), block.info.as_str()) {
                let lines = |text: &str| -> Vec<Value> {
                    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
                };
                let (printed, shown) = (lines(&printed), lines(&block.text));
                assert_eq!(printed.len(), shown.len(), "{}: {printed:#?}", page.display());
                for (printed, shown) in printed.iter().zip(&shown) {
                    assert!(includes(printed, shown), "{}: {shown} is not in {printed}", page.display());
                }
            }
        }
    }
}

#[test]
fn commands_that_are_not_run_are_spelt_right() {
    let skipped = pages().into_iter().flat_map(|page| blocks(&page));
    for block in skipped.filter(|block| block.info.starts_with("sh ")) {
        assert!(block.info.strip_prefix("sh no-run: ").is_some_and(|reason| !reason.is_empty()), "{}", block.info);
        for line in block.text.lines() {
            let line = line.split('#').next().unwrap();
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.first() {
                Some(&"namewire") => known_flags(&words[1..]),
                Some(script) if script.starts_with("scripts/") => {
                    assert!(repository().join(script).is_file(), "there is no {script}");
                }
                _ => {}
            }
        }
    }
}

/// Asserts that each flag of a command line of the program is in the help of its command.
fn known_flags(words: &[&str]) {
    let command = if matches!(words[0], "model" | "entities") { &words[..2] } else { &words[..1] };
    let help = run(&[command, &["--help"]].concat()).exits(0).stdout;
    for flag in words.iter().filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag), "{flag} is not in the help of {command:?}");
    }
}

#[test]
fn links_lead_to_files() {
    let others = ["ARCHITECTURE.md", "CONTRIBUTING.md", "scripts/README.md", "seeds/README.md", "benches/NOTES.md"];
    for page in pages().into_iter().chain(others.map(|page| repository().join(page))) {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = target.split('#').next().unwrap();
            if !file.contains("://") && !file.is_empty() {
                assert!(page.parent().unwrap().join(file).exists(), "{}: {target}", page.display());
            }
        }
    }
}

#[test]
fn the_page_about_the_library_shows_the_example() {
    let example = fs::read_to_string(repository().join("examples/quickstart.rs")).unwrap();
    let page = blocks(&repository().join("docs/library.md"));
    let shown = &page.iter().find(|block| block.info == "rust").unwrap().text;
    assert!(example.ends_with(shown.as_str()), "docs/library.md and examples/quickstart.rs differ");
}
