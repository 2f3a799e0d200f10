//! Connections that end, hubs that refuse, answers that are wrong.

use std::path::Path;
use std::time::{Duration, Instant};

use super::server::{Fault, HubServer, NAME, NEWEST, Request, status};
use super::{FOLDER, Run, blob, fetch, file, mentions, program, repository, run};
use crate::common::Desk;

#[test]
fn a_download_that_was_cut_off_goes_on_where_it_ended() {
    let (desk, files) = (Desk::new(), repository());
    let graph = file(&files, "onnx/model.onnx").clone();
    let cut =
        |request: &Request, seen| (request.path.starts_with("/store/") && seen == 0).then_some(Fault::Cut(20_000));
    let server = HubServer::with(files, false, cut);
    // What an earlier run has left.
    desk.write(&format!("hf/hub/{FOLDER}/blobs/{}.incomplete", graph.tag()), &graph.content[..9000]);
    let run = fetch(&desk, &server, &[NAME]).exits(0);
    run.says(&["onnx/model.onnx", "interrupted after 29000 bytes", "trying again in 0.0 s"]);
    let asked: Vec<_> =
        server.content_requests().into_iter().filter(|request| request.path.starts_with("/store/")).collect();
    let ranges: Vec<_> = asked.iter().map(|request| request.header("range").unwrap_or("-")).collect();
    assert_eq!(ranges, ["bytes=9000-", "bytes=29000-"]);
    assert_eq!(std::fs::read(blob(&desk, &graph)).unwrap(), graph.content);
    assert!(!Path::new(&(blob(&desk, &graph) + ".incomplete")).exists());
    mentions(&desk, NAME).exits(0);
}

#[test]
fn a_server_that_knows_no_ranges_starts_again() {
    for other in [false, true] {
        let (desk, files) = (Desk::new(), repository());
        let graph = file(&files, "onnx/model.onnx").clone();
        let wrong = move |request: &Request, seen| match request.path.starts_with("/store/") {
            true if !other => Some(Fault::WithoutRange),
            true if seen == 0 => Some(Fault::OtherRange),
            _ => None,
        };
        let server = HubServer::with(files, false, wrong);
        desk.write(&format!("hf/hub/{FOLDER}/blobs/{}.incomplete", graph.tag()), "something else");
        let run = fetch(&desk, &server, &[NAME]).exits(0);
        if other {
            run.says(&["the hub sent bytes from 7, not from 14 as requested"]);
        }
        assert_eq!(std::fs::read(blob(&desk, &graph)).unwrap(), graph.content);
    }
}

#[test]
fn a_connection_that_is_always_interrupted_ends_the_retries() {
    let (desk, files) = (Desk::new(), repository());
    let graph = file(&files, "onnx/model.onnx").clone();
    let cut = |request: &Request, seen| {
        request.path.starts_with("/store/").then_some(Fault::Cut(if seen == 0 { 5000 } else { 0 }))
    };
    let server = HubServer::with(files, false, cut);
    fetch(&desk, &server, &[NAME]).exits(2).says(&["onnx/model.onnx", "6 times in a row", "kept and will be resumed"]);
    assert_eq!(std::fs::read(blob(&desk, &graph) + ".incomplete").unwrap(), graph.content[..5000]);
    mentions(&desk, NAME).exits(2).says(&["namewire model fetch some-team/tiny-ner"]);
}

#[test]
fn refusals_say_what_to_do() {
    let desk = Desk::new();
    let coded =
        |status, code: &str| Some(Fault::Answer(status, vec![("x-error-code", code.to_owned())], b"{}".to_vec()));
    for (fault, token, messages) in [
        (status(401), None, &["denies access to some-team/tiny-ner", "401", "set HF_TOKEN"][..]),
        (status(401), Some("hf_old"), &["401", "HF_TOKEN was sent", "must be valid"]),
        (
            coded(403, "GatedRepo"),
            Some("hf_old"),
            &["403", "licence may have to be accepted at", "/some-team/tiny-ner"],
        ),
        (status(404), None, &["the hub has no model some-team/tiny-ner", "check owner, name"]),
        (coded(404, "RevisionNotFound"), None, &["some-team/tiny-ner has no revision \"main\""]),
        (status(418), None, &["status 418"]),
        (status(500), None, &["status 500, 6 times in a row", "try again later"]),
        (coded(302, "nowhere"), None, &["redirect", "which is not followed"]),
    ] {
        let server = HubServer::with(repository(), false, move |_, _| fault.clone());
        let mut command = program(&desk, &server.endpoint(), &["model", "fetch", NAME]);
        command.envs(token.map(|token| ("HF_TOKEN", token)));
        run(&mut command).exits(2).says(messages);
        assert!(!desk.has("hf/hub"), "a refusal leaves nothing");
    }
    for (name, message) in
        [("tiny", "\"tiny\" is not the name of a model on the hub"), ("a/b@../x", "\"../x\" is not a revision")]
    {
        run(&mut program(&desk, "http://127.0.0.1:1", &["model", "fetch", name])).exits(2).says(&[message]);
    }
    let run = run(&mut program(&desk, "http://127.0.0.1:1", &["model", "fetch", NAME])).exits(2);
    run.says(&["http://127.0.0.1:1 cannot be reached", "HF_ENDPOINT", "models in the cache open without it"]);
}

#[test]
fn a_busy_hub_is_asked_again_after_the_wait_it_names() {
    let desk = Desk::new();
    let busy = |request: &Request, seen| match (request.path.starts_with("/api/models/"), seen) {
        (true, 0) => Some(Fault::Answer(429, vec![("retry-after", "1".to_owned())], Vec::new())),
        (false, 0) if request.path.ends_with("resolve/1111111111222222222233333333334444444444/config.json") => {
            status(503)
        }
        _ => None,
    };
    let server = HubServer::with(repository(), false, busy);
    let start = Instant::now();
    let run = fetch(&desk, &server, &[NAME]).exits(0);
    run.says(&["some-team/tiny-ner: the hub answered with status 429; trying again in 1.0 s", "config.json", "503"]);
    assert!(start.elapsed() >= Duration::from_secs(1));
    let patient = |_: &Request, _| Some(Fault::Answer(429, vec![("retry-after", "9000".to_owned())], Vec::new()));
    let server = HubServer::with(repository(), false, patient);
    fetch(&desk, &server, &[NAME]).exits(2).says(&["429", "asks to wait 9000 s"]);
}

#[test]
fn content_with_another_hash_is_not_kept() {
    for path in ["onnx/model.onnx", "tokenizer.json"] {
        let (desk, files) = (Desk::new(), repository());
        let (wrong, end) = (file(&files, path).clone(), format!("/{path}"));
        let spoilt = move |request: &Request, _| {
            (request.is_for_content() && request.path.ends_with(&end)).then_some(Fault::Spoilt)
        };
        let server = HubServer::with(files, false, spoilt);
        fetch(&desk, &server, &[NAME]).exits(2).says(&[path, "is not what the hub lists", &wrong.tag(), "was deleted"]);
        let folder = desk.path(&format!("hf/hub/{FOLDER}"));
        let left: Vec<_> =
            std::fs::read_dir(format!("{folder}/blobs")).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with(&wrong.tag())), "{left:?}");
        assert!(!desk.has(&format!("hf/hub/{FOLDER}/refs/main")), "no branch leads to half a model");
        mentions(&desk, NAME).exits(2);
    }
}

#[test]
fn an_invalid_response_is_rejected() {
    let answers: [(Vec<u8>, &[&str]); 4] = [
        (
            format!("{{\"sha\": \"{NEWEST}\", \"siblings\": [{{\"rfilename\": \"../../../evil.json\"}}]}}").into(),
            &["\"../../../evil.json\"", "outside its folder", "nothing was downloaded"],
        ),
        (b"<html>Welcome to our hotel</html>".to_vec(), &["the hub's response about", "cannot be read"]),
        (vec![b' '; 17 << 20], &["longer than 16 MB"]),
        (b"{\"sha\": \"../main\", \"siblings\": []}".to_vec(), &["has an invalid commit \"../main\""]),
    ];
    for (answer, messages) in answers {
        let desk = Desk::new();
        let server =
            HubServer::with(repository(), false, move |_, _| Some(Fault::Answer(200, Vec::new(), answer.clone())));
        fetch(&desk, &server, &[NAME]).exits(2).says(messages);
        assert_eq!(server.requests().len(), 1);
        assert!(desk.files().is_empty(), "{:?}", desk.files());
    }
}

#[test]
fn two_fetches_at_once_share_one_download() {
    let desk = Desk::new();
    let slow = |request: &Request, _| {
        if request.path.starts_with("/store/") {
            std::thread::sleep(Duration::from_millis(300));
        }
        None
    };
    let server = HubServer::with(repository(), false, slow);
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let fetches: Vec<_> = (0..3).map(|_| scope.spawn(|| fetch(&desk, &server, &[NAME]))).collect();
        fetches.into_iter().map(|fetch| fetch.join().unwrap()).collect()
    });
    runs.into_iter().for_each(|run| drop(run.exits(0)));
    assert_eq!(server.content_requests().len(), 4, "each of the four files once");
    mentions(&desk, NAME).exits(0);
}
