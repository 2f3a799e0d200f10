use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;

use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::read::discover;

fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(text.as_ref(), 1).unwrap()
}

/// Bytes that do not compress, so that a cut file still has whole records.
fn noise(lines: u64) -> String {
    let mut state = 1u64;
    let mut digits = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state
    };
    (0..lines).map(|_| format!("{:x}{:x}\n", digits(), digits())).collect()
}

/// What comes of a directory with these files: `name#line@byte record` or `name#line@byte reason: message`.
fn read(files: &[(&str, Vec<u8>)], options: &ReadOptions) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(root.path().join(name), bytes).unwrap();
    }
    let records = Records::new(discover(&[root.path().into()], options).unwrap(), options);
    let progress = records.progress();
    let seen = records.map(|record| shown(root.path(), &record)).collect();
    let stored: u64 = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    assert_eq!((progress.bytes.load(Ordering::Relaxed), progress.total), (stored, Some(stored)));
    seen
}

fn shown(root: &Path, record: &Result<RawRecord, Reject>) -> String {
    let (origin, what) = match record {
        Ok(record) => (&record.origin, String::from_utf8_lossy(&record.bytes).into_owned()),
        Err(reject) => (&reject.origin, format!("{:?}: {}", reject.reason, reject.message)),
    };
    let place = format!("{origin}@{}", origin.byte);
    format!("{} {what}", place.trim_start_matches(&format!("{}/", root.display())))
}

#[test]
fn compressed_and_plain_inputs_read_alike() {
    let options = ReadOptions::default();
    let lines = b"\xEF\xBB\xBF{1}\r\n \n{2}";
    for (name, bytes) in [
        ("a.jsonl", lines.to_vec()),
        ("a.jsonl.gz", gzip(lines)),
        ("a.ndjson.gz", [gzip(&lines[..5]), gzip(&lines[5..])].concat()),
        ("a.jsonl.zst", zstd(lines)),
        ("a.ndjson.zst", [zstd(&lines[..5]), zstd(&lines[5..])].concat()),
        ("misnamed.jsonl", zstd(lines)),
        ("misnamed.ndjson", gzip(lines)),
    ] {
        assert_eq!(read(&[(name, bytes)], &options), [format!("{name}#1@3 {{1}}"), format!("{name}#3@10 {{2}}")]);
    }
    for (name, bytes) in [("a.txt", b"\xEF\xBB\xBFa\nb".to_vec()), ("a.txt.gz", gzip(b"\xEF\xBB\xBFa\nb"))] {
        assert_eq!(read(&[(name, bytes)], &options), [format!("{name}@3 a\nb")]);
    }
    assert!(read(&[("a.jsonl", b"\n \r\n".to_vec()), ("b.jsonl", vec![])], &options).is_empty());
}

#[test]
fn a_broken_archive_gives_what_came_before_and_one_reject() {
    let (text, whole) = (noise(20_000), ("z.jsonl", b"{1}".to_vec()));
    let expected: Vec<_> = text.lines().collect();
    for (name, packed) in [("a.jsonl.gz", gzip(&text)), ("a.jsonl.zst", zstd(&text))] {
        let seen = read(&[(name, packed[..packed.len() / 2].to_vec()), whole.clone()], &ReadOptions::default());
        let [records @ .., reject, next] = &seen[..] else { panic!("{seen:?}") };
        assert!(records.len() > 5000, "{}", records.len());
        assert!(records.iter().zip(expected.iter()).all(|(record, line)| record.ends_with(line)));
        assert!(reject.starts_with(&format!("{name}#{}@", records.len() + 1)), "{reject}");
        assert!(reject.contains("ReadError: cannot read past byte "), "{reject}");
        assert!(reject.ends_with("; the rest of this input is not read"), "{reject}");
        assert_eq!(next, "z.jsonl#1@0 {1}");
    }
}

#[test]
fn what_cannot_be_opened_is_one_reject() {
    let files = [
        ("a.txt.gz", vec![]),
        ("b.jsonl.zst", vec![]),
        ("c.txt.gz", b"not gzip at all".to_vec()),
        ("d.jsonl.zst", b"{\"text\": \"plain\"}".to_vec()),
        ("e.txt.gz", gzip(noise(5000))[..9000].to_vec()),
        ("f.txt", b"fine".to_vec()),
    ];
    let seen = read(&files, &ReadOptions::default());
    for (seen, start) in seen.iter().zip([
        "a.txt.gz@0 ReadError: cannot open: the file is empty, not compressed data",
        "b.jsonl.zst@0 ReadError: cannot open: the file is empty, not compressed data",
        "c.txt.gz@0 not gzip at all",
        "d.jsonl.zst#1@0 {\"text\": \"plain\"}",
        "e.txt.gz@0 ReadError: cannot read past byte ",
        "f.txt@0 fine",
    ]) {
        assert!(seen.starts_with(start), "{seen}");
    }
    assert_eq!(seen.len(), files.len());
}

#[test]
fn a_file_that_went_away_is_one_reject() {
    let root = tempfile::tempdir().unwrap();
    for name in ["a.txt", "b.txt"] {
        fs::write(root.path().join(name), name).unwrap();
    }
    let options = ReadOptions::default();
    let records = Records::new(discover(&[root.path().into()], &options).unwrap(), &options);
    fs::remove_file(root.path().join("a.txt")).unwrap();
    let seen: Vec<_> = records.map(|record| shown(root.path(), &record)).collect();
    assert!(seen[0].starts_with("a.txt@0 ReadError: cannot open: No such file"), "{seen:?}");
    assert_eq!(seen[1], "b.txt@0 b.txt");
}

#[test]
fn what_is_too_large_is_passed_over() {
    let options = ReadOptions { max_article_bytes: 10, ..ReadOptions::default() };
    let limit = options.max_line_bytes();
    let lines = format!("{{1}}\n{}\n{{3}}\n", "x".repeat(limit + 1));
    let files =
        [("a.jsonl.gz", gzip(lines)), ("b.txt.zst", zstd(vec![b'x'; 1 << 20])), ("c.txt", b"0123456789".to_vec())];
    assert_eq!(
        read(&files, &options),
        [
            "a.jsonl.gz#1@0 {1}".to_owned(),
            format!("a.jsonl.gz#2@4 TooLarge: a record of {} bytes is over the limit of {limit}", limit + 1),
            format!("a.jsonl.gz#3@{} {{3}}", limit + 6),
            "b.txt.zst@0 TooLarge: the text is over the limit of 10 bytes".to_owned(),
            "c.txt@0 0123456789".to_owned(),
        ]
    );
}

#[test]
fn a_text_over_the_limit_is_known_by_its_name() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("a.txt");
    fs::write(&file, "x".repeat(1000)).unwrap();
    let options = ReadOptions { max_article_bytes: 500, ..ReadOptions::default() };
    let reject = Records::new(discover(&[file], &options).unwrap(), &options).next().unwrap().unwrap_err();
    assert_eq!((reject.id.as_deref(), reject.excerpt().len()), (Some("a.txt"), 200));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn archives_give_back_what_was_packed(parts in prop::collection::vec("[a-z\n]{0,40}", 1..5)) {
        let pack = |encode: fn(&String) -> Vec<u8>| parts.iter().flat_map(encode).collect::<Vec<u8>>();
        let text = parts.concat();
        let expected: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
        for (name, bytes) in [("a.jsonl.gz", pack(|part| gzip(part))), ("a.jsonl.zst", pack(|part| zstd(part)))] {
            let seen = read(&[(name, bytes)], &ReadOptions::default());
            let records: Vec<_> = seen.iter().filter_map(|record| Some(record.split_once(' ')?.1)).collect();
            prop_assert_eq!(&records, &expected);
        }
    }
}

#[test]
fn records_can_be_read_on_another_thread() {
    fn sendable<T: Send>() {}
    sendable::<Records>();
}
