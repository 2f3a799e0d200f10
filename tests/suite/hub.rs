//! Models of the hub: fetched from a server that behaves like it, checked, and used by name.

mod server;
mod trouble;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use self::server::{File, HubServer, NAME, NEWEST, OLDER};
use super::common::{Desk, Run, command, tiny};

const FOLDER: &str = "models--some-team--tiny-ner";

/// The tiny model as a repository: the graph in large file storage, an export that namewire has no use for beside it.
fn repository() -> Vec<File> {
    let file = |path: &str, from: &str, large| {
        let content = std::fs::read(Path::new(&tiny()).join(from)).unwrap();
        File { path: path.to_owned(), content, large }
    };
    let text = |path: &str, text: &str| File { path: path.to_owned(), content: text.into(), large: false };
    vec![
        text(".gitattributes", "*.onnx filter=lfs"),
        text("README.md", "---\nlicense: mit\n---\n"),
        file("config.json", "config.json", false),
        file("tokenizer.json", "tokenizer.json", false),
        text("special_tokens_map.json", "{}"),
        file("onnx/model.onnx", "model.onnx", true),
        file("pytorch_model.bin", "README.md", true),
    ]
}

fn file<'f>(files: &'f [File], path: &str) -> &'f File {
    files.iter().find(|file| file.path == path).unwrap()
}

/// The program with the hub's cache on a desk, and nothing of the environment of whoever runs the tests.
fn program(desk: &Desk, endpoint: &str, args: &[&str]) -> Command {
    let mut command = command(args);
    for (name, _) in std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy().to_ascii_uppercase();
        name.starts_with("HF_") || name.starts_with("HUGGING") || name.contains("PROXY") || name.ends_with("OFFLINE")
    }) {
        command.env_remove(name);
    }
    command.env("HF_HOME", desk.path("hf")).env("HF_ENDPOINT", endpoint).env("NAMEWIRE_HUB_WAIT", "0.01");
    command
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().expect("not ended by a signal"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn fetch(desk: &Desk, server: &HubServer, args: &[&str]) -> Run {
    run(&mut program(desk, &server.endpoint(), &[&["model", "fetch"], args].concat()))
}

/// Mentions of an article with a model; nobody is asked for anything.
fn mentions(desk: &Desk, model: &str) -> Run {
    let article = "seeds/articles/01-davutoglu-geneva.txt";
    let args = ["extract", article, "--model", model, "--entities", "none", "--out", "-", "--quiet", "--workers", "1"];
    run(&mut program(desk, "http://127.0.0.1:1", &args))
}

fn blob(desk: &Desk, file: &File) -> String {
    desk.path(&format!("hf/hub/{FOLDER}/blobs/{}", file.tag()))
}

#[test]
fn a_fetched_model_is_the_folder_it_was_made_from() {
    let (desk, files) = (Desk::new(), repository());
    let server = HubServer::start(files.clone());
    let mut first = program(&desk, &server.endpoint(), &["model", "fetch", NAME]);
    let said = run(first.env("HF_TOKEN", "hf_secret")).exits(0).stdout;
    for part in [NAME, NEWEST, "mit", "onnx/model.onnx", "4, 44.61 kB, all checked; 44.61 kB downloaded"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    // The same mentions, byte for byte.
    let named = mentions(&desk, NAME).exits(0).stdout;
    assert!(named.lines().count() >= 2, "{named}");
    assert_eq!(named, mentions(&desk, &tiny()).exits(0).stdout);
    // The hub sees the token; where it keeps its large files, nobody does.
    for request in server.requests() {
        let expected = (!request.path.starts_with("/store/")).then_some("Bearer hf_secret");
        assert_eq!(request.header("authorization"), expected, "{}", request.path);
    }
    assert!(server.requests().iter().any(|request| request.path == "/store/onnx/model.onnx"));
    // Nothing that is not needed came along, and all of it lies as the hub's own tools lay it out.
    let hub = Path::new(&desk.path("hf/hub")).join(FOLDER);
    let snapshot = hub.join("snapshots").join(NEWEST);
    assert!(!snapshot.join("pytorch_model.bin").exists() && !snapshot.join("README.md").exists());
    assert_eq!(std::fs::read_to_string(hub.join("refs/main")).unwrap(), NEWEST);
    let graph = file(&files, "onnx/model.onnx");
    if cfg!(unix) {
        let link = std::fs::read_link(snapshot.join("onnx/model.onnx")).unwrap();
        assert_eq!(link, Path::new("../../../blobs").join(graph.tag()));
    }
    let manifest: Value = desk.json(&format!("hf/hub/{FOLDER}/namewire/{NEWEST}.json"));
    assert_eq!(
        (&manifest["name"], &manifest["commit"], &manifest["licence"]),
        (&NAME.into(), &NEWEST.into(), &"mit".into())
    );
    assert_eq!(manifest["files"].as_array().unwrap().len(), 4);
    assert_eq!(manifest["files"][1]["sha256"], graph.tag());
    assert_eq!(manifest["files"][0]["git_sha1"], file(&files, "config.json").tag());
    // A second time, the hub is asked what there is, and nothing is downloaded.
    let before = server.content_requests().len();
    assert!(fetch(&desk, &server, &[NAME]).exits(0).stdout.contains("all checked; 0 B downloaded"));
    assert_eq!(server.content_requests().len(), before);
    let inspected = run(&mut program(&desk, &server.endpoint(), &["model", "inspect", NAME])).exits(0).stdout;
    for part in [NAME, "the hub's cache", NEWEST, "licence  mit"] {
        assert!(inspected.contains(part), "{part} is not in:\n{inspected}");
    }
}

#[test]
fn offline_the_cache_is_checked_and_nobody_is_asked() {
    let (desk, files) = (Desk::new(), repository());
    let server = HubServer::start(files.clone());
    let offline = |name: &str| {
        let mut command = program(&desk, &server.endpoint(), &["model", "fetch", name]);
        run(command.env("HF_HUB_OFFLINE", "1"))
    };
    offline(NAME).exits(2).says(&[
        "nor a model in the hub's cache",
        "HF_HUB_OFFLINE is set",
        "model fetch some-team/tiny-ner",
    ]);
    assert!(server.requests().is_empty());
    fetch(&desk, &server, &[NAME]).exits(0);
    let before = server.requests().len();
    assert!(offline(NAME).exits(0).stdout.contains("0 B downloaded"));
    assert!(offline(&format!("{NAME}@{NEWEST}")).exits(0).stdout.contains("licence  mit"));
    // A file that has changed is found, and mended where the hub may be asked.
    let graph = file(&files, "onnx/model.onnx");
    let mut spoilt = graph.content.clone();
    spoilt[77] ^= 1;
    std::fs::write(blob(&desk, graph), &spoilt).unwrap();
    offline(NAME).exits(2).says(&["onnx/model.onnx", "the cached file is damaged", &graph.tag()]);
    assert_eq!(server.requests().len(), before);
    fetch(&desk, &server, &[NAME]).exits(0).says(&["is downloaded again"]);
    assert_eq!(std::fs::read(blob(&desk, graph)).unwrap(), graph.content);
}

#[cfg(unix)]
#[test]
fn what_other_tools_have_downloaded_is_used() {
    let (desk, files) = (Desk::new(), repository());
    let hub = format!("hf/hub/{FOLDER}");
    for file in &files[2..6] {
        desk.write(&format!("{hub}/blobs/{}", file.tag()), &file.content);
        let pointer = desk.write(&format!("{hub}/snapshots/{NEWEST}/{}", file.path), "");
        std::fs::remove_file(&pointer).unwrap();
        let up = "../".repeat(2 + file.path.matches('/').count());
        std::os::unix::fs::symlink(format!("{up}blobs/{}", file.tag()), pointer).unwrap();
    }
    desk.write(&format!("{hub}/refs/main"), NEWEST);
    assert_eq!(mentions(&desk, NAME).exits(0).stdout, mentions(&desk, &tiny()).exits(0).stdout);
    let server = HubServer::start(files.clone());
    assert!(fetch(&desk, &server, &[NAME]).exits(0).stdout.contains("all checked; 0 B downloaded"));
    assert_eq!(server.requests().len(), 1, "what there is, and nothing else");
    // Of a model that is there in part, only the rest is downloaded.
    std::fs::remove_file(blob(&desk, &files[3])).unwrap();
    mentions(&desk, NAME).exits(2).says(&["without tokenizer.json", "namewire model fetch some-team/tiny-ner"]);
    fetch(&desk, &server, &[NAME]).exits(0);
    let contents: Vec<_> = server.content_requests().into_iter().map(|request| request.path).collect();
    assert_eq!(contents, ["/api/resolve-cache/models/tokenizer.json"]);
    mentions(&desk, NAME).exits(0);
}

#[test]
fn a_repository_without_a_graph_is_to_be_exported() {
    let desk = Desk::new();
    let mut files = repository();
    files.retain(|file| !file.path.ends_with(".onnx"));
    let server = HubServer::start(files);
    fetch(&desk, &server, &[NAME]).exits(2).says(&[
        "has no ONNX file",
        "scripts/export_onnx some-team/tiny-ner",
        "--model",
    ]);
    assert!(server.content_requests().is_empty());
    // Nor are the weights of a model downloaded whose labels say nothing.
    let mut files = repository();
    files[2].content = br#"{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}"#.to_vec();
    let server = HubServer::start(files);
    fetch(&desk, &server, &[NAME]).exits(2).says(&["config.json", "\"LABEL_0\" says nothing"]);
    assert!(!server.content_requests().iter().any(|request| request.path.ends_with(".onnx")));
}

#[test]
fn a_revision_is_pinned_to_its_commit() {
    let desk = Desk::new();
    let server = HubServer::start(repository());
    let at = |revision: &str| format!("{NAME}@{revision}");
    assert!(fetch(&desk, &server, &[&at(OLDER)]).exits(0).stdout.contains(OLDER));
    // Without a branch that leads there, the commit is named.
    mentions(&desk, NAME).exits(2).says(&["neither a folder here nor a model in the hub's cache", &at(OLDER)]);
    mentions(&desk, &at(OLDER)).exits(0);
    mentions(&desk, &at("v1")).exits(2);
    for revision in ["v1", "refs/pr/7"] {
        fetch(&desk, &server, &[&at(revision)]).exits(0);
        mentions(&desk, &at(revision)).exits(0);
        assert_eq!(std::fs::read_to_string(desk.path(&format!("hf/hub/{FOLDER}/refs/{revision}"))).unwrap(), OLDER);
    }
    let commit = |model: &str| -> Value {
        let summary = desk.path("summary.json");
        let input = desk.write("in.txt", "Rain.");
        let args = ["extract", &input, "--model", model, "--out", &desk.path("out"), "--summary", &summary];
        run(&mut program(&desk, "http://127.0.0.1:1", &args)).exits(0);
        desk.json("summary.json")["model"]["commit"].clone()
    };
    assert_eq!((commit(&at("v1")), commit(&tiny())), (OLDER.into(), Value::Null));
    fetch(&desk, &server, &[NAME]).exits(0);
    assert_eq!(commit(NAME), NEWEST);
    fetch(&desk, &server, &[&at("v9")]).exits(2).says(&["some-team/tiny-ner has no revision \"v9\"", "/tree/main"]);
}

#[test]
fn the_variant_goes_by_the_device_and_takes_its_weights_along() {
    let desk = Desk::new();
    let mut files = repository();
    let graph = files[5].clone();
    for name in ["onnx/model_fp16.onnx", "onnx/model_quantized.onnx", "onnx/model_fp16.onnx_data"] {
        let content = if name.ends_with("_data") { b"weights".to_vec() } else { graph.content.clone() };
        files.push(File { path: name.to_owned(), content, large: true });
    }
    let server = HubServer::start(files);
    let snapshot = desk.path(&format!("hf/hub/{FOLDER}/snapshots/{NEWEST}/onnx"));
    let here = || {
        let mut names: Vec<_> = std::fs::read_dir(&snapshot)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    fetch(&desk, &server, &[NAME]).exits(0);
    assert_eq!(here(), ["model_quantized.onnx"]);
    mentions(&desk, NAME).exits(0);
    fetch(&desk, &server, &[NAME, "--device", "cuda"]).exits(0);
    assert_eq!(here(), ["model_fp16.onnx", "model_fp16.onnx_data", "model_quantized.onnx"]);
    let json = fetch(&desk, &server, &[NAME, "--variant", "model", "--json"]).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["variant"], &json["downloaded_bytes"]), (&"onnx/model.onnx".into(), &0.into()), "the same blob");
    assert_eq!(json["files"].as_array().unwrap().len(), 7, "what earlier runs fetched is listed as well");
    fetch(&desk, &server, &[NAME, "--variant", "model_q9"])
        .exits(2)
        .says(&["no variant \"model_q9\"", "onnx/model_fp16.onnx"]);
}

#[test]
fn a_mirror_that_lists_names_alone_is_asked_for_each_hash() {
    let desk = Desk::new();
    let server = HubServer::with(repository(), true, |_, _| None);
    fetch(&desk, &server, &[NAME]).exits(0);
    assert_eq!(server.requests().iter().filter(|request| request.method == "HEAD").count(), 4 + 3, "with redirects");
    let manifest = desk.json(&format!("hf/hub/{FOLDER}/namewire/{NEWEST}.json"));
    assert_eq!(manifest["files"][1]["sha256"], file(&repository(), "onnx/model.onnx").tag());
    mentions(&desk, NAME).exits(0);
}

#[test]
fn a_folder_wins_over_a_model_of_the_hub() {
    let desk = Desk::new();
    let server = HubServer::start(repository());
    fetch(&desk, &server, &[NAME]).exits(0);
    let origin = |folder: &str| {
        let mut command = program(&desk, "http://127.0.0.1:1", &["model", "inspect", NAME]);
        let library = concat!(env!("CARGO_MANIFEST_DIR"), "/.onnxruntime");
        run(command
            .current_dir(folder)
            .args(Path::new(library).exists().then_some(["--ort-lib", library]).iter().flatten()))
    };
    assert!(origin(&desk.path("")).exits(0).stdout.contains("the hub's cache"));
    desk.write("here/some-team/tiny-ner/config.json", "{}");
    origin(&desk.path("here")).exits(2).says(&["some-team/tiny-ner/tokenizer.json"]);
}

#[test]
fn the_list_says_what_is_here() {
    let desk = Desk::new();
    let list = |args: &[&str]| {
        run(&mut program(&desk, "http://127.0.0.1:1", &[&["model", "list"], args].concat())).exits(0).stdout
    };
    let text = list(&[]);
    for part in [
        "dslim/bert-base-NER  (not here)",
        "91.3 (CoNLL-2003 English, test)",
        "needs export: scripts/export_onnx tner/roberta-large-ontonotes5",
        "Not for commercial use",
        "claimed F1  —",
        "yes; exported as Xenova/bert-base-multilingual-cased-ner-hrl",
        "not verified  labels",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    if cfg!(feature = "bundled-model") {
        assert!(text.starts_with("minilm-l6-news-ner  (bundled)"), "{text}");
    }
    fetch(&desk, &HubServer::start(repository()), &[NAME]).exits(0);
    assert!(list(&[]).contains("some-team/tiny-ner  (in the cache, commit 111111111122)"));
    let models: Vec<Value> = serde_json::from_str(&list(&["--json"])).unwrap();
    assert_eq!(models.len(), 25);
    let tiny = models.iter().find(|model| model["name"] == NAME).unwrap();
    assert_eq!(
        (&tiny["cached_commit"], &tiny["licence"], &tiny["onnx"]),
        (&NEWEST.into(), &"mit".into(), &Value::Null)
    );
}
