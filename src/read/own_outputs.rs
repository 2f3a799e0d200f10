//! Outputs of namewire among the files of a directory: they are not inputs.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::json::Object;
use super::parquet::created_by;
use super::source::open_stored;

const MANIFEST: &str = "manifest.json";
const JOURNAL: &str = "manifest-journal.jsonl";
/// Bytes that tell a summary.
const SUMMARY_BYTES: u64 = 64;
/// Maximum length of a first line that is looked at; longer ones are of no output.
const MAX_LINE_BYTES: u64 = 64 << 10;
/// The first names of the objects that namewire writes: mentions, spans, articles, rejects.
const OWN_NAMES: &[&[&str]] = &[
    &["doc_id", "field", "start", "end"],
    &["doc_id", "input", "field", "start"],
    &["doc_id", "input", "status", "reason"],
    &["input", "line", "byte", "id", "reason"],
    &["input", "line", "nth", "byte", "id", "reason"],
];

#[derive(Deserialize)]
struct Shards {
    shards: Vec<Shard>,
}

#[derive(Deserialize)]
struct Commit {
    shard: Shard,
}

#[derive(Deserialize)]
struct Shard {
    files: Vec<ShardFile>,
}

#[derive(Deserialize)]
struct ShardFile {
    name: String,
}

/// The files that a manifest and its journal in this directory list, with these two; none where there is no manifest
/// that namewire wrote.
pub(super) fn of_shards(folder: &Path) -> HashSet<PathBuf> {
    let Some(manifest) = fs::read(folder.join(MANIFEST)).ok().and_then(|text| serde_json::from_slice(&text).ok())
    else {
        return HashSet::new();
    };
    let Shards { mut shards } = manifest;
    let journal = fs::read_to_string(folder.join(JOURNAL)).unwrap_or_default();
    shards.extend(
        journal.lines().filter_map(|line| serde_json::from_str::<Commit>(line).ok()).map(|commit| commit.shard),
    );
    let files = shards.iter().flat_map(|shard| &shard.files).map(|file| file.name.as_str());
    files.chain([MANIFEST, JOURNAL]).map(|name| folder.join(name)).collect()
}

/// What the first line of a file shows it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// namewire has written it.
    Namewire,
    /// Somebody else has.
    Other,
    /// Nobody can tell: it is empty.
    Nobody,
}

/// Who has written a Parquet file.
pub(super) fn parquet_owner(path: &Path) -> Owner {
    let is_own = created_by(path).is_some_and(|program| program.starts_with("namewire "));
    if is_own { Owner::Namewire } else { Owner::Other }
}

/// Who has written a file, by its first line.
pub(super) fn owner(path: &Path) -> Owner {
    let mut line = Vec::new();
    let read = open_stored(path).and_then(|file| file.take(MAX_LINE_BYTES).read_until(b'\n', &mut line));
    let Some(line) = read.ok().and_then(|_| std::str::from_utf8(&line).ok()) else { return Owner::Other };
    let is_own = match line.trim() {
        "" if line.is_empty() => return Owner::Nobody,
        "{" => is_summary(path),
        line => Object::parse(line, &[])
            .is_ok_and(|object| OWN_NAMES.iter().any(|own| object.names().take(own.len()).eq(own.iter().copied()))),
    };
    if is_own { Owner::Namewire } else { Owner::Other }
}

/// Whether a file of several lines is the summary of a run.
fn is_summary(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = open_stored(path).and_then(|file| file.take(SUMMARY_BYTES).read_to_end(&mut start));
    start.retain(|byte| !byte.is_ascii_whitespace());
    read.is_ok() && start.starts_with(br#"{"schema_version":1,"run":{"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_known_by_their_manifest() {
        assert_eq!(MANIFEST, crate::write::MANIFEST);
        let root = tempfile::tempdir().unwrap();
        assert!(of_shards(root.path()).is_empty());
        fs::write(root.path().join(MANIFEST), r#"{"shards": [{"files": [{"name": "mentions-00000.jsonl"}]}]}"#)
            .unwrap();
        fs::write(root.path().join(JOURNAL), "{\"shard\": {\"files\": [{\"name\": \"mentions-00001.jsonl\"}]}}\n")
            .unwrap();
        let mut own: Vec<_> =
            of_shards(root.path()).into_iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        own.sort();
        assert_eq!(own, ["manifest-journal.jsonl", "manifest.json", "mentions-00000.jsonl", "mentions-00001.jsonl"]);
        fs::write(root.path().join(MANIFEST), r#"{"name": "a web app"}"#).unwrap();
        assert!(of_shards(root.path()).is_empty());
    }

    #[test]
    fn outputs_are_known_by_their_first_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (line, expected) in [
            (r#"{"doc_id":"a","field":"text","start":0,"end":4,"text":"Kyiv"}"#, Owner::Namewire),
            (r#"{"input":"a","line":null,"byte":0,"id":"a","reason":"read_error","message":""}"#, Owner::Namewire),
            (r#"{"input":"a","line":1,"nth":1,"byte":9,"id":"a","reason":"read_error"}"#, Owner::Namewire),
            (r#"{"doc_id":"a","text":"Kyiv fell."}"#, Owner::Other),
            ("{\n  \"schema_version\": 1,\n  \"run\": {\n", Owner::Namewire),
            ("{\n  \"text\": \"Kyiv fell.\"\n}", Owner::Other),
            ("no JSON", Owner::Other),
            ("", Owner::Other),
        ] {
            fs::write(file.path(), format!("{line}\n{line}\n")).unwrap();
            assert_eq!(owner(file.path()), expected, "{line}");
        }
        fs::write(file.path(), "").unwrap();
        assert_eq!(owner(file.path()), Owner::Nobody);
    }
}
