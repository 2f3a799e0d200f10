//! A durable run: inputs to files, with an identity, shards that can be resumed, an estimate and a summary.
//!
//! [`RunOptions`] hold every setting. [`Run::open`] checks them and opens inputs, model and tables, so that whatever is
//! wrong shows before the first article is read; [`Run::execute`] does the work and reports to an [`Observer`];
//! [`Run::estimate`] says what it would take. [`relink`] repeats the linking of an earlier run.

mod estimate;
mod files;
mod identity;
mod inputs;
mod memory;
mod observer;
mod options;
mod relink;
mod sink;
mod summary;

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

pub use estimate::{Estimate, RunEstimate};
pub use identity::engine_identity;
pub use observer::{Event, Observer, RunProgress};
pub use options::{InputOptions, LimitOptions, OutputOptions, RunOptions, SHARD_SIZE, Target};
pub use relink::relink;
pub use sink::{Stopped, Written};
pub use summary::{RunSummary, TopEntity};

pub use crate::pipeline::{RunHandle, Stop};
pub use crate::report::RunReport;

use crate::config::Config;
use crate::engine::{Engine, EngineOptions, Parts};
use crate::error::{Error, Result};
use crate::language::language_codes;
use crate::link::Linker;
use crate::model::Model;
use crate::read::{Compression, Found, Input, Ledger, Unread};
use crate::write::{Existing, LineOptions, Manifest, MentionColumns, OutputFormat, render};
use inputs::Done;
use memory::{FixedMemory, fit, resident_bytes};
use sink::{Opened, Sink};
use summary::EntityCounts;

/// The bytes of loaded parts are rounded up to this step, so that two runs mostly get the same limits.
const LOADED_STEP: u64 = 64 << 20;
/// Bytes of the accounts of one input, and of its entry in the manifest.
const INPUT_BYTES: u64 = 1 << 10;

/// A run whose inputs, model and tables are open.
pub struct Run {
    options: RunOptions,
    inputs: Vec<Input>,
    unread: Unread,
    engine: Engine,
    lines: LineOptions,
    handle: RunHandle,
}

/// How a run ended, where it did not fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunEnd {
    /// All inputs are done.
    Complete(Box<RunSummary>),
    /// The directory to be resumed held this run, complete; nothing was done.
    AlreadyComplete(Box<Written>),
    /// It was stopped by its [`handle`](Run::handle).
    Stopped(Stopped),
}

impl Run {
    /// Checks the options, and opens inputs, model, sessions and tables.
    ///
    /// # Errors
    ///
    /// Fails where a setting is impossible, an input does not exist, an output would replace a file that is read, or
    /// model, device or tables cannot be used.
    pub fn open(options: RunOptions) -> Result<Self> {
        Self::open_with(options, |options| Engine::open(options, Parts::default(), Config::default()))
    }

    /// The same with the model, sessions and tables of an engine. [`RunOptions::engine`] must be the settings that it was
    /// opened with.
    ///
    /// # Errors
    ///
    /// As [`Run::open`].
    pub fn open_on(engine: &Engine, options: RunOptions) -> Result<Self> {
        Self::open_with(options, |_| Ok(engine))
    }

    fn open_with<E: Borrow<Engine>>(
        mut options: RunOptions,
        open: impl FnOnce(&EngineOptions) -> Result<E>,
    ) -> Result<Self> {
        options.validate()?;
        let only = language_codes(&options.languages)?;
        let Found { inputs, unread } = inputs::find(&options)?;
        files::check_files(&options, &inputs, None)?;
        let engine = open(&options.engine)?;
        let engine = engine.borrow();
        let mut config = engine.pipeline.config().clone();
        config.stall = options.limits.stall_timeout;
        config.read = options.read.clone();
        config.languages.only = only;
        config.chunk.shard = options.output.target.shard_size();
        config.watch_reader = inputs.iter().all(|input| input.size.is_some());
        fit_memory(&options, &mut config, &inputs, engine.pipeline.model(), engine.pipeline.sessions())?;
        let engine = engine.with_config(config)?;
        options.output.types = known_types(&options.output.types, engine.pipeline.model(), engine.pipeline.linker())?;
        let lines = line_options(&options.output, &options.read.keep);
        let handle = engine.pipeline.handle();
        Ok(Self { inputs, unread, engine, lines, handle, options })
    }

    /// Progress of the run, and a way to stop it, from any thread.
    pub fn handle(&self) -> &RunHandle {
        &self.handle
    }

    /// The opened engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Estimates what [`Run::execute`] would take, by processing the first 100 records. Writes nothing.
    pub fn estimate(&self) -> Result<Estimate> {
        estimate::estimate(&self.inputs, &self.engine.pipeline, &self.lines, self.options.output.compress)
    }

    /// Reads all inputs and writes all outputs.
    ///
    /// # Errors
    ///
    /// An output that cannot be written, inference that fails, or a worker that hangs ends the run. A record that
    /// cannot be processed does not: it is counted, and written to the rejects with its reason. Where outputs are a
    /// directory, what is complete remains and can be resumed.
    pub fn execute(self, observer: &dyn Observer) -> Result<RunEnd> {
        let Self { options, inputs, unread, engine, lines, handle } = self;
        let ledger = Ledger::new(options.output.target.shard_size());
        let identity = identity::identity(&options, &engine, &inputs)?;
        let mut sink = match Sink::open(
            &options.output,
            mention_columns(&options.output, &options.read.keep),
            identity,
            &ledger,
            observer,
        )? {
            Opened::Ready(sink) => sink,
            Opened::Complete(written) => return Ok(RunEnd::AlreadyComplete(written)),
        };
        let pipeline = &engine.pipeline;
        let manifest = sink.manifest();
        let done = manifest.and_then(|manifest| {
            let records = manifest.totals.counts.records;
            manifest.end().map(|end| Done { end, records })
        });
        let is_retry = !options.inputs.retry.is_empty();
        let (records, read) = match inputs::records(&inputs, &pipeline.config().read, is_retry, &ledger, done) {
            Ok(opened) => opened,
            Err(error) => return Err(sink.fail(error, observer)),
        };
        let table = pipeline.linker().map(Linker::table);
        let mut entities = EntityCounts::default();
        observer.started(RunProgress { read: Arc::clone(&read), handle: handle.clone() });
        let report = pipeline.run(
            records,
            &handle,
            |outcome| render(outcome, table, &lines),
            |rendered| {
                entities.count(&rendered);
                sink.write(&rendered)
            },
        );
        observer.ended();
        let mut report = match report {
            Ok(report) => report,
            Err(error) => return Err(sink.fail(error, observer)),
        };
        report.unread = unread;
        report.unread.add(&read.unread.lock().unwrap_or_else(PoisonError::into_inner));
        report.not_articles = ledger.not_articles();
        report.find_unmatched(&options.read.keep);
        if report.stopped {
            return sink.stop(observer).map(RunEnd::Stopped);
        }
        let summarize = |written: &Written| RunSummary::new(report.clone(), written.clone(), &entities, &engine);
        let written = sink.complete(&ledger, observer, |written| summarize(written).to_text())?;
        Ok(RunEnd::Complete(Box::new(summarize(&written))))
    }
}

fn line_options(output: &OutputOptions, keep: &[String]) -> LineOptions {
    let (articles, spans) = output.target.writes();
    let has_columns = output.target.mentions_format(output.format) == OutputFormat::Parquet;
    LineOptions {
        min_score: output.min_score,
        types: output.types.iter().cloned().collect::<BTreeSet<_>>(),
        context: output.context,
        columns: has_columns.then(|| mention_columns(output, keep)),
        articles_text: output.articles_text,
        articles,
        spans,
    }
}

fn mention_columns(output: &OutputOptions, keep: &[String]) -> MentionColumns {
    MentionColumns { context: output.context, kept: keep.to_vec() }
}

/// The types to be written, as the model and the table spell them.
///
/// # Errors
///
/// A type that neither of them has would silently match nothing.
fn known_types(types: &[String], model: &Model, linker: Option<&Linker>) -> Result<Vec<String>> {
    let of_table = linker.map_or(&[][..], |linker| linker.table().kinds());
    let mut known: Vec<&str> = model.labels.types().iter().chain(of_table).map(|kind| &**kind).collect();
    known.sort_unstable();
    known.dedup();
    let spelling = |kind: &String| {
        let exact = known.iter().find(|known| *known == kind);
        let found = exact.or_else(|| known.iter().find(|known| known.eq_ignore_ascii_case(kind)));
        found.map(|known| (*known).to_owned()).ok_or_else(|| {
            let what = format!("{kind:?} is not a type of the model or the table");
            Error::config(what).with_setting("types").help(format!("they have {}", known.join(", ")))
        })
    };
    types.iter().map(spelling).collect()
}

/// Applies the limit on memory, once model and sessions are loaded.
fn fit_memory(
    options: &RunOptions,
    config: &mut Config,
    inputs: &[Input],
    model: &Model,
    sessions: usize,
) -> Result<()> {
    let Some(max) = options.limits.memory else { return Ok(()) };
    let asked = config.read.max_article_bytes;
    // Where the system does not say, three times the weights for each session.
    let loaded = resident_bytes().unwrap_or(3 * sessions as u64 * model.graph.variant.bytes);
    let loaded = loaded.next_multiple_of(LOADED_STEP) + inputs.len() as u64 * INPUT_BYTES;
    let has_zstd = inputs.iter().any(|input| input.compression == Compression::Zstd);
    let has_parquet = options.output.writes_parquet();
    fit(config, max, FixedMemory { loaded, sessions, labels: model.labels.len(), has_zstd, has_parquet })?;
    // What is loaded is never the same to the byte, and whether an article is rejected must not depend on it: a run
    // that is resumed keeps its limit. Where another limit on memory was given, the manifest tells the two apart.
    if let Some(previous) = previous_limit(&options.output.target) {
        config.read.max_article_bytes = previous.min(asked);
    }
    if config.read.max_article_bytes < asked {
        let bytes = config.read.max_article_bytes;
        tracing::info!("with {} MiB of memory, articles of more than {bytes} bytes are rejected", max >> 20);
    }
    Ok(())
}

/// The maximum length of an article, in bytes, in the run that is to be resumed.
fn previous_limit(target: &Target) -> Option<usize> {
    let Target::Directory { path, existing: Existing::Resume, .. } = target else { return None };
    let manifest = Manifest::read(path).ok().flatten()?;
    let bytes = manifest.made_with.get("settings")?.get("max_article_bytes")?.as_u64()?;
    usize::try_from(bytes).ok()
}
