//! What a run leaves when a signal or a full disk stops it.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use super::common::{Desk, command, namewire, namewire_with_input, tiny};
use super::sharded_run::{assert_same_files, contents, dump, end_of, shards, signal, wait_for_shards};

#[cfg(unix)]
#[test]
fn a_signal_stops_a_run_cleanly() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let desk = Desk::new();
        let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
        let text = dump(200);
        namewire_with_input(&shards("-", &tiny, &undisturbed, &[]), text.as_bytes()).exits(1);
        let spawn = |args: &[&str]| {
            let mut child =
                command(args).stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let mut pipe = child.stdin.take().unwrap();
            pipe.write_all(&text.as_bytes()[..text.len() / 2]).unwrap();
            (child, pipe)
        };
        // The rest never arrives: the incomplete shard is dropped.
        let (mut child, _pipe) = spawn(&shards("-", &tiny, &out, &[]));
        wait_for_shards(&mut child, &out, 2);
        signal(&child, name);
        let run = end_of(child);
        assert_eq!(run.code, code, "{}", run.stderr);
        run.says(&[
            "once more stops at once",
            "stopped after 80 records",
            "2 shards are complete; to resume",
            "--quiet --resume",
        ]);
        let manifest = desk.json("out/manifest.json");
        assert_eq!((&manifest["state"], manifest["finished"].is_null()), (&"stopped".into(), true));
        assert!(!contents(&out).iter().any(|(name, _)| name.ends_with(".part")));
        namewire_with_input(&shards("-", &tiny, &out, &["--resume"]), text.as_bytes()).exits(1);
        assert_same_files(&out, &contents(&undisturbed));

        // A single file stays under its temporary name.
        let single = desk.path("m.jsonl");
        let (child, _pipe) = spawn(&["extract", "-", "--out", &single, "--device", "stub", "--model", &tiny]);
        while !desk.has("m.jsonl.part") {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(&child, name);
        let run = end_of(child);
        assert_eq!(run.code, code, "{}", run.stderr);
        run.says(&["m.jsonl.part", "single files cannot be resumed", "--shard-size"]);
        assert!(desk.has("m.jsonl.part") && !desk.has("m.jsonl"));
    }
}

/// A limit on file sizes simulates a disk that fills up within a shard.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_only_the_incomplete_shard() {
    let desk = Desk::new();
    let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let mut text = dump(160);
    let long = json!({"id": "long", "text": "Émile Tessier came to Dorvale, and Anna Berg left. ".repeat(4000)});
    text.insert_str(text.match_indices('\n').nth(100).unwrap().0 + 1, &format!("{long}\n"));
    let input = desk.write("in.jsonl", text);
    namewire(&shards(&input, &tiny, &undisturbed, &[])).exits(1);
    // SIGXFSZ (25) is ignored, so that the write fails instead of ending the process.
    let limited = |args: &[&str]| {
        let mut shell = std::process::Command::new("sh");
        let shell =
            shell.args(["-c", "trap '' 25; ulimit -f 1000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_namewire")]);
        end_of(shell.args(args).env_remove("RUST_LOG").stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    };
    let run = limited(&shards(&input, &tiny, &out, &[])).exits(2);
    run.says(&["00002.jsonl: cannot write the output", "File too large", "2 shards are complete; to resume"]);
    assert!(!contents(&out).iter().any(|(name, _)| name.ends_with(".part")));
    namewire(&shards(&input, &tiny, &out, &["--resume"])).exits(1);
    assert_same_files(&out, &contents(&undisturbed));
    let single = desk.path("m.jsonl");
    let run = limited(&["extract", &input, "--out", &single, "--device", "stub", "--model", &tiny]).exits(2);
    run.says(&["m.jsonl: cannot write the output"]);
    assert!(!desk.has("m.jsonl") && !desk.has("m.jsonl.part"));
}
