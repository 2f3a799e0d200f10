//! What is said on standard error: text for people, or one JSON object a line for programs.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How logs, errors and the closing report are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line, with progress every ten seconds.
    Json,
}

static JSON: AtomicBool = AtomicBool::new(false);

/// Logs go to standard error; `RUST_LOG` overrides `-v`.
pub(super) fn start(verbose: u8, format: LogFormat) {
    let level = ["warn", "namewire=info,warn", "namewire=debug,info"];
    // Programs want to know what people see on the bar and in the report.
    let least = u8::from(format == LogFormat::Json);
    let level = level[usize::from(verbose.clamp(least, 2))];
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{level},ort=error")));
    let log = tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    JSON.store(format == LogFormat::Json, Relaxed);
}

/// Whether what is said is for programs.
pub(super) fn is_json() -> bool {
    JSON.load(Relaxed)
}

/// Says something on standard error; where nobody listens, that is no fault of the run.
pub(super) fn say(text: &str) {
    if is_json() {
        text.lines().for_each(|line| tracing::info!("{}", line.trim()));
        return;
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Says why there is no output.
pub(super) fn say_error(error: &namewire::error::Error) {
    let advice = super::advice::advice(error).map_or(String::new(), |advice| format!("\n  try: {advice}"));
    if is_json() {
        tracing::error!("{error}{advice}");
    } else {
        say(&format!("namewire: {error}{advice}\n"));
    }
}
