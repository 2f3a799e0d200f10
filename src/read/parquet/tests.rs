use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::article::Article;
use crate::read::{RawRecord, ReadOptions, Records, Reject, Retry, discover};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parquet")
}

fn records(path: &Path, options: &ReadOptions) -> Vec<Result<RawRecord, Reject>> {
    Records::new(discover(&[path.to_path_buf()], options).unwrap(), options).collect()
}

fn articles(path: &Path, options: &ReadOptions) -> Vec<Result<Article, Reject>> {
    records(path, options).into_iter().map(|record| record.and_then(|record| record.parse(options))).collect()
}

fn files() -> Vec<PathBuf> {
    let files = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "parquet")).collect();
    files.sort();
    assert!(files.len() > 15);
    files
}

fn options_of(path: &Path) -> ReadOptions {
    let mut options = ReadOptions::default();
    if path.ends_with("arrow_nested.parquet") {
        options.fields.text = vec!["meta.text".to_owned()];
        let path = |name: &str| Some(format!("meta.{name}"));
        let fields = &mut options.fields;
        (fields.id, fields.title, fields.date, fields.lang) = (path("id"), path("title"), path("date"), path("lang"));
    }
    options
}

#[test]
fn every_writer_codec_and_encoding_gives_the_same_articles() {
    let expected = articles(&fixtures().join("articles.jsonl"), &ReadOptions::default());
    let shown = |article: &Article| {
        let Article { id, title, text, date, lang, .. } = article;
        format!("{id} {title:?} {text} {date:?} {lang:?}")
    };
    let expected: Vec<String> = expected.iter().map(|article| shown(article.as_ref().unwrap())).collect();
    for path in files() {
        let found = articles(&path, &options_of(&path));
        let found: Vec<String> = found.iter().map(|article| shown(article.as_ref().unwrap())).collect();
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn nested_columns_are_objects_and_arrays() {
    let jsonl = std::fs::read_to_string(fixtures().join("articles.jsonl")).unwrap();
    let expected: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for name in ["arrow_nested.parquet", "polars.parquet", "duckdb.parquet"] {
        let path = fixtures().join(name);
        let options = ReadOptions { keep: vec!["source".to_owned(), "tags".to_owned()], ..options_of(&path) };
        let rows = records(&path, &options);
        let rows: Vec<Value> =
            rows.iter().map(|row| serde_json::from_slice(&row.as_ref().unwrap().bytes).unwrap()).collect();
        for (row, expected) in rows.iter().zip(&expected) {
            assert_eq!((&row["source"], &row["tags"]), (&expected["source"], &expected["tags"]), "{name}");
        }
        let options = ReadOptions { keep: vec!["source.page".to_owned()], ..options };
        let row = records(&path, &options).swap_remove(0).unwrap();
        let row: Value = serde_json::from_slice(&row.bytes).unwrap();
        assert_eq!((&row["source"], row.get("tags")), (&serde_json::json!({"page": 1}), None), "{name}");
    }
}

#[test]
fn rows_are_known_by_their_number() {
    let options = ReadOptions { keep: Vec::new(), ..ReadOptions::default() };
    let rows = records(&fixtures().join("arrow_zstd.parquet"), &options);
    let places: Vec<_> = rows.iter().map(|row| row.as_ref().unwrap().origin.line.unwrap()).collect();
    assert_eq!(places, (1..=7).collect::<Vec<_>>());
}

#[test]
fn a_file_without_the_text_says_what_it_has() {
    let mut options = ReadOptions::default();
    options.fields.text = vec!["story".to_owned()];
    let found = articles(&fixtures().join("arrow_zstd.parquet"), &options);
    assert_eq!(found.len(), 7);
    let reject = found[0].as_ref().unwrap_err();
    assert!(reject.message.contains("tried `story`") && reject.message.contains("`text`"), "{reject}");
    assert!(reject.truncated);
}

#[test]
fn rejected_rows_can_be_processed_again() {
    let root = tempfile::tempdir().unwrap();
    let mut options = ReadOptions::default();
    options.fields.text = vec!["story".to_owned()];
    let rejects: Vec<String> = articles(&fixtures().join("arrow_zstd.parquet"), &options)
        .into_iter()
        .map(|article| serde_json::to_string(&article.unwrap_err()).unwrap())
        .collect();
    let file = root.path().join("rejects.jsonl");
    std::fs::write(&file, rejects.join("\n")).unwrap();
    let options = ReadOptions::default();
    let lines = Records::new(discover(&[file], &options).unwrap(), &options);
    let again: Vec<_> =
        Retry::new(lines, &options).map(|record| record.and_then(|record| record.parse(&options))).collect();
    let ids: Vec<_> = again.iter().map(|article| article.as_ref().unwrap().id.as_str()).collect();
    assert_eq!(ids, ["n1", "n2", "n3", "n4", "n5", "n6", "n7"]);
}

/// What comes of a file: how many articles, and the messages of rejects.
fn outcome(bytes: &[u8]) -> (usize, Vec<String>) {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.parquet");
    std::fs::write(&path, bytes).unwrap();
    let found = articles(&path, &ReadOptions::default());
    let rejects = found.iter().filter_map(|article| article.as_ref().err()).map(|reject| reject.message.to_string());
    (found.iter().filter(|article| article.is_ok()).count(), rejects.collect())
}

#[test]
fn a_broken_part_costs_its_row_group_alone() {
    let mut bytes = std::fs::read(fixtures().join("arrow_none.parquet")).unwrap();
    let at = bytes.windows(5).position(|part| part == b"Sinn ").unwrap();
    // The length of the text before it.
    let start = at - "Tony Blair said in London that ".len();
    bytes[start - 4..start].copy_from_slice(&[0xFF; 4]);
    let (articles, rejects) = outcome(&bytes);
    assert_eq!((articles, rejects.len()), (4, 1), "{rejects:?}");
    assert!(rejects[0].starts_with("rows 1 to 3 cannot be read"), "{rejects:?}");
}

#[test]
fn truncated_and_changed_files_are_rejected_not_trusted() {
    let bytes = std::fs::read(fixtures().join("arrow_zstd.parquet")).unwrap();
    for length in [4, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        let (articles, rejects) = outcome(&bytes[..length]);
        assert!(articles == 0 && rejects.len() == 1, "{length}: {rejects:?}");
        assert!(rejects[0].contains("the Parquet file is broken"), "{rejects:?}");
    }
    for name in ["arrow_delta.parquet", "polars.parquet", "fastparquet.parquet"] {
        let bytes = std::fs::read(fixtures().join(name)).unwrap();
        for at in (4..bytes.len()).step_by(17) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let (articles, rejects) = outcome(&changed);
            assert!(articles + rejects.len() >= 1 && articles <= 7, "{name} at {at}: {rejects:?}");
        }
    }
}
