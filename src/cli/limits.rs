//! Flags that bound what a run may take: memory, and the time of one piece of work.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use namewire::config::Config;
use namewire::error::Result;
use namewire::memory::{Fixed, fit, resident_bytes};
use namewire::model::Model;
use namewire::pipeline::{Pipeline, RunHandle};
use namewire::read::{Compression, Input};

use super::size::{parse_size, shown_size};

/// What is loaded is counted in such steps, so that two runs mostly come to the same bounds.
const LOADED_STEP: u64 = 64 << 20;
/// What the accounts of one input take, and its entry in a manifest.
const INPUT_BYTES: u64 = 1 << 10;
/// Beyond the limit, for the run to end by itself before it is ended.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArgs {
    /// Most memory that the run may take (2GB, 512MiB). Bounds queues, the memory of repeated sentences and the length
    /// of an article, never chunks or batches: the output for the articles that fit stays the same.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<u64>,
    /// End the run when a worker has been at one batch or one chunk for so many seconds; 0 waits for ever. Waiting for
    /// standard input or a pipe does not count.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    stall_timeout: u64,
}

impl LimitArgs {
    /// Sets what the flags bound, once model and sessions are loaded. `before` is the longest article, in bytes, of the
    /// run that this one goes on with: what is loaded is never the same to the byte, and articles must not be set aside
    /// by chance.
    pub(super) fn settle(
        &self,
        config: &mut Config,
        inputs: &[Input],
        model: &Model,
        sessions: usize,
        before: Option<usize>,
    ) -> Result<()> {
        config.stall = (self.stall_timeout > 0).then(|| Duration::from_secs(self.stall_timeout));
        config.watch_reader = inputs.iter().all(|input| input.size.is_some());
        let Some(most) = self.memory else { return Ok(()) };
        let asked = config.read.max_article_bytes;
        // Where the system does not say, three times the weights for each session.
        let loaded = resident_bytes().unwrap_or(3 * sessions as u64 * model.graph.variant.bytes);
        let loaded = loaded.next_multiple_of(LOADED_STEP) + inputs.len() as u64 * INPUT_BYTES;
        let has_zstd = inputs.iter().any(|input| input.compression == Compression::Zstd);
        fit(config, most, Fixed { loaded, sessions, labels: model.labels.len(), has_zstd })?;
        // Where the same memory was given: else the manifest tells the two apart.
        if let Some(before) = before {
            config.read.max_article_bytes = before.min(asked);
        }
        if config.read.max_article_bytes < asked {
            let bytes = shown_size(config.read.max_article_bytes as u64);
            tracing::info!("--memory {}: articles of more than {bytes} are set aside", shown_size(most));
        }
        Ok(())
    }

    /// Ends the program where the run cannot end itself: in linking or writing that never comes back.
    pub(super) fn guard(pipeline: &Pipeline, handle: &RunHandle) {
        let Some(limit) = pipeline.config().stall else { return };
        let watch = Arc::downgrade(handle.watch());
        std::thread::spawn(move || {
            while let Some(watch) = watch.upgrade() {
                if let Some(stalled) = watch.stalled(limit + PATIENCE) {
                    super::log::say_error(&stalled.error());
                    std::process::exit(2);
                }
                drop(watch);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
    }
}
