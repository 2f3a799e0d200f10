//! The progress bar on standard error.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use namewire::read::ReadProgress;
use namewire::report::Counters;

/// A bar that a thread of its own keeps up to date; nothing where standard error is no terminal.
pub(super) struct Progress {
    stop: Arc<AtomicBool>,
    painter: Option<JoinHandle<()>>,
}

impl Progress {
    pub(super) fn start(quiet: bool, read: Arc<ReadProgress>, counters: Arc<Counters>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        if quiet || !std::io::stderr().is_terminal() {
            return Self { stop, painter: None };
        }
        let stopped = Arc::clone(&stop);
        let painter = std::thread::spawn(move || paint(&stopped, &read, &counters));
        Self { stop, painter: Some(painter) }
    }

    pub(super) fn stop(self) {
        self.stop.store(true, Relaxed);
        if let Some(painter) = self.painter {
            painter.thread().unpark();
            let _ = painter.join(); // a bar that failed to paint changes nothing
        }
    }
}

fn paint(stopped: &AtomicBool, read: &ReadProgress, counters: &Counters) {
    let (bar, template) = match read.total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {bytes}/{total_bytes} ETA {eta}  {msg}"),
        None => (ProgressBar::no_length(), "{spinner} {bytes}  {msg}"),
    };
    // The templates are constants; if one were wrong the default style would show instead.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let start = Instant::now();
    while !stopped.load(Relaxed) {
        let rate = (counters.tokens.load(Relaxed) + counters.repeated.load(Relaxed)) as f64
            / start.elapsed().as_secs_f64().max(0.001);
        bar.set_position(read.bytes.load(Relaxed));
        let articles = HumanCount(counters.articles.load(Relaxed));
        let rejected = match counters.rejected.load(Relaxed) {
            0 => String::new(),
            rejected => format!(", {} set aside", HumanCount(rejected)),
        };
        bar.set_message(format!("{articles} articles{rejected}, {} tokens/s", HumanCount(rate as u64)));
        std::thread::park_timeout(Duration::from_millis(200));
    }
    bar.finish_and_clear();
}
