//! The stages put together: threads, channels, and the order of the output.
//!
//! ```text
//! thread       work                                      passes on
//! reader       read                                      raw chunks, one waiting at most
//! preparer     clean, segment, encode, window, batch     jobs, two per session waiting at most
//!              (rayon, one article a task)
//! sessions     fill, infer: one thread per backend       logits
//! collector    stitch; decode, link, render (rayon);     bytes, in the order of the input
//!              write: the caller's own thread
//! ```
//!
//! At most `IN_FLIGHT` chunks are between preparer and collector, so that memory does not grow with the
//! dump. Whichever thread fails, the others see their channels close and end.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use rayon::prelude::*;

use crate::article::Article;
use crate::batch::Batch;
use crate::chunk::{Chunk, Item, RawChunk, chunks};
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::finish::{Finished, Finisher, Outcome, finish};
use crate::infer::{Backend, Logits, infer_in_halves};
use crate::link::{Document, Explanation, LinkedMention, Linker};
use crate::model::Model;
use crate::read::{RawRecord, Reject};
use crate::repeat::Memory;
use crate::report::{Counters, RunReport, Stage, Started, Waiter};
use crate::stitch::{Scores, content};
use crate::stop::{Intake, Stop};

/// Chunks between the preparer and the collector: one being inferred, one ready, one being finished.
const IN_FLIGHT: usize = 3;

/// A model, its backends and a linker, ready to process articles.
pub struct Pipeline {
    model: Model,
    linker: Option<Linker>,
    config: Config,
    backends: Mutex<Vec<Box<dyn Backend>>>,
    host: rayon::ThreadPool,
    memory: Option<Memory>,
    counters: Arc<Counters>,
    stop: Stop,
}

/// One batch to run.
struct Job {
    chunk: Arc<Chunk>,
    number: u64,
    plan: usize,
}

/// What reaches the collector.
enum Event {
    Prepared(Arc<Chunk>),
    Inferred { number: u64, plan: usize, logits: Logits },
    Failed(Error),
}

/// A chunk on its way through the sessions.
struct Pending {
    chunk: Arc<Chunk>,
    scores: Vec<Scores>,
    /// Batches that have not come back.
    waiting: usize,
    /// Tokens whose scores were remembered.
    known: usize,
}

impl Pipeline {
    /// A pipeline over at least one backend, each of which gets a thread of its own. Without a linker,
    /// mentions are written as the model found them.
    pub fn new(model: Model, linker: Option<Linker>, backends: Vec<Box<dyn Backend>>, config: Config) -> Result<Self> {
        if backends.is_empty() {
            return Err(Error::new(ErrorKind::Config, "at least one worker is needed"));
        }
        let host = rayon::ThreadPoolBuilder::new()
            .num_threads(config.host_threads.max(1))
            .thread_name(|index| format!("host-{index}"))
            .build()
            .map_err(|error| Error::new(ErrorKind::Internal, "cannot start threads").because(error))?;
        // What depends on the batch must not be remembered: the output would depend on what was forgotten.
        let exact = model.graph.variant.rows_are_independent() && config.batch.equal_lengths;
        let memory = (config.dedup && exact).then(|| Memory::new(config.memory_bytes));
        let (counters, stop) = (Arc::default(), Stop::default());
        Ok(Self { model, linker, config, backends: Mutex::new(backends), host, memory, counters, stop })
    }

    /// The same pipeline over other backends.
    pub fn with_backends(self, backends: Vec<Box<dyn Backend>>) -> Result<Self> {
        Self::new(self.model, self.linker, backends, self.config)
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The linker, where there is one.
    pub fn linker(&self) -> Option<&Linker> {
        self.linker.as_ref()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Forgets the scores that were remembered for repeated sentences: for measurements that start anew.
    pub fn forget(&self) {
        self.memory.iter().for_each(Memory::forget);
    }

    /// Figures of the current run, to be watched from any thread.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Ends a run early, as if the input had ended: what was taken in by then is processed and written.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Processes all records. `render` turns each outcome into whatever is to be written, on many threads;
    /// `write` gets the results in the order of the records, on the caller's thread. An error of either, of
    /// inference, or a panic of a stage ends the run.
    pub fn run<R: Send>(
        &self,
        records: impl Iterator<Item = std::result::Result<RawRecord, Reject>> + Send + 'static,
        render: impl Fn(&Outcome<'_>) -> Result<R> + Sync,
        mut write: impl FnMut(R) -> Result<()>,
    ) -> Result<RunReport> {
        let started = Started::now();
        let mut backends = self.backends.lock().map_err(|_| internal("an earlier run of this pipeline panicked"))?;
        self.counters.reset();
        let raw_chunks = self.spawn_reader(records)?;
        let mut report = RunReport::default();
        std::thread::scope(|scope| {
            let (jobs, job_queue) = bounded::<Job>(backends.len() * 2);
            let (events, event_queue) = unbounded::<Event>();
            let (slots, free_slots) = bounded::<()>(IN_FLIGHT);
            for (index, backend) in backends.iter_mut().enumerate() {
                let (job_queue, events) = (job_queue.clone(), events.clone());
                let work = move || self.infer_jobs(index, backend.as_mut(), &job_queue, &events);
                spawn(scope, format!("session-{index}"), work)?;
            }
            drop(job_queue);
            spawn(scope, "preparer".to_owned(), move || self.prepare_chunks(&raw_chunks, &slots, &jobs, &events))?;
            self.collect(event_queue, free_slots, &mut report, &render, &mut write)
        })?;
        report.close(&self.counters, &started);
        self.check_conservation(&report)?;
        Ok(report)
    }

    /// The linked mentions of one article, on the calling thread and the host pool, with the first backend:
    /// for programs that have an article in hand. A dump goes faster through [`Pipeline::run`].
    pub fn extract(&self, article: Article) -> Result<Vec<LinkedMention>> {
        Ok(self.one_article(article, |done| done.mentions)?.unwrap_or_default())
    }

    /// The mentions of one article with the reasoning behind each link; nothing where there is no linker.
    pub fn explain(&self, article: Article) -> Result<Option<Explanation>> {
        let Some(linker) = &self.linker else { return Ok(None) };
        self.one_article(article, |done| linker.explain(&Document::of(done.article, &done.sentences), done.found))
    }

    fn one_article<T>(&self, article: Article, take: impl FnOnce(Finished<'_>) -> T) -> Result<Option<T>> {
        let mut backends = self.backends.lock().map_err(|_| internal("an earlier run of this pipeline panicked"))?;
        let chunk = self.host.install(|| Chunk::of_article(article, &self.model, &self.config))?;
        let mut pending = Pending::new(Arc::new(chunk), self.model.labels.len());
        let mut batch = Batch::default();
        for plan in 0..pending.chunk.plans.len() {
            let chunk = &pending.chunk;
            batch.fill(&chunk.plans[plan], &chunk.windows, &chunk.articles, &self.model.tokenizer);
            let (logits, _) = infer_in_halves(backends[0].as_mut(), &batch)?;
            pending.add(plan, &logits, &self.model, None)?;
        }
        match finish(&pending.chunk.items[0], &pending.chunk, &pending.scores, self.finisher())? {
            Outcome::Finished(done) => Ok(Some(take(*done))),
            Outcome::Rejected(_) | Outcome::Skipped { .. } => Ok(None),
        }
    }

    /// Reading may block on a pipe for ever, so its thread is not waited for: it ends when nobody listens.
    fn spawn_reader(
        &self,
        records: impl Iterator<Item = std::result::Result<RawRecord, Reject>> + Send + 'static,
    ) -> Result<Receiver<RawChunk>> {
        let (raw_chunks, queue) = bounded(1);
        let counters = self.counters();
        let limits = self.config.chunk;
        let read = move || {
            let mut chunks = chunks(records, limits);
            while let Some(chunk) = counters.time(Stage::Read, || chunks.next()) {
                if counters.wait(Waiter::Reader, || raw_chunks.send(chunk)).is_err() {
                    break;
                }
            }
        };
        let spawned = std::thread::Builder::new().name("reader".to_owned()).spawn(read);
        spawned.map(|_| queue).map_err(no_thread)
    }

    fn prepare_chunks(&self, raw: &Receiver<RawChunk>, slots: &Sender<()>, jobs: &Sender<Job>, events: &Sender<Event>) {
        let prepare = |raw| {
            self.host.install(|| Chunk::prepare(raw, &self.model, &self.config, self.memory.as_ref(), &self.counters))
        };
        let counters = &self.counters;
        let mut intake = Intake::new(raw, &self.stop, self.config.chunk.shard);
        let next = || counters.wait(Waiter::PreparerForRecords, || intake.next());
        for (number, raw) in std::iter::from_fn(next).enumerate() {
            // Counted here, not by the reader, which may outlive a run that failed.
            Counters::add(&counters.records, raw.len());
            // Waits for the collector to have finished an earlier chunk.
            if counters.wait(Waiter::PreparerForRoom, || slots.send(())).is_err() {
                return;
            }
            let prepared = catch_unwind(AssertUnwindSafe(|| prepare(raw)));
            let Ok(chunk) = prepared else {
                let _ = events.send(Event::Failed(internal("the preparer panicked")));
                return;
            };
            let (number, chunk) = (number as u64, Arc::new(chunk));
            if events.send(Event::Prepared(Arc::clone(&chunk))).is_err() {
                return;
            }
            for plan in 0..chunk.plans.len() {
                let job = Job { chunk: Arc::clone(&chunk), number, plan };
                if counters.wait(Waiter::PreparerForRoom, || jobs.send(job)).is_err() {
                    return;
                }
            }
        }
    }

    /// The inference loop: fill a batch, run it, pass on the logits.
    fn infer_jobs(&self, index: usize, backend: &mut dyn Backend, jobs: &Receiver<Job>, events: &Sender<Event>) {
        let mut batch = Batch::default();
        let next = || self.counters.wait(Waiter::Sessions, || jobs.recv()).ok();
        for Job { chunk, number, plan } in std::iter::from_fn(next) {
            let inferred = catch_unwind(AssertUnwindSafe(|| {
                let rows = &chunk.plans[plan];
                let counters = &self.counters;
                counters
                    .time(Stage::Batch, || batch.fill(rows, &chunk.windows, &chunk.articles, &self.model.tokenizer));
                Counters::add(&counters.padded, batch.ids.len());
                Counters::add(&counters.padding, batch.padding());
                Counters::add(&counters.windows, batch.rows);
                Counters::add(&counters.batches, 1);
                let (logits, halved) = counters.time(Stage::Infer, || infer_in_halves(backend, &batch))?;
                Counters::add(&counters.halved, halved);
                Ok(logits)
            }));
            let event = match inferred {
                Ok(Ok(logits)) => Event::Inferred { number, plan, logits },
                Ok(Err(error)) => Event::Failed(error),
                Err(_) => Event::Failed(internal(format!("session {index} panicked"))),
            };
            let failed = matches!(event, Event::Failed(_));
            if events.send(event).is_err() || failed {
                return;
            }
        }
    }

    /// Puts logits back in order, finishes chunks in the order of the input, and writes them. Takes the
    /// queues by value: when it returns early, they close, and every other thread ends.
    fn collect<R: Send>(
        &self,
        events: Receiver<Event>,
        free_slots: Receiver<()>,
        report: &mut RunReport,
        render: &(impl Fn(&Outcome<'_>) -> Result<R> + Sync),
        write: &mut impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        // Chunks come in order; the front one is finished first.
        let mut pending: VecDeque<Pending> = VecDeque::new();
        let mut finished = 0u64;
        let next = || self.counters.wait(Waiter::Collector, || events.recv()).ok();
        for event in std::iter::from_fn(next) {
            match event {
                Event::Failed(error) => return Err(error),
                Event::Prepared(chunk) => {
                    let chunk = Pending::new(chunk, self.model.labels.len());
                    Counters::add(&self.counters.repeated, chunk.known);
                    pending.push_back(chunk);
                }
                Event::Inferred { number, plan, logits } => {
                    let slot = pending.get_mut((number - finished) as usize);
                    let slot = slot.ok_or_else(|| internal("logits of a chunk that is not pending"))?;
                    let add = || slot.add(plan, &logits, &self.model, self.memory.as_ref());
                    let [scored, repeated] = self.counters.time(Stage::Stitch, add)?;
                    Counters::add(&self.counters.tokens, scored);
                    Counters::add(&self.counters.repeated, repeated);
                }
            }
            while let Some(done) = pending.pop_front_if(|front| front.waiting == 0) {
                self.finish_chunk(&done, report, render, write)?;
                finished += 1;
                // The preparer put one there for this chunk.
                let _ = free_slots.try_recv();
            }
        }
        if pending.is_empty() { Ok(()) } else { Err(internal("the sessions ended before their work was done")) }
    }

    fn finish_chunk<R: Send>(
        &self,
        done: &Pending,
        report: &mut RunReport,
        render: &(impl Fn(&Outcome<'_>) -> Result<R> + Sync),
        write: &mut impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        let one = |item: &Item| {
            let outcome = finish(item, &done.chunk, &done.scores, self.finisher())?;
            let rendered = self.counters.time(Stage::Write, || render(&outcome))?;
            Ok((outcome.tally(&self.config.languages), rendered))
        };
        let results: Result<Vec<_>> =
            catch_unwind(AssertUnwindSafe(|| self.host.install(|| done.chunk.items.par_iter().map(one).collect())))
                .unwrap_or_else(|_| Err(internal("decoding, linking or writing panicked")));
        for (tally, rendered) in results? {
            tally.add_to(report);
            self.counters.time(Stage::Write, || write(rendered))?;
        }
        self.counters.articles.store(report.articles, Relaxed);
        self.counters.rejected.store(report.rejected, Relaxed);
        self.counters.skipped.store(report.skipped, Relaxed);
        Ok(())
    }

    fn finisher(&self) -> Finisher<'_> {
        let Self { model, config, linker, counters, .. } = self;
        Finisher { model, config, linker: linker.as_ref(), counters }
    }

    fn check_conservation(&self, report: &RunReport) -> Result<()> {
        let accounted = report.articles + report.rejected + report.skipped;
        if report.records != accounted {
            return Err(internal(format!("{} records were read, but {accounted} accounted for", report.records)));
        }
        if report.tokens_encoded != report.tokens_inferred {
            let (encoded, inferred) = (report.tokens_encoded, report.tokens_inferred);
            return Err(internal(format!("{encoded} tokens were encoded, but {inferred} inferred")));
        }
        Ok(())
    }
}

impl Pending {
    fn new(chunk: Arc<Chunk>, labels: usize) -> Self {
        let mut scores: Vec<Scores> =
            chunk.articles.iter().map(|article| Scores::new(article.ids.len(), labels)).collect();
        let mut known = 0;
        for (window, content) in &chunk.repeats.known {
            let window = &chunk.windows[*window as usize];
            known += scores[window.article as usize].stitch(window, content);
        }
        Self { waiting: chunk.plans.len(), scores, known, chunk }
    }

    /// Takes in the logits of one batch. Returns how many tokens were scored by it, and how many more took the
    /// scores of an equal window.
    fn add(&mut self, plan: usize, logits: &Logits, model: &Model, memory: Option<&Memory>) -> Result<[usize; 2]> {
        self.waiting -= 1;
        let chunk = &self.chunk;
        let (mut computed, mut repeated) = (0, 0);
        for (row, &fresh) in chunk.plans[plan].windows.iter().enumerate() {
            let tokens = chunk.windows[fresh as usize].tokens.len();
            let scores = content(logits.view(), row, tokens, &model.tokenizer);
            let scores = scores.ok_or_else(|| internal("a backend's logits are not laid out row after row"))?;
            for copy in chunk.repeats.all_of(fresh) {
                let window = &chunk.windows[copy as usize];
                let kept = self.scores[window.article as usize].stitch(window, scores);
                *if copy == fresh { &mut computed } else { &mut repeated } += kept;
            }
            if let Some(memory) = memory {
                memory.keep(chunk.windows[fresh as usize].token_ids(&chunk.articles), scores);
            }
        }
        Ok([computed, repeated])
    }
}

fn spawn<'scope, 'env>(
    scope: &'scope std::thread::Scope<'scope, 'env>,
    name: String,
    work: impl FnOnce() + Send + 'scope,
) -> Result<()> {
    std::thread::Builder::new().name(name).spawn_scoped(scope, work).map(|_| ()).map_err(no_thread)
}

fn no_thread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, "cannot start a thread").because(error)
}

fn internal(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Internal, what).help("this is a fault of namewire; please report it with the input")
}
