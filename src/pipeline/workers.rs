//! The threads of a run: the reader, the preparer, the sessions.
//!
//! None of them is waited for without end. Each owns or shares what it works with, so that one which never comes back
//! is left behind, and the run ends with its name.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, select};

use super::watch::{Watch, Worker};
use super::{internal, no_thread};
use crate::batch::Batch;
use crate::chunk::{Chunk, RawChunk, chunks};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::infer::{Backend, Logits, infer_in_halves};
use crate::model::Model;
use crate::read::{RawRecord, Reject};
use crate::repeat::ScoreCache;
use crate::report::{Counters, Stage, Waiter};
use crate::stop::{Intake, Stop};

/// What the threads of a pipeline share.
pub(super) struct Shared {
    pub(super) model: Model,
    pub(super) config: Config,
    pub(super) host: rayon::ThreadPool,
    pub(super) memory: Option<ScoreCache>,
    pub(super) counters: Arc<Counters>,
    pub(super) watch: Arc<Watch>,
    pub(super) stop: Stop,
}

/// One batch to run.
pub(super) struct Job {
    chunk: Arc<Chunk>,
    number: u64,
    plan: usize,
}

/// What reaches the collector.
pub(super) enum Event {
    Prepared(Arc<Chunk>),
    Inferred { number: u64, plan: usize, logits: Logits },
    Failed(Error),
}

/// How long a run that failed waits for sessions to finish the batches that they are at.
const GRACE: Duration = Duration::from_secs(10);

/// A session at work, which gives its backend back.
pub(super) type Session = JoinHandle<Box<dyn Backend>>;

/// What a worker that panicked said.
pub(super) fn panicked(who: &str, payload: &(dyn Any + Send)) -> Error {
    let said = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    internal(format!("the {who} panicked: {}", said.unwrap_or("it did not say why")))
}

impl Shared {
    /// Reading may block on a pipe for ever, so its thread is not waited for: it ends when nobody listens.
    pub(super) fn spawn_reader(
        self: &Arc<Self>,
        records: impl Iterator<Item = std::result::Result<RawRecord, Reject>> + Send + 'static,
    ) -> Result<Receiver<Result<RawChunk>>> {
        let (raw_chunks, queue) = bounded(1);
        let shared = Arc::clone(self);
        let read = move || {
            let counters = &shared.counters;
            let mut chunks = chunks(records, shared.config.chunk);
            loop {
                let mut next = || counters.time(Stage::Read, || chunks.next());
                let watched = AssertUnwindSafe(|| match shared.config.watch_reader {
                    true => shared.watch.over(Worker::Reader, next),
                    false => next(),
                });
                // A reader that just went away would look like the end of the input.
                let chunk = match catch_unwind(watched) {
                    Ok(None) => return,
                    Ok(Some(chunk)) => Ok(chunk),
                    Err(payload) => Err(panicked("reader", &*payload)),
                };
                let failed = chunk.is_err();
                if counters.wait(Waiter::Reader, || raw_chunks.send(chunk)).is_err() || failed {
                    return;
                }
            }
        };
        spawn("reader".to_owned(), read).map(|_| queue)
    }

    /// The thread that encodes chunks, while there is room for more.
    pub(super) fn spawn_preparer(
        self: &Arc<Self>,
        raw: Receiver<Result<RawChunk>>,
        (slots, jobs): (Sender<()>, Sender<Job>),
        events: Sender<Event>,
        stopped: Receiver<()>,
    ) -> Result<()> {
        let shared = Arc::clone(self);
        spawn("preparer".to_owned(), move || shared.prepare_chunks(&raw, &slots, &jobs, &events, &stopped)).map(|_| ())
    }

    fn prepare_chunks(
        &self,
        raw: &Receiver<Result<RawChunk>>,
        slots: &Sender<()>,
        jobs: &Sender<Job>,
        events: &Sender<Event>,
        stopped: &Receiver<()>,
    ) {
        let counters = &self.counters;
        let prepare = |raw| {
            let memory = self.memory.as_ref();
            self.host.install(|| Chunk::prepare(raw, &self.model, &self.config, memory, counters))
        };
        let mut intake = Intake::new((raw, stopped), &self.stop, self.config.chunk.shard);
        let next = || counters.wait(Waiter::PreparerForRecords, || intake.next());
        for (number, raw) in std::iter::from_fn(next).enumerate() {
            let raw = match raw {
                Ok(raw) => raw,
                Err(error) => return drop(events.send(Event::Failed(error))),
            };
            // Counted here, not by the reader, which may outlive a run that failed.
            Counters::add(&counters.records, raw.len());
            // Waits for the collector to have finished an earlier chunk.
            if !counters.wait(Waiter::PreparerForRoom, || give(slots, (), stopped)) {
                return;
            }
            let prepared = self.watch.over(Worker::Preparer, || catch_unwind(AssertUnwindSafe(|| prepare(raw))));
            let chunk = match prepared {
                Ok(chunk) => Arc::new(chunk),
                Err(payload) => return drop(events.send(Event::Failed(panicked("preparer", &*payload)))),
            };
            let number = number as u64;
            if events.send(Event::Prepared(Arc::clone(&chunk))).is_err() {
                return;
            }
            for plan in 0..chunk.plans.len() {
                let job = Job { chunk: Arc::clone(&chunk), number, plan };
                if !counters.wait(Waiter::PreparerForRoom, || give(jobs, job, stopped)) {
                    return;
                }
            }
        }
    }

    /// A thread for one backend.
    pub(super) fn spawn_session(
        self: &Arc<Self>,
        index: usize,
        mut backend: Box<dyn Backend>,
        (jobs, events): (Receiver<Job>, Sender<Event>),
        stopped: Receiver<()>,
    ) -> Result<Session> {
        let shared = Arc::clone(self);
        spawn(format!("session-{index}"), move || {
            shared.infer_jobs(index, backend.as_mut(), &jobs, &events, &stopped);
            backend
        })
    }

    /// The inference loop: fill a batch, run it, pass on the logits.
    fn infer_jobs(
        &self,
        index: usize,
        backend: &mut dyn Backend,
        jobs: &Receiver<Job>,
        events: &Sender<Event>,
        stopped: &Receiver<()>,
    ) {
        let mut batch = Batch::default();
        let next = || self.counters.wait(Waiter::Sessions, || take(jobs, stopped));
        for Job { chunk, number, plan } in std::iter::from_fn(next) {
            let infer = || self.infer(backend, &mut batch, &chunk, plan);
            let inferred = self.watch.over(Worker::Session(index), || catch_unwind(AssertUnwindSafe(infer)));
            let event = match inferred {
                Ok(Ok(logits)) => Event::Inferred { number, plan, logits },
                Ok(Err(error)) => Event::Failed(error),
                Err(payload) => Event::Failed(panicked(&format!("thread session-{index}"), &*payload)),
            };
            let failed = matches!(event, Event::Failed(_));
            if events.send(event).is_err() || failed {
                return;
            }
        }
    }

    fn infer(&self, backend: &mut dyn Backend, batch: &mut Batch, chunk: &Chunk, plan: usize) -> Result<Logits> {
        let counters = &self.counters;
        let rows = &chunk.plans[plan];
        counters.time(Stage::Batch, || batch.fill(rows, &chunk.windows, &chunk.articles, &self.model.tokenizer));
        Counters::add(&counters.padded, batch.ids.len());
        Counters::add(&counters.padding, batch.padding());
        Counters::add(&counters.windows, batch.rows);
        Counters::add(&counters.batches, 1);
        let (logits, halved) = counters.time(Stage::Infer, || infer_in_halves(backend, batch))?;
        Counters::add(&counters.halved, halved);
        Ok(logits)
    }

    /// The backends of sessions that have ended, or end soon. One that hangs is left to itself.
    pub(super) fn give_back(&self, sessions: Vec<Session>, failed: bool) -> Vec<Box<dyn Backend>> {
        let began = Instant::now();
        let is_given_up = |index: usize| {
            let time = self.watch.time_of(Worker::Session(index));
            let hangs = self.config.stall.zip(time).is_some_and(|(limit, time)| time > limit);
            failed && (hangs || began.elapsed() > GRACE)
        };
        let is_awaited = |(index, session): (usize, &Session)| !session.is_finished() && !is_given_up(index);
        while sessions.iter().enumerate().any(is_awaited) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let ended = sessions.into_iter().filter(JoinHandle::is_finished);
        ended.filter_map(|session| session.join().ok()).collect()
    }
}

/// The next of a queue; nothing where it has ended, or the run has.
fn take<T>(queue: &Receiver<T>, stopped: &Receiver<()>) -> Option<T> {
    select! {
        recv(queue) -> next => next.ok(),
        recv(stopped) -> _ => None,
    }
}

/// Puts something into a queue; false where nobody takes it any more.
fn give<T>(queue: &Sender<T>, value: T, stopped: &Receiver<()>) -> bool {
    select! {
        send(queue, value) -> sent => sent.is_ok(),
        recv(stopped) -> _ => false,
    }
}

fn spawn<T: Send + 'static>(name: String, work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>> {
    std::thread::Builder::new().name(name).spawn(work).map_err(no_thread)
}
