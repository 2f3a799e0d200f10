//! The estimate of `namewire extract --check`, for people.

use std::fmt::Write;

use indicatif::{HumanBytes, HumanCount, HumanDuration};
use namewire::engine::Engine;
use namewire::run::Estimate;

/// The estimate as lines of text.
pub(super) fn table(estimate: &Estimate, engine: &Engine) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:>12}  {value}"); // writing to a String cannot fail
    };
    let files = format!("{} inputs", HumanCount(estimate.inputs));
    let inputs = match (estimate.stored_bytes, estimate.unpacked_bytes) {
        (Some(stored), Some(unpacked)) if stored != unpacked => {
            format!("{files}, {}, about {} decompressed", HumanBytes(stored), HumanBytes(unpacked))
        }
        (Some(stored), _) => format!("{files}, {}", HumanBytes(stored)),
        _ => format!("{files}, one of them a pipe of unknown size"),
    };
    line("inputs", inputs);
    let (pipeline, device) = (&engine.pipeline, &engine.device);
    line("model", format!("{} on {device}, {} workers", pipeline.model().name, pipeline.sessions()));
    let entities = pipeline.linker().map(|linker| format!("{} entities", linker.table().len()));
    line("table", entities.unwrap_or_else(|| "none".to_owned()));
    let seconds = estimate.sample_time.as_secs_f64();
    line("sample", format!("the first {} records, {seconds:.1} s", estimate.sample_records));
    match &estimate.run {
        None => {
            let rate = estimate.sample_records as f64 / seconds.max(1e-3);
            line("speed", format!("{rate:.1} records/s; without a size, no more can be estimated"));
        }
        Some(run) => {
            line("records", format!("about {}", HumanCount(run.records)));
            line("time", HumanDuration(run.time).to_string());
            for (name, bytes) in &run.outputs {
                line(name, format!("about {}", HumanBytes(*bytes)));
            }
        }
    }
    line("written", "nothing: this is an estimate, and later articles may be longer".to_owned());
    text
}
