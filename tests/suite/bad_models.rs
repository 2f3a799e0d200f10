//! A model whose parts do not fit is refused before the first article is read, with both sides of the mismatch.

use serde_json::{Value, json};

use super::common::{Desk, namewire};

/// Runs with the spoiled model; no output may be left.
fn refused(desk: &Desk, folder: &str, messages: &[&str]) {
    let input = desk.write("in.txt", "The ferry to Dorvale left at noon.");
    let out = desk.path("out.jsonl");
    let run = namewire(&["extract", &input, "--model", folder, "--entities", "none", "--out", &out]);
    run.exits(2).says(messages);
    assert!(!desk.has("out.jsonl"));
    namewire(&["model", "inspect", folder]).exits(2).says(messages);
}

fn edit(desk: &Desk, file: &str, change: impl Fn(&mut Value)) {
    let name = format!("model/{file}");
    let mut value = desk.json(&name);
    change(&mut value);
    desk.write(&name, value.to_string());
}

#[test]
fn an_onnx_file_that_ends_too_early() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    let graph = std::fs::read(desk.path("model/model.onnx")).unwrap();
    for kept in [graph.len() / 2, 100, 0] {
        desk.write("model/model.onnx", &graph[..kept]);
        refused(&desk, &folder, &["model/model.onnx: this ONNX model cannot be used"]);
    }
}

#[test]
fn labels_that_do_not_fit_the_logits() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    edit(&desk, "config.json", |config| drop(config["id2label"].as_object_mut().unwrap().remove("8")));
    refused(&desk, &folder, &["model.onnx", "9) [batch, token, label]", "config.json names 8 labels"]);
    edit(&desk, "config.json", |config| drop(config["id2label"].as_object_mut().unwrap().remove("3")));
    refused(&desk, &folder, &["model", "`id2label`", "does not number its labels"]);
    edit(&desk, "config.json", |config| drop(config.as_object_mut().unwrap().remove("id2label")));
    refused(&desk, &folder, &["config.json has no `id2label`"]);
}

#[test]
fn labels_that_say_nothing() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    let names: serde_json::Map<String, Value> =
        (0..9).map(|id| (id.to_string(), json!(format!("LABEL_{id}")))).collect();
    edit(&desk, "config.json", |config| config["id2label"] = json!(names));
    let advice = ["\"LABEL_0\" says nothing about its meaning", "--labels O,B-PER", "id2label", "config.json"];
    refused(&desk, &folder, &advice);
}

#[test]
fn a_tokenizer_with_more_tokens_than_the_model() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    edit(&desk, "tokenizer.json", |tokenizer| tokenizer["model"]["vocab"]["@@"] = json!(5000));
    refused(&desk, &folder, &["tokenizer.json has ids up to 5000", "config.json a vocabulary of 344"]);
    // Where config.json does not tell, the model itself does.
    edit(&desk, "config.json", |config| drop(config.as_object_mut().unwrap().remove("vocab_size")));
    refused(&desk, &folder, &["model.onnx", "token ids 0 and 5000 failed", "tokenizer.json"]);
}

/// Replaces bytes of the graph, wherever they stand, by as many others.
fn patch(desk: &Desk, old: &[u8], new: &[u8]) {
    let mut graph = std::fs::read(desk.path("model/model.onnx")).unwrap();
    let places: Vec<usize> = (0..graph.len() - old.len()).filter(|&at| graph[at..].starts_with(old)).collect();
    assert!(!places.is_empty() && old.len() == new.len());
    places.iter().for_each(|&at| graph[at..at + old.len()].copy_from_slice(new));
    desk.write("model/model.onnx", graph);
}

#[test]
fn a_graph_with_an_input_that_nobody_gives() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    patch(&desk, b"attention_mask", b"attention_musk");
    let known = "only input_ids, attention_mask, token_type_ids can be given";
    refused(&desk, &folder, &["an input \"attention_musk\"", known, "scripts/export_onnx"]);
}

#[test]
fn a_graph_for_batches_of_one_size() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    // An axis by the name of "batch" becomes one of size 1, a number written with as many bytes.
    patch(&desk, b"\x12\x05batch", b"\x08\x81\x80\x80\x80\x80\x00");
    refused(&desk, &folder, &["input_ids is fixed to the shape [1, -1]", "must both be free", "dynamic axes"]);
}

#[test]
fn the_only_output_may_have_any_name() {
    let desk = Desk::new();
    let (folder, input) = (desk.copy_of_tiny(), desk.write("in.txt", "The ferry to Dorvale left at noon."));
    let mentions = |folder: &str| {
        let run = namewire(&["extract", &input, "--model", folder, "--entities", "none", "--out", "-", "--quiet"]);
        run.exits(0).stdout
    };
    let expected = mentions(&folder);
    patch(&desk, b"logits", b"scores");
    assert_eq!(mentions(&folder), expected);
}

#[test]
fn files_that_are_missing_or_broken() {
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        let desk = Desk::new();
        let folder = desk.copy_of_tiny();
        std::fs::remove_file(desk.path(&format!("model/{file}"))).unwrap();
        let message = if file == "model.onnx" { "the model folder has no ONNX file" } else { file };
        refused(&desk, &folder, &["help:", message]);
    }
    for (file, message) in
        [("config.json", "config.json cannot be read"), ("tokenizer.json", "tokenizer.json cannot be read")]
    {
        let desk = Desk::new();
        let folder = desk.copy_of_tiny();
        desk.write(&format!("model/{file}"), "{\"version\": ");
        refused(&desk, &folder, &["/model: ", message]);
    }
    let desk = Desk::new();
    refused(&desk, &desk.path("nowhere"), &["nowhere: there is no such model folder"]);
}

#[test]
fn a_window_longer_than_the_model_was_made_for() {
    let desk = Desk::new();
    let (folder, input, out) = (desk.copy_of_tiny(), desk.write("in.txt", "Rain."), desk.path("out.jsonl"));
    for (window, message) in [("97", "longer than the 96"), ("4", "leaves no room for text")] {
        namewire(&["extract", &input, "--model", &folder, "--entities", "none", "--out", &out, "--window", window])
            .exits(2)
            .says(&[&format!("a window of {window} tokens"), message]);
    }
    namewire(&["extract", &input, "--model", &folder, "--entities", "none", "--out", &out, "--window", "10"]).exits(0);
}
