//! The collector: chunks whose batches have all come back are decoded, linked and written in the order of the input.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rayon::prelude::*;

use super::handle::RunHandle;
use super::pending::Pending;
use super::watch::Worker;
use super::workers::{Event, Run, Shared};
use crate::chunk::Encoded;
use crate::counters::{Stage, Waiter};
use crate::error::{Error, Result};
use crate::link::Linker;
use crate::mentions::{Extractor, RecordOutcome};
use crate::outcome::Outcome;
use crate::report::{MentionCounts, RunReport};

/// The end of the pipeline, on the caller's thread.
pub(super) struct Collector<'p, Render, Write> {
    pub(super) run: &'p Run,
    pub(super) linker: Option<&'p Linker>,
    pub(super) report: &'p mut RunReport,
    pub(super) render: Render,
    pub(super) write: Write,
}

impl<R, Render, Write> Collector<'_, Render, Write>
where
    R: Send,
    Render: Fn(&RecordOutcome<'_>) -> Result<R> + Sync,
    Write: FnMut(R) -> Result<()>,
{
    /// Takes the queues by value: when it returns early, they close, and every other thread ends.
    pub(super) fn collect(&mut self, events: Receiver<Event>, free_slots: Receiver<()>) -> Result<()> {
        let RunHandle { counters, watch, .. } = &self.run.handle;
        // Chunks come in order; the front one is completed first.
        let mut pending: VecDeque<Arc<Pending>> = VecDeque::new();
        while let Some(event) = counters.wait(Waiter::Collector, || self.next_event(&events)) {
            match event {
                Event::Failed(error) => return Err(error),
                Event::Prepared(chunk) => pending.push_back(chunk),
                Event::Scored => {}
            }
            while let Some(done) = pending.pop_front_if(|front| front.is_complete()) {
                watch.during(Worker::Collector, || self.complete(&done))?;
                // The preparer put one there for this chunk.
                let _ = free_slots.try_recv();
            }
        }
        if pending.is_empty() { Ok(()) } else { Err(Error::internal("the sessions ended before their work was done")) }
    }

    /// The next event; `None` when everything is done. Checks from time to time whether a worker hangs.
    fn next_event(&self, events: &Receiver<Event>) -> Option<Event> {
        let Some(limit) = self.run.shared.config.stall else { return events.recv().ok() };
        loop {
            match events.recv_timeout(limit.min(Duration::from_secs(1)) / 2) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(stalled) = self.run.handle.watch.stalled(limit) {
                        return Some(Event::Failed(stalled.error()));
                    }
                }
            }
        }
    }

    /// Decodes, links and writes a chunk; as many articles together as
    /// [`Config::finish_bytes`](crate::config::Config::finish_bytes) allows, since the output of an article may be
    /// many times its size.
    fn complete(&mut self, done: &Pending) -> Result<()> {
        let Self { run: Run { shared, handle }, linker, report, render, write } = self;
        let Shared { model, config, host, .. } = &**shared;
        let (chunk, counters, scores) = (&done.chunk, &*handle.counters, done.take_scores());
        let extractor = Extractor { model, config, linker: *linker, counters };
        let one = |record: &Outcome<Encoded>| {
            let outcome = record.as_ref().map(|encoded| extractor.mentions(encoded, chunk, &scores));
            let outcome = outcome.transpose()?;
            let rendered = counters.time(Stage::Write, || render(&outcome))?;
            Ok((MentionCounts::from(&outcome), rendered))
        };
        let mut rest = &chunk.records[..];
        while !rest.is_empty() {
            let (records, remaining) = rest.split_at(chunk.records_within(rest, config.finish_bytes));
            rest = remaining;
            let results: Result<Vec<_>> = host.install(|| records.par_iter().map(one).collect());
            for (record, (counts, rendered)) in records.iter().zip(results?) {
                report.count(record, chunk, &config.languages);
                report.count_mentions(counts);
                counters.time(Stage::Write, || write(rendered))?;
            }
        }
        report.inputs.end_chunk();
        counters.articles.store(report.articles, Relaxed);
        counters.rejected.store(report.rejected, Relaxed);
        counters.skipped.store(report.skipped, Relaxed);
        Ok(())
    }
}
