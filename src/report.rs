//! What a run counts, and how long its stages take.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde::Serialize;

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
    /// Batches that were run.
    pub batches: AtomicU64,
    times: [AtomicU64; Stage::COUNT],
}

/// The stages whose time is taken. Times are summed over threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Cutting inputs into records.
    Read,
    /// Records to articles, language, cleaning, sentences, tokens.
    Encode,
    /// Planning batches and filling them.
    Batch,
    /// The model.
    Infer,
    /// Logits to mentions.
    Decode,
    /// Mentions to entities.
    Link,
    /// Results to bytes, and bytes to files.
    Write,
}

impl Stage {
    const COUNT: usize = 7;
    const ALL: [(Stage, &'static str); Self::COUNT] = [
        (Self::Read, "read"),
        (Self::Encode, "encode"),
        (Self::Batch, "batch"),
        (Self::Infer, "infer"),
        (Self::Decode, "decode"),
        (Self::Link, "link"),
        (Self::Write, "write"),
    ];
}

impl Counters {
    /// Runs `work` and adds its time to a stage.
    pub fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.times[stage as usize].fetch_add(start.elapsed().as_nanos() as u64, Relaxed);
        result
    }

    /// Sets every figure to zero, for the next run.
    pub(crate) fn reset(&self) {
        // Named one by one, so that a new figure cannot be forgotten.
        let Self { records, articles, rejected, skipped, tokens, repeated, padded, batches, times } = self;
        let figures = [records, articles, rejected, skipped, tokens, repeated, padded, batches];
        figures.into_iter().chain(times).for_each(|figure| figure.store(0, Relaxed));
    }

    /// Adds to a figure.
    pub fn add(figure: &AtomicU64, amount: usize) {
        figure.fetch_add(amount as u64, Relaxed);
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
    /// Batches that were run.
    pub batches: u64,
    /// Mentions that were found.
    pub mentions: u64,
    /// Of these, those with an entity.
    pub linked: u64,
    /// Seconds from the first record to the last.
    pub seconds: f64,
    /// Seconds of each stage, summed over its threads.
    pub stage_seconds: BTreeMap<&'static str, f64>,
}

impl RunReport {
    /// Takes over what the threads counted.
    pub(crate) fn close(&mut self, counters: &Counters, elapsed: Duration) {
        self.records = counters.records.load(Relaxed);
        self.tokens_repeated = counters.repeated.load(Relaxed);
        self.tokens_inferred = counters.tokens.load(Relaxed) + self.tokens_repeated;
        self.positions_computed = counters.padded.load(Relaxed);
        self.batches = counters.batches.load(Relaxed);
        self.seconds = elapsed.as_secs_f64();
        let seconds = |stage: Stage| Duration::from_nanos(counters.times[stage as usize].load(Relaxed)).as_secs_f64();
        self.stage_seconds = Stage::ALL.iter().map(|&(stage, name)| (name, seconds(stage))).collect();
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
