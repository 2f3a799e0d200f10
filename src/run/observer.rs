//! How a run tells a front end of its progress.

use std::path::Path;
use std::sync::Arc;

use crate::pipeline::RunHandle;
use crate::read::ReadProgress;

/// A front end that follows a run. Every method may do nothing.
pub trait Observer {
    /// The first record is about to be read: `progress` may be watched from other threads until the run ends.
    fn started(&self, progress: RunProgress) {
        let _ = progress;
    }

    /// The last record was written, or the run has failed.
    fn ended(&self) {}

    /// Something to tell the user.
    fn notify(&self, event: &Event<'_>) {
        let _ = event;
    }
}

/// An observer that ignores everything.
impl Observer for () {}

/// The progress of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunProgress {
    /// Bytes read of the inputs, of how many.
    pub read: Arc<ReadProgress>,
    /// Counters, workers, and a way to stop.
    pub handle: RunHandle,
}

/// Something that a run tells its user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'r> {
    /// There was no run to resume: this one starts from the beginning.
    NothingToResume {
        /// The directory.
        path: &'r Path,
    },
    /// An earlier run is continued.
    Resumed {
        /// The directory.
        path: &'r Path,
        /// Its complete shards.
        shards: usize,
        /// The records in them.
        records: u64,
    },
    /// The run ended early, and can be resumed.
    Resumable {
        /// Its complete shards.
        shards: usize,
    },
}
