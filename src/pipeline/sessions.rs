//! The backends of a pipeline, shared by everything that infers on it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::error::{Error, ErrorKind, Result};
use crate::infer::Backend;

/// A backend while one thread uses it.
pub(super) type Session<'s> = MutexGuard<'s, Box<dyn Backend>>;

/// Backends, each locked for one batch at a time, so that a run and single articles take turns on the same ones.
pub(super) struct Sessions {
    backends: Vec<Mutex<Box<dyn Backend>>>,
    /// The backends that hang in a run which has ended; nothing can be computed on them any more.
    lost: Vec<AtomicBool>,
    /// Spreads the callers that have to wait.
    next: AtomicUsize,
}

impl Sessions {
    pub(super) fn new(backends: Vec<Box<dyn Backend>>) -> Self {
        let lost = backends.iter().map(|_| AtomicBool::new(false)).collect();
        Self { backends: backends.into_iter().map(Mutex::new).collect(), lost, next: AtomicUsize::new(0) }
    }

    pub(super) fn count(&self) -> usize {
        self.backends.len()
    }

    /// The numbers of the backends that can be used. Fails where all are lost.
    pub(super) fn usable(&self) -> Result<Vec<usize>> {
        let usable: Vec<usize> = (0..self.count()).filter(|&index| !self.lost[index].load(Relaxed)).collect();
        if usable.is_empty() {
            let what = "every session of this pipeline hangs in an earlier run";
            return Err(Error::new(ErrorKind::Stalled, what).help("open the pipeline again"));
        }
        Ok(usable)
    }

    /// Gives up on a backend that hangs.
    pub(super) fn abandon(&self, index: usize) {
        self.lost[index].store(true, Relaxed);
    }

    /// One backend, by its number. Waits until it is free.
    pub(super) fn lock(&self, index: usize) -> Session<'_> {
        // A backend that panicked on one batch may well compute the next; the run that it failed has ended.
        self.backends[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A free backend, or the next one to become free among callers in turn.
    pub(super) fn lock_any(&self) -> Result<Session<'_>> {
        let usable = self.usable()?;
        let free = usable.iter().find_map(|&index| match self.backends[index].try_lock() {
            Ok(session) => Some(session),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        Ok(free.unwrap_or_else(|| self.lock(usable[self.next.fetch_add(1, Relaxed) % usable.len()])))
    }

    /// Exchanges all backends for as many others.
    pub(super) fn replace(&self, others: Vec<Box<dyn Backend>>) -> Result<Vec<Box<dyn Backend>>> {
        if others.len() != self.count() {
            return Err(Error::config("there must be as many backends as before"));
        }
        let exchange = |(index, other)| std::mem::replace(&mut *self.lock(index), other);
        Ok(others.into_iter().enumerate().map(exchange).collect())
    }
}
