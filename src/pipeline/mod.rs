//! The stages put together: threads, channels, and the order of the output.
//!
//! ```text
//! thread       work                                      passes on
//! reader       read                                      raw chunks, one waiting at most
//! preparer     clean, segment, encode, window, batch     the batches of a chunk, when few are left
//!              (rayon, one article a task)
//! sessions     fill, infer, stitch: a thread a backend   the scores of a chunk
//! collector    decode, link, render (rayon);             bytes, in the order of the input
//!              write: the caller's own thread
//! ```
//!
//! At most [`Config::chunks_in_flight`] chunks are between preparer and collector, so that memory does not grow with
//! the dump. When a thread fails, the others see their channels close and end; one that panics or hangs ends the
//! run with an error that names it.

mod collector;
mod handle;
mod pending;
mod sessions;
mod stop;
mod watch;
mod workers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded, unbounded};

pub use handle::RunHandle;
pub use stop::Stop;
pub use watch::{Stalled, Watch};

use crate::article::{Article, Field};
use crate::batch::Batch;
use crate::chunk::{Chunk, Encoded, RawChunk, Record};
use crate::config::Config;
use crate::decode::NerSpan;
use crate::encode::CleanFields;
use crate::error::{Error, ErrorKind, Result};
use crate::infer::{Backend, infer_in_halves};
use crate::link::{Explanation, Linker};
use crate::linked_text::LinkedText;
use crate::mentions::{ArticleMentions, Extractor, RecordOutcome};
use crate::model::Model;
use crate::read::Reject;
use crate::repeat::ScoreCache;
use crate::report::{RunReport, Started};
use crate::segment::Sentence;
use collector::Collector;
use pending::Pending;
use sessions::Sessions;
use workers::{Run, Shared, panicked};

/// A model, its backends and a linker, ready to process articles. Runs and single articles may share it from any
/// number of threads; each batch has a backend to itself. Clones are one pipeline.
#[derive(Clone)]
pub struct Pipeline {
    shared: Arc<Shared>,
    linker: Option<Arc<Linker>>,
}

impl Pipeline {
    /// A pipeline over at least one backend, each of which gets a thread of its own in a run. Without a linker,
    /// mentions are written as the model found them.
    pub fn new(model: Model, linker: Option<Linker>, backends: Vec<Box<dyn Backend>>, config: Config) -> Result<Self> {
        if backends.is_empty() {
            return Err(Error::new(ErrorKind::Config, "at least one worker is needed"));
        }
        Self::assemble(Arc::new(model), linker.map(Arc::new), Arc::new(Sessions::new(backends)), config)
    }

    /// The same model, linker and backends with another configuration. Both may run at the same time: batches share the
    /// backends.
    pub fn with_config(&self, config: Config) -> Result<Self> {
        let Shared { model, sessions, .. } = &*self.shared;
        Self::assemble(Arc::clone(model), self.linker.clone(), Arc::clone(sessions), config)
    }

    fn assemble(
        model: Arc<Model>,
        linker: Option<Arc<Linker>>,
        sessions: Arc<Sessions>,
        config: Config,
    ) -> Result<Self> {
        let host = rayon::ThreadPoolBuilder::new()
            .num_threads(config.host_threads.max(1))
            .thread_name(|index| format!("host-{index}"))
            .build()
            .map_err(|error| Error::new(ErrorKind::Internal, "cannot start threads").because(error))?;
        // Scores that depend on the batch must not be cached: the output would depend on what the cache dropped.
        let exact = model.graph.variant.rows_are_independent() && config.batch.equal_lengths;
        let cache = (config.dedup && exact).then(|| ScoreCache::new(config.memory_bytes));
        Ok(Self { shared: Arc::new(Shared { model, config, host, cache, sessions }), linker })
    }

    /// Exchanges the backends for as many others, and returns the old ones.
    pub fn replace_backends(&self, backends: Vec<Box<dyn Backend>>) -> Result<Vec<Box<dyn Backend>>> {
        self.shared.sessions.replace(backends)
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.shared.model
    }

    /// The linker, where there is one.
    pub fn linker(&self) -> Option<&Linker> {
        self.linker.as_deref()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// How many backends there are.
    pub fn sessions(&self) -> usize {
        self.shared.sessions.count()
    }

    /// Empties the score cache, for measurements from a cold start.
    pub fn clear_cache(&self) {
        self.shared.cache.iter().for_each(ScoreCache::clear);
    }

    /// A handle for the next [`Pipeline::run`].
    pub fn handle(&self) -> RunHandle {
        RunHandle::new(self.sessions())
    }

    /// Processes all records: raw ones of an input, or articles. `render` turns each outcome into whatever is to be
    /// written, on many threads; `write` gets the results in the order of the records, on the caller's thread.
    ///
    /// # Errors
    ///
    /// An error of `render`, `write` or inference, a panic of a stage, or a worker that hangs ends the run. A record
    /// that cannot be processed does not: its outcome says why.
    pub fn run<I: Into<Record>, R: Send>(
        &self,
        records: impl Iterator<Item = std::result::Result<I, Reject>> + Send + 'static,
        handle: &RunHandle,
        render: impl Fn(&RecordOutcome<'_>) -> Result<R> + Sync,
        write: impl FnMut(R) -> Result<()>,
    ) -> Result<RunReport> {
        let started = Started::now();
        let run = Run { shared: Arc::clone(&self.shared), handle: handle.clone() };
        let raw_chunks = run.spawn_reader(records)?;
        let mut report = RunReport::default();
        report.inputs.start();
        let collector = Collector { run: &run, linker: self.linker(), report: &mut report, render, write };
        run_threads(&run, raw_chunks, collector)?;
        report.close(&handle.counters, &started);
        report.stopped = handle.stop.is_effective();
        check_conservation(&report)?;
        Ok(report)
    }

    /// The mentions of one article, on the calling thread and the host pool: for programs that have an article in
    /// hand. Many articles go faster through [`Pipeline::run`]. Callers on several threads share the backends.
    pub fn with_article<T>(&self, article: Article, take: impl FnOnce(RecordOutcome<'_>) -> Result<T>) -> Result<T> {
        let Shared { model, config, host, cache, sessions } = &*self.shared;
        let counters = &self.handle().counters;
        let records = vec![Ok(Record::from(article))];
        let chunk = host.install(|| Chunk::prepare(records, model, config, cache.as_ref(), counters));
        let pending = Pending::new(chunk, model.labels.len());
        let (chunk, mut batch) = (&pending.chunk, Batch::default());
        for plan in 0..chunk.plans.len() {
            batch.fill(&chunk.plans[plan], &chunk.windows, &chunk.articles, &model.tokenizer);
            let (logits, _) = infer_in_halves(sessions.lock_any()?.as_mut(), &batch, model.labels.len())?;
            pending.add(plan, &logits, model, cache.as_ref())?;
        }
        let extractor = Extractor { model, config, linker: self.linker(), counters };
        let (outcome, scores) = (chunk.records[0].as_ref(), pending.take_scores());
        take(outcome.map(|encoded| extractor.mentions(encoded, chunk, &scores)).transpose()?)
    }

    /// Links the spans that another recogniser found in an article, by bytes of its raw text: nothing is inferred. Their
    /// sentences are found here.
    ///
    /// # Errors
    ///
    /// Fails where a span is not a piece of the text.
    pub fn with_spans<T>(
        &self,
        article: Article,
        mut found: Vec<NerSpan>,
        take: impl FnOnce(RecordOutcome<'_>) -> Result<T>,
    ) -> Result<T> {
        let Shared { model, config, host, .. } = &*self.shared;
        let counters = &self.handle().counters;
        let chunk = host.install(|| Chunk::prepare(vec![Ok(article.into())], model, config, None, counters));
        let extractor = Extractor { model, config, linker: self.linker(), counters };
        let linked = chunk.records[0].as_ref().map(|Encoded { article, language }| {
            let encoded = &chunk.articles[*article];
            place(&mut found, &encoded.article, &encoded.raw_sentences())?;
            extractor.link(encoded, language.as_deref(), found)
        });
        take(linked.transpose()?)
    }

    /// What each link of an article rests on; `None` where there is no linker.
    pub fn explain(&self, done: ArticleMentions<'_>) -> Option<Explanation> {
        let segmentation = self.shared.config.segmentation;
        let clean = Field::ALL.map(|field| segmentation.clean(done.article.field(field)));
        let fields = CleanFields { article: done.article, clean: &clean };
        Some(LinkedText::new(fields, &done.sentences).explain(self.linker()?, &done.found))
    }
}

/// Puts spans in order and gives each the number of its sentence. Fails where one is not a piece of the text.
fn place(found: &mut [NerSpan], article: &Article, sentences: &[Sentence]) -> Result<()> {
    if let Some(span) = found.iter().find(|found| found.span.get(article.field(found.field)).is_none_or(str::is_empty))
    {
        let NerSpan { field, span, .. } = span;
        let what = format!("the span at bytes {}..{} of the {field:?} is no piece of it", span.start, span.end);
        return Err(Error::new(ErrorKind::Article, what));
    }
    found.sort_by_key(|found| (found.field, found.span.start));
    for found in found {
        let is_before = |sentence: &Sentence| (sentence.field, sentence.span.start) <= (found.field, found.span.start);
        found.sentence = sentences.partition_point(is_before).saturating_sub(1) as u32;
    }
    Ok(())
}

/// Starts the other threads, collects on this one, and waits for all to end.
fn run_threads<R, Render, Write>(
    run: &Run,
    raw_chunks: Receiver<Result<RawChunk>>,
    mut collector: Collector<'_, Render, Write>,
) -> Result<()>
where
    R: Send,
    Render: Fn(&RecordOutcome<'_>) -> Result<R> + Sync,
    Write: FnMut(R) -> Result<()>,
{
    let usable = run.shared.sessions.usable()?;
    // As many as the chunks in flight have.
    let (jobs, job_queue) = unbounded();
    let (few_left, preparer_calls) = bounded(1);
    let (events, event_queue) = unbounded();
    let (slots, free_slots) = bounded(run.shared.config.chunks_in_flight.max(1));
    let (running, stopped) = bounded(0);
    let spawn = |index| {
        let thread =
            run.spawn_session(index, (job_queue.clone(), few_left.clone(), events.clone()), stopped.clone())?;
        Ok((index, thread))
    };
    let sessions: Vec<(usize, JoinHandle<()>)> = usable.into_iter().map(spawn).collect::<Result<_>>()?;
    drop((job_queue, few_left));
    let prepared = run.spawn_preparer(raw_chunks, (slots, jobs, preparer_calls), events, stopped);
    let done = prepared.and_then(|()| {
        let outcome = catch_unwind(AssertUnwindSafe(|| collector.collect(event_queue, free_slots)));
        outcome.unwrap_or_else(|payload| Err(panicked("collector (decoding, linking or writing)", &*payload)))
    });
    // Every thread that is still there ends now.
    drop(running);
    run.join(&sessions, done.is_err());
    done
}

fn check_conservation(report: &RunReport) -> Result<()> {
    let accounted = report.articles + report.rejected + report.skipped;
    if report.records != accounted {
        return Err(Error::internal(format!("{} records were read, but {accounted} accounted for", report.records)));
    }
    if report.tokens_encoded != report.tokens_inferred {
        let (encoded, inferred) = (report.tokens_encoded, report.tokens_inferred);
        return Err(Error::internal(format!("{encoded} tokens were encoded, but {inferred} inferred")));
    }
    Ok(())
}
