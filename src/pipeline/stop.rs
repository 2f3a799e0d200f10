//! Stopping a run early: it ends as if its input had ended, at a place where it may be resumed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, select};

use crate::chunk::RawChunk;
use crate::error::Result;

/// How often a wait for records checks for a request to stop.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long a stop waits for the rest of a shard; a pipe may stay silent for hours.
const SHARD_TIMEOUT: Duration = Duration::from_secs(1);

/// A request that a run stop early. Clones are one request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    requested: AtomicBool,
    effective: AtomicBool,
}

impl Stop {
    /// Asks the run to stop.
    pub fn request(&self) {
        self.0.requested.store(true, Relaxed);
    }

    /// True once the run has stopped reading before the end of its input.
    pub fn is_effective(&self) -> bool {
        self.0.effective.load(Relaxed)
    }

    fn is_requested(&self) -> bool {
        self.0.requested.load(Relaxed)
    }
}

/// Takes raw chunks from the reader until the input ends or the run may stop: between chunks, or between shards where
/// the output has shards.
pub(super) struct Intake<'r> {
    raw: &'r Receiver<Result<RawChunk>>,
    /// Closed when the run has ended.
    ended: &'r Receiver<()>,
    stop: &'r Stop,
    shard: Option<u64>,
    taken: u64,
}

impl<'r> Intake<'r> {
    pub(super) fn new(
        (raw, ended): (&'r Receiver<Result<RawChunk>>, &'r Receiver<()>),
        stop: &'r Stop,
        shard: Option<u64>,
    ) -> Self {
        Self { raw, ended, stop, shard, taken: 0 }
    }

    /// The next chunk, or why the reader failed.
    pub(super) fn next(&mut self) -> Option<Result<RawChunk>> {
        let since = Instant::now();
        loop {
            let is_boundary = self.shard.is_none_or(|shard| self.taken.is_multiple_of(shard));
            if self.stop.is_requested() && (is_boundary || since.elapsed() > SHARD_TIMEOUT) {
                self.stop.0.effective.store(true, Relaxed);
                return None;
            }
            let next = select! {
                recv(self.raw) -> next => next.ok(),
                recv(self.ended) -> _ => None,
                default(POLL_INTERVAL) => continue,
            };
            self.taken += next.as_ref().and_then(|next| next.as_ref().ok()).map_or(0, |chunk| chunk.len() as u64);
            return next;
        }
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::{bounded, unbounded};

    use super::*;
    use crate::article::Origin;
    use crate::read::{Format, RawRecord};

    fn chunk(records: usize) -> RawChunk {
        let raw = || RawRecord {
            origin: Origin::default(),
            name: "".into(),
            format: Format::Text,
            is_abridged: false,
            bytes: Vec::new(),
        };
        let record = || Ok(raw().into());
        (0..records).map(|_| record()).collect()
    }

    #[test]
    fn a_stop_waits_for_the_end_of_the_shard() {
        for (shard, taken) in [(None, 1), (Some(4), 2), (Some(2), 1), (Some(100), 3)] {
            let (send, raw) = unbounded();
            let (stop, (_running, ended)) = (Stop::default(), bounded(0));
            let mut intake = Intake::new((&raw, &ended), &stop, shard);
            (0..3).for_each(|_| send.send(Ok(chunk(2))).unwrap());
            assert!(intake.next().is_some());
            stop.request();
            assert_eq!(1 + std::iter::from_fn(|| intake.next()).count(), taken, "{shard:?}");
            assert!(stop.is_effective());
        }
    }

    #[test]
    fn a_stop_after_the_last_chunk_has_no_effect() {
        let (send, raw) = unbounded();
        let (stop, (_running, ended)) = (Stop::default(), bounded(0));
        let mut intake = Intake::new((&raw, &ended), &stop, Some(4));
        send.send(Ok(chunk(3))).unwrap();
        drop(send);
        assert!(intake.next().is_some());
        stop.request();
        assert!(intake.next().is_none() && !stop.is_effective());
    }
}
