//! What the tests share: the program, a place for files, the models.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use namewire::article::Origin;
use namewire::config::Config;
use namewire::infer::{Backend, Device, OnnxBackend, OnnxOptions, Runtime};
use namewire::link::{EntityTable, LinkOptions, Linker};
use namewire::model::{Model, ModelOptions};
use namewire::pipeline::Pipeline;
use namewire::read::{Format, RawRecord, Reject};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use serde_json::{Value, json};

/// A path below the repository.
pub(crate) fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder of the model with random weights.
pub(crate) fn tiny() -> String {
    in_repository("tests/fixtures/tiny").display().to_string()
}

/// What the program did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The run, if it ended with this exit status; otherwise a panic that shows what was said.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit status; standard error:\n{}", self.stderr);
        self
    }

    /// Asserts that standard error has each of these.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in standard error:\n{}", self.stderr);
        }
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

/// The program, ready to be started in the repository.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_namewire"));
    command.args(args).current_dir(in_repository("")).env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn namewire(args: &[&str]) -> Run {
    let output = command(args).output().unwrap();
    Run {
        code: output.status.code().expect("not ended by a signal"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the program with `input` on standard input.
pub(crate) fn namewire_with_input(args: &[&str], input: &[u8]) -> Run {
    let mut command = command(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A run that fails need not read its input to the end.
    let written = writer.join().unwrap();
    assert!(written.is_ok() || !output.status.success(), "{written:?}");
    Run {
        code: output.status.code().expect("not ended by a signal"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A temporary folder for the files of one test.
pub(crate) struct Desk(tempfile::TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A path on this desk, as an argument.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Writes a file, its folders included; returns its path.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// Writes records, one a line.
    pub(crate) fn write_lines(&self, name: &str, records: &[Value]) -> String {
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        self.write(name, lines.join("\n") + "\n")
    }

    /// A copy of the model with random weights, for tests that spoil it.
    pub(crate) fn copy_of_tiny(&self) -> String {
        for file in ["config.json", "tokenizer.json", "model.onnx"] {
            self.write(&format!("model/{file}"), std::fs::read(Path::new(&tiny()).join(file)).unwrap());
        }
        self.path("model")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.path().join(name).exists()
    }

    /// The names of all files here, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Reads the JSON objects of a file here, one a line.
    pub(crate) fn lines(&self, name: &str) -> Vec<Value> {
        parse_lines(&std::fs::read_to_string(self.path(name)).unwrap())
    }

    /// Reads a file that is one JSON value.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }
}

pub(crate) fn parse_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A key of each object, as text; "-" where it is null or missing.
pub(crate) fn column(lines: &[Value], key: &str) -> Vec<String> {
    lines.iter().map(|line| line[key].as_str().unwrap_or("-").to_owned()).collect()
}

/// Runs `extract` over records with the bundled model and a table ("none" for none); returns the mentions.
pub(crate) fn extract_records(records: &[Value], entities: &str) -> Vec<Value> {
    extract_with(records, &["--entities", entities])
}

/// The same with flags.
pub(crate) fn extract_with(records: &[Value], flags: &[&str]) -> Vec<Value> {
    let desk = Desk::new();
    let input = desk.write_lines("in.jsonl", records);
    let run = namewire(&[&["extract", &input, "--out", "-", "--workers", "2", "--quiet"], flags].concat());
    parse_lines(&run.exits(0).stdout)
}

/// The text of each mention of a document, in order.
pub(crate) fn surfaces(mentions: &[Value], document: &str) -> Vec<String> {
    let own: Vec<Value> = mentions.iter().filter(|mention| mention["doc_id"] == document).cloned().collect();
    column(&own, "text")
}

/// The sample articles through the bundled model and the starter table, run once for all tests.
pub(crate) struct SeedsRun {
    pub(crate) mentions: Vec<Value>,
    pub(crate) articles: Vec<Value>,
    pub(crate) spans: Vec<Value>,
    pub(crate) summary: Value,
}

pub(crate) fn seeds_run() -> &'static SeedsRun {
    static RUN: OnceLock<SeedsRun> = OnceLock::new();
    RUN.get_or_init(|| {
        let desk = Desk::new();
        let [out, articles, spans, summary] = ["m.jsonl", "a.jsonl", "s.jsonl", "s.json"].map(|name| desk.path(name));
        namewire(&[
            "extract",
            "seeds/articles",
            "--context",
            "--out",
            &out,
            "--articles",
            &articles,
            "--spans",
            &spans,
            "--summary",
            &summary,
        ])
        .exits(0);
        SeedsRun {
            mentions: desk.lines("m.jsonl"),
            articles: desk.lines("a.jsonl"),
            spans: desk.lines("s.jsonl"),
            summary: desk.json("s.json"),
        }
    })
}

pub(crate) fn bundled_model() -> Model {
    Model::bundled(&ModelOptions::default()).unwrap()
}

pub(crate) fn tiny_model() -> Model {
    Model::open(tiny(), &ModelOptions::default()).unwrap()
}

/// A session of a model.
pub(crate) fn session(model: &Model) -> OnnxBackend {
    let runtime = Runtime::load(None, Device::Cpu.kind()).expect("ONNX Runtime; `scripts/setup` installs it");
    OnnxBackend::new(runtime, model, OnnxOptions { device: Device::Cpu, threads: 1, gpu_memory: None }).unwrap()
}

/// A pipeline over one backend; the table is JSON Lines.
pub(crate) fn pipeline(model: Model, table: Option<&str>, backend: impl Backend + 'static, config: Config) -> Pipeline {
    let linker =
        table.map(|table| Linker::new(EntityTable::parse(&[("table.jsonl", table)]).unwrap(), LinkOptions::default()));
    Pipeline::new(model, linker, vec![Box::new(backend)], config).unwrap()
}

/// Records as the reader would hand them on, one for each title and text.
pub(crate) fn records(articles: &[(&str, &str)]) -> Vec<Result<RawRecord, Reject>> {
    let numbered = articles.iter().zip(1u64..);
    numbered
        .map(|(&(title, text), number)| {
            Ok(RawRecord {
                origin: Origin { path: "in.jsonl".into(), line: Some(number), ..Origin::default() },
                name: "in.jsonl".into(),
                format: Format::Json,
                is_abridged: false,
                bytes: json!({"id": number.to_string(), "title": title, "text": text}).to_string().into_bytes(),
            })
        })
        .collect()
}

/// Property tests that draw the same cases on every run.
pub(crate) fn seeded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(20_140_629),
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

/// Runs `extract` with the model of random weights and no table; returns the lines of its articles file.
#[track_caller]
pub(crate) fn extract_articles(desk: &Desk, args: &[&str], code: i32) -> Vec<Value> {
    let (out, articles, tiny) = (desk.path("out.jsonl"), desk.path("articles.jsonl"), tiny());
    let fixed = ["extract", "--out", &out, "--articles", &articles, "--model", &tiny, "--entities", "none"];
    namewire(&[&fixed[..1], args, &fixed[1..]].concat()).exits(code);
    desk.lines("articles.jsonl")
}
