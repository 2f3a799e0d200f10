use std::path::Path;

use serde_json::json;

use super::*;
use crate::article::Article;
use crate::mentions::ArticleMentions;
use crate::outcome::Outcome;
use crate::read::{Followed, ReadOptions, Records, Reject, discover};
use crate::write::identity::InputIdentity;
use crate::write::lines::{LineOptions, render};
use crate::write::recording_disk::RecordingDisk;

/// Seven records: the third is invalid, and the last has the text and id of the first.
fn input(root: &Path) -> PathBuf {
    let text = |number: usize| format!("{{\"id\": \"{}\", \"text\": \"Rain {}.\"}}", number % 6, number % 6);
    let lines: Vec<String> =
        (0..7).map(|number| if number == 2 { "no JSON".to_owned() } else { text(number) }).collect();
    let path = root.join("in.jsonl");
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn plan(root: &Path) -> ShardPlan {
    ShardPlan {
        directory: root.join("out"),
        size: 3,
        compression: OutputCompression::Plain,
        spans: false,
        format: OutputFormat::JsonLines,
        parquet: ParquetContent::default(),
    }
}

fn identity() -> Identity {
    let made_with = json!({"settings": {"a": 1}}).as_object().unwrap().clone();
    Identity { made_with, inputs: vec![InputIdentity { path: "in.jsonl".into(), ..Default::default() }] }
}

fn records(input: &Path, ledger: &Ledger, first: u32) -> Followed<Records> {
    let options = ReadOptions::default();
    let inputs = discover(&[input.to_owned()], &options).unwrap();
    ledger.follow(Records::new(inputs, &options).tracked(ledger, first))
}

fn rendered(record: std::result::Result<crate::read::RawRecord, Reject>) -> Rendered {
    let options = LineOptions { articles: true, ..LineOptions::default() };
    let article: std::result::Result<Article, Reject> = record.and_then(|record| record.parse(&ReadOptions::default()));
    let outcome = match &article {
        Err(reject) => Outcome::Rejected(reject),
        Ok(article) => Outcome::Processed(ArticleMentions {
            article,
            language: None,
            sentences: Vec::new(),
            tokens: 0,
            found: Vec::new(),
            mentions: Vec::new(),
        }),
    };
    render(&outcome, None, &options).unwrap()
}

/// Writes all missing shards.
fn run(root: &Path, disk: RecordingDisk, existing: Existing) -> Result<Manifest> {
    let (input, ledger) = (input(root), Ledger::new(Some(3)));
    let mut shards = Shards::open_on(Arc::new(disk), plan(root), existing, identity(), ledger.clone())?;
    let end = shards.manifest().end().cloned();
    let mut records = records(&input, &ledger, 0);
    if let Some(end) = end {
        records.skip_to(&end, end.records, &input)?;
    }
    records.try_for_each(|record| shards.write(&rendered(record)))?;
    shards.complete()
}

/// Names and contents of the files of a run; the manifest without times.
fn files(root: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(root.join("out")).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let (name, mut text) =
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap());
        if name == MANIFEST {
            let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
            for time in ["started", "finished", "resumed"] {
                manifest[time].take();
            }
            text = manifest.to_string();
        }
        (name, text)
    };
    let mut files: Vec<_> = entries.map(read).collect();
    files.sort();
    files
}

#[test]
fn a_shard_is_durable_before_the_journal_names_it() {
    let root = tempfile::tempdir().unwrap();
    let disk = RecordingDisk::default();
    let done = Arc::clone(&disk.done);
    run(root.path(), disk, Existing::Refuse).unwrap();
    let manifest = [
        "create manifest.json.part",
        "write manifest.json.part",
        "write manifest.json.part",
        "sync manifest.json.part",
        "rename manifest.json",
        "sync dir",
    ];
    let mut expected: Vec<String> = manifest.map(str::to_owned).to_vec();
    expected.extend(["create manifest-journal.jsonl", "sync dir"].map(str::to_owned));
    for (number, kinds) in
        [(0, &["mentions", "articles", "rejects"][..]), (1, &["mentions", "articles"]), (2, &["mentions", "articles"])]
    {
        let part = |what: &str, kind: &str| format!("{what} {kind}-{number:05}.jsonl.part");
        expected.extend(kinds.iter().map(|kind| part("create", kind)));
        for kind in kinds {
            // There are no mentions to write.
            expected.extend((*kind != "mentions").then(|| part("write", kind)));
            expected.push(part("sync", kind));
        }
        expected.extend(kinds.iter().map(|kind| format!("rename {kind}-{number:05}.jsonl")));
        expected.push("sync dir".to_owned());
        expected.extend(["write manifest-journal.jsonl", "sync manifest-journal.jsonl"].map(str::to_owned));
    }
    expected.extend(manifest.map(str::to_owned));
    expected.push("remove manifest-journal.jsonl".to_owned());
    assert_eq!(*done.lock().unwrap(), expected);
}

/// Whichever operation fails, a resumed run ends with the files of an uninterrupted one.
#[test]
fn a_run_survives_the_failure_of_any_operation() {
    let root = tempfile::tempdir().unwrap();
    let disk = RecordingDisk::default();
    let done = Arc::clone(&disk.done);
    run(root.path(), disk, Existing::Refuse).unwrap();
    let (operations, expected) = (done.lock().unwrap().len(), files(root.path()));
    for fails_at in 0..operations {
        std::fs::remove_dir_all(root.path().join("out")).unwrap();
        let disk = RecordingDisk { fails_at: Some(fails_at), ..RecordingDisk::default() };
        let error = run(root.path(), disk, Existing::Refuse).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Output, "{error}");
        if let Some(manifest) = Manifest::read(&root.path().join("out")).unwrap() {
            manifest.check_files(&root.path().join("out")).unwrap();
        }
        let manifest = run(root.path(), RecordingDisk::default(), Existing::Resume).unwrap();
        assert_eq!(manifest.state, State::Complete);
        assert_eq!(files(root.path()), expected, "stopped at operation {fails_at}");
    }
}

/// A killed run leaves a journal that may be truncated anywhere, or whose entries are already in the manifest.
#[test]
fn a_journal_is_read_up_to_the_first_damaged_line() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let whole = run(root.path(), RecordingDisk::default(), Existing::Refuse).unwrap();
    let expected = files(root.path());
    std::fs::remove_dir_all(&out).unwrap();
    let (input, ledger) = (input(root.path()), Ledger::new(Some(3)));
    let mut shards = Shards::open(plan(root.path()), Existing::Refuse, identity(), ledger.clone()).unwrap();
    records(&input, &ledger, 0).try_for_each(|record| shards.write(&rendered(record))).unwrap();
    drop(shards);
    let (begun, journal) = (std::fs::read(out.join(MANIFEST)).unwrap(), std::fs::read(out.join(JOURNAL)).unwrap());
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &journal).map(|at| at + 1).collect();
    assert_eq!(ends.len(), 2, "the third shard is not full");
    for length in (0..=journal.len()).step_by(7).chain(ends.iter().flat_map(|&end| [end - 1, end])) {
        std::fs::write(out.join(JOURNAL), &journal[..length]).unwrap();
        let manifest = Manifest::read(&out).unwrap().unwrap();
        assert_eq!(manifest.shards.len(), ends.iter().filter(|&&end| end <= length).count(), "{length} bytes");
        assert_eq!(manifest.shards[..], whole.shards[..manifest.shards.len()]);
    }
    // Some blocks of the last line did not reach the disk.
    let holed = [&journal[..ends[0]], &[0; 40], &journal[ends[0] + 40..]].concat();
    std::fs::write(out.join(JOURNAL), holed).unwrap();
    assert_eq!(Manifest::read(&out).unwrap().unwrap().shards.len(), 1);
    // Whatever a power failure has left, the complete lines before it count.
    for (other, whole) in [
        ([&journal[..], b"\0\n{}\n"].concat(), 2),
        ([&journal[..ends[0]], b"{}\n", &journal[ends[0]..]].concat(), 1),
        (journal[ends[0]..].to_vec(), 0),
    ] {
        std::fs::write(out.join(JOURNAL), other).unwrap();
        assert_eq!(Manifest::read(&out).unwrap().unwrap().shards.len(), whole);
        run(root.path(), RecordingDisk::default(), Existing::Resume).unwrap();
        assert_eq!(files(root.path()), expected);
        std::fs::write(out.join(MANIFEST), &begun).unwrap();
    }
    // The run was killed after its journal was merged and before it created the next one.
    std::fs::write(out.join(JOURNAL), &journal).unwrap();
    drop(Shards::open(plan(root.path()), Existing::Resume, identity(), Ledger::new(Some(3))).unwrap());
    assert_eq!(std::fs::read(out.join(JOURNAL)).unwrap(), b"");
    std::fs::write(out.join(JOURNAL), &journal).unwrap();
    assert_eq!(Manifest::read(&out).unwrap().unwrap().shards[..], whole.shards[..2]);
    run(root.path(), RecordingDisk::default(), Existing::Resume).unwrap();
    assert_eq!(files(root.path()), expected);
    // The same for a complete run.
    std::fs::write(out.join(JOURNAL), &journal).unwrap();
    assert_eq!(Manifest::read(&out).unwrap().unwrap().shards, whole.shards);
    let shards = Shards::open(plan(root.path()), Existing::Resume, identity(), Ledger::new(Some(3))).unwrap();
    assert_eq!(shards.manifest().state, State::Complete);
    drop(shards);
    assert_eq!(files(root.path()), expected);
}

/// No byte is written again for an earlier shard.
#[test]
fn the_cost_of_a_shard_does_not_grow_with_their_number() {
    let root = tempfile::tempdir().unwrap();
    let lines: String = (0..400).map(|number| format!("{{\"id\": \"{number:03}\", \"text\": \"Rain.\"}}\n")).collect();
    let input = root.path().join("many.jsonl");
    std::fs::write(&input, lines).unwrap();
    let (ledger, plan) = (Ledger::new(Some(1)), ShardPlan { size: 1, ..plan(root.path()) });
    let disk = RecordingDisk::default();
    let done = Arc::clone(&disk.done);
    let mut shards = Shards::open_on(Arc::new(disk), plan, Existing::Refuse, identity(), ledger.clone()).unwrap();
    let mut costs = Vec::new();
    for record in records(&input, &ledger, 0) {
        let (operations, bytes) = (done.lock().unwrap().len(), journal_bytes(root.path()));
        shards.write(&rendered(record)).unwrap();
        costs.push((done.lock().unwrap().len() - operations, journal_bytes(root.path()) - bytes));
    }
    let (first, last) = (costs[1], costs[399]);
    // Later numbers have more digits.
    assert!(first.0 == last.0 && last.1 <= first.1 + 20, "{first:?}, {last:?}");
    assert_eq!(shards.complete().unwrap().shards.len(), 400);
}

fn journal_bytes(root: &Path) -> u64 {
    std::fs::metadata(root.join("out").join(JOURNAL)).map_or(0, |meta| meta.len())
}

/// The same for a resumed run, whose first step, merging the journal, may also fail.
#[test]
fn a_resumed_run_survives_the_failure_of_any_operation() {
    let root = tempfile::tempdir().unwrap();
    let (half, out) = (root.path().join("half"), root.path().join("out"));
    run(root.path(), RecordingDisk::default(), Existing::Refuse).unwrap();
    let expected = files(root.path());
    std::fs::remove_dir_all(&out).unwrap();
    // Killed after the second shard.
    let (input, ledger) = (input(root.path()), Ledger::new(Some(3)));
    let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
    let mut shards = Shards::open_on(disk, plan(root.path()), Existing::Refuse, identity(), ledger.clone()).unwrap();
    records(&input, &ledger, 0).take(6).try_for_each(|record| shards.write(&rendered(record))).unwrap();
    drop(shards);
    std::fs::rename(&out, &half).unwrap();
    let begin = || {
        let _ = std::fs::remove_dir_all(&out);
        std::fs::create_dir(&out).unwrap();
        for entry in std::fs::read_dir(&half).unwrap().map(|entry| entry.unwrap().path()) {
            std::fs::copy(&entry, out.join(entry.file_name().unwrap())).unwrap();
        }
    };
    begin();
    let disk = RecordingDisk::default();
    let done = Arc::clone(&disk.done);
    run(root.path(), disk, Existing::Resume).unwrap();
    assert_eq!(files(root.path()), expected);
    let operations = done.lock().unwrap().len();
    assert!(operations > 15, "{operations}");
    for fails_at in 0..operations {
        begin();
        let disk = RecordingDisk { fails_at: Some(fails_at), ..RecordingDisk::default() };
        run(root.path(), disk, Existing::Resume).unwrap_err();
        assert!(Manifest::read(&out).unwrap().unwrap().shards.len() >= 2, "complete shards were lost at {fails_at}");
        run(root.path(), RecordingDisk::default(), Existing::Resume).unwrap();
        assert_eq!(files(root.path()), expected, "stopped at operation {fails_at}");
    }
}

/// Whichever operation fails, the old run is there or the new one is, at the latest after resuming.
#[test]
fn a_run_is_replaced_only_by_a_complete_one() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let old = |root: &Path| {
        let _ = std::fs::remove_dir_all(&out);
        run(root, RecordingDisk::default(), Existing::Refuse).unwrap();
        // Of a run with more shards.
        std::fs::write(out.join("mentions-00007.jsonl"), "old").unwrap();
    };
    old(root.path());
    let disk = RecordingDisk::default();
    let done = Arc::clone(&disk.done);
    run(root.path(), disk, Existing::Overwrite).unwrap();
    let (operations, expected) = (done.lock().unwrap().clone(), files(root.path()));
    assert!(!out.join("mentions-00007.jsonl").exists() && !out.join(".replacement").exists());
    let first_change = operations.iter().position(|operation| operation == "remove manifest.json").unwrap();
    for fails_at in 0..operations.len() {
        old(root.path());
        let disk = RecordingDisk { fails_at: Some(fails_at), ..RecordingDisk::default() };
        run(root.path(), disk, Existing::Overwrite).unwrap_err();
        if fails_at <= first_change {
            let manifest = Manifest::read(&out).unwrap().unwrap();
            assert_eq!(manifest.state, State::Complete, "{fails_at}");
            assert!(manifest.check_files(&out).is_ok() && out.join("mentions-00007.jsonl").exists());
        }
        let is_pending = out.join(".replacement").join(MANIFEST).exists();
        let existing = if is_pending || fails_at > first_change { Existing::Resume } else { Existing::Overwrite };
        run(root.path(), RecordingDisk::default(), existing).unwrap();
        assert_eq!(files(root.path()), expected, "stopped at operation {fails_at}");
    }
}

#[test]
fn the_manifest_accounts_for_every_record() {
    let root = tempfile::tempdir().unwrap();
    let manifest = run(root.path(), RecordingDisk::default(), Existing::Refuse).unwrap();
    let counts = manifest.totals.counts;
    assert_eq!((counts.records, counts.written, counts.rejected, counts.skipped), (7, 6, 1, 0));
    assert_eq!(manifest.inputs[0].counts, counts);
    assert_eq!(manifest.totals.duplicate_ids.records, 1);
    let read = manifest.inputs[0].read.as_ref().unwrap();
    assert_eq!(read.records, 7);
    assert_eq!(read.sha256, Some(crate::hash::sha256_file(&root.path().join("in.jsonl")).unwrap()));
    let shape: Vec<_> =
        manifest.shards.iter().map(|shard| (shard.first_record, shard.counts.records, shard.files.len())).collect();
    assert_eq!(shape, [(0, 3, 3), (3, 3, 2), (6, 1, 2)]);
    for file in manifest.files() {
        let path = root.path().join("out").join(&file.name);
        assert_eq!(file.sha256, crate::hash::sha256_file(&path).unwrap());
        assert_eq!(file.lines, std::fs::read_to_string(path).unwrap().lines().count() as u64);
    }
    let copies = std::fs::read_to_string(root.path().join("out/articles-00002.jsonl")).unwrap();
    assert!(copies.contains("\"copy_of\":\"0\""), "{copies}");
}

/// Records that never reach the writer are not in its counts, but must be detected.
#[test]
fn a_lost_or_duplicated_record_fails_the_run() {
    for (lost, doubled) in [(Some(4), None), (None, Some(5)), (Some(6), None)] {
        let root = tempfile::tempdir().unwrap();
        let (input, ledger) = (input(root.path()), Ledger::new(Some(3)));
        let mut shards = Shards::open(plan(root.path()), Existing::Refuse, identity(), ledger.clone()).unwrap();
        for (number, record) in records(&input, &ledger, 0).enumerate() {
            let rendered = rendered(record);
            let times = if lost == Some(number) {
                0
            } else if doubled == Some(number) {
                2
            } else {
                1
            };
            (0..times).for_each(|_| shards.write(&rendered).unwrap());
        }
        let failure = shards.complete().unwrap_err().to_string();
        assert!(failure.contains("in.jsonl: 7 records were read, but"), "{failure}");
        assert_eq!(Manifest::read(&root.path().join("out")).unwrap().unwrap().state, State::Running);
    }
}

#[test]
fn a_lost_line_fails_the_run() {
    let root = tempfile::tempdir().unwrap();
    let (input, ledger) = (input(root.path()), Ledger::new(Some(3)));
    let mut shards = Shards::open(plan(root.path()), Existing::Refuse, identity(), ledger.clone()).unwrap();
    let mut failed = None;
    for record in records(&input, &ledger, 0) {
        let mut rendered = rendered(record);
        rendered.rejects.clear();
        failed = shards.write(&rendered).err();
        if failed.is_some() {
            break;
        }
    }
    let failure = failed.unwrap().to_string();
    assert!(failure.contains("rejects-00000.jsonl: 0 lines were written, but 1 were expected"), "{failure}");
}

#[test]
fn a_directory_in_use_or_with_other_files_is_not_overwritten() {
    let root = tempfile::tempdir().unwrap();
    let open = |existing, identity| Shards::open(plan(root.path()), existing, identity, Ledger::new(Some(3)));
    let first = open(Existing::Refuse, identity()).unwrap();
    let failure = open(Existing::Resume, identity()).unwrap_err().to_string();
    assert!(failure.contains("another run is writing to this directory"), "{failure}");
    drop(first);
    run(root.path(), RecordingDisk::default(), Existing::Resume).unwrap();
    let failure = open(Existing::Refuse, identity()).unwrap_err().to_string();
    assert!(failure.contains("already holds a run") && failure.contains("resume it, overwrite it"), "{failure}");
    let mut other = identity();
    other.made_with["settings"]["a"] = 2.into();
    let failure = open(Existing::Resume, other).unwrap_err().to_string();
    assert!(failure.contains("settings.a: was 1, is 2"), "{failure}");
    let file = root.path().join("out/articles-00001.jsonl");
    std::fs::write(&file, "shorter").unwrap();
    let failure = open(Existing::Resume, identity()).unwrap_err().to_string();
    assert!(failure.contains("articles-00001.jsonl: a file of a complete shard has 7 bytes instead of"), "{failure}");
    std::fs::remove_file(&file).unwrap();
    assert!(open(Existing::Resume, identity()).unwrap_err().to_string().contains("is missing"));
    std::fs::remove_file(root.path().join("out").join(MANIFEST)).unwrap();
    let failure = open(Existing::Resume, identity()).unwrap_err().to_string();
    assert!(failure.contains("but no manifest"), "{failure}");
    std::fs::write(root.path().join("out/notes.txt"), "mine").unwrap();
    run(root.path(), RecordingDisk::default(), Existing::Overwrite).unwrap();
    assert!(root.path().join("out/notes.txt").exists(), "files of others are kept");
}
