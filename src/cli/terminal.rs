//! A run on a terminal, or in a log: its progress and its messages.

use std::cell::RefCell;

use namewire::run::{Event, Observer, RunProgress};

use super::interrupt::resume_command;
use super::log::inform;
use super::progress::Progress;

/// The terminal as the observer of a run.
pub(super) struct Terminal {
    quiet: bool,
    progress: RefCell<Option<Progress>>,
}

impl Terminal {
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet, progress: RefCell::new(None) }
    }
}

impl Observer for Terminal {
    fn started(&self, progress: RunProgress) {
        let counters = progress.handle.counters().clone();
        self.progress.replace(Some(Progress::start(self.quiet, progress.read, counters)));
    }

    fn ended(&self) {
        self.progress.take().into_iter().for_each(Progress::stop);
    }

    fn notify(&self, event: &Event<'_>) {
        match event {
            Event::NothingToResume { path } => {
                inform(&format!("namewire: {}: there is nothing to resume; starting from scratch\n", path.display()));
            }
            Event::Resumed { path, shards, records } => {
                let path = path.display();
                inform(&format!("namewire: {path}: resuming after {shards} complete shards of {records} records\n"));
            }
            Event::Resumable { shards } => {
                let complete = if *shards == 1 { "shard is" } else { "shards are" };
                inform(&format!("namewire: {shards} {complete} complete; to resume:\n  {}\n", resume_command()));
            }
        }
    }
}
