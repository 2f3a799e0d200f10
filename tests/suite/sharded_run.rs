//! Helpers for tests of directories of shards.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::common::Run;

/// A dump with an invalid record in every 50, copies of articles and repeated ids.
pub(crate) fn dump(records: usize) -> String {
    let names = ["Émile Tessier", "Dorvale", "the Harbour Board", "Anna Berg", "Lower Quay"];
    let line = |number: usize| {
        let about = number % 97;
        let (who, place) = (names[about % names.len()], names[(about + 1) % names.len()]);
        let text =
            format!("On day {about} {who} left {place} by the {about} o'clock ferry.\n\n{place} was quiet. ").repeat(3);
        match number % 50 {
            7 => "{\"id\": 7, \"text\": cut".to_owned(),
            _ => json!({"id": format!("a-{}", number % (records - 5)), "title": format!("{who} in {place}"), "text": text})
                .to_string(),
        }
    };
    (0..records).map(|number| line(number) + "\n").collect()
}

/// Arguments of a run into shards on the stub device, which is fast.
pub(crate) fn shards<'a>(input: &'a str, model: &'a str, out: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["extract", input, "--out", out, "--shard-size", "40", "--with-spans", "--device", "stub"];
    args.extend(["--model", model, "--entities", "none", "--workers", "2", "--quiet"]);
    args.extend(rest);
    args
}

/// Names and contents of all files in a directory; the manifest without times.
pub(crate) fn contents(dir: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let (name, mut bytes) =
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap());
        if name == "manifest.json" {
            let mut manifest: Value = serde_json::from_slice(&bytes).unwrap();
            for time in ["started", "resumed", "finished"] {
                manifest[time].take();
            }
            bytes = manifest.to_string().into_bytes();
        }
        files.push((name, bytes));
    }
    files.sort();
    files
}

#[track_caller]
pub(crate) fn assert_same_files(dir: &str, expected: &[(String, Vec<u8>)]) {
    let seen = contents(dir);
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&seen), names(expected));
    for ((name, seen), (_, expected)) in seen.iter().zip(expected) {
        assert!(seen == expected, "{name} differs");
    }
}

/// The number of complete shards in the manifest and its journal.
pub(crate) fn complete_shards(dir: &str) -> usize {
    let read = |name: &str| std::fs::read(Path::new(dir).join(name)).unwrap_or_default();
    // The journal first: a resumed run merges it into the manifest and starts a new one.
    let (journal, manifest) = (read("manifest-journal.jsonl"), read("manifest.json"));
    if manifest.is_empty() {
        return 0;
    }
    let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest is complete at any moment");
    let complete = &journal[..journal.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1)];
    let last: Option<Value> =
        complete.split_inclusive(|&byte| byte == b'\n').next_back().map(|line| serde_json::from_slice(line).unwrap());
    let added = last.map_or(0, |line| line["shard"]["shard"].as_u64().unwrap() as usize + 1);
    added.max(manifest["shards"].as_array().unwrap().len())
}

/// Waits until a run has `count` complete shards or has ended.
pub(crate) fn wait_for_shards(child: &mut Child, dir: &str, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while complete_shards(dir) < count && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "no shard {count} after a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

pub(crate) fn end_of(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A count in the manifest's totals.
pub(crate) fn total(dir: &str, key: &str) -> u64 {
    let text = std::fs::read(Path::new(dir).join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&text).unwrap();
    manifest["totals"][key].as_u64().unwrap()
}
