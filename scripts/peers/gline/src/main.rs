//! A contestant of `scripts/bench_peers`: gline-rs with a GLiNER model in span mode. It speaks the protocol of
//! `../worker.py`: a setting as one JSON line, answered with what it can run; then names of what to run.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, stdin};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use cpu_time::ProcessTime;
use gliner::model::{GLiNER, input::text::TextInput, params::Parameters, pipeline::span::SpanMode};
use orp::params::RuntimeParameters;
use serde::Deserialize;
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const TYPES: [&str; 4] = ["person", "organization", "location", "other"];
const FILES: [(&str, &str); 2] = [("gline", "model.onnx"), ("gline-int8", "model_quantized.onnx")];
const BATCH_SIZES: [usize; 4] = [1, 4, 8, 16];
/// The settings are tried on so many runs of so many neighbouring sentences, spread over the articles.
const SAMPLE: (usize, usize) = (4, 16);

#[derive(Deserialize)]
struct Setting {
    sentences: Vec<String>,
    tokens: u64,
    threads: usize,
    gliner: PathBuf,
}

/// Sessions of so many threads each, which share the batches.
struct Sessions {
    models: Vec<GLiNER<SpanMode>>,
    threads: usize,
}

impl Sessions {
    fn open(folder: &Path, file: &str, sessions: usize, threads: usize) -> Result<Self> {
        let open = || {
            let runtime = RuntimeParameters::default().with_threads(threads);
            let (tokenizer, graph) = (folder.join("tokenizer.json"), folder.join("onnx").join(file));
            GLiNER::<SpanMode>::new(Parameters::default(), runtime, tokenizer, graph)
        };
        let models = (0..sessions).map(|_| open()).collect::<Result<_>>()?;
        Ok(Self { models, threads })
    }

    fn describe(&self, batch: usize) -> String {
        format!("sessions: {}, threads each: {}, batch: {batch}", self.models.len(), self.threads)
    }

    /// Recognises entities in batches in the order of the text; returns the number of spans.
    fn run(&self, sentences: &[String], batch: usize) -> Result<usize> {
        let (next, types) = (AtomicUsize::new(0), TYPES.map(String::from));
        let work = |model: &GLiNER<SpanMode>| -> Result<usize> {
            let mut spans = 0;
            loop {
                let start = next.fetch_add(batch, Ordering::Relaxed);
                let Some(rest) = sentences.get(start..).filter(|rest| !rest.is_empty()) else { return Ok(spans) };
                let texts = rest[..batch.min(rest.len())].to_vec();
                let output = model.inference(TextInput::new(texts, types.to_vec())?)?;
                spans += output.spans.iter().map(Vec::len).sum::<usize>();
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = self.models.iter().map(|model| scope.spawn(|| work(model))).collect();
            workers.into_iter().map(|worker| worker.join().map_err(|_| "a thread panicked")?).sum()
        })
    }
}

/// The sessions and the batch size that are fastest on a sample; every one that was tried goes into `tried`.
fn fastest(setting: &Setting, file: &str, tried: &mut BTreeMap<String, f64>) -> Result<(Sessions, usize)> {
    let trial = sample(&setting.sentences);
    let mut best: Option<(f64, Sessions, usize)> = None;
    for (count, threads) in [(1, setting.threads), (setting.threads, 1)] {
        let sessions = Sessions::open(&setting.gliner, file, count, threads)?;
        sessions.run(&trial, BATCH_SIZES[0])?;
        let mut fastest = (0.0, BATCH_SIZES[0]);
        for batch in BATCH_SIZES {
            let start = Instant::now();
            sessions.run(&trial, batch)?;
            let rate = (trial.len() as f64 / start.elapsed().as_secs_f64() * 10.0).round() / 10.0;
            tried.insert(format!("{file}, {}", sessions.describe(batch)), rate);
            fastest = if fastest.0 > rate { fastest } else { (rate, batch) };
        }
        if best.as_ref().is_none_or(|(rate, ..)| fastest.0 > *rate) {
            best = Some((fastest.0, sessions, fastest.1));
        }
    }
    best.map(|(_, sessions, batch)| (sessions, batch)).ok_or("nothing was tried".into())
}

fn sample(sentences: &[String]) -> Vec<String> {
    let (runs, length) = SAMPLE;
    let starts = (0..runs).map(|run| sentences.len() * run / runs);
    starts.flat_map(|start| sentences[start..].iter().take(length)).cloned().collect()
}

/// The version of a crate that this program was built with.
fn version(name: &str) -> &'static str {
    let after = include_str!("../Cargo.lock").split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
    after.and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}

/// The peak of resident memory in MB; 0 where the system does not say.
fn peak_rss_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn measured(setting: &Setting, sessions: &Sessions, batch: usize) -> Result<Value> {
    let (clock, cpu) = (Instant::now(), ProcessTime::now());
    let spans = sessions.run(&setting.sentences, batch)?;
    let (seconds, cpu, mb) = (clock.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64(), peak_rss_mb());
    Ok(json!({"tokens": setting.tokens, "seconds": seconds, "cpu_seconds": cpu, "peak_rss_mb": mb, "spans": spans}))
}

/// The contestants, and the answer that describes them.
fn prepare(setting: &Setting) -> Result<(BTreeMap<&'static str, (Sessions, usize)>, Value)> {
    let (mut contestants, mut described, mut tried) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, file) in FILES.into_iter().filter(|(_, file)| setting.gliner.join("onnx").join(file).exists()) {
        let (sessions, batch) = fastest(setting, file, &mut tried)?;
        described.insert(name, format!("{file}, {}", sessions.describe(batch)));
        contestants.insert(name, (sessions, batch));
    }
    if contestants.is_empty() {
        return Err(format!("{} has no onnx/{}", setting.gliner.display(), FILES[0].1).into());
    }
    let versions = json!({"gline-rs": version("gline-rs"), "gline-rs's ort": version("ort")});
    Ok((contestants, json!({"contestants": described, "tried": tried, "labels": null, "versions": versions})))
}

fn main() -> Result<()> {
    let mut lines = stdin().lock().lines();
    let setting: Setting = serde_json::from_str(&lines.next().ok_or("no setting")??)?;
    let failed = |error: &_| println!("{}", json!({"failed": format!("{error}")}));
    let (contestants, ready) = prepare(&setting).inspect_err(failed)?;
    println!("{ready}");
    for line in lines {
        let name: String = serde_json::from_str(&line?)?;
        let (sessions, batch) = contestants.get(name.as_str()).ok_or("there is no such contestant")?;
        println!("{}", measured(&setting, sessions, *batch)?);
    }
    Ok(())
}
