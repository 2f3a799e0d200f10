//! A server that behaves like the hub, as far as it matters: one repository, its redirects, ranges and refusals.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(crate) const NAME: &str = "some-team/tiny-ner";
/// What `main` stands for.
pub(crate) const NEWEST: &str = "1111111111222222222233333333334444444444";
/// What the tag `v1` stands for.
pub(crate) const OLDER: &str = "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd";

/// One file of the repository.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
    /// Kept in large file storage, on another host.
    pub(crate) large: bool,
}

impl File {
    /// The hash that the hub states, which is also the name of the blob.
    pub(crate) fn tag(&self) -> String {
        if self.large {
            hex(&Sha256::digest(&self.content))
        } else {
            hex(&Sha1::digest([format!("blob {}\0", self.content.len()).as_bytes(), &self.content].concat()))
        }
    }
}

/// What came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A request for a file's bytes, after all redirects.
    pub(crate) fn is_for_content(&self) -> bool {
        self.method == "GET" && (self.path.starts_with("/store/") || self.path.starts_with("/api/resolve-cache/"))
    }
}

/// How an answer differs from what the hub should say.
#[derive(Clone)]
pub(crate) enum Fault {
    /// Another answer in its place.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The connection ends after so many bytes of the body.
    Cut(usize),
    /// The first byte of the body is another.
    Spoilt,
    /// The whole file, whatever part was asked for.
    WithoutRange,
    /// Another part of the file than was asked for.
    OtherRange,
}

pub(crate) fn status(status: u16) -> Option<Fault> {
    Some(Fault::Answer(status, Vec::new(), b"{}".to_vec()))
}

/// Given a request and how many of the same path came before it.
type Faults = dyn Fn(&Request, usize) -> Option<Fault> + Send + Sync;

struct Shared {
    files: Vec<File>,
    /// What the API answers beside names and hashes.
    card: Value,
    /// A mirror that states neither sizes nor hashes in its list.
    terse: bool,
    faults: Box<Faults>,
    requests: Mutex<Vec<Request>>,
    port: u16,
}

pub(crate) struct HubServer {
    shared: Arc<Shared>,
}

impl HubServer {
    pub(crate) fn start(files: Vec<File>) -> Self {
        Self::with(files, false, |_, _| None)
    }

    pub(crate) fn with(
        files: Vec<File>,
        terse: bool,
        faults: impl Fn(&Request, usize) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            files,
            card: json!({"license": "mit", "language": "en"}),
            terse,
            faults: Box::new(faults),
            requests: Mutex::new(Vec::new()),
            port: listener.local_addr().unwrap().port(),
        });
        let serving = Arc::clone(&shared);
        // Serves until the tests end.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.serve(&stream));
            }
        });
        Self { shared }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.shared.port)
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The requests for bytes of files so far.
    pub(crate) fn content_requests(&self) -> Vec<Request> {
        self.requests().into_iter().filter(Request::is_for_content).collect()
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let request = read_request(stream)?;
        let seen = {
            let mut requests = self.requests.lock().unwrap();
            let seen = requests.iter().filter(|earlier| earlier.path == request.path).count();
            requests.push(request.clone());
            seen
        };
        let fault = (self.faults)(&request, seen);
        let (status, mut headers, mut body) = match &fault {
            Some(Fault::Answer(status, headers, body)) => (*status, headers.clone(), body.clone()),
            Some(Fault::WithoutRange) => self.answer(&Request { headers: Vec::new(), ..request.clone() }),
            Some(Fault::OtherRange) => {
                let headers = vec![("range".to_owned(), "bytes=7-".to_owned())];
                self.answer(&Request { headers, ..request.clone() })
            }
            _ => self.answer(&request),
        };
        let mut sent = body.len();
        match fault {
            Some(Fault::Cut(bytes)) => sent = bytes.min(sent),
            Some(Fault::Spoilt) => body[0] ^= 1,
            _ => {}
        }
        let mut stream = stream;
        // What answers HEAD states its own length.
        if request.method != "HEAD" {
            headers.push(("content-length", body.len().to_string()));
        }
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        write!(stream, "HTTP/1.1 {status} Whatever\r\n{lines}connection: close\r\n\r\n").ok()?;
        if request.method != "HEAD" {
            stream.write_all(&body[..sent]).ok()?;
        }
        Some(())
    }

    fn answer(&self, request: &Request) -> (u16, Vec<(&'static str, String)>, Vec<u8>) {
        let path = request.path.split('?').next().unwrap();
        if let Some(revision) = path.strip_prefix(&format!("/api/models/{NAME}/revision/")) {
            let commit = match revision {
                "main" | NEWEST => NEWEST,
                "v1" | "refs%2Fpr%2F7" | OLDER => OLDER,
                _ => return (404, vec![("x-error-code", "RevisionNotFound".into())], b"{}".to_vec()),
            };
            return (200, Vec::new(), self.listing(commit).to_string().into_bytes());
        }
        let resolve = path.strip_prefix(&format!("/{NAME}/resolve/")).and_then(|rest| rest.split_once('/'));
        if let Some((_, path)) = resolve
            && let Some(file) = self.file(path)
        {
            let large = [
                ("location", format!("http://localhost:{}/store/{path}", self.port)),
                ("x-linked-etag", format!("\"{}\"", file.tag())),
                ("x-linked-size", file.content.len().to_string()),
            ];
            let small = [("location", format!("/api/resolve-cache/models/{path}"))];
            return if file.large { (302, large.to_vec(), Vec::new()) } else { (307, small.to_vec(), Vec::new()) };
        }
        let content = ["/store/", "/api/resolve-cache/models/"].iter().find_map(|start| path.strip_prefix(start));
        match content.and_then(|path| self.file(path)) {
            Some(file) => content_of(file, request),
            None => (404, vec![("x-error-code", "RepoNotFound".into())], b"{}".to_vec()),
        }
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    fn listing(&self, commit: &str) -> Value {
        let sibling = |file: &File| {
            let (size, tag) = (file.content.len(), file.tag());
            match (self.terse, file.large) {
                (true, _) => json!({"rfilename": file.path}),
                (false, false) => json!({"rfilename": file.path, "size": size, "blobId": tag}),
                (false, true) => {
                    let lfs = json!({"sha256": tag, "size": size, "pointerSize": 134});
                    json!({"rfilename": file.path, "size": size, "blobId": "0".repeat(40), "lfs": lfs})
                }
            }
        };
        let siblings: Vec<Value> = self.files.iter().map(sibling).collect();
        json!({"id": NAME, "sha": commit, "cardData": self.card, "tags": ["license:mit"], "siblings": siblings})
    }
}

fn content_of(file: &File, request: &Request) -> (u16, Vec<(&'static str, String)>, Vec<u8>) {
    let total = file.content.len();
    let tag = ("etag", format!("\"{}\"", file.tag()));
    if request.method == "HEAD" {
        return (200, vec![tag, ("content-length", total.to_string())], Vec::new());
    }
    let range = request.header("range").and_then(|range| range.strip_prefix("bytes="));
    match range.and_then(|range| range.strip_suffix('-')?.parse::<usize>().ok()) {
        None => (200, vec![tag], file.content.clone()),
        Some(from) if from < total => (
            206,
            vec![tag, ("content-range", format!("bytes {from}-{}/{total}", total - 1))],
            file.content[from..].into(),
        ),
        Some(_) => (416, vec![("content-range", format!("bytes */{total}"))], Vec::new()),
    }
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream.take(1 << 16)).lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    for line in lines {
        match line.ok()?.split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => return Some(Request { method, path, headers }),
        }
    }
    None
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
