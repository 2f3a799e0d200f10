//! A run that was killed and resumed writes the same bytes as an uninterrupted one.

use std::io::Write;
use std::process::{Command, Stdio};

use super::common::{Desk, command, namewire, namewire_with_input, tiny};
use super::sharded_run::{
    assert_same_files, complete_shards, contents, dump, end_of, shards, signal, total, wait_for_shards,
};

/// Reads from a named pipe, which ends after the records that a run is to complete: it is always killed before its end.
/// `scripts/chaos` does the same at random moments, for longer.
#[cfg(unix)]
#[test]
fn a_run_that_is_killed_repeatedly_writes_the_same_bytes() {
    let parquet = &["--output-format", "parquet"][..];
    for (name, flags) in [("in.jsonl", &[][..]), ("in.jsonl.zst", &["--compress", "zst"]), ("in.jsonl", parquet)] {
        let desk = Desk::new();
        let (tiny, out, uninterrupted) = (tiny(), desk.path("out"), desk.path("uninterrupted"));
        let text = dump(600);
        let input = desk.path(name);
        assert!(Command::new("mkfifo").arg(&input).status().unwrap().success());
        let part = |records: usize| {
            let end = text.match_indices('\n').nth(records - 1).unwrap().0 + 1;
            if name.ends_with("zst") {
                zstd::encode_all(&text.as_bytes()[..end], 1).unwrap()
            } else {
                text[..end].into()
            }
        };
        let start = |args: &[&str], records: usize| {
            let child = command(args).stderr(Stdio::piped()).spawn().unwrap();
            let mut pipe = std::fs::File::create(&input).unwrap();
            let bytes = part(records);
            // A run that is killed does not read everything.
            let writer = std::thread::spawn(move || pipe.write_all(&bytes).map(|()| pipe));
            (child, writer)
        };
        let (child, writer) = start(&shards(&input, &tiny, &uninterrupted, flags), 600);
        drop(writer.join().unwrap());
        assert_eq!(end_of(child).code, 1);
        let flags = [flags, &["--resume"]].concat();
        for (complete, before) in [(2, 0), (3, 2), (9, 3)] {
            // As many records as go on beyond the shard that is waited for.
            let (mut child, writer) = start(&shards(&input, &tiny, &out, &flags), complete * 40 + 30);
            wait_for_shards(&mut child, &out, complete);
            assert!(complete_shards(&out) >= complete, "{name}: the run ended by itself after {before} shards");
            child.kill().unwrap();
            let _ = end_of(child);
            let _ = writer.join().unwrap();
        }
        let (child, writer) = start(&shards(&input, &tiny, &out, &flags), 600);
        drop(writer.join().unwrap());
        let run = end_of(child);
        assert_eq!(run.code, 1, "{}", run.stderr);
        run.says(&["resuming after 9 complete shards of 360 records"]);
        assert_same_files(&out, &contents(&uninterrupted));
    }
}

/// A run that is to replace another one is killed, and resumed.
#[test]
fn a_run_is_replaced_only_when_the_new_one_is_complete() {
    let desk = Desk::new();
    let (tiny, out, uninterrupted) = (tiny(), desk.path("out"), desk.path("uninterrupted"));
    let text = dump(200);
    namewire_with_input(&shards("-", &tiny, &uninterrupted, &["--context"]), text.as_bytes()).exits(1);
    namewire_with_input(&shards("-", &tiny, &out, &[]), text.as_bytes()).exits(1);
    let old = contents(&out);
    let mut child = command(&shards("-", &tiny, &out, &["--context", "--overwrite"]));
    let mut child = child.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&text.as_bytes()[..text.len() / 2]).unwrap();
    wait_for_shards(&mut child, &desk.path("out/.replacement"), 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let without_staging = |dir: &str| {
        std::fs::rename(desk.path("out/.replacement"), desk.path("staged")).unwrap();
        let files = contents(dir);
        std::fs::rename(desk.path("staged"), desk.path("out/.replacement")).unwrap();
        files
    };
    assert!(without_staging(&out) == old);
    let resumed = shards("-", &tiny, &out, &["--context", "--resume"]);
    namewire_with_input(&resumed, text.as_bytes()).exits(1).says(&["resuming after 2 complete shards"]);
    assert_same_files(&out, &contents(&uninterrupted));
}

/// Which records are sampled depends on the number of records before them, including those of other inputs.
#[test]
fn a_sample_is_the_same_after_resuming() {
    let desk = Desk::new();
    let (tiny, out, uninterrupted) = (tiny(), desk.path("out"), desk.path("uninterrupted"));
    let (first, second) = (desk.write("1.jsonl", dump(300)), desk.write("2.jsonl", dump(900)));
    let selected = [second.as_str(), "--sample", "0.7", "--seed", "3", "--limit", "700"];
    namewire(&shards(&first, &tiny, &uninterrupted, &selected)).exits(1);
    assert_eq!(total(&uninterrupted, "records"), 700);
    let mut child = command(&shards(&first, &tiny, &out, &selected)).stderr(Stdio::null()).spawn().unwrap();
    // 400 records: about 210 of them are from the first input.
    wait_for_shards(&mut child, &out, 10);
    child.kill().unwrap();
    child.wait().unwrap();
    namewire(&shards(&first, &tiny, &out, &[&selected[..], &["--resume"]].concat())).exits(1).says(&["resuming after"]);
    assert_same_files(&out, &contents(&uninterrupted));
    let fewer = [second.as_str(), "--sample", "0.7", "--seed", "3", "--limit", "600", "--resume"];
    namewire(&shards(&first, &tiny, &out, &fewer)).exits(2).says(&["limit"]);
}

/// Piped records before the position are read again and compared.
#[test]
fn a_run_on_standard_input_can_be_resumed() {
    let desk = Desk::new();
    let (tiny, out, uninterrupted) = (tiny(), desk.path("out"), desk.path("uninterrupted"));
    let text = dump(200);
    namewire_with_input(&shards("-", &tiny, &uninterrupted, &[]), text.as_bytes()).exits(1);
    // The pipe holds half of the dump and stays open.
    let mut child = command(&shards("-", &tiny, &out, &[])).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&text.as_bytes()[..text.len() / 2]).unwrap();
    wait_for_shards(&mut child, &out, 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let other = text.replacen("day 0", "day 1", 1);
    let run = namewire_with_input(&shards("-", &tiny, &out, &["--resume"]), other.as_bytes()).exits(2);
    run.says(&["-: the run cannot be resumed", "records are not those that the run has read"]);
    let run = namewire_with_input(&shards("-", &tiny, &out, &["--resume"]), text.as_bytes()).exits(1);
    run.says(&["resuming after 2 complete shards of 80 records"]);
    assert_same_files(&out, &contents(&uninterrupted));
}

/// The limits derived from a bound on memory vary with what is loaded; a resumed run must keep those of the first.
#[cfg(unix)]
#[test]
fn a_run_with_a_memory_bound_can_be_resumed() {
    let desk = Desk::new();
    let (tiny, input) = (tiny(), desk.write("in.jsonl", dump(2000)));
    let whole = desk.path("whole");
    let bound = ["--memory", "700MiB"];
    namewire(&shards(&input, &tiny, &whole, &bound)).exits(1);
    let manifest = desk.json("whole/manifest.json");
    // The bound has an effect.
    assert!(manifest["settings"]["max_article_bytes"].as_u64().unwrap() < 16 << 20, "{manifest}");
    let out = desk.path("out");
    let mut child = command(&shards(&input, &tiny, &out, &bound)).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_shards(&mut child, &out, 2);
    signal(&child, "KILL");
    child.wait().unwrap();
    namewire(&shards(&input, &tiny, &out, &[&bound[..], &["--resume"]].concat())).exits(1).says(&["resuming after"]);
    assert_same_files(&out, &contents(&whole));
}
