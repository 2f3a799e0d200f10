//! Inputs that are made to do harm, and files that change or fail while they are read: each is set aside with its
//! reason, the others are read, and no input decides how much memory a run takes.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use namewire::read::{Ledger, ReadOptions, Records, discover};
use serde_json::json;

use super::common::{Desk, Run, column, command, namewire, tiny};

const GOOD: &str = r#"{"id": "good", "text": "The ferry to Dorvale left at noon."}"#;

/// Runs over the inputs with the tiny model; returns what was said and the rejects.
fn run(desk: &Desk, inputs: &[&str], flags: &[&str], code: i32) -> (Run, Vec<serde_json::Value>) {
    let (tiny, out, articles) = (tiny(), desk.path("out.jsonl"), desk.path("articles.jsonl"));
    let outputs = ["--model", &tiny, "--entities", "none", "--out", &out, "--articles", &articles];
    let run = namewire(&[&["extract"], inputs, &outputs[..], flags].concat()).exits(code);
    let rejects = if desk.has("out.jsonl.rejects.jsonl") { desk.lines("out.jsonl.rejects.jsonl") } else { Vec::new() };
    (run, rejects)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn an_archive_that_expands_without_end_is_given_up() {
    let desk = Desk::new();
    let bomb = [GOOD.as_bytes(), &b"\n".repeat(130 << 20)].concat();
    for (name, packed) in [("bomb.jsonl.gz", gzip(&bomb)), ("bomb.jsonl.zst", zstd::encode_all(&bomb[..], 1).unwrap())]
    {
        assert!(packed.len() < 1 << 20);
        let (bomb, next) = (desk.write(name, packed), desk.write("next.jsonl", GOOD));
        // gzip of so long a run expands a thousand times at most: an honest limit for it is lower.
        let (_, rejects) = run(&desk, &[&bomb, &next], &["--max-ratio", "100"], 1);
        assert_eq!(column(&rejects, "reason"), ["expands_too_much"], "{name}");
        assert!(rejects[0]["message"].as_str().unwrap().contains("more than 100 for each"), "{}", rejects[0]);
        assert_eq!(column(&desk.lines("articles.jsonl"), "status"), ["ok", "rejected", "ok"]);
        let (_, rejects) = run(&desk, &[&bomb, &next], &["--max-unpacked", "1MB"], 1);
        assert!(rejects[0]["message"].as_str().unwrap().contains("more than 1000000 bytes (`max_unpacked`)"));
        assert_eq!(column(&desk.lines("articles.jsonl"), "status"), ["ok", "rejected", "ok"]);
    }
}

#[test]
fn an_archive_that_wants_a_huge_window_is_refused() {
    let desk = Desk::new();
    // A frame with a window of 2 GiB and one empty block.
    let frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, (31 - 10) << 3, 0x01, 0x00, 0x00];
    let (window, next) = (desk.write("window.jsonl.zst", frame), desk.write("next.jsonl", GOOD));
    let (_, rejects) = run(&desk, &[&window, &next], &[], 1);
    assert_eq!(column(&rejects, "reason"), ["read_error"]);
    assert!(rejects[0]["message"].as_str().unwrap().contains("zstd_window_log"), "{}", rejects[0]);
}

#[test]
fn a_field_nested_without_end_costs_nothing_where_it_is_not_read() {
    let desk = Desk::new();
    let deep = |open: &str, close: &str| {
        format!("{{\"more\": {}1{}, \"text\": \"Rain.\"}}", open.repeat(100_000), close.repeat(100_000))
    };
    let lines = [GOOD, &deep("[", "]"), &deep("{\"a\":", "}"), GOOD].join("\n");
    let (_, rejects) = run(&desk, &[&desk.write("in.jsonl", lines)], &[], 0);
    assert_eq!((desk.lines("articles.jsonl").len(), rejects.len()), (4, 0));
}

#[test]
fn no_record_decides_how_much_memory_a_run_takes() {
    let desk = Desk::new();
    // A line of a gigabyte, and lines within the limit that would be thirty times their size once parsed.
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let mut line = |start: &str, part: &str, times: usize, end: &str| {
        encoder.write_all(start.as_bytes()).unwrap();
        let many = part.repeat(1 << 10);
        (0..times).for_each(|_| encoder.write_all(many.as_bytes()).unwrap());
        encoder.write_all(format!("{end}\n").as_bytes()).unwrap();
    };
    line("{\"text\": \"", "x", 1 << 20, "\"}");
    line("{\"id\": \"a\", \"text\": \"Rain.\", \"more\": [0", ",[]", 13 << 10, "]}");
    line("{\"id\": \"b\", \"text\": [0", ",[]", 13 << 10, "]}");
    line("{\"id\": \"c\", \"text\": \"Rain.\", \"kept\": [0", ",[]", 13 << 10, "]}");
    let input = desk.write("in.jsonl.zst", encoder.finish().unwrap());
    let (tiny, out, summary) = (tiny(), desk.path("out.jsonl"), desk.path("s.json"));
    let args = ["extract", &input, "--model", &tiny, "--entities", "none", "--out", &out, "--summary", &summary];
    let (code, peak) = peak_memory(&[&args[..], &["--max-ratio", "1000000", "--keep", "kept"]].concat());
    assert_eq!(code, 1);
    assert_eq!(column(&desk.lines("out.jsonl.rejects.jsonl"), "reason"), ["too_large", "missing_text"]);
    assert_eq!(desk.json("s.json")["run"]["warnings"], json!({"keep_too_large": 1}));
    assert!(peak < 420 << 20, "{} MiB", peak >> 20);
}

#[test]
fn memory_has_a_bound_that_may_be_set() {
    let desk = Desk::new();
    let (tiny, out, good) = (tiny(), desk.path("out.jsonl"), desk.write("good.jsonl", GOOD));
    let flags = ["extract", "--model", &tiny, "--entities", "none", "--workers", "1", "--out", &out, "--memory"];
    let refused = namewire(&[&flags[..], &["64MiB", &good]].concat()).exits(2);
    refused.says(&["64 MiB of memory are too little", "MiB are needed", "fewer workers", "--memory"]);
    // Names without end, brackets without end, lines of one letter, an article of 100 MB, and many small ones.
    let shapes = ["Ab, ", "((", "a\n", "A. ", "Ab, ", "A. ", "A. ", "A. "];
    let shapes = shapes.iter().map(|part| json!({"text": part.repeat((200 << 10) / part.len())}).to_string());
    let huge = json!({"id": "huge", "text": "the rain went on. ".repeat(6_000_000)}).to_string();
    let many = (0..20_000).map(|n| json!({"id": n, "text": format!("Rain fell on day {n} in Dorvale.")}).to_string());
    let input = desk.write("in.jsonl", shapes.chain([huge]).chain(many).collect::<Vec<_>>().join("\n"));
    let (code, peak) = peak_memory(&[&flags[..], &["700MiB", &input]].concat());
    assert_eq!(code, 1);
    assert_eq!(column(&desk.lines("out.jsonl.rejects.jsonl"), "reason"), ["too_large"]);
    assert!(peak < 700 << 20, "{} MiB", peak >> 20);
}

/// Runs the program; returns its exit status and the most memory that it held.
fn peak_memory(args: &[&str]) -> (i32, u64) {
    let mut child = command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) << 10);
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code().expect("not ended by a signal"), peak);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(unix)]
#[test]
fn devices_are_refused_and_pipes_are_read() {
    let desk = Desk::new();
    let (refused, _) = run(&desk, &["/dev/zero"], &["--format", "jsonl"], 2);
    refused.says(&["/dev/zero: this is a device"]);
    run(&desk, &["/dev/null"], &["--format", "jsonl"], 0);
    let pipe = desk.path("pipe.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(pipe, GOOD).unwrap()
    });
    run(&desk, &[&pipe], &[], 0);
    writer.join().unwrap();
    assert_eq!(column(&desk.lines("articles.jsonl"), "doc_id"), ["good"]);
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_fail_do_not_cost_their_neighbours() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.write("news/1.jsonl", GOOD);
    // Its first page is never mapped: reading it is an input/output error.
    symlink("/proc/self/mem", desk.path("news/2-broken.jsonl")).unwrap();
    symlink("/proc/self/mem", desk.path("news/3-broken.txt")).unwrap();
    symlink("4-loop.txt", desk.path("news/4-loop.txt")).unwrap();
    symlink("nowhere", desk.path("news/5-gone.jsonl")).unwrap();
    symlink(desk.path("news"), desk.path("news/again")).unwrap();
    desk.write("news/6.jsonl", GOOD);
    let (_, rejects) = run(&desk, &[&desk.path("news")], &[], 1);
    assert_eq!(
        column(&desk.lines("articles.jsonl"), "status"),
        ["ok", "rejected", "rejected", "rejected", "rejected", "ok"]
    );
    assert!(column(&rejects, "reason").iter().all(|reason| reason == "read_error"));
    let messages = column(&rejects, "message");
    for (message, part) in
        messages.iter().zip(["Input/output error", "Input/output error", "symbolic links", "No such file"])
    {
        assert!(message.contains(part), "{message}");
    }
}

/// A name that namewire itself is about to use may be a link that somebody has put there.
#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_temporary_file_is_not_followed() {
    let desk = Desk::new();
    let (good, other) = (desk.write("good.jsonl", GOOD), desk.write("other.txt", "not ours"));
    std::os::unix::fs::symlink(&other, desk.path("out.jsonl.part")).unwrap();
    run(&desk, &[&good], &[], 0);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "not ours");
    assert!(!std::fs::symlink_metadata(desk.path("out.jsonl")).unwrap().is_symlink());
}

/// A file that is written to, or cut, while it is read: what is there is read, and what is known of it is said.
#[test]
fn a_file_may_change_while_it_is_read() {
    let line = |number: usize| json!({"id": format!("r-{number}"), "text": "Rain. ".repeat(20)}).to_string() + "\n";
    let lines: String = (0..4000).map(line).collect();
    for (name, expected) in [("grown", 4010), ("shrunk", 3000)] {
        let desk = Desk::new();
        let input = desk.write(&format!("{name}.jsonl"), &lines);
        let options = ReadOptions::default();
        let inputs = discover(&[input.clone().into()], &options).unwrap();
        let (ledger, size) = (Ledger::new(None), lines.len() as u64);
        let mut records = Records::new(inputs, &options).tracked(&ledger, 0);
        let mut seen = records.by_ref().take(5).count();
        let file = std::fs::OpenOptions::new().append(true).open(&input).unwrap();
        match name {
            "grown" => (&file).write_all((0..10).map(line).collect::<String>().as_bytes()).unwrap(),
            _ => file.set_len(lines[..lines.len() * 3 / 4].rfind('\n').unwrap() as u64 + 1).unwrap(),
        }
        seen += records.map(Result::unwrap).count();
        assert!(seen.abs_diff(expected) <= 20, "{name}: {seen}");
        let read = ledger.input(0).unwrap();
        assert!(read.bytes != size && read.sha256.is_some(), "{read:?}");
    }
}

/// What becomes of files between the moment at which they are found and that at which they are read.
#[test]
fn files_may_change_after_they_were_found() {
    let desk = Desk::new();
    let names = ["grown.jsonl", "shrunk.jsonl", "emptied.txt", "folder.txt", "gone.txt", "last.txt"];
    names.iter().for_each(|name| {
        drop(
            desk.write(&format!("in/{name}"), if name.ends_with("l") { "{\"a\": 1}\n{\"a\": 2}\n" } else { "Rain.\n" }),
        )
    });
    let options = ReadOptions::default();
    let inputs = discover(&[desk.path("in").into()], &options).unwrap();
    let at = |name: &str| desk.path(&format!("in/{name}"));
    std::fs::write(at("grown.jsonl"), "{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n").unwrap();
    std::fs::write(at("shrunk.jsonl"), "{\"a\": 1}\n{\"a").unwrap();
    std::fs::write(at("emptied.txt"), "").unwrap();
    for name in ["folder.txt", "gone.txt"] {
        std::fs::remove_file(at(name)).unwrap();
    }
    std::fs::create_dir(at("folder.txt")).unwrap();
    let records = Records::new(inputs, &options);
    let progress = records.progress();
    let seen: Vec<String> = records
        .map(|record| match record {
            Ok(record) => {
                let name = Path::new(&*record.origin.path).file_name().unwrap().to_string_lossy().into_owned();
                format!("{name} {}", String::from_utf8_lossy(&record.bytes))
            }
            Err(reject) => format!("{:?} {}", reject.reason, reject.message.split(" (os").next().unwrap()),
        })
        .collect();
    // In the order of their names.
    let expected = [
        "emptied.txt ",
        "ReadError cannot open: Is a directory",
        "ReadError cannot open: No such file or directory",
        "grown.jsonl {\"a\": 1}",
        "grown.jsonl {\"a\": 2}",
        "grown.jsonl {\"a\": 3}",
        "last.txt Rain.\n",
        "shrunk.jsonl {\"a\": 1}",
        "shrunk.jsonl {\"a",
    ];
    assert_eq!(seen, expected);
    assert!(progress.bytes.load(std::sync::atomic::Ordering::Relaxed) >= progress.total.unwrap());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_set_aside() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.write("news/1.jsonl", GOOD);
    let closed = desk.write("news/closed/2.jsonl", GOOD).replace("/2.jsonl", "");
    let allow = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).unwrap();
    allow(0o000);
    // Nothing is closed to an administrator.
    let is_closed = std::fs::read_dir(&closed).is_err();
    let (_, rejects) = run(&desk, &[&desk.path("news")], &[], i32::from(is_closed));
    allow(0o755);
    assert_eq!(column(&rejects, "reason"), vec!["read_error"; usize::from(is_closed)]);
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_goes_to_the_file_behind_it() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    let good = desk.write("good.jsonl", GOOD);
    let target = desk.write("data/target.jsonl", "old");
    symlink("data/target.jsonl", desk.path("second")).unwrap();
    symlink("second", desk.path("articles.jsonl")).unwrap();
    symlink("data/new.jsonl", desk.path("out.jsonl")).unwrap();
    run(&desk, &[&good], &[], 0);
    for link in ["articles.jsonl", "second", "out.jsonl"] {
        assert!(std::fs::symlink_metadata(desk.path(link)).unwrap().is_symlink(), "{link}");
    }
    assert_eq!(column(&desk.lines("data/target.jsonl"), "doc_id"), ["good"]);
    assert!(desk.has("data/new.jsonl") && !desk.has("data/new.jsonl.part"));
    // Two names of one file are one output.
    symlink(&target, desk.path("twice")).unwrap();
    run(&desk, &[&good], &["--spans", &desk.path("twice")], 2).0.says(&["two outputs are the same file"]);
}
