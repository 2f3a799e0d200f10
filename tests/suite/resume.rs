//! A run that was killed and resumed writes the same bytes as an uninterrupted one.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use super::common::{Desk, command, namewire, namewire_with_input, tiny};
use super::sharded_run::{
    assert_same_files, complete_shards, contents, dump, end_of, shards, signal, total, wait_for_shards,
};

/// `scripts/chaos` does the same for longer.
#[test]
fn a_run_that_is_killed_repeatedly_writes_the_same_bytes() {
    for (name, flags) in [("in.jsonl", &[][..]), ("in.jsonl.zst", &["--compress", "zst"])] {
        let desk = Desk::new();
        let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
        let text = dump(1200);
        let is_zst = name.ends_with("zst");
        let text = if is_zst { zstd::encode_all(text.as_bytes(), 1).unwrap() } else { text.into_bytes() };
        let input = desk.write(name, text);
        namewire(&shards(&input, &tiny, &undisturbed, flags)).exits(1);
        let expected = contents(&undisturbed);
        let mut kills = 0;
        for round in 0.. {
            let flags = [flags, &["--resume"]].concat();
            let before = complete_shards(&out);
            let mut child = command(&shards(&input, &tiny, &out, &flags)).stderr(Stdio::piped()).spawn().unwrap();
            wait_for_shards(&mut child, &out, before + 3);
            std::thread::sleep(Duration::from_millis(round % 5));
            let _ = child.kill();
            let run = end_of(child);
            if run.code == -1 {
                kills += 1;
                continue;
            }
            assert_eq!(run.code, 1, "{}", run.stderr);
            // It may have been complete when it was killed.
            if !run.stderr.contains("the run is complete") {
                run.says(&[&format!("resuming after {before} complete shards of {} records", before * 40)]);
            }
            break;
        }
        assert!(kills > 0, "the run ended before it could be killed");
        assert_same_files(&out, &expected);
    }
}

/// Which records are sampled depends on the number of records before them, including those of other inputs.
#[test]
fn a_sample_is_the_same_after_resuming() {
    let desk = Desk::new();
    let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let (first, second) = (desk.write("1.jsonl", dump(300)), desk.write("2.jsonl", dump(900)));
    let selected = [second.as_str(), "--sample", "0.7", "--seed", "3", "--limit", "700"];
    namewire(&shards(&first, &tiny, &undisturbed, &selected)).exits(1);
    assert_eq!(total(&undisturbed, "records"), 700);
    let mut child = command(&shards(&first, &tiny, &out, &selected)).stderr(Stdio::null()).spawn().unwrap();
    // 400 records: about 210 of them are from the first input.
    wait_for_shards(&mut child, &out, 10);
    child.kill().unwrap();
    child.wait().unwrap();
    namewire(&shards(&first, &tiny, &out, &[&selected[..], &["--resume"]].concat())).exits(1).says(&["resuming after"]);
    assert_same_files(&out, &contents(&undisturbed));
    let fewer = [second.as_str(), "--sample", "0.7", "--seed", "3", "--limit", "600", "--resume"];
    namewire(&shards(&first, &tiny, &out, &fewer)).exits(2).says(&["limit"]);
}

/// Piped records before the position are read again and compared.
#[test]
fn a_run_on_standard_input_can_be_resumed() {
    let desk = Desk::new();
    let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let text = dump(200);
    namewire_with_input(&shards("-", &tiny, &undisturbed, &[]), text.as_bytes()).exits(1);
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
    assert_same_files(&out, &contents(&undisturbed));
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
