//! Output files: complete or absent, compressed, sharded.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::common::{Desk, command, in_repository, namewire, tiny};
use super::sharded_run::{contents, dump, shards};

fn extract<'a>(input: &'a str, model: &'a str, out: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["extract", input, "--model", model, "--entities", "none", "--workers", "1", "--out", out];
    args.extend(rest);
    args
}

#[test]
fn an_output_that_cannot_be_created_fails_before_the_run_starts() {
    let desk = Desk::new();
    let (input, tiny, out) = (desk.write("in.txt", "Rain."), tiny(), desk.path("out.jsonl"));
    let nowhere = desk.path("no/such/folder/out.jsonl");
    for (out, flags) in [
        (&nowhere, &[][..]),
        (&out, &["--articles", &nowhere]),
        (&out, &["--spans", &nowhere]),
        (&out, &["--summary", &nowhere]),
        (&out, &["--rejects", &nowhere]),
    ] {
        let run = namewire(&extract(&input, &tiny, out, flags)).exits(2);
        run.says(&["cannot write the output", if flags.is_empty() { out } else { flags[1] }]);
        assert!(!desk.has("out.jsonl"), "{flags:?}");
    }
}

#[test]
fn two_outputs_cannot_be_the_same_file() {
    let desk = Desk::new();
    let (input, tiny, out) = (desk.write("in.txt", "Rain."), tiny(), desk.path("out.jsonl"));
    for flag in ["--articles", "--spans", "--rejects", "--summary"] {
        namewire(&extract(&input, &tiny, &out, &[flag, &out])).exits(2).says(&["two outputs are the same file", &out]);
    }
}

/// A full disk fails a run half way.
#[cfg(target_os = "linux")]
#[test]
fn a_failed_run_leaves_nothing_under_the_final_name() {
    let desk = Desk::new();
    let tiny = tiny();
    let out = desk.write("out.jsonl", "of an earlier run\n");
    let articles = desk.path("articles.jsonl");
    // Larger than the output buffers, so that a write fails before the end; and smaller.
    let long = "The ferry to Dorvale left at noon, and Émile Tessier was on it.\n".repeat(8000);
    for text in [&long[..], &long[..200]] {
        let input = desk.write("in.txt", text);
        let flags = ["--spans", "/dev/full", "--articles", &articles];
        let run = namewire(&extract(&input, &tiny, &out, &flags)).exits(2);
        run.says(&["/dev/full: cannot write the output", "No space left"]);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "of an earlier run\n");
        assert!(!desk.has("articles.jsonl"));
        namewire(&extract(&input, &tiny, "/dev/full", &[])).exits(2).says(&["/dev/full: cannot write the output"]);
    }
}

#[test]
fn a_run_replaces_the_outputs_of_an_earlier_one() {
    let desk = Desk::new();
    let (tiny, out) = (tiny(), desk.path("out.jsonl"));
    let text = "The ferry to Dorvale left at noon, and Émile Tessier was on it.";
    let input = desk.write("in.jsonl", format!("{{\"text\": \"{text}\"}}\n{{\"text\": 7}}\n"));
    namewire(&extract(&input, &tiny, &out, &[])).exits(1);
    assert_eq!(desk.files(), ["in.jsonl", "out.jsonl", "out.jsonl.rejects.jsonl"]);
    let first = std::fs::read(&out).unwrap();
    let input = desk.write("in.jsonl", "{\"text\": \"And came back.\"}\n");
    namewire(&extract(&input, &tiny, &out, &[])).exits(0);
    assert_eq!(desk.files(), ["in.jsonl", "out.jsonl"], "rejects of an earlier run would mislead");
    assert_ne!(std::fs::read(&out).unwrap(), first);
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let tiny = tiny();
    let seeds = in_repository("seeds/articles").display().to_string();
    for rest in [&["-q"][..], &[]] {
        let mut child =
            command(&extract(&seeds, &tiny, "-", rest)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), ""));
    }
}

/// As in `namewire … 2>&1 | head -1`: the closing report cannot be printed, but the outputs must be complete.
#[test]
fn a_closed_standard_error_is_not_a_failure() {
    let desk = Desk::new();
    let (input, tiny, out) = (desk.write("in.txt", "Rain fell on Dorvale."), tiny(), desk.path("out.jsonl"));
    let mut child = command(&extract(&input, &tiny, &out, &[])).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(desk.has("out.jsonl"));
    let mut child = command(&extract("no-such-file.txt", &tiny, &out, &[])).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
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
