//! What a run has counted at its end, and how long its stages took.

mod inputs;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use cpu_time::ProcessTime;
use serde::Serialize;

pub use inputs::{InputFigures, Inputs};

use crate::chunk::{Chunk, Encoded};
use crate::config::LanguageRule;
use crate::counters::Counters;
use crate::mentions::RecordOutcome;
use crate::outcome::Outcome;
use crate::read::{RejectReason, Unread};

/// Mentions of one record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MentionCounts {
    mentions: usize,
    linked: usize,
}

impl From<&RecordOutcome<'_>> for MentionCounts {
    fn from(outcome: &RecordOutcome<'_>) -> Self {
        match outcome {
            Outcome::Processed(done) => Self { mentions: done.mentions.len(), linked: done.linked() },
            Outcome::Rejected(_) | Outcome::Skipped(_) => Self::default(),
        }
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

/// The figures of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunReport {
    /// Records that were read, good or bad.
    pub records: u64,
    /// Articles that were processed.
    pub articles: u64,
    /// Records that were rejected.
    pub rejected: u64,
    /// How many for each reason.
    pub rejected_by_reason: BTreeMap<String, u64>,
    /// Articles skipped by a rule of the configuration.
    pub skipped: u64,
    /// Articles in a language that the model was not made for, by language; processed unless skipped.
    pub foreign: BTreeMap<String, u64>,
    /// Fields that could not be read in articles that were processed, by name of the warning.
    pub warnings: BTreeMap<String, u64>,
    /// The first value that each warning was about, where it was about one.
    pub warning_examples: BTreeMap<&'static str, Box<str>>,
    /// Articles that had each of the fields to be kept; those that no article had are not in it.
    pub kept_fields: BTreeMap<String, u64>,
    /// The fields to be kept that no article had.
    pub unmatched_fields: Vec<String>,
    /// Records that are no articles, such as requests in web archives, by kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_articles: BTreeMap<String, u64>,
    /// Files in directories that were not read.
    pub unread: Unread,
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
    /// The slowest inputs, and those with most rejects.
    pub inputs: Inputs,
    /// Seconds from the first record to the last.
    pub seconds: f64,
    /// Seconds on the processor of the whole process during the run.
    pub cpu_seconds: f64,
    /// Of these, the seconds of each stage.
    pub stage_cpu_seconds: BTreeMap<&'static str, f64>,
    /// Seconds on the clock that threads waited for one another, summed over threads of a kind.
    pub waiting_seconds: BTreeMap<&'static str, f64>,
    /// True where the run was stopped before the end of its input.
    #[serde(skip)]
    pub stopped: bool,
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
        self.stage_cpu_seconds = counters.stage_seconds();
        self.waiting_seconds = counters.waiting_seconds();
    }

    /// Notes which fields to be kept no article had.
    pub(crate) fn find_unmatched(&mut self, keep: &[String]) {
        let is_unmatched = |field: &&String| self.articles > 0 && !self.kept_fields.contains_key(*field);
        self.unmatched_fields = keep.iter().filter(is_unmatched).cloned().collect();
    }

    /// Counts a record of a chunk that has been written.
    pub(crate) fn count(&mut self, record: &Outcome<Encoded>, chunk: &Chunk, rule: &LanguageRule) {
        let mut tokens = 0;
        let language = match record {
            Outcome::Processed(Encoded { article, language }) => {
                let encoded = &chunk.articles[*article];
                tokens = encoded.ids.len();
                self.articles += 1;
                self.sentences += encoded.sentences.len() as u64;
                self.tokens_encoded += tokens as u64;
                for warning in &encoded.article.warnings {
                    *self.warnings.entry(warning.kind.to_owned()).or_default() += 1;
                    if let Some(example) = &warning.example {
                        self.warning_examples.entry(warning.kind).or_insert_with(|| example.clone());
                    }
                }
                for (field, _) in encoded.article.meta.iter() {
                    *self.kept_fields.entry(field.to_owned()).or_default() += 1;
                }
                language.as_deref()
            }
            Outcome::Rejected(reject) => {
                self.count_reject(reject.reason);
                None
            }
            Outcome::Skipped(skipped) => {
                self.skipped += 1;
                skipped.language.as_deref()
            }
        };
        if let Some(language) = language.filter(|language| rule.is_foreign(language)) {
            *self.foreign.entry(language.to_owned()).or_default() += 1;
        }
        self.inputs.add(chunk.input_of(record), matches!(record, Outcome::Rejected(_)), tokens);
    }

    /// Counts the mentions that were made of a record.
    pub(crate) fn count_mentions(&mut self, counts: MentionCounts) {
        self.mentions += counts.mentions as u64;
        self.linked += counts.linked as u64;
    }

    fn count_reject(&mut self, reason: RejectReason) {
        self.rejected += 1;
        let name = serde_json::to_value(reason).ok().and_then(|name| name.as_str().map(str::to_owned));
        *self.rejected_by_reason.entry(name.unwrap_or_default()).or_default() += 1;
    }

    /// Tokens of text that went through the model per second of the run.
    pub fn tokens_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.tokens_inferred as f64 / self.seconds } else { 0.0 }
    }
}
