//! Outputs are whole or not there: what a failed run leaves, what a closed pipe does.

use std::process::Stdio;

use super::common::{Desk, command, in_repository, namewire, tiny};

fn extract<'a>(input: &'a str, model: &'a str, out: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["extract", input, "--model", model, "--entities", "none", "--workers", "1", "--out", out];
    args.extend(rest);
    args
}

#[test]
fn outputs_that_cannot_be_made_end_the_run_before_it_begins() {
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
fn two_outputs_cannot_be_one_file() {
    let desk = Desk::new();
    let (input, tiny, out) = (desk.write("in.txt", "Rain."), tiny(), desk.path("out.jsonl"));
    for flag in ["--articles", "--spans", "--rejects", "--summary"] {
        namewire(&extract(&input, &tiny, &out, &[flag, &out])).exits(2).says(&["two outputs have the same name", &out]);
    }
}

/// A disk that is full shows in the middle of a run.
#[cfg(target_os = "linux")]
#[test]
fn a_failed_run_leaves_nothing_under_the_final_name() {
    let desk = Desk::new();
    let tiny = tiny();
    let out = desk.write("out.jsonl", "of an earlier run\n");
    let articles = desk.path("articles.jsonl");
    // Larger than the buffers of the outputs, so that it fails before the end; and smaller.
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
fn a_run_replaces_what_an_earlier_one_wrote() {
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
fn a_closed_pipe_is_no_failure() {
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

/// As in `namewire … 2>&1 | head -1`: the closing report finds nobody, the outputs must not suffer.
#[test]
fn a_closed_standard_error_is_no_failure() {
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
