//! The progress of a run: a bar on a terminal, events in a log for programs, nothing elsewhere.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use namewire::counters::Counters;
use namewire::read::ReadProgress;

use super::log;

/// Rates are averages over this time, so that they follow inputs which differ.
const RATE_WINDOW: Duration = Duration::from_secs(60);
/// Time between two events in a log.
const LOG_INTERVAL: Duration = Duration::from_secs(10);
/// Time between two updates of the bar.
const PAINT_INTERVAL: Duration = Duration::from_millis(200);

/// A thread that shows the progress of a run.
pub(super) struct Progress {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub(super) fn start(quiet: bool, read: Arc<ReadProgress>, counters: Arc<Counters>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let show: fn(&AtomicBool, &ReadProgress, &Counters) = match (quiet, log::is_json()) {
            (false, true) => report,
            (false, false) if std::io::stderr().is_terminal() => paint,
            _ => return Self { stop, thread: None },
        };
        let thread = std::thread::spawn(move || show(&stopped, &read, &counters));
        Self { stop, thread: Some(thread) }
    }

    pub(super) fn stop(self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread {
            thread.thread().unpark();
            let _ = thread.join(); // a bar that failed to paint changes nothing
        }
    }
}

fn paint(stopped: &AtomicBool, read: &ReadProgress, counters: &Counters) {
    let (bar, template) = match read.total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {bytes}/{total_bytes}  {msg}"),
        None => (ProgressBar::no_length(), "{spinner} {bytes}  {msg}"),
    };
    // The templates are constants; if one were wrong the default style would show instead.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let mut pace = Pace::default();
    while !stopped.load(Relaxed) {
        let now = pace.update(Instant::now(), read, counters);
        bar.set_position(now.bytes);
        let left = now.seconds_left.map(|left| format!("ETA {}  ", HumanDuration(Duration::from_secs_f64(left))));
        let rejected = match now.rejected {
            0 => String::new(),
            rejected => format!(", {} rejected", HumanCount(rejected)),
        };
        let (articles, rate) = (HumanCount(now.articles), HumanCount(now.tokens_per_second as u64));
        bar.set_message(format!("{}{articles} articles{rejected}, {rate} tokens/s", left.unwrap_or_default()));
        std::thread::park_timeout(PAINT_INTERVAL);
    }
    bar.finish_and_clear();
}

fn report(stopped: &AtomicBool, read: &ReadProgress, counters: &Counters) {
    let mut pace = Pace::default();
    pace.update(Instant::now(), read, counters);
    std::thread::park_timeout(LOG_INTERVAL);
    while !stopped.load(Relaxed) {
        let now = pace.update(Instant::now(), read, counters);
        tracing::info!(
            bytes = now.bytes,
            total_bytes = read.total,
            articles = now.articles,
            rejected = now.rejected,
            tokens_per_second = now.tokens_per_second.round(),
            seconds_left = now.seconds_left.map(f64::round),
            "progress"
        );
        std::thread::park_timeout(LOG_INTERVAL);
    }
}

/// The progress of a run, and its recent speed.
#[derive(Debug)]
struct Snapshot {
    bytes: u64,
    articles: u64,
    rejected: u64,
    tokens_per_second: f64,
    /// At the pace of the last minute; unknown where an input is a pipe, and at the beginning.
    seconds_left: Option<f64>,
}

/// Bytes and tokens at moments of the last minute.
#[derive(Debug, Default)]
struct Pace(VecDeque<(Instant, u64, u64)>);

impl Pace {
    fn update(&mut self, at: Instant, read: &ReadProgress, counters: &Counters) -> Snapshot {
        let bytes = read.bytes.load(Relaxed);
        let tokens = counters.tokens.load(Relaxed) + counters.repeated.load(Relaxed);
        // The oldest moment that is kept is the last before the minute, so that a rate is never of less than it.
        while self.0.get(1).is_some_and(|&(second, _, _)| at.duration_since(second) >= RATE_WINDOW) {
            self.0.pop_front();
        }
        // A moment a second is enough.
        if self.0.back().is_none_or(|&(last, _, _)| at.duration_since(last) >= Duration::from_secs(1)) {
            self.0.push_back((at, bytes, tokens));
        }
        let (then, bytes_then, tokens_then) = self.0.front().copied().unwrap_or((at, bytes, tokens));
        let seconds = at.duration_since(then).as_secs_f64();
        let rate = |now: u64, then: u64| if seconds > 0.0 { now.saturating_sub(then) as f64 / seconds } else { 0.0 };
        let bytes_per_second = rate(bytes, bytes_then);
        let left = read.total.map(|total| total.saturating_sub(bytes) as f64 / bytes_per_second);
        Snapshot {
            bytes,
            articles: counters.articles.load(Relaxed),
            rejected: counters.rejected.load(Relaxed),
            tokens_per_second: rate(tokens, tokens_then),
            // A year is as good as unknown.
            seconds_left: left.filter(|&left| seconds >= 1.0 && left < 3e7),
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn rates_are_averages_of_the_last_minute() {
        let read = ReadProgress { total: Some(100_000), ..ReadProgress::default() };
        let (counters, start, mut pace) = (Counters::default(), Instant::now(), Pace::default());
        assert_eq!(pace.update(start, &read, &counters).seconds_left, None);
        // A hundred bytes and ten tokens a second for two minutes, then ten times as much.
        for second in 1..=240u64 {
            let fast = second > 120;
            read.bytes.fetch_add(if fast { 1000 } else { 100 }, Relaxed);
            counters.tokens.fetch_add(if fast { 100 } else { 10 }, Relaxed);
            let now = pace.update(start + Duration::from_secs(second), &read, &counters);
            match second {
                120 => assert_eq!((now.tokens_per_second, now.seconds_left), (10.0, Some(880.0))),
                150 => assert_eq!(now.tokens_per_second, 55.0),
                181..=186 => assert_eq!(
                    (now.tokens_per_second, now.seconds_left),
                    (100.0, Some(f64::from(100_000 - (12_000 + (second as u32 - 120) * 1000)) / 1000.0))
                ),
                _ => {}
            }
        }
        assert!(pace.0.len() <= 62, "{}", pace.0.len());
    }
}
