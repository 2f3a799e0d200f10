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
    let known = "only input_ids, attention_mask, token_type_ids are supported";
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
    for file in ["tokenizer.json", "model.onnx"] {
        let desk = Desk::new();
        let folder = desk.copy_of_tiny();
        desk.write(&format!("model/{file}"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
        refused(&desk, &folder, &[file, "this is not the file, but what Git LFS keeps in its place", "git lfs pull"]);
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

/// A model folder from somewhere else must not have this machine's files opened.
#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused() {
    use std::os::unix::fs::symlink;
    for file in ["model.onnx", "config.json", "tokenizer.json", "namewire.json"] {
        let desk = Desk::new();
        let folder = desk.copy_of_tiny();
        let (inside, outside) = (desk.path(&format!("model/{file}")), desk.path(&format!("elsewhere/{file}")));
        let content = std::fs::read(&inside).unwrap_or_else(|_| b"{}".to_vec());
        desk.write(&format!("elsewhere/{file}"), content);
        let _ = std::fs::remove_file(&inside);
        symlink(&outside, &inside).unwrap();
        refused(&desk, &folder, &[&format!("model/{file}: this file is a link out of the model folder"), &outside]);
        std::fs::remove_file(&inside).unwrap();
        symlink(format!("../elsewhere/{file}"), &inside).unwrap();
        refused(&desk, &folder, &["is a link out of the model folder"]);
    }
}

/// Every ONNX file of a folder is looked into, whichever is chosen; none may be anything but a file.
#[cfg(unix)]
#[test]
fn other_variants_are_no_way_out_either() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    let other = desk.path("model/other.onnx");
    symlink("/etc/passwd", &other).unwrap();
    refused(&desk, &folder, &["model/other.onnx: this file is a link out of the model folder"]);
    std::fs::remove_file(&other).unwrap();
    // Opened for reading, it would wait for ever.
    assert!(std::process::Command::new("mkfifo").arg(&other).status().unwrap().success());
    refused(&desk, &folder, &["model/other.onnx: this is not a file"]);
}

/// As a model hub's cache has it: a snapshot is a folder of links into the model's own blobs. A link to a folder is
/// the user's own doing.
#[cfg(unix)]
#[test]
fn links_within_a_models_cache_are_followed() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.copy_of_tiny();
    std::fs::create_dir_all(desk.path("models--a--tiny/snapshots/0a1b")).unwrap();
    for file in ["model.onnx", "config.json", "tokenizer.json"] {
        desk.write(
            &format!("models--a--tiny/blobs/{file}"),
            std::fs::read(desk.path(&format!("model/{file}"))).unwrap(),
        );
        symlink(format!("../../blobs/{file}"), desk.path(&format!("models--a--tiny/snapshots/0a1b/{file}"))).unwrap();
    }
    symlink(desk.path("models--a--tiny/snapshots/0a1b"), desk.path("short")).unwrap();
    for folder in ["models--a--tiny/snapshots/0a1b", "short"] {
        namewire(&["model", "inspect", &desk.path(folder)]).exits(0);
    }
    std::fs::remove_file(desk.path("short/config.json")).unwrap();
    symlink(desk.path("model/config.json"), desk.path("short/config.json")).unwrap();
    refused(&desk, &desk.path("short"), &["is a link out of the model folder"]);
}

/// An ONNX file whose first weights are said to lie in another file. The fields are those of `onnx.proto`: in a model
/// the graph is field 7, in it the tensors field 5, in them the places of external data field 13.
fn with_weights_at(desk: &Desk, location: &str) -> String {
    fn field(number: u8, part: &[u8]) -> Vec<u8> {
        let length = u8::try_from(part.len()).unwrap();
        assert!(length < 128);
        [&[number << 3 | 2, length], part].concat()
    }
    let folder = desk.copy_of_tiny();
    let entry = [field(1, b"location"), field(2, location.as_bytes())].concat();
    let tensor = [&[1 << 3, 4, 2 << 3, 1][..], &field(8, b"stray"), &field(13, &entry), &[14 << 3, 1]].concat();
    let mut graph = std::fs::read(desk.path("model/model.onnx")).unwrap();
    graph.extend(field(7, &field(5, &tensor)));
    desk.write("model/model.onnx", graph);
    folder
}

#[test]
fn weights_outside_the_folder_are_refused() {
    for location in ["/etc/hostname", "../weights.bin", "parts/../../weights.bin", "..\\weights.bin"] {
        let desk = Desk::new();
        desk.write("weights.bin", [0; 64]);
        let folder = with_weights_at(&desk, location);
        refused(&desk, &folder, &["model.onnx: this ONNX model cannot be used: it names weights outside its folder"]);
    }
}

#[cfg(unix)]
#[test]
fn weights_that_are_a_link_out_of_the_folder_are_refused() {
    let desk = Desk::new();
    let folder = with_weights_at(&desk, "weights.bin");
    desk.write("elsewhere.bin", [0; 64]);
    std::os::unix::fs::symlink(desk.path("elsewhere.bin"), desk.path("model/weights.bin")).unwrap();
    refused(&desk, &folder, &["model/weights.bin: this file is a link out of the model folder"]);
}

#[test]
fn oversized_parts_are_refused() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    for (file, bytes) in [("config.json", (16u64 << 20) + 1), ("tokenizer.json", (256 << 20) + 1)] {
        let path = desk.path(&format!("model/{file}"));
        let kept = std::fs::read(&path).unwrap();
        // Sparse: it takes no room on the disk.
        std::fs::File::create(&path).unwrap().set_len(bytes).unwrap();
        refused(&desk, &folder, &[&format!("model/{file}: this file has more than {} bytes", bytes - 1)]);
        std::fs::write(&path, kept).unwrap();
    }
}
