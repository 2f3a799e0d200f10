//! Figures of a run in progress, which all threads add to and any thread may read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// Figures that all threads add to during a run.
#[derive(Debug, Default)]
pub struct Counters {
    /// Records that were read, good or bad.
    pub records: AtomicU64,
    /// Articles that were finished.
    pub articles: AtomicU64,
    /// Records that were rejected.
    pub rejected: AtomicU64,
    /// Articles skipped by a rule of the configuration.
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
    /// How many times a batch was halved because the device had no memory for it.
    pub halved: AtomicU64,
    times: [AtomicU64; Stage::COUNT],
    waits: [AtomicU64; Waiter::COUNT],
}

/// The stages whose time is taken: time on the processor, summed over threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Cutting inputs into records.
    Read,
    /// Records to articles: JSON, XML, the main text of pages.
    Parse,
    /// Language, cleaning, sentences, tokens.
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
    const COUNT: usize = 9;
    const ALL: [(Stage, &'static str); Self::COUNT] = [
        (Self::Read, "read"),
        (Self::Parse, "parse"),
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

    /// Adds to a figure.
    pub fn add(figure: &AtomicU64, amount: usize) {
        figure.fetch_add(amount as u64, Relaxed);
    }

    /// Seconds on the processor of each stage, by name.
    pub(crate) fn stage_seconds(&self) -> BTreeMap<&'static str, f64> {
        Stage::ALL.iter().map(|&(stage, name)| (name, seconds(&self.times[stage as usize]))).collect()
    }

    /// Seconds on the clock that each kind of thread waited, by name.
    pub(crate) fn waiting_seconds(&self) -> BTreeMap<&'static str, f64> {
        Waiter::ALL.iter().map(|&(waiter, name)| (name, seconds(&self.waits[waiter as usize]))).collect()
    }
}

fn seconds(nanoseconds: &AtomicU64) -> f64 {
    Duration::from_nanos(nanoseconds.load(Relaxed)).as_secs_f64()
}
