use std::io::{Cursor, Read, Write};
use std::path::Path;

use flate2::Crc;
use flate2::write::DeflateEncoder;

use crate::read::{ExpansionLimits, ReadOptions, Records, Reject, Retry, discover};

/// A tar archive of files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        archive.extend(tar_header(name, content.len() as u64, b'0'));
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

fn tar_header(name: &str, size: u64, kind: u8) -> [u8; 512] {
    let mut header = [0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..136].copy_from_slice(format!("{size:012o}").as_bytes());
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// A zip archive of files, each stored or deflated.
fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content, is_deflated) in files {
        let mut crc = Crc::new();
        crc.update(content);
        let packed = if *is_deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let mut sizes = Vec::new();
        for number in [crc.sum(), packed.len() as u32, content.len() as u32] {
            sizes.extend(number.to_le_bytes());
        }
        let method = [if *is_deflated { 8 } else { 0 }, 0];
        let lengths = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        let offset = (archive.len() as u32).to_le_bytes();
        archive.extend(
            [&b"PK\x03\x04\x14\0\0\0"[..], &method, &[0; 4], &sizes, &lengths, name.as_bytes(), &packed].concat(),
        );
        let fixed =
            [&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &method, &[0; 4], &sizes, &lengths, &[0; 10], &offset].concat();
        directory.extend([&fixed, name.as_bytes()].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let place = [(directory.len() as u32).to_le_bytes(), (archive.len() as u32).to_le_bytes()].concat();
    archive.extend([&directory, &b"PK\x05\x06\0\0\0\0"[..], &count, &count, &place, &[0, 0]].concat());
    archive
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What comes of an archive: `path: article`, or `path: message`; and how many members were not read.
fn records(root: &Path, name: &str, archive: &[u8]) -> (Vec<String>, u64) {
    let path = root.join(name);
    std::fs::write(&path, archive).unwrap();
    let options =
        ReadOptions { expansion: ExpansionLimits { ratio: 400, bytes: Some(10 << 20) }, ..ReadOptions::default() };
    let records = Records::new(discover(&[path], &options).unwrap(), &options);
    let progress = records.progress();
    let shown = |path: &str| path.replace(&format!("{}/", root.display()), "");
    let found = records
        .map(|record| match record.and_then(|record| record.parse(&options)) {
            Ok(article) => format!("{}: {} {}", shown(&article.origin.path), shown(&article.id), article.text.trim()),
            Err(reject) => format!("{}: {:?} {}", shown(&reject.origin.path), reject.reason, reject.message),
        })
        .collect();
    let unread = progress.unread.lock().unwrap();
    (found, unread.hidden + unread.by_extension.values().sum::<u64>())
}

const LINES: &[u8] = b"{\"id\": \"a\", \"text\": \"One\"}\n{\"id\": \"b\", \"text\": \"Two\"}\n";

#[test]
fn members_are_inputs_of_their_own() {
    let root = tempfile::tempdir().unwrap();
    let packed = gzip(LINES);
    let files = [
        ("a/x.jsonl", LINES),
        ("./b.txt", b"Three"),
        ("c.csv", b"id,text\nd,Four\n"),
        ("e.jsonl.gz", &*packed),
        (".hidden.txt", b"no"),
        ("f.pdf", b"%PDF-1.7"),
        ("../../g.txt", b"Five"),
    ];
    let expected = |name: &str| {
        [
            "a/x.jsonl: a One",
            "a/x.jsonl: b Two",
            "b.txt: NAME!b.txt Three",
            "c.csv: d Four",
            "e.jsonl.gz: a One",
            "e.jsonl.gz: b Two",
            "../../g.txt: NAME!../../g.txt Five",
        ]
        .map(|line| format!("{name}!{}", line.replace("NAME", name)))
    };
    for (name, archive) in [("a.tar", tar(&files)), ("a.tgz", gzip(&tar(&files))), ("a.txt", tar(&files))] {
        assert_eq!(records(root.path(), name, &archive), (expected(name).to_vec(), 2));
    }
    let stripped = files.map(|(name, content)| (name.trim_start_matches("./"), content));
    for is_deflated in [false, true] {
        let archive =
            zip(&stripped
                .map(|(name, content)| (if name == "g.txt" { "../../g.txt" } else { name }, content, is_deflated)));
        let (found, _) = records(root.path(), "a.zip", &archive);
        assert_eq!(found.len(), 7, "{found:#?}");
    }
}

#[test]
fn long_names_are_read() {
    let root = tempfile::tempdir().unwrap();
    let name = format!("{}.txt", "deep/a".repeat(40));
    let record = format!("path={name}\n");
    let record = format!("{} {record}", record.len() + 4);
    let gnu = [&tar_header("x", name.len() as u64, b'L')[..], name.as_bytes(), &vec![0; 512 - name.len()]].concat();
    let posix =
        [&tar_header("x", record.len() as u64, b'x')[..], record.as_bytes(), &vec![0; 512 - record.len()]].concat();
    for before in [gnu, posix] {
        let archive = [before, tar(&[("short", b"Rain"), ("b.txt", b"Wind")])].concat();
        let (found, _) = records(root.path(), "a.tar", &archive);
        assert_eq!(found, [format!("a.tar!{name}: a.tar!{name} Rain"), "a.tar!b.txt: a.tar!b.txt Wind".to_owned()]);
    }
}

#[test]
fn what_cannot_be_read_of_an_archive_is_rejected_and_the_rest_is_read() {
    let root = tempfile::tempdir().unwrap();
    let inner = tar(&[("x.txt", b"Rain")]);
    let broken = [&gzip(LINES)[..20], b"broken"].concat();
    let archive = tar(&[("a.tar", &inner), ("b.jsonl.gz", &broken), ("c.txt", b"%PDF-1.7"), ("d.txt", b"Wind")]);
    let (found, _) = records(root.path(), "a.tar", &archive);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(
        found[0].contains("a.tar!a.tar: UnsupportedFormat cannot open: this is an archive within an archive"),
        "{found:#?}"
    );
    assert!(found[1].starts_with("a.tar!b.jsonl.gz: ReadError"), "{found:#?}");
    assert!(found[2].contains("c.txt: UnsupportedFormat") && found[3].ends_with(" Wind"), "{found:#?}");
}

#[test]
fn truncated_archives_give_what_came_before() {
    let root = tempfile::tempdir().unwrap();
    let archive = tar(&[("a.txt", b"One"), ("b.jsonl", LINES)]);
    for (length, whole) in [(514, 0), (700, 1), (1024, 1), (1500, 1), (1565, 2), (1600, 3), (2048, 3)] {
        let (found, _) = records(root.path(), "a.tar", &archive[..length]);
        assert_eq!(found.iter().filter(|line| !line.contains("ReadError")).count(), whole, "{length}: {found:#?}");
        assert!(found.last().unwrap().contains("ReadError"), "{length}: {found:#?}");
    }
    let archive = zip(&[("a.txt", b"One", true)]);
    let (found, _) = records(root.path(), "a.zip", &archive[..archive.len() - 5]);
    assert!(found.len() == 1 && found[0].contains("its directory is missing"), "{found:#?}");
}

#[test]
fn sizes_are_claims() {
    let root = tempfile::tempdir().unwrap();
    let archive = [&tar_header("a.txt", 10 << 30, b'0')[..], b"short"].concat();
    let (found, _) = records(root.path(), "a.tar", &archive);
    assert!(found[0].contains("it ends within an entry"), "{found:#?}");
    let mut archive = zip(&[("a.txt", b"One", false), ("b.txt", b"Two", false)]);
    let directory = archive.windows(4).position(|magic| magic == b"PK\x01\x02").unwrap();
    archive[directory + 20..directory + 24].copy_from_slice(&u32::MAX.to_le_bytes());
    let (found, _) = records(root.path(), "a.zip", &archive);
    assert!(found[0].contains("members overlap"), "{found:#?}");
    archive[directory + 20..directory + 24].copy_from_slice(&3u32.to_le_bytes());
    archive[directory + 16] ^= 1;
    let (found, _) = records(root.path(), "a.zip", &archive);
    assert!(found[0].contains("another length or checksum") && found[1].ends_with("Two"), "{found:#?}");
}

#[test]
fn members_that_expand_without_end_are_abandoned() {
    let root = tempfile::tempdir().unwrap();
    let mut bomb = Vec::new();
    Cursor::new(b"{}\n").chain(std::io::repeat(b'x').take(12 << 20)).read_to_end(&mut bomb).unwrap();
    let archive = zip(&[("a.jsonl", &bomb, true), ("b.txt", b"Wind", true)]);
    let (found, _) = records(root.path(), "a.zip", &archive);
    assert!(found.iter().any(|line| line.contains("ExpandsTooMuch")), "{found:#?}");
}

#[test]
fn rejects_of_members_can_be_processed_again() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.tar");
    let long = format!("{{\"id\": \"l\", \"text\": \"{}\"}}\n", "é".repeat(50_000));
    let lines = [LINES, long.as_bytes(), b"{\"text\": 5}\n"].concat();
    std::fs::write(&path, tar(&[("a.jsonl", &lines), ("b.txt", "é".repeat(50_000).as_bytes()), ("c.jsonl", &lines)]))
        .unwrap();
    let options = ReadOptions { max_article_bytes: 1000, ..ReadOptions::default() };
    let rejects: Vec<Reject> = Records::new(discover(&[path], &options).unwrap(), &options)
        .filter_map(|record| record.and_then(|record| record.parse(&options)).err())
        .collect();
    let lines: Vec<_> = rejects.iter().map(|reject| serde_json::to_string(reject).unwrap()).collect();
    let file = root.path().join("rejects.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let options = ReadOptions::default();
    let lines = Records::new(discover(&[file], &options).unwrap(), &options);
    let again: Vec<_> = Retry::new(lines, &options).map(Result::unwrap).collect();
    let places: Vec<_> =
        again.iter().map(|record| (record.origin.path.rsplit_once('!').unwrap().1, record.origin.line)).collect();
    let expected = [Some(3), Some(4)].map(|line| ("a.jsonl", line));
    let last = [Some(3), Some(4)].map(|line| ("c.jsonl", line));
    assert_eq!(places, [&expected[..], &[("b.txt", None)], &last].concat());
    assert!(again[0].parse(&options).is_ok() && &*again[2].name == "a.tar!b.txt");
}
