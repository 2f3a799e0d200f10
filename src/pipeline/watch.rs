//! Who is at work, and since when: so that a worker which never comes back is noticed, by name.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The workers of a pipeline, each with the moment at which it began what it is at.
#[derive(Debug)]
pub struct Watch {
    start: Instant,
    workers: Vec<(String, AtomicU64)>,
}

/// Which worker: a session has its own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worker {
    /// Cuts inputs into chunks. Watched only where no input is a pipe, which may be silent for ever.
    Reader,
    /// Encodes a chunk, on the host threads.
    Preparer,
    /// Decodes, links and writes a chunk, on the host threads.
    Collector,
    /// Infers a batch.
    Session(usize),
}

/// A worker that has been at one thing for longer than it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stalled {
    /// The worker's name: `reader`, `preparer`, `collector`, `session-0`, …
    pub worker: String,
    /// For how long it has been at it.
    pub time: Duration,
}

impl Watch {
    /// A watch over this many sessions and the workers around them.
    pub(super) fn new(sessions: usize) -> Self {
        let names = ["reader", "preparer", "collector"].map(str::to_owned).into_iter();
        let names = names.chain((0..sessions).map(|session| format!("session-{session}")));
        Self { start: Instant::now(), workers: names.map(|name| (name, AtomicU64::new(0))).collect() }
    }

    /// Does one piece of work, watched.
    pub(super) fn over<T>(&self, worker: Worker, work: impl FnOnce() -> T) -> T {
        let since = &self.workers[worker.index()].1;
        // Zero says idle, so that the first moment is one.
        since.store(self.start.elapsed().as_millis() as u64 + 1, Relaxed);
        let result = work();
        since.store(0, Relaxed);
        result
    }

    /// The worker that has been at one thing for longest, if that is longer than `limit`.
    pub fn stalled(&self, limit: Duration) -> Option<Stalled> {
        let now = self.start.elapsed();
        let busy = self.workers.iter().filter_map(|(name, since)| {
            let since = since.load(Relaxed).checked_sub(1)?;
            Some((name, now.saturating_sub(Duration::from_millis(since))))
        });
        let (name, time) = busy.max_by_key(|&(_, time)| time)?;
        (time > limit).then(|| Stalled { worker: name.clone(), time })
    }

    /// For how long a worker has been at one thing; `None` where it is idle.
    pub(super) fn time_of(&self, worker: Worker) -> Option<Duration> {
        let since = self.workers[worker.index()].1.load(Relaxed).checked_sub(1)?;
        Some(self.start.elapsed().saturating_sub(Duration::from_millis(since)))
    }

    /// Everybody is idle: for the next run.
    pub(super) fn reset(&self) {
        self.workers.iter().for_each(|(_, since)| since.store(0, Relaxed));
    }
}

impl Worker {
    fn index(self) -> usize {
        match self {
            Self::Reader => 0,
            Self::Preparer => 1,
            Self::Collector => 2,
            Self::Session(number) => 3 + number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_come_back_is_named() {
        let watch = Watch::new(2);
        assert_eq!(watch.stalled(Duration::ZERO), None);
        watch.over(Worker::Session(1), || {
            std::thread::sleep(Duration::from_millis(30));
            watch.over(Worker::Preparer, || {
                let stalled = watch.stalled(Duration::from_millis(20)).unwrap();
                assert_eq!(stalled.worker, "session-1");
                assert!(stalled.time >= Duration::from_millis(25));
                assert_eq!(watch.stalled(Duration::from_secs(60)), None);
            });
        });
        assert_eq!(watch.stalled(Duration::ZERO), None);
    }
}
