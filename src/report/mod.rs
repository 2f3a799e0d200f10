//! What a run counts, and how long its stages take.

mod inputs;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use serde::Serialize;

pub use inputs::{InputFigures, Inputs};

use crate::read::RejectReason;

/// Figures that all threads add to while a run goes on.
#[derive(Debug, Default)]
pub struct Counters {
    /// Records that were read, good or bad.
    pub records: AtomicU64,
    /// Articles that were finished.
    pub articles: AtomicU64,
    /// Records that were set aside.
    pub rejected: AtomicU64,
    /// Articles left out by a rule of the configuration.
    pub skipped: AtomicU64,
    /// Tokens that went through the model, special tokens and padding not counted.
    pub tokens: AtomicU64,
    /// Tokens that took the scores of an equal window.
    pub repeated: AtomicU64,
    /// Positions that the model computed: tokens, special tokens, padding.
    pub padded: AtomicU64,
    /// Of these, positions of padding.
    pub padding: AtomicU64,
    /// Windows that the model computed.
    pub windows: AtomicU64,
    /// Batches that were run.
    pub batches: AtomicU64,
    /// How many times a batch was halved for want of memory.
    pub halved: AtomicU64,
    times: [AtomicU64; Stage::COUNT],
    waits: [AtomicU64; Waiter::COUNT],
}

/// The stages whose time is taken: time on the processor, summed over threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Cutting inputs into records.
    Read,
    /// Records to articles, language, cleaning, sentences, tokens.
    Encode,
    /// Finding repeats, planning batches and filling them.
    Batch,
    /// The model.
    Infer,
    /// Logits back to the order of the text.
    Stitch,
    /// Scores to mentions.
    Decode,
    /// Mentions to entities.
    Link,
    /// Results to bytes, and bytes to files.
    Write,
}

impl Stage {
    const COUNT: usize = 8;
    const ALL: [(Stage, &'static str); Self::COUNT] = [
        (Self::Read, "read"),
        (Self::Encode, "encode"),
        (Self::Batch, "batch"),
        (Self::Infer, "infer"),
        (Self::Stitch, "stitch"),
        (Self::Decode, "decode"),
        (Self::Link, "link"),
        (Self::Write, "write"),
    ];
}

/// The threads whose waiting is taken: who waits shows who is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiter {
    /// The reader, for the preparer to take a chunk.
    Reader,
    /// The preparer, for records.
    PreparerForRecords,
    /// The preparer, for the sessions and the collector to get on.
    PreparerForRoom,
    /// The sessions, for batches.
    Sessions,
    /// The collector, for logits.
    Collector,
}

impl Waiter {
    const COUNT: usize = 5;
    const ALL: [(Waiter, &'static str); Self::COUNT] = [
        (Self::Reader, "reader_for_preparer"),
        (Self::PreparerForRecords, "preparer_for_reader"),
        (Self::PreparerForRoom, "preparer_for_sessions"),
        (Self::Sessions, "sessions_for_preparer"),
        (Self::Collector, "collector_for_sessions"),
    ];
}

impl Counters {
    /// Runs `work` and adds its time on the processor to a stage. What `work` gives to other threads is not
    /// seen, and waiting for a core does not count.
    pub fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = ThreadTime::now();
        let result = work();
        self.times[stage as usize].fetch_add(start.elapsed().as_nanos() as u64, Relaxed);
        result
    }

    /// Waits by `wait`, and adds the time on the clock to a kind of thread.
    pub fn wait<T>(&self, who: Waiter, wait: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = wait();
        self.waits[who as usize].fetch_add(start.elapsed().as_nanos() as u64, Relaxed);
        result
    }

    /// Sets every figure to zero, for the next run.
    pub(crate) fn reset(&self) {
        let Self {
            records,
            articles,
            rejected,
            skipped,
            tokens,
            repeated,
            padded,
            padding,
            windows,
            batches,
            halved,
            times,
            waits,
        } = self;
        let figures =
            [records, articles, rejected, skipped, tokens, repeated, padded, padding, windows, batches, halved];
        figures.into_iter().chain(times).chain(waits).for_each(|figure| figure.store(0, Relaxed));
    }

    /// Adds to a figure.
    pub fn add(figure: &AtomicU64, amount: usize) {
        figure.fetch_add(amount as u64, Relaxed);
    }
}

/// The moment at which a run began.
#[derive(Debug)]
pub(crate) struct Started {
    clock: Instant,
    process: ProcessTime,
}

impl Started {
    pub(crate) fn now() -> Self {
        Self { clock: Instant::now(), process: ProcessTime::now() }
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunReport {
    /// Records that were read, good or bad.
    pub records: u64,
    /// Articles that were processed.
    pub articles: u64,
    /// Records that were set aside.
    pub rejected: u64,
    /// How many for each reason.
    pub rejected_by_reason: BTreeMap<String, u64>,
    /// Articles left out by a rule of the configuration.
    pub skipped: u64,
    /// Articles in a language that the model was not made for, by language; processed unless skipped.
    pub foreign: BTreeMap<String, u64>,
    /// Fields that could not be read in articles that were processed, by name of the warning.
    pub warnings: BTreeMap<String, u64>,
    /// Sentences that were found.
    pub sentences: u64,
    /// Tokens that the tokenizer made, special tokens not counted.
    pub tokens_encoded: u64,
    /// Tokens that the model scored; always equal to `tokens_encoded`.
    pub tokens_inferred: u64,
    /// Of these, the tokens of windows equal to an earlier one, whose scores they took.
    pub tokens_repeated: u64,
    /// Positions that the model computed: tokens, special tokens and padding.
    pub positions_computed: u64,
    /// Of these, positions of padding.
    pub positions_padded: u64,
    /// Windows that the model computed.
    pub windows_computed: u64,
    /// Batches that were run.
    pub batches: u64,
    /// How many times a batch was halved because the device had no memory for it.
    pub batches_halved: u64,
    /// Mentions that were found.
    pub mentions: u64,
    /// Of these, those with an entity.
    pub linked: u64,
    /// The inputs that stand out.
    pub inputs: Inputs,
    /// Seconds from the first record to the last.
    pub seconds: f64,
    /// Seconds on the processor of the whole process during the run.
    pub cpu_seconds: f64,
    /// Of these, the seconds of each stage.
    pub stage_cpu_seconds: BTreeMap<&'static str, f64>,
    /// Seconds on the clock that threads waited for one another, summed over threads of a kind.
    pub waiting_seconds: BTreeMap<&'static str, f64>,
}

impl RunReport {
    /// Takes over what the threads counted.
    pub(crate) fn close(&mut self, counters: &Counters, started: &Started) {
        self.inputs.end();
        self.records = counters.records.load(Relaxed);
        self.tokens_repeated = counters.repeated.load(Relaxed);
        self.tokens_inferred = counters.tokens.load(Relaxed) + self.tokens_repeated;
        self.positions_computed = counters.padded.load(Relaxed);
        self.positions_padded = counters.padding.load(Relaxed);
        self.windows_computed = counters.windows.load(Relaxed);
        self.batches = counters.batches.load(Relaxed);
        self.batches_halved = counters.halved.load(Relaxed);
        self.seconds = started.clock.elapsed().as_secs_f64();
        self.cpu_seconds = started.process.elapsed().as_secs_f64();
        let seconds = |figure: &AtomicU64| Duration::from_nanos(figure.load(Relaxed)).as_secs_f64();
        let stage = |&(stage, name): &(Stage, _)| (name, seconds(&counters.times[stage as usize]));
        self.stage_cpu_seconds = Stage::ALL.iter().map(stage).collect();
        let waiter = |&(waiter, name): &(Waiter, _)| (name, seconds(&counters.waits[waiter as usize]));
        self.waiting_seconds = Waiter::ALL.iter().map(waiter).collect();
    }

    pub(crate) fn count_reject(&mut self, reason: RejectReason) {
        self.rejected += 1;
        let name = serde_json::to_value(reason).ok().and_then(|name| name.as_str().map(str::to_owned));
        *self.rejected_by_reason.entry(name.unwrap_or_default()).or_default() += 1;
    }

    /// Tokens of text that went through the model per second of the run.
    pub fn tokens_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.tokens_inferred as f64 / self.seconds } else { 0.0 }
    }
}
