//! Inputs to raw records, one input after another.

use std::io::{self, Read};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::expand::{ExpansionLimits, expands_too_much};
use super::format::{Compression, Format};
use super::input::Input;
use super::ledger::Ledger;
use super::lines::{Line, Lines};
use super::options::ReadOptions;
use super::record::RawRecord;
use super::reject::{Reject, RejectReason};
use super::select::Selection;
use super::source::{ReadProgress, Reader, Source};
use crate::article::Origin;

/// The records of all inputs, in order, and a [`Reject`] for each that cannot be had.
///
/// Never holds more of a record than the limits of [`ReadOptions`]. An input that cannot be opened, or fails
/// part way (a truncated or corrupt archive), gives what could be read before and one reject; the inputs
/// behind it are read as ever.
pub struct Records {
    inputs: std::iter::Zip<std::ops::RangeFrom<u32>, std::vec::IntoIter<Input>>,
    current: InputRecords,
    limits: Limits,
    selection: Selection,
    /// Records that were passed, and those of them that were taken.
    place: u64,
    taken: u64,
    progress: Arc<ReadProgress>,
    ledger: Option<Ledger>,
    /// Path and size of the file that is being read, where reading it to its end reads as many bytes.
    sized: Option<(PathBuf, u64)>,
}

#[derive(Clone, Copy)]
struct Limits {
    article: usize,
    line: usize,
    expansion: ExpansionLimits,
}

impl Records {
    /// Reads `inputs`; none is opened before its turn.
    pub fn new(inputs: Vec<Input>, options: &ReadOptions) -> Self {
        let sizes = inputs.iter().map(|input| input.size).sum();
        // Where a limited run ends in its inputs shows when it is there.
        let total = if options.selection.limit.is_some() { None } else { sizes };
        Self {
            inputs: (0..).zip(inputs),
            current: InputRecords { number: 0, path: "".into(), name: "".into(), state: State::Done },
            limits: Limits {
                article: options.max_article_bytes,
                line: options.max_line_bytes(),
                expansion: options.expansion,
            },
            selection: options.selection,
            place: 0,
            taken: 0,
            progress: Arc::new(ReadProgress { bytes: AtomicU64::new(0), total }),
            ledger: None,
            sized: None,
        }
    }

    /// Tells `ledger` of each input as it is opened and closed, and starts with input number `first`.
    pub fn tracked(mut self, ledger: &Ledger, first: u32) -> Self {
        self.ledger = Some(ledger.clone());
        for (_, input) in self.inputs.by_ref().take(first as usize) {
            self.progress.bytes.fetch_add(input.size.unwrap_or(0), Ordering::Relaxed);
        }
        self
    }

    /// How far reading has come; follows it from any thread.
    pub fn progress(&self) -> Arc<ReadProgress> {
        Arc::clone(&self.progress)
    }

    /// Whether a record that was cut is one of those that are wanted. That an input cannot be read is always told.
    fn is_wanted(&mut self, record: &Result<RawRecord, Reject>) -> bool {
        if record.as_ref().is_err_and(Reject::ends_its_input) {
            self.sized = None;
            return true;
        }
        let place = self.place;
        self.place += 1;
        let wanted = self.selection.sample.is_none_or(|sample| sample.takes(place));
        self.taken += u64::from(wanted);
        wanted
    }

    /// The input that was opened has given all that it gives.
    fn close(&mut self) {
        let Some(bytes) = self.ledger.as_ref().and_then(Ledger::close) else { return };
        if let Some((path, size)) = self.sized.take().filter(|&(_, size)| size != bytes) {
            let path = path.display();
            tracing::warn!(
                "{path}: {bytes} bytes were read of a file that had {size} when the run began: it has changed"
            );
        }
    }

    fn open(&mut self, number: u32, input: &Input) {
        self.ledger.iter().for_each(|ledger| ledger.open(number));
        let source = Source::open(input, &self.progress, self.limits.expansion, self.ledger.as_ref());
        // Of a text no more is read than an article may have, and what is packed may have more behind it.
        let is_lines = source.as_ref().is_ok_and(|source| source.format == Format::Jsonl);
        let is_plain = is_lines && input.compression == Compression::None;
        self.sized = input.size.filter(|_| is_plain).map(|size| (input.path.clone(), size));
        self.current = InputRecords::new(number, input, source, self.limits);
    }
}

impl Iterator for Records {
    type Item = Result<RawRecord, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.selection.limit.is_some_and(|limit| self.taken >= limit) {
                self.ledger.iter().for_each(Ledger::leave);
                return None;
            }
            if let Some(record) = self.current.next(self.limits) {
                if self.is_wanted(&record) {
                    return Some(record);
                }
                continue;
            }
            self.close();
            let (number, input) = self.inputs.next()?;
            self.open(number, &input);
        }
    }
}

/// The records of one input.
struct InputRecords {
    number: u32,
    path: Arc<str>,
    name: Arc<str>,
    state: State,
}

enum State {
    Text { reader: Reader, byte: u64 },
    Lines(Lines<Reader>),
    Closed(io::Error),
    Done,
}

impl InputRecords {
    fn new(number: u32, input: &Input, source: io::Result<Source>, limits: Limits) -> Self {
        let state = match source {
            Ok(Source { reader, byte, format: Format::Text }) => State::Text { reader, byte },
            Ok(Source { reader, byte, format: Format::Jsonl }) => State::Lines(Lines::new(reader, byte, limits.line)),
            Err(error) => State::Closed(error),
        };
        Self { number, path: input.path.to_string_lossy().into(), name: input.name.as_str().into(), state }
    }

    fn next(&mut self, limits: Limits) -> Option<Result<RawRecord, Reject>> {
        match mem::replace(&mut self.state, State::Done) {
            State::Done => None,
            State::Closed(error) => Some(Err(self.unopened(&error))),
            State::Text { reader, byte } => Some(self.text(reader, byte, limits.article)),
            State::Lines(mut lines) => match lines.next()? {
                Err((line, error)) => Some(Err(self.cut(line, &error))),
                Ok(line) => {
                    self.state = State::Lines(lines);
                    Some(self.line(line, limits.line))
                }
            },
        }
    }

    fn text(&self, reader: Reader, byte: u64, limit: usize) -> Result<RawRecord, Reject> {
        let mut bytes = Vec::new();
        let outcome = reader.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes);
        let origin = self.origin(None, byte);
        let reject = |reason, message| Reject {
            id: Some(self.name.to_string()),
            ..Reject::new(origin.clone(), reason, message, &bytes).incomplete()
        };
        match outcome {
            Err(error) => Err(reject(reason(&error), cannot_read_past(byte + bytes.len() as u64, &error))),
            Ok(_) if bytes.len() > limit => {
                Err(reject(RejectReason::TooLarge, format!("the text is over the limit of {limit} bytes")))
            }
            Ok(_) => Ok(RawRecord { origin, name: Arc::clone(&self.name), format: Format::Text, bytes }),
        }
    }

    fn line(&self, line: Line, limit: usize) -> Result<RawRecord, Reject> {
        let origin = self.origin(Some(line.number), line.byte);
        if line.is_over(limit) {
            let message = format!("a line of {} bytes is over the limit of {limit}", line.size);
            return Err(Reject::new(origin, RejectReason::TooLarge, message, &line.bytes).incomplete());
        }
        Ok(RawRecord { origin, name: Arc::clone(&self.name), format: Format::Jsonl, bytes: line.bytes })
    }

    fn cut(&self, line: Line, error: &io::Error) -> Reject {
        let message = cannot_read_past(line.byte + line.size, error);
        Reject::new(self.origin(Some(line.number), line.byte), reason(error), message, &line.bytes).incomplete()
    }

    fn unopened(&self, error: &io::Error) -> Reject {
        let message = format!("cannot open: {error}");
        let reject = Reject::new(self.origin(None, 0), RejectReason::ReadError, message, &[]).incomplete();
        Reject { id: Some(self.name.to_string()), ..reject }
    }

    fn origin(&self, line: Option<u64>, byte: u64) -> Origin {
        Origin { path: Arc::clone(&self.path), input: self.number, line, byte }
    }
}

fn reason(error: &io::Error) -> RejectReason {
    if expands_too_much(error) { RejectReason::ExpandsTooMuch } else { RejectReason::ReadError }
}

fn cannot_read_past(byte: u64, error: &io::Error) -> String {
    format!("cannot read past byte {byte}: {error}; the rest of this input is not read")
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
