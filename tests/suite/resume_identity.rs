//! A run is resumed only with the settings, model, table and inputs that it was started with.

use super::common::{Desk, namewire, tiny};
use super::sharded_run::{contents, dump, shards};

#[test]
fn a_run_is_resumed_only_with_the_same_settings_and_inputs() {
    let desk = Desk::new();
    let (tiny, out) = (tiny(), desk.path("out"));
    let input = desk.write("in.jsonl", dump(100));
    let resume = |flags: &[&str]| namewire(&shards(&input, &tiny, &out, &[&["--resume"], flags].concat()));
    let run = resume(&[]).exits(1);
    run.says(&["there is nothing to resume; starting from scratch"]);
    // The status of the run, which has rejects.
    resume(&[]).exits(1).says(&["the run is complete, with 3 shards of 100 records"]);
    namewire(&shards(&input, &tiny, &out, &[])).exits(2).says(&["already holds a run", "--resume", "--overwrite"]);
    resume(&["--min-score", "0.5", "--context"]).exits(2).says(&[
        "cannot be resumed, because its settings or inputs have changed",
        "settings.min_score: was \"0\", is \"0.5\"",
        "settings.context: was false, is true",
    ]);
    let other = desk.copy_of_tiny();
    desk.write("model/config.json", std::fs::read_to_string(desk.path("model/config.json")).unwrap() + "\n");
    let run = namewire(&shards(&input, &other, &out, &["--resume"])).exits(2);
    run.says(&["model.sha256.config.json: was \""]);
    // An argument left out, and arguments changed.
    let mut bare = shards(&input, &tiny, &out, &["--resume"]);
    bare.retain(|&argument| argument != "--with-spans");
    namewire(&bare).exits(2).says(&["settings.spans: was true, is false"]);
    resume(&["--labels", "O,B-LOC,I-LOC,B-ORG,I-ORG,B-PER,I-PER,B-MISC,I-MISC"]).exits(2).says(&["model.labels"]);
    resume(&["--memory", "2GB"]).exits(2).says(&["settings.memory: was null, is 2000000000"]);
    let whole = contents(&out);
    std::fs::remove_file(desk.path("out/spans-00001.jsonl")).unwrap();
    resume(&[]).exits(2).says(&["spans-00001.jsonl: a file of a complete shard is missing"]);
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
fn a_run_is_resumed_if_only_the_time_of_an_input_has_changed() {
    let desk = Desk::new();
    let (tiny, out, input) = (tiny(), desk.path("out"), desk.write("in.jsonl", dump(100)));
    namewire(&shards(&input, &tiny, &out, &[])).exits(1);
    let touch = || {
        let file = std::fs::File::options().append(true).open(&input).unwrap();
        file.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(60)).unwrap();
    };
    touch();
    let resume = || namewire(&shards(&input, &tiny, &out, &["--resume"]));
    resume().exits(1).says(&["the run is complete"]);
    // As many bytes, but others.
    desk.write("in.jsonl", dump(100).replace("day", "dax"));
    touch();
    resume().exits(2).says(&["cannot be resumed", "in.jsonl: was "]);
}

#[test]
fn a_run_is_resumed_only_with_the_same_table() {
    let desk = Desk::new();
    let (tiny, out, input) = (tiny(), desk.path("out"), desk.write("in.jsonl", dump(50)));
    let table = desk.write("table.jsonl", "{\"id\":\"loc/d\",\"name\":\"Dorvale\",\"type\":\"LOC\"}\n");
    let run = || {
        let mut args = shards(&input, &tiny, &out, &["--resume"]);
        *args.iter_mut().find(|argument| **argument == "none").unwrap() = &table;
        namewire(&args)
    };
    run().exits(1);
    // The run is complete, and has rejects.
    run().exits(1);
    desk.write("table.jsonl", "{\"id\":\"loc/e\",\"name\":\"Dorvale\",\"type\":\"LOC\"}\n");
    run().exits(2).says(&["cannot be resumed", "tables: was [", "table.jsonl"]);
}
