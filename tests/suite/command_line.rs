//! What the commands say: help, findings, and what to do where something is missing.

use serde_json::json;

use super::common::{Desk, column, command, in_repository, namewire, tiny};

#[test]
fn every_help_has_examples() {
    for args in [
        &["--help"][..],
        &["extract", "--help"],
        &["model", "--help"],
        &["model", "inspect", "--help"],
        &["model", "list", "--help"],
        &["model", "fetch", "--help"],
        &["doctor", "--help"],
        &["sentences", "--help"],
        &["show", "--help"],
        &["tables", "--help"],
        &["report", "--help"],
    ] {
        let help = namewire(args).exits(0).stdout;
        let (_, examples) =
            help.split_once("Examples:\n").unwrap_or_else(|| panic!("{args:?} has no examples:\n{help}"));
        assert!(examples.matches("  namewire ").count() >= 2, "{help}");
    }
    let help = namewire(&["extract", "--help"]).exits(0).stdout;
    for flag in [
        "--out",
        "--articles",
        "--rejects",
        "--entities",
        "--device",
        "--only-lang",
        "--keep",
        "--summary",
        "--ort-lib",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
    assert!(namewire(&["--help"]).stdout.contains("Exit status: 0"));
    let version = format!("namewire {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(namewire(&["--version"]).exits(0).stdout, version);
}

#[test]
fn the_doctor_says_what_it_found() {
    let report = namewire(&["doctor"]).exits(0).stdout;
    for part in ["processor", "cores", "ONNX Runtime  1.", "found by", "providers", "CPU", "minilm-l6-news-ner runs"] {
        assert!(report.contains(part), "{part} is not in:\n{report}");
    }
    if cfg!(target_arch = "x86_64") {
        assert!(report.contains("VNNI"), "{report}");
    }
}

#[test]
fn inspect_shows_both_models() {
    let bundled = namewire(&["model", "inspect"]).exits(0).stdout;
    for part in [
        "O B-MISC I-MISC B-PER I-PER B-ORG I-ORG B-LOC I-LOC (Bio)",
        "WordPiece, ids up to 65758",
        "192 tokens, 2 of them special",
        "input_ids i64 [?, ?]",
        "logits f32 [?, ?, 9]",
        "model_quantized.onnx (Int8",
        "sha256",
        "compiled into this program",
        "en",
    ] {
        assert!(bundled.contains(part), "{part} is not in:\n{bundled}");
    }
    let folder = namewire(&["model", "inspect", &tiny()]).exits(0).stdout;
    for part in ["96 tokens", "model.onnx (Fp32", "attention_mask i64 [?, ?]", "languages  not stated", &tiny()] {
        assert!(folder.contains(part), "{part} is not in:\n{folder}");
    }
    let graph = std::fs::read(in_repository("tests/fixtures/tiny/model.onnx")).unwrap();
    assert!(folder.contains(&namewire::hash::sha256(&graph)), "{folder}");
    namewire(&["model", "inspect", &tiny(), "--variant", "fp16"]).exits(2).says(&["no variant \"fp16\"", "model.onnx"]);
}

#[test]
fn a_missing_runtime_names_the_remedy() {
    let desk = Desk::new();
    let empty = desk.path("");
    for args in [&["doctor"][..], &["model", "inspect"], &["extract", "seeds/articles", "--out", &desk.path("out")]] {
        let run = namewire(&[args, &["--ort-lib", &empty]].concat()).exits(2);
        run.says(&[
            &empty,
            "ort_library names no ONNX Runtime library",
            "--ort-lib FILE",
            "help:",
            "libonnxruntime.so",
        ]);
    }
    // A named place that is empty is an error, never a reason to look elsewhere.
    let output = command(&["doctor"]).env("ORT_DYLIB_PATH", &empty).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && stderr.contains("ORT_DYLIB_PATH names no"), "{stderr}");
    // Nowhere at all: a copy of the program, away from the repository and from any Python.
    let copy = desk.path("namewire");
    // Another process copies: a file that this one holds open for writing, when a neighbouring test forks, is busy.
    let copied = std::process::Command::new("cp").args([env!("CARGO_BIN_EXE_namewire"), &copy]).status().unwrap();
    assert!(copied.success());
    let mut alone = std::process::Command::new(&copy);
    let output =
        alone.arg("doctor").current_dir(&empty).env_remove("ORT_DYLIB_PATH").env("PATH", &empty).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("ONNX Runtime was not found") && stderr.contains("scripts/setup"), "{stderr}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("processor"), "what is known is said all the same");
}

#[test]
fn a_library_that_is_none_is_refused() {
    let desk = Desk::new();
    let library = desk.write("libonnxruntime.so", "not a library");
    let run = namewire(&["doctor", "--ort-lib", &library]).exits(2);
    run.says(&[&library, "ONNX Runtime cannot be loaded", "scripts/setup"]);
    assert!(!desk.has("out.jsonl"));
}

/// On a machine whose ONNX Runtime has no CUDA, asking for it must fail and not compute on the CPU.
#[test]
fn a_device_that_is_not_there_is_an_error() {
    let desk = Desk::new();
    let (tiny, out) = (tiny(), desk.path("out.jsonl"));
    let extract = |flags: &[&str]| {
        namewire(&[&["extract", "seeds/articles", "--entities", "none", "--out", &out], flags].concat())
    };
    for device in ["tpu", "cuda:x", "gpu", ""] {
        extract(&["--device", device]).exits(2).says(&["--device"]);
    }
    // Where scripts/setup_gpu has run, what is said depends on the machine.
    let installed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".onnxruntime-gpu").exists();
    let has_cuda = installed || namewire(&["doctor"]).stdout.contains("CUDA, CPU");
    if !has_cuda {
        for device in ["cuda", "cuda:1"] {
            let run = extract(&["--device", device, "--model", &tiny]).exits(2);
            run.says(&["is a build for the CPU, without CUDA", "scripts/setup_gpu", "onnxruntime-gpu", "--ort-lib"]);
        }
    }
    extract(&["--device", "cuda"]).exits(2).says(&["the bundled model has only its 8-bit variant", "--model"]);
    assert!(!desk.has("out.jsonl") && !desk.has("out.jsonl.part"));
    if !has_cuda {
        // The choice of `auto` is said aloud, and without colours where nobody would see them.
        let run = extract(&["--device", "auto", "--model", &tiny]).exits(0);
        run.says(&["device auto: computing on cpu: this ONNX Runtime is a build for the CPU"]);
        assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    }
}

#[test]
fn flags_that_ask_for_the_impossible() {
    let desk = Desk::new();
    let out = desk.path("out.jsonl");
    for (flags, message) in [
        (["--workers", "0"], "workers must be at least 1"),
        (["--batch-rows", "0"], "--batch-rows"),
        (["--chunk-articles", "0"], "--chunk-articles"),
        (["--max-article-mb", "0"], "--max-article-mb"),
        (["--min-score", "1.5"], "from 0 to 1"),
        (["--min-score", "NaN"], "from 0 to 1"),
        (["--format", "pdf"], "known are text, jsonl, csv"),
        (["--decode", "best"], "viterbi"),
    ] {
        namewire(&[&["extract", "seeds/articles", "--out", &out], &flags[..]].concat()).exits(2).says(&[message]);
        assert!(!desk.has("out.jsonl"));
    }
    namewire(&["extract", "seeds/articles"]).exits(2).says(&["--out <FILE>"]);
}

#[test]
fn the_summary_says_what_the_run_was_made_with() {
    let desk = Desk::new();
    let (input, summary) = (desk.write("in.txt", "Rain."), desk.path("s.json"));
    namewire(&["extract", &input, "--out", &desk.path("m"), "--summary", &summary, "--workers", "1"]).exits(0);
    let summary = desk.json("s.json");
    for pointer in [
        "/run/stage_cpu_seconds/infer",
        "/run/seconds",
        "/written/by_type",
        "/tokens_per_second",
        "/model/sha256/tokenizer.json",
        "/table/sha256",
        "/configuration/batch_tokens",
        "/versions/onnxruntime",
        "/versions/namewire",
    ] {
        assert!(summary.pointer(pointer).is_some(), "{pointer} is not in {summary}");
    }
    assert_eq!((&summary["configuration"]["device"], &summary["configuration"]["workers"]), (&"cpu".into(), &1.into()));
}

#[test]
fn bench_measures_a_corpus_of_its_own() {
    let desk = super::common::Desk::new();
    let json = desk.path("bench.json");
    let tiny = super::common::tiny();
    let args = ["bench", "--articles", "20", "--rounds", "1", "--model", &tiny, "--entities", "none", "--json", &json];
    let run = namewire(&args);
    run.exits(0);
    let figures: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    for key in
        ["tokens_per_second", "ceiling_tokens_per_second", "ceiling_ratio", "host_tokens_per_second", "mean_batch_rows"]
    {
        assert!(figures[key].as_f64().is_some_and(|figure| figure > 0.0), "{key}: {figures}");
    }
    assert_eq!(figures["articles"], 20);
    assert_eq!(figures["padding_share"], 0.0, "batches are of equal length");
}

/// What ONNX Runtime would note for its makers is not wanted.
#[test]
fn nothing_is_written_to_the_home_folder() {
    let desk = Desk::new();
    let (home, out) = (desk.path("home"), desk.path("out.jsonl"));
    std::fs::create_dir(&home).unwrap();
    let mut run = command(&["extract", "seeds/articles", "--limit", "2", "--out", &out, "--quiet"]);
    run.env("HOME", &home).env_remove("XDG_CACHE_HOME").env_remove("ORT_DISABLE_TELEMETRY");
    assert!(run.status().unwrap().success());
    assert!(desk.has("out.jsonl"));
    assert_eq!(std::fs::read_dir(&home).unwrap().count(), 0);
}

#[test]
fn types_that_cannot_match_are_an_error_and_their_case_is_forgiven() {
    let desk = Desk::new();
    let (input, out) = (desk.write("in.txt", "Angela Merkel flew to Ankara."), desk.path("out.jsonl"));
    let extract = |types: &str| namewire(&["extract", &input, "--types", types, "--out", &out]);
    extract("PERSON").exits(2).says(&["\"PERSON\" is not a type", "LOC, MISC, ORG, PER", "--types"]);
    assert!(!desk.has("out.jsonl"));
    extract("per").exits(0);
    assert_eq!(column(&desk.lines("out.jsonl"), "text"), ["Angela Merkel"]);
}

#[test]
fn show_prints_an_article_with_its_mentions() {
    let desk = Desk::new();
    let text = "Davutoğlu met Zyx Qwertson in Geneva.\u{1b}[2J";
    let input =
        desk.write_lines("a.jsonl", &[json!({"id": "a\u{7}", "text": text, "date": "2014-06-29"}), json!({"id": "b"})]);
    let run = namewire(&["show", &input]).exits(1);
    run.says(&["a.jsonl#2"]);
    let shown = run.stdout;
    for part in ["2014-06-29", "Davutoğlu[per/ahmet-davutoglu] met Zyx Qwertson[PER?] in Geneva[loc/geneva]."] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains(['\u{1b}', '\u{7}']), "neither colours nor control characters: {shown}");
    let coloured = namewire(&["show", &input, "--limit", "1", "--color", "always"]).exits(0).stdout;
    assert!(coloured.contains("\u{1b}[1;34mDavutoğlu\u{1b}[0m"), "{coloured}");
}
