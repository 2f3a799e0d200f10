//! The records that a run reads.

use std::path::PathBuf;
use std::sync::Arc;

use super::options::{InputOptions, OutputOptions, RunOptions, Target};
use super::sink::rejects_beside;
use crate::error::Result;
use crate::read::{
    Format, Found, Input, Ledger, Position, RawRecord, ReadOptions, ReadProgress, Records, Reject, Retry, Selection,
    find_inputs,
};

/// Records and rejects, in the order of the inputs.
pub(super) type RecordStream = Box<dyn Iterator<Item = std::result::Result<RawRecord, Reject>> + Send>;

/// Where a run that is resumed continues.
pub(super) struct Done<'m> {
    /// The end of the last complete shard.
    pub(super) end: &'m Position,
    /// Records up to there.
    pub(super) records: u64,
}

/// The inputs, or the rejects files that are processed again.
pub(super) fn find(options: &RunOptions) -> Result<Found> {
    let RunOptions { inputs: InputOptions { paths, listed, retry, .. }, read, .. } = options;
    if retry.is_empty() {
        return find_inputs(paths, listed, &output_files(&options.output), read);
    }
    let mut read = read.clone();
    read.format = Some(Format::Json);
    find_inputs(retry, &[], &[], &read)
}

/// The single files that a run writes. Those of a directory of shards are listed in its manifest.
fn output_files(output: &OutputOptions) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = output.summary.iter().cloned().collect();
    if let Target::Files { mentions, articles, spans, rejects } = &output.target {
        let beside = rejects.clone().or_else(|| rejects_beside(mentions));
        files.extend(
            [Some(mentions), articles.as_ref(), spans.as_ref(), beside.as_ref()].into_iter().flatten().cloned(),
        );
    }
    files
}

/// The records of the inputs, from their start or after those that are done.
pub(super) fn records(
    inputs: &[Input],
    read: &ReadOptions,
    is_retry: bool,
    ledger: &Ledger,
    done: Option<Done<'_>>,
) -> Result<(RecordStream, Arc<ReadProgress>)> {
    // Which records a selection takes depends on all before them.
    let (first, skipped) = match &done {
        Some(Done { end, .. }) if read.selection == Selection::default() => (end.input, end.records),
        Some(Done { records, .. }) => (0, *records),
        None => (0, 0),
    };
    let records = Records::new(inputs.to_vec(), read).tracked(ledger, first);
    let progress = records.progress();
    let records: RecordStream = if is_retry { Box::new(Retry::new(records, read)) } else { Box::new(records) };
    let mut records = ledger.follow(records);
    if let Some(Done { end, .. }) = done {
        let path = &inputs[end.input as usize].path;
        tracing::info!("skipping {skipped} records up to {} that are done", path.display());
        records.skip_to(end, skipped, path)?;
    }
    Ok((Box::new(records), progress))
}
