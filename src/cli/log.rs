//! Standard error: text for people, or one JSON object a line for programs.

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
    // Programs need what people see on the bar and in the report.
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

/// Whether standard error is for programs.
pub(super) fn is_json() -> bool {
    JSON.load(Relaxed)
}

/// Informs the user on standard error. That nobody listens is not an error.
pub(super) fn inform(text: &str) {
    if is_json() {
        text.lines().for_each(|line| tracing::info!("{}", line.trim()));
        return;
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Prints an error that ends the program, and what to type about it.
pub(super) fn print_error(error: &namewire::error::Error) {
    let advice = super::advice::advice(error).map_or(String::new(), |advice| format!("\n  try: {advice}"));
    if is_json() {
        tracing::error!("{error}{advice}");
    } else {
        inform(&format!("namewire: {error}{advice}\n"));
    }
}
