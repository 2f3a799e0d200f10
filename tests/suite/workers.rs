//! A worker that panics or never comes back ends the run with its name; it never holds it up.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use namewire::batch::Batch;
use namewire::config::Config;
use namewire::error::{Error, ErrorKind, Result};
use namewire::infer::{Backend, CapitalsBackend, Logits};
use namewire::pipeline::Pipeline;
use namewire::read::{RawRecord, Reject};

use super::common::{Desk, namewire, records, tiny, tiny_model};

const LIMIT: Duration = Duration::from_millis(1000);

type Fault = fn() -> Result<Logits>;

/// What a backend does on its batch number `at`; before, it works.
struct Faulty {
    inner: CapitalsBackend,
    at: usize,
    fault: Fault,
    batches: AtomicUsize,
}

impl Backend for Faulty {
    fn infer(&mut self, batch: &Batch) -> Result<Logits> {
        match self.batches.fetch_add(1, SeqCst) == self.at {
            true => (self.fault)(),
            false => {
                // So that each session gets its share.
                std::thread::sleep(Duration::from_millis(2));
                self.inner.infer(batch)
            }
        }
    }
}

fn hang() -> Result<Logits> {
    loop {
        std::thread::park();
    }
}

/// A pipeline of one article a chunk, with these faults in its sessions.
fn pipeline(faults: &[(usize, Fault)], change: impl Fn(&mut Config)) -> Pipeline {
    let model = tiny_model();
    let backend = |&(at, fault): &(usize, Fault)| {
        let inner = CapitalsBackend::new(&model.tokenizer, &model.labels);
        Box::new(Faulty { inner, at, fault, batches: AtomicUsize::new(0) }) as Box<dyn Backend>
    };
    let backends = faults.iter().map(backend).collect();
    let mut config = Config { stall: Some(LIMIT), dedup: false, ..Config::default() };
    config.chunk.articles = 1;
    change(&mut config);
    Pipeline::new(model, None, backends, config).unwrap()
}

fn articles(count: usize) -> Vec<std::result::Result<RawRecord, Reject>> {
    records(&vec![("", "The ferry to Dorvale left at noon."); count])
}

/// Runs to the end, which must come soon; returns how many articles were written, and the error.
fn run(
    pipeline: &Pipeline,
    records: impl Iterator<Item = std::result::Result<RawRecord, Reject>> + Send + 'static,
) -> (usize, Option<Error>) {
    let (begun, mut written) = (Instant::now(), 0);
    let outcome = pipeline.run(
        records,
        &pipeline.handle(),
        |_| Ok(()),
        |()| {
            written += 1;
            Ok(())
        },
    );
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    (written, outcome.err())
}

#[track_caller]
fn fails_with(error: Option<Error>, kind: ErrorKind, parts: &[&str]) {
    let error = error.expect("the run fails");
    let text = error.to_string();
    assert!(error.kind() == kind && parts.iter().all(|part| text.contains(part)), "{error:?}");
}

#[test]
fn a_session_that_hangs_ends_the_run_and_the_others_remain() {
    let pipeline = pipeline(&[(usize::MAX, hang), (0, hang)], |_| {});
    let (_, error) = run(&pipeline, articles(50).into_iter());
    fails_with(error, ErrorKind::Stalled, &["session-1 hangs", "stall_timeout"]);
    // The session that hangs is abandoned; the other one still works.
    assert_eq!(run(&pipeline, articles(20).into_iter()).0, 20);
}

#[test]
fn a_pipeline_whose_sessions_all_hang_fails_at_once() {
    let pipeline = pipeline(&[(3, hang)], |_| {});
    let (written, error) = run(&pipeline, articles(50).into_iter());
    assert_eq!(written, 3);
    fails_with(error, ErrorKind::Stalled, &["session-0 hangs"]);
    fails_with(
        run(&pipeline, articles(1).into_iter()).1,
        ErrorKind::Stalled,
        &["every session of this pipeline hangs"],
    );
}

#[test]
fn a_session_that_panics_or_fails_ends_the_run() {
    let panics = pipeline(&[(2, || panic!("a wire is loose"))], |_| {});
    fails_with(run(&panics, articles(50).into_iter()).1, ErrorKind::Internal, &["session-0 panicked: a wire is loose"]);
    let fails = pipeline(&[(2, || Err(Error::config("no such wire")))], |_| {});
    fails_with(run(&fails, articles(50).into_iter()).1, ErrorKind::Config, &["no such wire"]);
    // A session that failed is still there.
    assert_eq!(run(&fails, articles(5).into_iter()).0, 5);
}

#[test]
fn a_reader_that_panics_is_not_the_end_of_the_input() {
    let pipeline = pipeline(&[(usize::MAX, hang)], |_| {});
    let records = articles(9).into_iter().chain(std::iter::from_fn(|| panic!("the dump is cursed")));
    fails_with(run(&pipeline, records).1, ErrorKind::Internal, &["the reader panicked: the dump is cursed"]);
}

#[test]
fn a_reader_that_hangs_is_noticed_where_no_input_is_a_pipe() {
    let never = || {
        articles(2).into_iter().chain(std::iter::from_fn(|| {
            loop {
                std::thread::park()
            }
        }))
    };
    let files = pipeline(&[(usize::MAX, hang)], |config| config.watch_reader = true);
    let (written, error) = run(&files, never());
    assert_eq!(written, 2);
    fails_with(error, ErrorKind::Stalled, &["reader hangs"]);
    // A pipe may be silent for longer than any work takes.
    let pipe = pipeline(&[(usize::MAX, hang)], |_| {});
    let silent = std::iter::once_with(|| {
        std::thread::sleep(LIMIT + LIMIT / 2);
        articles(1).remove(0)
    });
    let (written, error) = run(&pipe, articles(2).into_iter().chain(silent));
    assert!(written == 3 && error.is_none(), "{error:?}");
}

/// A run that fails while its input is silent does not wait for more of it.
#[test]
fn a_silent_input_does_not_hold_up_a_failure() {
    let (_open, silent) = mpsc::channel::<()>();
    let silent = std::sync::Mutex::new(silent);
    let records = articles(2).into_iter().chain(std::iter::from_fn(move || {
        let _ = silent.lock().unwrap().recv();
        None
    }));
    let pipeline = pipeline(&[(1, || Err(Error::config("no such wire")))], |config| config.stall = None);
    fails_with(run(&pipeline, records).1, ErrorKind::Config, &["no such wire"]);
}

#[test]
fn what_renders_and_writes_is_watched_from_outside() {
    let pipeline = pipeline(&[(usize::MAX, hang)], |_| {});
    let handle = pipeline.handle();
    let watch = handle.watch();
    let slow = |()| {
        std::thread::sleep(LIMIT / 4);
        assert_eq!(watch.stalled(LIMIT / 8).unwrap().worker, "collector");
        Ok(())
    };
    pipeline.run(articles(2).into_iter(), &handle, |_| Ok(()), slow).unwrap();
    assert_eq!(watch.stalled(Duration::ZERO), None);
    let outcome =
        pipeline.run(articles(2).into_iter(), &pipeline.handle(), |_| -> Result<()> { panic!("no ink") }, |()| Ok(()));
    fails_with(outcome.err(), ErrorKind::Internal, &["collector", "panicked: no ink"]);
    let outcome = pipeline.run(
        articles(2).into_iter(),
        &pipeline.handle(),
        |_| Ok(()),
        |()| -> Result<()> { panic!("no paper") },
    );
    fails_with(outcome.err(), ErrorKind::Internal, &["collector", "panicked: no paper"]);
}

/// The program itself, with a real session that is in its graph for good: the process must end all the same.
#[test]
fn the_program_ends_although_a_session_never_comes_back() {
    let desk = Desk::new();
    let folder = desk.copy_of_tiny();
    std::fs::copy(Path::new(&tiny()).join("endless.onnx"), desk.path("model/model.onnx")).unwrap();
    let (out, calm) = (desk.path("out.jsonl"), desk.write("calm.txt", "The ferry to Dorvale left."));
    let options = ["--model", &folder, "--entities", "none", "--out", &out, "--stall-timeout"];
    let extract = |input, limit| namewire(&[&["extract", input][..], &options, &[limit]].concat());
    extract(&calm, "60").exits(0);
    let begun = Instant::now();
    let input = desk.write("in.txt", "The ferry to Dorvale left ~ noon.");
    extract(&input, "1").exits(2).says(&["hangs: it has been busy with one piece of work", "--stall-timeout"]);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
