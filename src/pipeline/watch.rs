//! Which workers are busy, and since when, so that one that hangs is reported by name.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};

/// The workers of a run, each with the time at which it began its current piece of work.
#[derive(Debug)]
pub struct Watch {
    start: Instant,
    workers: Vec<(String, AtomicU64)>,
}

/// Which worker: a session has its own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worker {
    /// Cuts inputs into chunks. Watched only where no input is a pipe, which may stay silent.
    Reader,
    /// Encodes a chunk, on the host threads.
    Preparer,
    /// Decodes, links and writes a chunk, on the host threads.
    Collector,
    /// Infers a batch.
    Session(usize),
}

/// A worker that has been busy with one piece of work for longer than allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stalled {
    /// The worker's name: `reader`, `preparer`, `collector`, `session-0`, …
    pub worker: String,
    /// How long it has been busy with it.
    pub time: Duration,
}

impl Watch {
    /// A watch over this many sessions and the workers around them.
    pub(super) fn new(sessions: usize) -> Self {
        let names = ["reader", "preparer", "collector"].map(str::to_owned).into_iter();
        let names = names.chain((0..sessions).map(|session| format!("session-{session}")));
        Self { start: Instant::now(), workers: names.map(|name| (name, AtomicU64::new(0))).collect() }
    }

    /// Does one piece of work under watch.
    pub(super) fn during<T>(&self, worker: Worker, work: impl FnOnce() -> T) -> T {
        let since = &self.workers[worker.index()].1;
        // Zero means idle, so the first millisecond is one.
        since.store(self.start.elapsed().as_millis() as u64 + 1, Relaxed);
        let result = work();
        since.store(0, Relaxed);
        result
    }

    /// The worker that has been busy with one piece of work for longest, if that is longer than `limit`.
    pub fn stalled(&self, limit: Duration) -> Option<Stalled> {
        let now = self.start.elapsed();
        let busy = self.workers.iter().filter_map(|(name, since)| {
            let since = since.load(Relaxed).checked_sub(1)?;
            Some((name, now.saturating_sub(Duration::from_millis(since))))
        });
        let (name, time) = busy.max_by_key(|&(_, time)| time)?;
        (time > limit).then(|| Stalled { worker: name.clone(), time })
    }

    /// How long a worker has been busy with its current piece of work; `None` while it is idle.
    pub(super) fn time_of(&self, worker: Worker) -> Option<Duration> {
        let since = self.workers[worker.index()].1.load(Relaxed).checked_sub(1)?;
        Some(self.start.elapsed().saturating_sub(Duration::from_millis(since)))
    }
}

impl Stalled {
    /// The error that ends a run because of this worker.
    pub fn error(&self) -> Error {
        let Self { worker, time } = self;
        let what = format!("{worker} hangs: it has been busy with one piece of work for {} s", time.as_secs());
        Error::new(ErrorKind::Stalled, what)
            .with_setting("stall_timeout")
            .help("the setting stall_timeout limits how long a batch or a chunk may take")
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
    fn the_worker_that_hangs_is_named() {
        let watch = Watch::new(2);
        assert_eq!(watch.stalled(Duration::ZERO), None);
        watch.during(Worker::Session(1), || {
            std::thread::sleep(Duration::from_millis(30));
            watch.during(Worker::Preparer, || {
                let stalled = watch.stalled(Duration::from_millis(20)).unwrap();
                assert_eq!(stalled.worker, "session-1");
                assert!(stalled.time >= Duration::from_millis(25));
                assert_eq!(watch.stalled(Duration::from_secs(60)), None);
            });
        });
        assert_eq!(watch.stalled(Duration::ZERO), None);
    }
}
