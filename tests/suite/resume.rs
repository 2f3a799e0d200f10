//! Runs that are killed, stopped or cut off from their disk, and go on: the bytes are those of an undisturbed run.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::common::{Desk, Run, command, namewire, namewire_with_input, tiny};

/// A dump in which every 50th record is broken, some articles are copies, and ids come twice.
fn dump(records: usize) -> String {
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

/// The arguments of a run into shards, without a model: it is quick, and everything else is as ever.
fn shards<'a>(input: &'a str, model: &'a str, out: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["extract", input, "--out", out, "--shard-size", "40", "--with-spans", "--device", "stub"];
    args.extend(["--model", model, "--entities", "none", "--workers", "2", "--quiet"]);
    args.extend(rest);
    args
}

/// All files of a directory by name, the manifest without its times.
fn contents(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
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
fn assert_same_files(folder: &str, expected: &[(String, Vec<u8>)]) {
    let seen = contents(folder);
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&seen), names(expected));
    for ((name, seen), (_, expected)) in seen.iter().zip(expected) {
        assert!(seen == expected, "{name} differs");
    }
}

/// The number of whole shards, by the manifest and its journal.
fn whole_shards(folder: &str) -> usize {
    let read = |name: &str| std::fs::read(Path::new(folder).join(name)).unwrap_or_default();
    // The journal first: a run that goes on takes into its manifest what the journal says, and begins it anew.
    let (journal, manifest) = (read("manifest-journal.jsonl"), read("manifest.json"));
    if manifest.is_empty() {
        return 0;
    }
    let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest is whole at any moment");
    let whole = &journal[..journal.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1)];
    let last: Option<Value> =
        whole.split_inclusive(|&byte| byte == b'\n').next_back().map(|line| serde_json::from_slice(line).unwrap());
    let added = last.map_or(0, |line| line["shard"]["shard"].as_u64().unwrap() as usize + 1);
    added.max(manifest["shards"].as_array().unwrap().len())
}

/// Waits until a run has so many whole shards, or has ended.
fn wait_for_shards(child: &mut Child, folder: &str, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while whole_shards(folder) < count && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "no shard {count} after a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

fn end_of(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn records(folder: &str, key: &str) -> u64 {
    let text = std::fs::read(Path::new(folder).join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&text).unwrap();
    manifest["totals"][key].as_u64().unwrap()
}

#[test]
fn shards_hold_what_one_file_holds() {
    let desk = Desk::new();
    let (tiny, out) = (tiny(), desk.path("out"));
    let input = desk.write("in.jsonl", dump(230));
    namewire(&shards(&input, &tiny, &out, &[])).exits(1);
    let [single, articles, spans] = ["m.jsonl", "a.jsonl", "s.jsonl"].map(|name| desk.path(name));
    let mut args = vec!["extract", &input, "--out", &single, "--articles", &articles, "--spans", &spans];
    args.extend(["--device", "stub", "--model", &tiny, "--entities", "none", "--quiet"]);
    namewire(&args).exits(1);
    for (kind, file) in [
        ("mentions", &single),
        ("articles", &articles),
        ("spans", &spans),
        ("rejects", &desk.path("m.jsonl.rejects.jsonl")),
    ] {
        let parts = contents(&out).into_iter().filter(|(name, _)| name.starts_with(kind));
        let joined: Vec<u8> = parts.flat_map(|(_, bytes)| bytes).collect();
        assert!(joined == std::fs::read(file).unwrap(), "{kind}");
    }
    let manifest: Value = serde_json::from_slice(&std::fs::read(desk.path("out/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["state"], "complete");
    assert_eq!(manifest["shards"].as_array().unwrap().len(), 6);
    assert_eq!(manifest["shards"][5]["counts"]["records"], 30);
    for pointer in ["/versions/onnxruntime", "/model/sha256/model.onnx", "/settings/shard_size", "/finished"] {
        assert!(manifest.pointer(pointer).is_some_and(|value| !value.is_null()), "{pointer}: {manifest:#}");
    }
    let read = &manifest["inputs"][0]["read"];
    assert_eq!(read["sha256"], namewire::hash::sha256(dump(230).as_bytes()));
    assert_eq!((read["records"].as_u64(), manifest["totals"]["rejected"].as_u64()), (Some(230), Some(5)));
    assert_eq!(manifest["totals"]["duplicate_ids"]["records"], 5);
}

/// As scripts/chaos does at length.
#[test]
fn a_run_that_is_killed_again_and_again_writes_the_same_bytes() {
    for (name, flags) in [("in.jsonl", &[][..]), ("in.jsonl.zst", &["--compress", "zst"])] {
        let desk = Desk::new();
        let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
        let text = dump(1200);
        let input = match name.ends_with("zst") {
            true => desk.write(name, zstd::encode_all(text.as_bytes(), 1).unwrap()),
            false => desk.write(name, text),
        };
        namewire(&shards(&input, &tiny, &undisturbed, flags)).exits(1);
        let expected = contents(&undisturbed);
        let mut kills = 0;
        for round in 0.. {
            let flags = [flags, &["--resume"]].concat();
            let before = whole_shards(&out);
            let mut child = command(&shards(&input, &tiny, &out, &flags)).stderr(Stdio::piped()).spawn().unwrap();
            wait_for_shards(&mut child, &out, before + 3);
            std::thread::sleep(Duration::from_millis(round % 5));
            let _ = child.kill();
            let run = end_of(child);
            match run.code {
                -1 => kills += 1,
                // It was killed after its last step.
                0 => {
                    run.says(&["the run is complete"]);
                    break;
                }
                code => {
                    assert_eq!(code, 1, "{}", run.stderr);
                    run.says(&[&format!("going on behind {before} whole shards of {} records", before * 40)]);
                    break;
                }
            }
        }
        assert!(kills > 0, "the run was over before it could be killed");
        assert_same_files(&out, &expected);
    }
}

/// Which records a sample takes depends on how many lie before them, also in other inputs.
#[test]
fn a_selection_goes_on_where_it_was() {
    let desk = Desk::new();
    let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let (first, second) = (desk.write("1.jsonl", dump(300)), desk.write("2.jsonl", dump(900)));
    let selected = [second.as_str(), "--sample", "0.7", "--seed", "3", "--limit", "700"];
    namewire(&shards(&first, &tiny, &undisturbed, &selected)).exits(1);
    assert_eq!(records(&undisturbed, "records"), 700);
    let mut child = command(&shards(&first, &tiny, &out, &selected)).stderr(Stdio::null()).spawn().unwrap();
    // 400 records: the sample has some 210 of the first input.
    wait_for_shards(&mut child, &out, 10);
    child.kill().unwrap();
    child.wait().unwrap();
    namewire(&shards(&first, &tiny, &out, &[&selected[..], &["--resume"]].concat()))
        .exits(1)
        .says(&["going on behind"]);
    assert_same_files(&out, &contents(&undisturbed));
    let fewer = [second.as_str(), "--sample", "0.7", "--seed", "3", "--limit", "600", "--resume"];
    namewire(&shards(&first, &tiny, &out, &fewer)).exits(2).says(&["limit"]);
}

/// What was piped in is read again up to the place, and recognised.
#[test]
fn standard_input_is_read_again_up_to_the_place() {
    let desk = Desk::new();
    let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let text = dump(200);
    namewire_with_input(&shards("-", &tiny, &undisturbed, &[]), text.as_bytes()).exits(1);
    // The pipe stays open, with half of the dump in it.
    let mut child = command(&shards("-", &tiny, &out, &[])).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&text.as_bytes()[..text.len() / 2]).unwrap();
    wait_for_shards(&mut child, &out, 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let other = text.replacen("day 0", "day 1", 1);
    let run = namewire_with_input(&shards("-", &tiny, &out, &["--resume"]), other.as_bytes()).exits(2);
    run.says(&["-: the run cannot go on", "records are not those that the run has read"]);
    let run = namewire_with_input(&shards("-", &tiny, &out, &["--resume"]), text.as_bytes()).exits(1);
    run.says(&["going on behind 2 whole shards of 80 records"]);
    assert_same_files(&out, &contents(&undisturbed));
}

#[test]
fn a_run_goes_on_only_as_it_was() {
    let desk = Desk::new();
    let (tiny, out) = (tiny(), desk.path("out"));
    let input = desk.write("in.jsonl", dump(100));
    let resume = |flags: &[&str]| namewire(&shards(&input, &tiny, &out, &[&["--resume"], flags].concat()));
    let run = resume(&[]).exits(1);
    run.says(&["there is nothing to resume; starting afresh"]);
    resume(&[]).exits(0).says(&["the run is complete, with 3 shards of 100 records"]);
    namewire(&shards(&input, &tiny, &out, &[])).exits(2).says(&["holds a run already", "--resume", "--overwrite"]);
    resume(&["--min-score", "0.5", "--context"]).exits(2).says(&[
        "cannot go on: what it depends on has changed",
        "settings.min_score: was \"0\", is \"0.5\"",
        "settings.context: was false, is true",
    ]);
    let other = desk.copy_of_tiny();
    desk.write("model/config.json", std::fs::read_to_string(desk.path("model/config.json")).unwrap() + "\n");
    let run = namewire(&shards(&input, &other, &out, &["--resume"])).exits(2);
    run.says(&["model.sha256.config.json: was \""]);
    // What the arguments of every run here ask for, left out or given otherwise.
    let mut bare = shards(&input, &tiny, &out, &["--resume"]);
    bare.retain(|&argument| argument != "--with-spans");
    namewire(&bare).exits(2).says(&["settings.spans: was true, is false"]);
    resume(&["--labels", "O,B-LOC,I-LOC,B-ORG,I-ORG,B-PER,I-PER,B-MISC,I-MISC"]).exits(2).says(&["model.labels"]);
    resume(&["--memory", "2GB"]).exits(2).says(&["settings.memory: was null, is 2000000000"]);
    let whole = contents(&out);
    std::fs::remove_file(desk.path("out/spans-00001.jsonl")).unwrap();
    resume(&[]).exits(2).says(&["spans-00001.jsonl: a finished shard's file is missing"]);
    desk.write("in.jsonl", dump(101));
    resume(&[]).exits(2).says(&["input ", "in.jsonl: was ", " bytes of "]);
    desk.write("in.jsonl", dump(100));
    namewire(&shards(&input, &tiny, &out, &["--overwrite"])).exits(1);
    let without_manifest =
        |files: Vec<(String, Vec<u8>)>| files.into_iter().filter(|(name, _)| name != "manifest.json");
    assert!(without_manifest(contents(&out)).eq(without_manifest(whole)));
    let single = desk.path("m.jsonl");
    let args = ["extract", &input, "--out", &single, "--device", "stub", "--resume"];
    namewire(&args).exits(2).says(&["--resume is for a directory of shards"]);
}

#[test]
fn a_run_goes_on_only_with_its_table() {
    let desk = Desk::new();
    let (tiny, out, input) = (tiny(), desk.path("out"), desk.write("in.jsonl", dump(50)));
    let table = desk.write("table.jsonl", "{\"id\":\"loc/d\",\"name\":\"Dorvale\",\"type\":\"LOC\"}\n");
    let run = || {
        let mut args = shards(&input, &tiny, &out, &["--resume"]);
        *args.iter_mut().find(|argument| **argument == "none").unwrap() = &table;
        namewire(&args)
    };
    run().exits(1);
    run().exits(0);
    desk.write("table.jsonl", "{\"id\":\"loc/e\",\"name\":\"Dorvale\",\"type\":\"LOC\"}\n");
    run().exits(2).says(&["cannot go on", "tables: was [", "table.jsonl"]);
}

/// What is loaded is never the same to the byte, and with it what a bound leaves for an article.
#[cfg(unix)]
#[test]
fn a_run_with_a_bound_on_memory_goes_on() {
    let desk = Desk::new();
    let (tiny, input) = (tiny(), desk.write("in.jsonl", dump(2000)));
    let whole = desk.path("whole");
    let bound = ["--memory", "700MiB"];
    namewire(&shards(&input, &tiny, &whole, &bound)).exits(1);
    let manifest = desk.json("whole/manifest.json");
    // Such a bound has an effect.
    assert!(manifest["settings"]["max_article_bytes"].as_u64().unwrap() < 16 << 20, "{manifest}");
    let out = desk.path("out");
    let mut child = command(&shards(&input, &tiny, &out, &bound)).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_shards(&mut child, &out, 2);
    signal(&child, "KILL");
    child.wait().unwrap();
    namewire(&shards(&input, &tiny, &out, &[&bound[..], &["--resume"]].concat())).exits(1).says(&["going on behind"]);
    assert_same_files(&out, &contents(&whole));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_in_good_order() {
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
        // The rest never comes: the shard in flight cannot be finished, and is dropped.
        let (mut child, _pipe) = spawn(&shards("-", &tiny, &out, &[]));
        wait_for_shards(&mut child, &out, 2);
        signal(&child, name);
        let run = end_of(child);
        assert_eq!(run.code, code, "{}", run.stderr);
        run.says(&[
            "once more stops at once",
            "stopped after 80 records",
            "2 shards are whole; to go on",
            "--quiet --resume",
        ]);
        let manifest = desk.json("out/manifest.json");
        assert_eq!((&manifest["state"], manifest["finished"].is_null()), (&"stopped".into(), true));
        assert!(!contents(&out).iter().any(|(name, _)| name.ends_with(".part")));
        namewire_with_input(&shards("-", &tiny, &out, &["--resume"]), text.as_bytes()).exits(1);
        assert_same_files(&out, &contents(&undisturbed));

        // A single file keeps its temporary name.
        let single = desk.path("m.jsonl");
        let (child, _pipe) = spawn(&["extract", "-", "--out", &single, "--device", "stub", "--model", &tiny]);
        while !desk.has("m.jsonl.part") {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(&child, name);
        let run = end_of(child);
        assert_eq!(run.code, code, "{}", run.stderr);
        run.says(&["m.jsonl.part", "single files cannot be gone on with", "--shard-size"]);
        assert!(desk.has("m.jsonl.part") && !desk.has("m.jsonl"));
    }
}

/// A limit on the size of files stands for a disk that fills up in the middle of a shard.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_no_more_than_the_shard_in_flight() {
    let desk = Desk::new();
    let (tiny, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let mut text = dump(160);
    let long = json!({"id": "long", "text": "Émile Tessier came to Dorvale, and Anna Berg left. ".repeat(4000)});
    text.insert_str(text.match_indices('\n').nth(100).unwrap().0 + 1, &format!("{long}\n"));
    let input = desk.write("in.jsonl", text);
    namewire(&shards(&input, &tiny, &undisturbed, &[])).exits(1);
    // Signal 25 would end the process; ignored, the write fails.
    let limited = |args: &[&str]| {
        let mut shell = std::process::Command::new("sh");
        let shell =
            shell.args(["-c", "trap '' 25; ulimit -f 1000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_namewire")]);
        end_of(shell.args(args).env_remove("RUST_LOG").stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    };
    let run = limited(&shards(&input, &tiny, &out, &[])).exits(2);
    run.says(&["00002.jsonl: cannot write the output", "File too large", "2 shards are whole; to go on"]);
    assert!(!contents(&out).iter().any(|(name, _)| name.ends_with(".part")));
    namewire(&shards(&input, &tiny, &out, &["--resume"])).exits(1);
    assert_same_files(&out, &contents(&undisturbed));
    let single = desk.path("m.jsonl");
    let run = limited(&["extract", &input, "--out", &single, "--device", "stub", "--model", &tiny]).exits(2);
    run.says(&["m.jsonl: cannot write the output"]);
    assert!(!desk.has("m.jsonl") && !desk.has("m.jsonl.part"));
}

#[test]
fn compressed_outputs_hold_the_same_lines() {
    let desk = Desk::new();
    let (tiny, input) = (tiny(), desk.write("in.jsonl", dump(60)));
    let run = |out: &str, rest: &[&str]| {
        let out = desk.path(out);
        namewire(
            &[&["extract", &input, "--device", "stub", "--model", &tiny, "--entities", "none", "--out", &out], rest]
                .concat(),
        )
        .exits(1);
    };
    let read = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(
            &mut namewire::read::open_stored(Path::new(&desk.path(name))).unwrap(),
            &mut text,
        )
        .unwrap();
        text
    };
    run("m.jsonl", &["--articles", &desk.path("a.jsonl")]);
    run("z.jsonl.zst", &["--articles", &desk.path("a.jsonl.gz"), "--summary", &desk.path("s.json")]);
    run("g", &["--compress", "gz"]);
    for (plain, packed) in [
        ("m.jsonl", "z.jsonl.zst"),
        ("m.jsonl", "g"),
        ("a.jsonl", "a.jsonl.gz"),
        ("m.jsonl.rejects.jsonl", "z.jsonl.rejects.jsonl.zst"),
    ] {
        assert_eq!(read(packed), read(plain), "{packed}");
        let (size, packed_size) = [plain, packed].map(|name| std::fs::metadata(desk.path(name)).unwrap().len()).into();
        assert!(packed_size * 2 < size, "{packed}: {packed_size} of {size}");
    }
    let first = std::fs::read(desk.path("z.jsonl.zst")).unwrap();
    run("z.jsonl.zst", &[]);
    assert!(std::fs::read(desk.path("z.jsonl.zst")).unwrap() == first);
    let files = &desk.json("s.json")["files"];
    assert_eq!(files[0]["name"], "z.jsonl.zst");
    assert_eq!(files[0]["sha256"], namewire::hash::sha256(&first));
    assert_eq!(files[0]["lines"].as_u64().unwrap() as usize, read("m.jsonl").lines().count());
}

#[test]
fn what_was_set_aside_can_be_tried_again() {
    let desk = Desk::new();
    let tiny = tiny();
    let long = "Émile Tessier came to Dorvale. ".repeat(40_000);
    let input = desk.write_lines(
        "in.jsonl",
        &[
            json!({"id": "good", "text": "Rain fell on Dorvale."}),
            json!({"id": "other", "story": "Anna Berg left Dorvale."}),
            json!({"story": "She came back."}),
            json!({"id": "long", "text": long}),
            json!({"id": "bad", "text": 7}),
        ],
    );
    let extract = |flags: &[&str], out: &str| {
        namewire(
            &[&["extract", "--device", "stub", "--model", &tiny, "--entities", "none", "--out", out], flags].concat(),
        )
    };
    let out = desk.path("m.jsonl");
    extract(&[&input, "--max-article-mb", "1"], &out).exits(1);
    let rejects = desk.lines("m.jsonl.rejects.jsonl");
    let truncated: Vec<_> = rejects.iter().map(|reject| reject["truncated"].as_bool().unwrap()).collect();
    assert_eq!(truncated, [false, false, true, false]);
    let (again, articles) = (desk.path("again.jsonl"), desk.path("again.articles.jsonl"));
    let file = desk.path("m.jsonl.rejects.jsonl");
    extract(&["--retry", &file, "--articles", &articles], &again).exits(1);
    let seen: Vec<_> =
        desk.lines("again.articles.jsonl").iter().map(|line| line["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, ["rejected", "rejected", "ok", "rejected"], "the long one alone was a matter of a limit");
    extract(&["--retry", &file, "--text-field", "story", "--articles", &articles], &again).exits(1);
    let lines = desk.lines("again.articles.jsonl");
    let ids: Vec<_> = lines.iter().filter(|line| line["status"] == "ok").map(|line| line["doc_id"].clone()).collect();
    assert_eq!(ids, [json!("other"), json!(format!("{input}#3"))], "ids are those of the first run");
    assert_eq!(lines[1]["input"], format!("{input}#3"));
    // Into shards, too.
    let folder = desk.path("again");
    extract(&["--retry", &file, "--shard-size", "1"], &format!("{folder}/")).exits(1);
    assert_eq!((records(&folder, "records"), records(&folder, "written")), (4, 1));
    extract(&["--retry", &file, "--check"], &again).exits(2).says(&["--check"]);
}

#[test]
fn a_check_estimates_and_writes_nothing() {
    let desk = Desk::new();
    let (tiny, text) = (tiny(), dump(1000));
    let plain = desk.write("in.jsonl", &text);
    let packed = desk.write("in.jsonl.zst", zstd::encode_all(text.as_bytes(), 3).unwrap());
    for input in [&plain, &packed] {
        let run = namewire(&shards(input, &tiny, &desk.path("out"), &["--check"])).exits(0);
        let value = |label: &str| {
            let line = run.stdout.lines().find(|line| line.trim_start().starts_with(label));
            line.unwrap_or_else(|| panic!("no {label} in\n{}", run.stdout)).to_owned()
        };
        assert!(value("sample").contains("the first 100 records"));
        let digits: String = value("records").chars().filter(char::is_ascii_digit).collect();
        let records: f64 = digits.parse().unwrap();
        assert!((900.0..1100.0).contains(&records), "{}", run.stdout);
        for label in ["model", "table", "time", "mentions", "articles", "spans"] {
            value(label);
        }
        for (flags, expected) in [(["--limit", "300"], 300.0..301.0), (["--sample", "0.3"], 240.0..360.0)] {
            let run = namewire(&shards(input, &tiny, &desk.path("out"), &[&["--check"][..], &flags].concat())).exits(0);
            let line = run.stdout.lines().find(|line| line.trim_start().starts_with("records")).unwrap().to_owned();
            let digits: String = line.chars().filter(char::is_ascii_digit).collect();
            assert!(expected.contains(&digits.parse::<f64>().unwrap()), "{flags:?}: {line}");
        }
    }
    let run = namewire_with_input(&shards("-", &tiny, &desk.path("out"), &["--check"]), dump(150).as_bytes()).exits(0);
    assert!(run.stdout.contains("records/s"), "{}", run.stdout);
    assert_eq!(desk.files(), ["in.jsonl", "in.jsonl.zst"]);
}
