//! What a run will take, estimated from its first articles.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::error::Result;
use crate::link::Linker;
use crate::pipeline::Pipeline;
use crate::read::{Compression, Format, Input, RawRecord, ReadOptions, Records, Reject, Selection};
use crate::write::{Columns, LineOptions, OutputCompression, render};

/// Maximum number of records in the sample, from the start of the inputs.
const MAX_RECORDS: usize = 100;
/// Maximum bytes of records in the sample.
const MAX_SAMPLE_BYTES: u64 = 64 << 20;
/// Bytes that are decompressed to measure how far a compressed input expands.
const EXPANSION_BYTES: u64 = 32 << 20;

/// The estimate of a run that was not made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Estimate {
    /// How many inputs there are.
    pub inputs: u64,
    /// Their bytes on disk; unknown where one is a pipe.
    pub stored_bytes: Option<u64>,
    /// Their bytes when decompressed, about.
    pub unpacked_bytes: Option<u64>,
    /// Records that were processed for the estimate.
    pub sample_records: u64,
    /// How long the sample took.
    pub sample_time: Duration,
    /// The whole run; unknown where an input is a pipe of unknown size.
    pub run: Option<RunEstimate>,
}

/// The size and duration of a whole run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunEstimate {
    /// Records.
    pub records: u64,
    /// How long it takes.
    pub time: Duration,
    /// Bytes on disk of each kind of output that has any.
    pub outputs: Vec<(&'static str, u64)>,
}

/// Runs the sample, and scales it to all inputs. Nothing is written.
pub(super) fn estimate(
    inputs: &[Input],
    pipeline: &Pipeline,
    lines: &LineOptions,
    compression: OutputCompression,
) -> Result<Estimate> {
    let read = &pipeline.config().read;
    let stored: Option<u64> = inputs.iter().map(|input| input.size).sum();
    let expansion = expansion(inputs, read);
    let unpacked = stored.map(|_| inputs.iter().map(|input| unpacked_bytes(input, expansion)).sum::<u64>());
    let sample = Sample::run(inputs, pipeline, lines, compression)?;
    let scale = if sample.is_everything {
        Some(1.0)
    } else {
        unpacked.map(|unpacked| scale(unpacked, &sample, read.selection))
    };
    let run = scale.map(|scale| {
        let total = |value: f64| (value * scale).round().max(0.0);
        RunEstimate {
            records: total(sample.records as f64) as u64,
            time: Duration::from_secs_f64(total(sample.time.as_secs_f64())),
            outputs: sample.outputs.iter().map(|&(name, bytes)| (name, total(bytes as f64) as u64)).collect(),
        }
    });
    Ok(Estimate {
        inputs: inputs.len() as u64,
        stored_bytes: stored,
        unpacked_bytes: unpacked,
        sample_records: sample.records as u64,
        sample_time: sample.time,
        run,
    })
}

/// How many samples a run amounts to: by the bytes of its inputs, the share of their records that is selected, and the
/// maximum number of records.
fn scale(unpacked: u64, sample: &Sample, selection: Selection) -> f64 {
    let share = selection.sample.map_or(1.0, |sample| sample.fraction);
    let limit = selection.limit.map_or(f64::INFINITY, |limit| limit as f64 / sample.records.max(1) as f64);
    let parts = selection.part.map_or(1, |part| part.of) as f64;
    (unpacked as f64 * share / sample.bytes.max(1) as f64).min(limit) / parts
}

struct Sample {
    records: usize,
    bytes: u64,
    is_everything: bool,
    time: Duration,
    /// Bytes on disk of each kind of output that has any.
    outputs: Vec<(&'static str, u64)>,
}

impl Sample {
    fn run(inputs: &[Input], pipeline: &Pipeline, lines: &LineOptions, compression: OutputCompression) -> Result<Self> {
        let mut records = Records::new(inputs.to_vec(), &pipeline.config().read);
        let (mut taken, mut bytes, mut is_everything) = (Vec::new(), 0, false);
        while taken.len() < MAX_RECORDS && bytes < MAX_SAMPLE_BYTES {
            let Some(record) = records.next() else {
                is_everything = true;
                break;
            };
            bytes += size(&record);
            taken.push(record);
        }
        let records = taken.len();
        let table = pipeline.linker().map(Linker::table);
        let mut outputs = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        let mut mention_columns = Columns::default();
        let report = pipeline.run(
            taken.into_iter(),
            &pipeline.handle(),
            |outcome| render(outcome, table, lines),
            |rendered| {
                let article = rendered.article.as_ref().map(|row| row.line(None)).transpose()?.unwrap_or_default();
                let kinds = [&rendered.mentions, &article, &rendered.spans, &rendered.rejects];
                outputs.iter_mut().zip(kinds).for_each(|(all, lines)| all.extend_from_slice(lines));
                mention_columns.append(&rendered.mention_columns);
                Ok(())
            },
        )?;
        let named = ["mentions", "articles", "spans", "rejects"].into_iter().zip(outputs);
        let mut outputs = named
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(name, lines)| Ok((name, compression.compressed_size(&lines)?)))
            .collect::<Result<Vec<_>>>()?;
        if let Some(columns) = &lines.columns {
            outputs.insert(0, ("mentions", columns.parquet_size(&mention_columns)?));
        }
        Ok(Self { records, bytes, is_everything, time: Duration::from_secs_f64(report.seconds), outputs })
    }
}

/// Bytes of a record in its input, decompressed, its line end included.
fn size(record: &std::result::Result<RawRecord, Reject>) -> u64 {
    match record {
        Ok(record) => record.bytes.len() as u64 + u64::from(record.format == Format::Json),
        Err(reject) => reject.record.len() as u64 + 1,
    }
}

/// How many bytes a compressed byte expands to, measured at the start of the first compressed input.
fn expansion(inputs: &[Input], read: &ReadOptions) -> f64 {
    let Some(input) = inputs.iter().find(|input| input.compression != Compression::None) else { return 1.0 };
    // Of all records: those that are not selected are decompressed, too.
    let mut read = read.clone();
    read.selection = Selection::default();
    let records = Records::new(vec![input.clone()], &read);
    let progress = records.progress();
    let (mut unpacked, mut stored) = (0, 0);
    for record in records {
        unpacked += size(&record);
        stored = progress.bytes.load(Relaxed);
        if unpacked >= EXPANSION_BYTES {
            break;
        }
    }
    if stored == 0 { 1.0 } else { unpacked as f64 / stored as f64 }
}

fn unpacked_bytes(input: &Input, expansion: f64) -> u64 {
    let size = input.size.unwrap_or(0);
    if input.compression == Compression::None { size } else { (size as f64 * expansion) as u64 }
}
