//! A run that is asked to end early ends as if its input did, at a place where it may be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, select};

use crate::chunk::RawChunk;
use crate::error::Result;

/// How often a wait for records looks for the wish.
const GLANCE: Duration = Duration::from_millis(100);
/// How long the rest of a shard is waited for; an input may have nothing to say for hours.
const PATIENCE: Duration = Duration::from_secs(1);

/// The wish that a run end early. Clones are one wish.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    requested: AtomicBool,
    heeded: AtomicBool,
}

impl Stop {
    /// Asks the run to end.
    pub fn request(&self) {
        self.0.requested.store(true, Relaxed);
    }

    /// True where the run has ended, or is ending, before its input: what was read in part may be cut short.
    pub fn was_heeded(&self) -> bool {
        self.0.heeded.load(Relaxed)
    }

    fn is_requested(&self) -> bool {
        self.0.requested.load(Relaxed)
    }
}

/// Takes raw chunks from the reader until the input ends, or the wish can be heeded: between chunks; where there are
/// shards, between shards.
pub(crate) struct Intake<'r> {
    raw: &'r Receiver<Result<RawChunk>>,
    /// Closed when the run has ended.
    ended: &'r Receiver<()>,
    stop: &'r Stop,
    shard: Option<u64>,
    taken: u64,
}

impl<'r> Intake<'r> {
    pub(crate) fn new(
        (raw, ended): (&'r Receiver<Result<RawChunk>>, &'r Receiver<()>),
        stop: &'r Stop,
        shard: Option<u64>,
    ) -> Self {
        Self { raw, ended, stop, shard, taken: 0 }
    }

    /// The next chunk, or why the reader failed.
    pub(crate) fn next(&mut self) -> Option<Result<RawChunk>> {
        let since = Instant::now();
        loop {
            let may_be_cut = self.shard.is_none_or(|shard| self.taken.is_multiple_of(shard));
            if self.stop.is_requested() && (may_be_cut || since.elapsed() > PATIENCE) {
                self.stop.0.heeded.store(true, Relaxed);
                return None;
            }
            let next = select! {
                recv(self.raw) -> next => next.ok(),
                recv(self.ended) -> _ => None,
                default(GLANCE) => continue,
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
        let record =
            || Ok(RawRecord { origin: Origin::default(), name: "".into(), format: Format::Text, bytes: Vec::new() });
        (0..records).map(|_| record()).collect()
    }

    #[test]
    fn a_shard_is_finished_first() {
        for (shard, taken) in [(None, 1), (Some(4), 2), (Some(2), 1), (Some(100), 3)] {
            let (send, raw) = unbounded();
            let (stop, (_running, ended)) = (Stop::default(), bounded(0));
            let mut intake = Intake::new((&raw, &ended), &stop, shard);
            (0..3).for_each(|_| send.send(Ok(chunk(2))).unwrap());
            assert!(intake.next().is_some());
            stop.request();
            assert_eq!(1 + std::iter::from_fn(|| intake.next()).count(), taken, "{shard:?}");
            assert!(stop.was_heeded());
        }
    }

    #[test]
    fn an_input_that_ends_was_not_stopped() {
        let (send, raw) = unbounded();
        let (stop, (_running, ended)) = (Stop::default(), bounded(0));
        let mut intake = Intake::new((&raw, &ended), &stop, Some(4));
        send.send(Ok(chunk(3))).unwrap();
        drop(send);
        assert!(intake.next().is_some());
        stop.request();
        assert!(intake.next().is_none() && !stop.was_heeded());
    }
}
