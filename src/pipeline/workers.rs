//! The threads of a run: the reader, the preparer, the sessions.
//!
//! A run never waits indefinitely for one of them. Each owns or shares what it works with, so that a thread that hangs
//! can be abandoned, and the run ends with an error that names it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, select};

use super::handle::RunHandle;
use super::pending::{Added, Pending};
use super::sessions::Sessions;
use super::stop::Intake;
use super::watch::Worker;
use crate::batch::Batch;
use crate::chunk::{Chunk, RawChunk, Record, chunks};
use crate::config::Config;
use crate::counters::{Counters, Stage, Waiter};
use crate::error::{Error, ErrorKind, Result};
use crate::infer::infer_in_halves;
use crate::model::Model;
use crate::read::Reject;
use crate::repeat::ScoreCache;

/// What a pipeline has for all its runs.
pub(super) struct Shared {
    pub(super) model: Arc<Model>,
    pub(super) config: Config,
    pub(super) host: rayon::ThreadPool,
    pub(super) cache: Option<ScoreCache>,
    pub(super) sessions: Arc<Sessions>,
}

/// What the threads of one run share.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) shared: Arc<Shared>,
    pub(super) handle: RunHandle,
}

/// One batch to run.
pub(super) struct Job {
    pending: Arc<Pending>,
    plan: usize,
    /// Few are left once this one is taken: the preparer is to go on.
    leaves_few: bool,
}

/// Batches for each session that are left of a chunk when the preparer is woken for the next one. Waking it for each
/// batch would interrupt a session each time; much sooner, it would not find the scores of this chunk for its repeats.
const LEFT_PER_SESSION: usize = 4;

/// What reaches the collector.
pub(super) enum Event {
    /// The next chunk, in the order of the input.
    Prepared(Arc<Pending>),
    /// The last batch of some chunk has come back.
    Scored,
    Failed(Error),
}

/// How long a run that failed waits for sessions to finish their current batches.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The error of a worker that panicked.
pub(super) fn panicked(who: &str, payload: &(dyn Any + Send)) -> Error {
    let said = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("the {who} panicked: {}", said.unwrap_or("without a message")))
}

impl Run {
    /// Reading may block on a pipe indefinitely, so its thread is never joined: it ends when its channel closes.
    pub(super) fn spawn_reader<R: Into<Record>>(
        &self,
        records: impl Iterator<Item = std::result::Result<R, Reject>> + Send + 'static,
    ) -> Result<Receiver<Result<RawChunk>>> {
        let (raw_chunks, queue) = bounded(1);
        let Self { shared, handle } = self.clone();
        let read = move || {
            let RunHandle { counters, watch, .. } = &handle;
            let mut chunks = chunks(records, shared.config.chunk);
            loop {
                let mut next = || counters.time(Stage::Read, || chunks.next());
                let watched = AssertUnwindSafe(|| {
                    if shared.config.watch_reader { watch.during(Worker::Reader, next) } else { next() }
                });
                // A reader that just disappeared would look like the end of the input.
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
        &self,
        raw: Receiver<Result<RawChunk>>,
        (slots, jobs, few_left): (Sender<()>, Sender<Job>, Receiver<()>),
        events: Sender<Event>,
        stopped: Receiver<()>,
    ) -> Result<()> {
        let run = self.clone();
        let prepare = move || run.prepare_chunks(&raw, (&slots, &jobs, &few_left), &events, &stopped);
        spawn("preparer".to_owned(), prepare).map(|_| ())
    }

    fn prepare_chunks(
        &self,
        raw: &Receiver<Result<RawChunk>>,
        (slots, jobs, few_left): (&Sender<()>, &Sender<Job>, &Receiver<()>),
        events: &Sender<Event>,
        stopped: &Receiver<()>,
    ) {
        let RunHandle { counters, watch, stop } = &self.handle;
        let Shared { model, config, host, cache, sessions } = &*self.shared;
        let prepare = |raw| {
            let chunk = host.install(|| Chunk::prepare(raw, model, config, cache.as_ref(), counters));
            counters.time(Stage::Stitch, || Pending::new(chunk, model.labels.len()))
        };
        let left = sessions.count() * LEFT_PER_SESSION;
        let mut intake = Intake::new((raw, stopped), stop, config.chunk.shard);
        let next = || counters.wait(Waiter::PreparerForRecords, || intake.next());
        for raw in std::iter::from_fn(next) {
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
            let prepared = watch.during(Worker::Preparer, || catch_unwind(AssertUnwindSafe(|| prepare(raw))));
            let pending = match prepared {
                Ok(pending) => Arc::new(pending),
                Err(payload) => return drop(events.send(Event::Failed(panicked("preparer", &*payload)))),
            };
            Counters::add(&counters.repeated, pending.known);
            if events.send(Event::Prepared(Arc::clone(&pending))).is_err() {
                return;
            }
            let plans = pending.chunk.plans.len();
            for plan in 0..plans {
                let job = Job { pending: Arc::clone(&pending), plan, leaves_few: plan + left == plans };
                if jobs.send(job).is_err() {
                    return;
                }
            }
            if plans >= left && counters.wait(Waiter::PreparerForRoom, || take(few_left, stopped)).is_none() {
                return;
            }
        }
    }

    /// A thread for one backend.
    pub(super) fn spawn_session(
        &self,
        index: usize,
        (jobs, few_left, events): (Receiver<Job>, Sender<()>, Sender<Event>),
        stopped: Receiver<()>,
    ) -> Result<JoinHandle<()>> {
        let run = self.clone();
        spawn(format!("session-{index}"), move || run.infer_jobs(index, &jobs, &few_left, &events, &stopped))
    }

    /// The inference loop: fill a batch, run it, put its logits where they belong.
    fn infer_jobs(
        &self,
        index: usize,
        jobs: &Receiver<Job>,
        few_left: &Sender<()>,
        events: &Sender<Event>,
        stopped: &Receiver<()>,
    ) {
        let RunHandle { counters, watch, .. } = &self.handle;
        let mut batch = Batch::default();
        let next = || counters.wait(Waiter::Sessions, || take(jobs, stopped));
        for Job { pending, plan, leaves_few } in std::iter::from_fn(next) {
            if leaves_few {
                // The preparer waits for this, or the run has ended.
                let _ = few_left.try_send(());
            }
            let infer = || self.infer(index, &mut batch, &pending, plan);
            let inferred = watch.during(Worker::Session(index), || catch_unwind(AssertUnwindSafe(infer)));
            let event = match inferred {
                // Most batches are not worth waking the collector.
                Ok(Ok(Added { is_last: false, .. })) => continue,
                Ok(Ok(_)) => Event::Scored,
                Ok(Err(error)) => Event::Failed(error),
                Err(payload) => Event::Failed(panicked(&format!("thread session-{index}"), &*payload)),
            };
            let failed = matches!(event, Event::Failed(_));
            if events.send(event).is_err() || failed {
                return;
            }
        }
    }

    fn infer(&self, index: usize, batch: &mut Batch, pending: &Pending, plan: usize) -> Result<Added> {
        let (counters, chunk) = (&self.handle.counters, &pending.chunk);
        let Shared { model, cache, sessions, .. } = &*self.shared;
        let rows = &chunk.plans[plan];
        counters.time(Stage::Batch, || batch.fill(rows, &chunk.windows, &chunk.articles, &model.tokenizer));
        Counters::add(&counters.padded, batch.ids.len());
        Counters::add(&counters.padding, batch.padding());
        Counters::add(&counters.windows, batch.rows);
        Counters::add(&counters.batches, 1);
        let infer = || infer_in_halves(sessions.lock(index).as_mut(), batch, model.labels.len());
        let (logits, halved) = counters.time(Stage::Infer, infer)?;
        Counters::add(&counters.halved, halved);
        let added = counters.time(Stage::Stitch, || pending.add(plan, &logits, model, cache.as_ref()))?;
        Counters::add(&counters.tokens, added.computed);
        Counters::add(&counters.repeated, added.repeated);
        Ok(added)
    }

    /// Waits for the threads of these sessions to end. After a failure, one that hangs is abandoned.
    pub(super) fn join(&self, sessions: &[(usize, JoinHandle<()>)], failed: bool) {
        let began = Instant::now();
        let is_abandoned = |index: usize| {
            let time = self.handle.watch.time_of(Worker::Session(index));
            let hangs = self.shared.config.stall.zip(time).is_some_and(|(limit, time)| time > limit);
            failed && (hangs || began.elapsed() > SHUTDOWN_TIMEOUT)
        };
        while sessions.iter().any(|(index, thread)| !thread.is_finished() && !is_abandoned(*index)) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let hanging = sessions.iter().filter(|(_, thread)| !thread.is_finished());
        hanging.for_each(|(index, _)| self.shared.sessions.abandon(*index));
    }
}

/// The next item of a queue; `None` once the queue or the run has ended.
fn take<T>(queue: &Receiver<T>, stopped: &Receiver<()>) -> Option<T> {
    select! {
        recv(queue) -> next => next.ok(),
        recv(stopped) -> _ => None,
    }
}

/// Puts an item into a queue; false once the run has ended.
fn give<T>(queue: &Sender<T>, value: T, stopped: &Receiver<()>) -> bool {
    select! {
        send(queue, value) -> sent => sent.is_ok(),
        recv(stopped) -> _ => false,
    }
}

fn spawn<T: Send + 'static>(name: String, work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>> {
    std::thread::Builder::new()
        .name(name)
        .spawn(work)
        .map_err(|error| Error::new(ErrorKind::Internal, "cannot start a thread").because(error))
}
