//! What a front end holds of a run in progress.

use std::sync::Arc;

use super::stop::Stop;
use super::watch::Watch;
use crate::counters::Counters;

/// One run of a pipeline as seen from other threads: its progress, its workers, and a way to stop it. Clones belong to
/// the same run. Made by [`Pipeline::handle`](super::Pipeline::handle), for one run each.
#[derive(Clone, Debug)]
pub struct RunHandle {
    pub(super) counters: Arc<Counters>,
    pub(super) watch: Arc<Watch>,
    pub(super) stop: Stop,
}

impl RunHandle {
    pub(super) fn new(sessions: usize) -> Self {
        Self { counters: Arc::default(), watch: Arc::new(Watch::new(sessions)), stop: Stop::default() }
    }

    /// The figures so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Which workers are busy, and since when. A run that hangs in inference or preparation ends by itself after
    /// [`Config::stall`](crate::config::Config::stall); one that hangs in the caller's `render` or `write` cannot, and
    /// must be watched from another thread.
    pub fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// Stops the run as if its input had ended: what has been read by then is processed and written.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }
}
