//! Ctrl-C and SIGTERM: once, the run stops in good order; twice, at once.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use namewire::error::{Error, Result};
use namewire::pipeline::Stop;

use super::log::inform;

/// Watches for signals until the process ends.
pub(super) struct Interrupt {
    /// The exit status that the first signal asks for; 0 before it.
    status: Arc<AtomicU8>,
}

/// The answers to a first signal.
#[cfg(unix)]
const STOPPING: [&str; 2] = [
    "stopping after the articles in flight; once more stops at once",
    "stopping after the shard in flight; once more stops at once and loses only that shard",
];

impl Interrupt {
    /// From now on, a first signal requests `stop`, and a second one ends the process.
    #[cfg(unix)]
    pub(super) fn watch(stop: Stop, is_directory: bool) -> Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let failed = |error: std::io::Error| Error::config(format!("signals cannot be watched: {error}"));
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
        let status = Arc::new(AtomicU8::new(0));
        let received = Arc::clone(&status);
        let watch = move || {
            for signal in signals.forever() {
                // What shells report of a process that a signal has ended: 130 and 143.
                let status = 128 + signal;
                if received.swap(u8::try_from(status).unwrap_or(2), Relaxed) != 0 {
                    signal_hook::low_level::exit(status);
                }
                inform(&format!("\nnamewire: {}\n", STOPPING[usize::from(is_directory)]));
                stop.request();
            }
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(watch).map_err(failed)?;
        Ok(Self { status })
    }

    /// Here, signals end the process.
    #[cfg(not(unix))]
    pub(super) fn watch(_stop: Stop, _is_directory: bool) -> Result<Self> {
        Ok(Self { status: Arc::default() })
    }

    /// The exit status of a run that a signal has stopped.
    pub(super) fn status(&self) -> u8 {
        self.status.load(Relaxed)
    }
}

/// The command line that resumes the run of this process.
pub(super) fn resume_command() -> String {
    command_line(super::COMMAND_LINE.get().into_iter().flatten())
}

fn command_line<'a>(args: impl Iterator<Item = &'a OsString>) -> String {
    let args = args.map(|arg| arg.to_string_lossy().into_owned()).filter(|arg| arg != "--overwrite");
    let mut words: Vec<String> = args.map(|arg| quoted(&arg)).collect();
    if !words.iter().any(|word| word == "--resume") {
        // After "--" it would be an input.
        let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
        words.insert(end, "--resume".to_owned());
    }
    words.join(" ")
}

/// The word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_resumes_can_be_pasted() {
        for (args, expected) in [
            (
                &["namewire", "extract", "a b.jsonl", "--out", "out/"][..],
                "namewire extract 'a b.jsonl' --out out/ --resume",
            ),
            (&["namewire", "extract", "it's", "--resume"], r"namewire extract 'it'\''s' --resume"),
            (&["n", "--overwrite", ""], "n '' --resume"),
        ] {
            let args: Vec<OsString> = args.iter().map(OsString::from).collect();
            assert_eq!(command_line(args.iter()), expected);
        }
    }
}
