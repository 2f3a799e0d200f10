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
//! At most [`Config::chunks_in_flight`] chunks are between preparer and collector, so that memory does not grow with
//! the dump. Whichever thread fails, the others see their channels close and end; one that panics or hangs ends the
//! run with its name.

mod pending;
mod watch;
mod workers;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded, unbounded};
use rayon::prelude::*;

pub use watch::{Stalled, Watch};

use crate::article::Article;
use crate::batch::Batch;
use crate::chunk::{Chunk, Item};
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::finish::{Finished, Finisher, Outcome, finish};
use crate::infer::{Backend, infer_in_halves};
use crate::link::{Document, Explanation, LinkedMention, Linker};
use crate::model::Model;
use crate::read::{RawRecord, Reject};
use crate::repeat::ScoreCache;
use crate::report::{Counters, RunReport, Stage, Started, Waiter};
use crate::stop::Stop;
use pending::Pending;
use watch::Worker;
use workers::{Event, Shared, panicked};

/// A model, its backends and a linker, ready to process articles.
pub struct Pipeline {
    shared: Arc<Shared>,
    linker: Option<Linker>,
    backends: Mutex<Vec<Box<dyn Backend>>>,
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
        let memory = (config.dedup && exact).then(|| ScoreCache::new(config.memory_bytes));
        let watch = Arc::new(Watch::new(backends.len()));
        let (counters, stop) = (Arc::default(), Stop::default());
        let shared = Shared { model, config, host, memory, counters, watch, stop };
        Ok(Self { shared: Arc::new(shared), linker, backends: Mutex::new(backends) })
    }

    /// Puts other backends into the place of the present ones, which it gives back: as many as there are.
    pub fn replace_backends(&self, backends: Vec<Box<dyn Backend>>) -> Result<Vec<Box<dyn Backend>>> {
        let mut present = self.lock_backends()?;
        match present.len() == backends.len() {
            true => Ok(std::mem::replace(&mut present, backends)),
            false => Err(Error::new(ErrorKind::Config, "there must be as many backends as before")),
        }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.shared.model
    }

    /// The linker, where there is one.
    pub fn linker(&self) -> Option<&Linker> {
        self.linker.as_ref()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Forgets the scores that were remembered for repeated sentences: for measurements that start anew.
    pub fn forget(&self) {
        self.shared.memory.iter().for_each(ScoreCache::clear);
    }

    /// Figures of the current run, to be watched from any thread.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.shared.counters)
    }

    /// Who is at work in the current run, and since when. A run that hangs in inference or preparation ends by itself
    /// after [`Config::stall`]; one that hangs in what `render` or `write` do cannot, and must be watched from outside.
    pub fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.shared.watch)
    }

    /// Ends a run early, as if the input had ended: what was taken in by then is processed and written.
    pub fn stop(&self) -> Stop {
        self.shared.stop.clone()
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
        let mut backends = self.lock_backends()?;
        self.shared.counters.reset();
        self.shared.watch.reset();
        let raw_chunks = self.shared.spawn_reader(records)?;
        let mut report = RunReport::default();
        report.inputs.start();
        let (jobs, job_queue) = bounded(backends.len() * 2);
        let (events, event_queue) = unbounded();
        let (slots, free_slots) = bounded(self.config().chunks_in_flight.max(1));
        let (running, stopped) = bounded(0);
        let mut sessions = Vec::with_capacity(backends.len());
        for (index, backend) in backends.drain(..).enumerate() {
            let queues = (job_queue.clone(), events.clone());
            sessions.push(self.shared.spawn_session(index, backend, queues, stopped.clone())?);
        }
        drop(job_queue);
        let prepared = self.shared.spawn_preparer(raw_chunks, (slots, jobs), events, stopped);
        let collect = || self.collect(event_queue, free_slots, &mut report, &render, &mut write);
        let done = prepared.and_then(|()| {
            let outcome = catch_unwind(AssertUnwindSafe(collect));
            outcome.unwrap_or_else(|payload| Err(panicked("collector (decoding, linking or writing)", &*payload)))
        });
        // Whoever is still there ends now.
        drop(running);
        *backends = self.shared.give_back(sessions, done.is_err());
        done?;
        report.close(&self.shared.counters, &started);
        self.check_conservation(&report)?;
        Ok(report)
    }

    fn lock_backends(&self) -> Result<MutexGuard<'_, Vec<Box<dyn Backend>>>> {
        let backends = self.backends.lock().map_err(|_| internal("an earlier run of this pipeline panicked"))?;
        match backends.is_empty() {
            true => Err(internal("an earlier run of this pipeline has lost its sessions")),
            false => Ok(backends),
        }
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
        let mut backends = self.lock_backends()?;
        let Shared { model, config, host, .. } = &*self.shared;
        let chunk = host.install(|| Chunk::of_article(article, model, config))?;
        let mut pending = Pending::new(Arc::new(chunk), model.labels.len());
        let mut batch = Batch::default();
        for plan in 0..pending.chunk.plans.len() {
            let chunk = &pending.chunk;
            batch.fill(&chunk.plans[plan], &chunk.windows, &chunk.articles, &model.tokenizer);
            let (logits, _) = infer_in_halves(backends[0].as_mut(), &batch)?;
            pending.add(plan, &logits, model, None)?;
        }
        match finish(&pending.chunk.items[0], &pending.chunk, &pending.scores, self.finisher())? {
            Outcome::Finished(done) => Ok(Some(take(*done))),
            Outcome::Rejected(_) | Outcome::Skipped { .. } => Ok(None),
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
        let Shared { model, memory, counters, watch, .. } = &*self.shared;
        // Chunks come in order; the front one is finished first.
        let mut pending: VecDeque<Pending> = VecDeque::new();
        let mut finished = 0u64;
        while let Some(event) = counters.wait(Waiter::Collector, || self.next_event(&events)) {
            match event {
                Event::Failed(error) => return Err(error),
                Event::Prepared(chunk) => {
                    let chunk = Pending::new(chunk, model.labels.len());
                    Counters::add(&counters.repeated, chunk.known);
                    pending.push_back(chunk);
                }
                Event::Inferred { number, plan, logits } => {
                    let slot = pending.get_mut((number - finished) as usize);
                    let slot = slot.ok_or_else(|| internal("logits of a chunk that is not pending"))?;
                    let add = || slot.add(plan, &logits, model, memory.as_ref());
                    let [scored, repeated] = counters.time(Stage::Stitch, add)?;
                    Counters::add(&counters.tokens, scored);
                    Counters::add(&counters.repeated, repeated);
                }
            }
            while let Some(done) = pending.pop_front_if(|front| front.waiting == 0) {
                watch.over(Worker::Collector, || self.finish_chunk(&done, report, render, write))?;
                finished += 1;
                // The preparer put one there for this chunk.
                let _ = free_slots.try_recv();
            }
        }
        if pending.is_empty() { Ok(()) } else { Err(internal("the sessions ended before their work was done")) }
    }

    /// What comes next; nothing where all is done. Looks up from time to time whether somebody hangs.
    fn next_event(&self, events: &Receiver<Event>) -> Option<Event> {
        let Some(limit) = self.config().stall else { return events.recv().ok() };
        loop {
            match events.recv_timeout(limit.min(Duration::from_secs(1)) / 2) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(stalled) = self.shared.watch.stalled(limit) {
                        return Some(Event::Failed(stalled.error()));
                    }
                }
            }
        }
    }

    /// Decodes, links and writes a chunk; its articles together as far as [`Config::finish_bytes`] lets them, since
    /// what is to be written of an article may be many times its size.
    fn finish_chunk<R: Send>(
        &self,
        done: &Pending,
        report: &mut RunReport,
        render: &(impl Fn(&Outcome<'_>) -> Result<R> + Sync),
        write: &mut impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        let Shared { config, host, counters, .. } = &*self.shared;
        let one = |item: &Item| {
            let outcome = finish(item, &done.chunk, &done.scores, self.finisher())?;
            let rendered = counters.time(Stage::Write, || render(&outcome))?;
            Ok((outcome.tally(&config.languages), rendered))
        };
        let mut rest = &done.chunk.items[..];
        while !rest.is_empty() {
            let (items, behind) = rest.split_at(done.chunk.items_within(rest, config.finish_bytes));
            rest = behind;
            let results: Result<Vec<_>> = host.install(|| items.par_iter().map(one).collect());
            for (item, (tally, rendered)) in items.iter().zip(results?) {
                tally.add_to(done.chunk.input_of(item), report);
                counters.time(Stage::Write, || write(rendered))?;
            }
        }
        report.inputs.end_chunk();
        counters.articles.store(report.articles, Relaxed);
        counters.rejected.store(report.rejected, Relaxed);
        counters.skipped.store(report.skipped, Relaxed);
        Ok(())
    }

    fn finisher(&self) -> Finisher<'_> {
        let Shared { model, config, counters, .. } = &*self.shared;
        Finisher { model, config, linker: self.linker.as_ref(), counters }
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

impl Stalled {
    /// The error with which a run ends that this worker holds up.
    pub fn error(&self) -> Error {
        let Self { worker, time } = self;
        let what = format!("{worker} hangs: it has been at one piece of work for {} s", time.as_secs());
        Error::new(ErrorKind::Stalled, what)
            .help("--stall-timeout sets how long a batch or a chunk may take; 0 waits for ever")
    }
}

fn no_thread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, "cannot start a thread").because(error)
}

fn internal(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Internal, what).help("this is a fault of namewire; please report it with the input")
}
