//! `namewire extract --check`: what a run will take, estimated from its first articles.

use std::fmt::Write;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, HumanDuration};
use namewire::error::Result;
use namewire::link::Linker;
use namewire::read::{Compression, Format, Input, RawRecord, ReadOptions, Records, Reject, Selection};
use namewire::write::{LineOptions, OutputCompression, render};

use super::summary::Setting;
use super::{End, print};

/// Articles that are run, from the start of the inputs.
const SAMPLE: usize = 100;
/// Bytes of records that the sample may hold.
const SAMPLE_BYTES: u64 = 64 << 20;
/// Bytes that are unpacked to see how far a compressed input unpacks.
const UNPACKED_BYTES: u64 = 32 << 20;

/// Runs the sample and prints what follows from it.
pub(super) fn run(
    inputs: &[Input],
    setting: &Setting<'_>,
    lines: &LineOptions,
    encoding: OutputCompression,
) -> Result<End> {
    let options = &setting.pipeline.config().read;
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:>12}  {value}"); // writing to a String cannot fail
    };
    let stored: Option<u64> = inputs.iter().map(|input| input.size).sum();
    let expansion = expansion(inputs, options);
    let unpacked = stored.map(|_| inputs.iter().map(|input| unpacked(input, expansion)).sum::<u64>());
    let files = format!("{} inputs", HumanCount(inputs.len() as u64));
    line(
        "inputs",
        match (stored, unpacked) {
            (Some(stored), Some(unpacked)) if stored != unpacked => {
                format!("{files}, {}, about {} unpacked", HumanBytes(stored), HumanBytes(unpacked))
            }
            (Some(stored), _) => format!("{files}, {}", HumanBytes(stored)),
            _ => format!("{files}, one of them a pipe of unknown size"),
        },
    );
    let (model, linker) = (setting.pipeline.model(), setting.pipeline.linker());
    line("model", format!("{} on {}, {} workers", model.name, setting.device, setting.workers));
    line("table", linker.map_or("none".to_owned(), |linker| format!("{} entities", linker.table().len())));

    let sample = Sample::run(inputs, setting, lines, encoding)?;
    line("sample", format!("the first {} records, {:.1} s", sample.records, sample.seconds));
    let scale = match (sample.is_everything, unpacked) {
        (true, _) => Some(1.0),
        (false, unpacked) => unpacked.map(|unpacked| selected(unpacked, &sample, options.selection)),
    };
    match scale {
        None => {
            let rate = sample.records as f64 / sample.seconds.max(1e-3);
            line("speed", format!("{rate:.1} records/s; without a size there is nothing more to say"));
        }
        Some(scale) => {
            let total = |value: f64| (value * scale).round();
            line("records", format!("about {}", HumanCount(total(sample.records as f64) as u64)));
            line("time", HumanDuration(Duration::from_secs_f64(total(sample.seconds).max(0.0))).to_string());
            for (name, bytes) in sample.outputs {
                line(name, format!("about {}", HumanBytes(total(bytes as f64) as u64)));
            }
        }
    }
    line("written", "nothing: this was a check; later articles may be longer or richer".to_owned());
    print(&text)?;
    Ok(End::Done)
}

/// How many times the sample's records a run takes: by the bytes of its inputs, the share of their records that is
/// drawn, and the most that is taken.
fn selected(unpacked: u64, sample: &Sample, selection: Selection) -> f64 {
    let share = selection.sample.map_or(1.0, |drawn| drawn.fraction);
    let most = selection.limit.map_or(f64::INFINITY, |limit| limit as f64 / sample.records.max(1) as f64);
    (unpacked as f64 * share / sample.bytes.max(1) as f64).min(most)
}

struct Sample {
    records: usize,
    bytes: u64,
    is_everything: bool,
    seconds: f64,
    /// Bytes on disk of each kind of output that has any.
    outputs: Vec<(&'static str, u64)>,
}

impl Sample {
    fn run(inputs: &[Input], setting: &Setting<'_>, lines: &LineOptions, encoding: OutputCompression) -> Result<Self> {
        let pipeline = setting.pipeline;
        let mut records = Records::new(inputs.to_vec(), &pipeline.config().read);
        let (mut taken, mut bytes, mut is_everything) = (Vec::new(), 0, false);
        while taken.len() < SAMPLE && bytes < SAMPLE_BYTES {
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
        let report = pipeline.run(
            taken.into_iter(),
            &pipeline.handle(),
            |outcome| render(outcome, table, lines),
            |rendered| {
                let article = rendered.article.as_ref().map(|row| row.line(None)).transpose()?.unwrap_or_default();
                for (all, some) in
                    outputs.iter_mut().zip([&rendered.mentions, &article, &rendered.spans, &rendered.rejects])
                {
                    all.extend_from_slice(some);
                }
                Ok(())
            },
        )?;
        let named = ["mentions", "articles", "spans", "rejects"].into_iter().zip(outputs);
        let outputs = named.filter(|(_, lines)| !lines.is_empty());
        let outputs =
            outputs.map(|(name, lines)| Ok((name, encoding.compressed_size(&lines)?))).collect::<Result<_>>()?;
        Ok(Self { records, bytes, is_everything, seconds: report.seconds, outputs })
    }
}

/// Bytes of a record in its input, unpacked, its line end included.
fn size(record: &std::result::Result<RawRecord, Reject>) -> u64 {
    match record {
        Ok(record) => record.bytes.len() as u64 + u64::from(record.format == Format::Json),
        Err(reject) => reject.record.len() as u64 + 1,
    }
}

/// How many bytes come out of a compressed byte, seen at the start of the first compressed input.
fn expansion(inputs: &[Input], options: &ReadOptions) -> f64 {
    let Some(input) = inputs.iter().find(|input| input.compression != Compression::None) else { return 1.0 };
    // Of all records: those that are left out have been unpacked, too.
    let mut options = options.clone();
    options.selection = Selection::default();
    let records = Records::new(vec![input.clone()], &options);
    let progress = records.progress();
    let (mut unpacked, mut stored) = (0, 0);
    for record in records {
        unpacked += size(&record);
        stored = progress.bytes.load(Relaxed);
        if unpacked >= UNPACKED_BYTES {
            break;
        }
    }
    if stored == 0 { 1.0 } else { unpacked as f64 / stored as f64 }
}

fn unpacked(input: &Input, expansion: f64) -> u64 {
    let size = input.size.unwrap_or(0);
    if input.compression == Compression::None { size } else { (size as f64 * expansion) as u64 }
}
