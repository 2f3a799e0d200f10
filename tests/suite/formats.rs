//! The same articles in every format: the same mentions, ids as documented, the same bytes after a kill.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};

use super::common::{
    Desk, column, command, extract_articles, in_repository, namewire, namewire_with_input, parse_lines, tiny,
};
use super::sharded_run::{assert_same_files, complete_shards, contents, dump, shards, wait_for_shards};

const FIELDS: [&str; 3] = ["id", "title", "text"];

fn csv(records: &[Value], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(FIELDS).unwrap();
    for record in records {
        writer.write_record(FIELDS.map(|field| record[field].as_str().unwrap_or_default())).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Row groups of 100 rows.
fn parquet(records: &[Value]) -> Vec<u8> {
    let schema = parse_message_type(
        "message dump { optional binary id (UTF8); optional binary title (UTF8); optional binary text (UTF8); }",
    );
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema.unwrap()), properties).unwrap();
    for rows in records.chunks(100) {
        let mut group = writer.next_row_group().unwrap();
        for field in FIELDS {
            let mut column = group.next_column().unwrap().unwrap();
            let present: Vec<&str> = rows.iter().filter_map(|row| row[field].as_str()).collect();
            let levels: Vec<i16> = rows.iter().map(|row| i16::from(row[field].is_string())).collect();
            let values: Vec<ByteArray> = present.into_iter().map(ByteArray::from).collect();
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        header[156..157].copy_from_slice(b"0");
        header[257..265].copy_from_slice(b"ustar\x0000");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend(header);
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

/// A zip archive of files that are not compressed.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let length = (content.len() as u32).to_le_bytes();
        let rest = [&[0; 6][..], &crc.sum().to_le_bytes(), &length, &length, &[name.len() as u8, 0, 0, 0]].concat();
        let offset = (archive.len() as u32).to_le_bytes();
        archive.extend([&b"PK\x03\x04\x14\0\0\0"[..], &rest, name.as_bytes(), content].concat());
        directory.extend([&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &rest, &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = [files.len() as u8, 0, files.len() as u8, 0];
    let place = [(directory.len() as u32).to_le_bytes(), (archive.len() as u32).to_le_bytes()].concat();
    archive.extend([&directory, &b"PK\x05\x06\0\0\0\0"[..], &count, &place, &[0, 0]].concat());
    archive
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_same_articles_give_the_same_mentions_in_every_format() {
    let desk = Desk::new();
    let fixtures = in_repository("tests/fixtures/parquet");
    let jsonl = std::fs::read_to_string(fixtures.join("articles.jsonl")).unwrap();
    let records = parse_lines(&jsonl);
    let table = csv(&records, b',');
    let mut inputs = vec![desk.write("a.jsonl", &jsonl)];
    inputs.push(desk.write("comma.csv", &table));
    inputs.push(desk.write("excel.csv", [b"\xEF\xBB\xBFsep=;\r\n", &csv(&records, b';')[..]].concat()));
    inputs.push(desk.write("tabs.tsv", csv(&records, b'\t')));
    inputs.push(desk.write("table.txt", &table));
    inputs.push(desk.write("a.tar", tar(&[("deep/a.jsonl", jsonl.as_bytes()), ("skipped.pdf", b"%PDF")])));
    inputs.push(desk.write("a.tgz", gzip(&tar(&[("a.csv", &table)]))));
    inputs.push(desk.write("a.zip", zip(&[("a.jsonl.gz", &gzip(jsonl.as_bytes()))])));
    let files = std::fs::read_dir(&fixtures).unwrap().map(|entry| entry.unwrap().path());
    let is_flat =
        |path: &Path| path.extension().is_some_and(|kind| kind == "parquet") && !path.ends_with("arrow_nested.parquet");
    inputs.extend(files.filter(|path| is_flat(path)).map(|path| path.display().to_string()));
    let paths: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let (out, articles) = (desk.path("mentions.jsonl"), desk.path("articles.jsonl"));
    let args = ["--out", &out, "--articles", &articles, "--entities", "none", "--quiet"];
    namewire(&[&["extract"], &paths[..], &args].concat()).exits(0);
    let parts = ["doc_id", "field", "start", "end", "text", "type"];
    let shown = |mention: &Value| parts.map(|part| mention[part].to_string()).join(" ");
    let mentions: Vec<String> = desk.lines("mentions.jsonl").iter().map(shown).collect();
    let count = mentions.len() / inputs.len();
    assert!(count >= 8 && mentions.len() == count * inputs.len(), "{} {}", mentions.len(), inputs.len());
    for (mentions_of, input) in mentions.chunks(count).zip(&inputs) {
        assert_eq!(mentions_of, &mentions[..count], "{input}");
    }
    let ids = column(&desk.lines("articles.jsonl"), "doc_id");
    assert!(ids.chunks(7).all(|ids_of| ids_of == &ids[..7]), "{ids:?}");
}

#[test]
fn records_without_ids_are_called_by_their_place() {
    let desk = Desk::new();
    let table = desk.write("a.csv", "text\n\"Rain fell\non Dorvale.\"\nWind rose.\n");
    let archive = desk.write("a.tar", tar(&[("b.txt", b"Rain fell."), ("c.jsonl", b"{\"text\": \"Wind rose.\"}\n")]));
    let rows = desk.write("a.parquet", parquet(&[json!({"text": "Rain fell."}), json!({"text": "Wind rose."})]));
    let ids = column(&extract_articles(&desk, &[&table, &archive, &rows], 0), "doc_id");
    let expected = [
        format!("{table}#2"),
        format!("{table}#4"),
        "a.tar!b.txt".to_owned(),
        format!("{archive}!c.jsonl#1"),
        format!("{rows}#1"),
        format!("{rows}#2"),
    ];
    assert_eq!(ids, expected);
}

#[test]
fn tables_may_have_another_delimiter_and_no_header() {
    let desk = Desk::new();
    let table = desk.write("a.csv", "n1|x|Rain fell, on Dorvale.\nn2|y|Wind rose.\n");
    let flags = ["--no-header", "--delimiter", "|", "--id-field", "1", "--text-field", "3"];
    let articles = extract_articles(&desk, &[&[&*table], &flags[..]].concat(), 0);
    assert_eq!(column(&articles, "doc_id"), ["n1", "n2"]);
    let broken = desk.write("b.csv", "id,text\nn1,\"Rain fell.\nn2,\"Wind\" rose,\nn3,\"Fog\"\n");
    let articles = extract_articles(&desk, &[&broken], 1);
    assert_eq!(column(&articles, "doc_id").last().map(String::as_str), Some("n3"));
    let rejects = desk.lines("out.jsonl.rejects.jsonl");
    assert!(rejects.iter().all(|reject| reject["reason"] == "invalid_row" && reject["format"] == "csv"), "{rejects:?}");
    assert_eq!(rejects[0]["line"], 2);
}

#[test]
fn what_needs_a_file_is_refused_on_standard_input() {
    let desk = Desk::new();
    let args = ["extract", "-", "--out", &desk.path("o"), "--model", &tiny(), "--entities", "none"];
    for (content, what) in
        [(parquet(&[json!({"text": "a"})]), "a Parquet file"), (zip(&[("a.txt", b"a")]), "a zip archive")]
    {
        namewire_with_input(&args, &content).exits(2).says(&[what, "help:", "save it as a file"]);
    }
    let table =
        namewire_with_input(&[&args[..2], &["--out", "-"], &args[4..]].concat(), b"id,title,text\n1,a,Rain fell.\n");
    table.exits(0).says(&["articles  1"]);
}

#[test]
fn members_that_are_not_read_are_counted() {
    let desk = Desk::new();
    let archive = desk.write("a.tar", tar(&[("a.txt", b"Rain."), ("b.pdf", b"x"), ("c/.hidden.txt", b"x")]));
    let args = ["extract", &archive, "--out", &desk.path("o"), "--model", &tiny(), "--entities", "none"];
    namewire(&args).exits(0).says(&["2 files: .pdf 1, hidden 1"]);
}

#[test]
fn a_killed_run_resumes_to_the_same_bytes_in_every_format() {
    let lines = dump(600);
    let records: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let half = lines.len() / 2;
    let half = half + lines[half..].find('\n').unwrap() + 1;
    let members = [("1.jsonl", &lines.as_bytes()[..half]), ("2.jsonl", &lines.as_bytes()[half..])];
    let rejected = [records.clone(), vec![json!({"id": "none"})]].concat();
    for (name, content) in [
        ("in.csv", [&csv(&records, b',')[..], b"1,2,3,4\n"].concat()),
        ("in.parquet", parquet(&rejected)),
        ("in.tar.gz", gzip(&tar(&members))),
        ("in.zip", zip(&members)),
    ] {
        let desk = Desk::new();
        let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
        let input = desk.write(name, content);
        namewire(&shards(&input, &tiny, &undisturbed, &[])).exits(1);
        let mut child = command(&shards(&input, &tiny, &out, &[])).stderr(Stdio::null()).spawn().unwrap();
        wait_for_shards(&mut child, &out, 5);
        let _ = child.kill();
        child.wait().unwrap();
        assert!(complete_shards(&out) >= 5, "{name}");
        namewire(&shards(&input, &tiny, &out, &["--resume"])).exits(1);
        assert_same_files(&out, &contents(&undisturbed));
        let manifest = desk.json("out/manifest.json");
        let expected = sha256(&input);
        assert!(manifest.to_string().contains(&expected), "{name}: the hash of the file is in the manifest");
    }
}

fn sha256(path: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(std::fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}
