//! The ceiling: the throughput of the runtime alone on the same sequences.
//!
//! The sequences are encoded beforehand and sorted by length over the whole corpus. A bare loop, one thread per session,
//! only runs batches. No pipeline around the same runtime can be faster unless it computes less.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::batch::{Batch, BatchLimits, plan};
use crate::error::{Error, ErrorKind, Result};
use crate::infer::Backend;
use crate::model::Model;
use crate::window::Window;

/// Sessions, threads and batches of the bare loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// Sessions that run at the same time.
    pub sessions: usize,
    /// Threads inside each.
    pub threads: usize,
    /// Maximum number of tokens per batch, padding included.
    pub batch_tokens: usize,
}

/// Opens a number of sessions with a number of threads each.
pub type OpenBackends<'f> = dyn Fn(usize, usize) -> Result<Vec<Box<dyn Backend>>> + 'f;

/// Sequences of token ids to measure on.
#[derive(Debug)]
pub struct Ceiling<'m> {
    model: &'m Model,
    sequences: Vec<Vec<u32>>,
}

impl<'m> Ceiling<'m> {
    /// A ceiling over sequences without special tokens, none longer than the model's window.
    pub fn new(model: &'m Model, mut sequences: Vec<Vec<u32>>) -> Self {
        sequences.retain(|sequence| !sequence.is_empty());
        sequences.sort_by_key(Vec::len);
        Self { model, sequences }
    }

    /// Runs batches of at most `tokens` tokens, padding included, on the backends for about `span`; returns tokens per
    /// second without special tokens and padding. Batches of all lengths are taken evenly.
    pub fn measure(&self, backends: &mut [Box<dyn Backend>], tokens: usize, span: Duration) -> Result<f64> {
        let batches = self.batches(tokens);
        if batches.is_empty() {
            return Err(Error::new(ErrorKind::Config, "there is nothing to measure: the articles have no tokens"));
        }
        // A stride that is coprime to the count visits every batch once, short and long alternately.
        let stride = (batches.len() * 5 / 8..).find(|&stride| gcd(stride, batches.len()) == 1).unwrap_or(1);
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let start = Instant::now();
        std::thread::scope(|scope| {
            let work = |backend: &mut Box<dyn Backend>| -> Result<()> {
                while start.elapsed() < span {
                    let (batch, real) = &batches[next.fetch_add(1, Relaxed) * stride % batches.len()];
                    backend.infer(batch)?;
                    done.fetch_add(*real, Relaxed);
                }
                Ok(())
            };
            let threads: Vec<_> = backends.iter_mut().map(|backend| scope.spawn(move || work(backend))).collect();
            let panicked = || Error::new(ErrorKind::Internal, "a session of the ceiling panicked");
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
        })?;
        Ok(done.load(Relaxed) as f64 / start.elapsed().as_secs_f64())
    }

    /// Filled batches, each with its number of tokens without special tokens and padding.
    fn batches(&self, tokens: usize) -> Vec<(Batch, usize)> {
        let tokenizer = &self.model.tokenizer;
        let window = |sequence: &Vec<u32>| Window { article: 0, tokens: 0..sequence.len(), keep: 0..sequence.len() };
        let windows: Vec<Window> = self.sequences.iter().map(window).collect();
        let all: Vec<u32> = (0..windows.len() as u32).collect();
        let limits = BatchLimits { tokens, rows: usize::MAX, equal_lengths: false };
        let fill = |plan: crate::batch::BatchPlan| {
            let rows: Vec<&[u32]> = plan.windows.iter().map(|&row| &self.sequences[row as usize][..]).collect();
            let real = rows.iter().map(|row| row.len()).sum();
            (Batch::of_rows(&rows, plan.longest, tokenizer), real)
        };
        plan(&windows, &all, tokenizer.special_tokens(), limits).into_iter().map(fill).collect()
    }
}

/// Measures layouts, for `span` each, and returns the fastest and its tokens per second.
pub fn find_layout(
    ceiling: &Ceiling<'_>,
    cores: usize,
    batch_tokens: &[usize],
    span: Duration,
    open: &OpenBackends<'_>,
) -> Result<(Layout, f64)> {
    let mut best: Option<(Layout, f64)> = None;
    let shapes = if cores > 1 { vec![(cores, 1), (1, cores)] } else { vec![(1, 1)] };
    for (sessions, threads) in shapes {
        let mut backends = open(sessions, threads)?;
        for &batch_tokens in batch_tokens {
            let rate = ceiling.measure(&mut backends, batch_tokens, span)?;
            if best.is_none_or(|(_, top)| rate > top) {
                best = Some((Layout { sessions, threads, batch_tokens }, rate));
            }
        }
    }
    best.ok_or_else(|| Error::new(ErrorKind::Internal, "no layout was tried"))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
