//! Flags that limit memory, and the time of one piece of work.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use namewire::pipeline::RunHandle;
use namewire::run::LimitOptions;

use super::size::parse_size;

/// How long a run that hangs has to end by itself, after its own timeout.
const EXIT_TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArgs {
    /// Maximum memory of the run (2GB, 512MiB). Bounds queues, the score cache and the length
    /// of an article, never chunks or batches: the output for the articles that fit stays the same.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    memory: Option<u64>,
    /// Fail when a worker has been busy with one batch or chunk for so many seconds; 0 for no limit. Waiting for
    /// standard input or a pipe does not count.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    stall_timeout: u64,
}

impl LimitArgs {
    /// Applies these flags.
    pub(super) fn apply(&self, limits: &mut LimitOptions) {
        limits.memory = self.memory;
        limits.stall_timeout = (self.stall_timeout > 0).then(|| Duration::from_secs(self.stall_timeout));
    }

    /// Ends the program where the run cannot end by itself: when linking or writing hangs.
    pub(super) fn guard(&self, handle: &RunHandle) {
        if self.stall_timeout == 0 {
            return;
        }
        let limit = Duration::from_secs(self.stall_timeout) + EXIT_TIMEOUT;
        let watch = Arc::downgrade(handle.watch());
        std::thread::spawn(move || {
            while let Some(watch) = watch.upgrade() {
                if let Some(stalled) = watch.stalled(limit) {
                    super::log::print_error(&stalled.error());
                    std::process::exit(2);
                }
                drop(watch);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
    }
}
