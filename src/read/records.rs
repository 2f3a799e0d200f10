//! Inputs to raw records, one input after another.

use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::cut::{Cut, CutFault, Cutter, Member};
use super::format::{Compression, Format};
use super::input::Input;
use super::ledger::Ledger;
use super::options::{ReadOptions, RecordLimits};
use super::paths::shown;
use super::record::RawRecord;
use super::reject::{Reject, RejectReason};
use super::source::{ReadProgress, Source};
use crate::article::Origin;

/// The records of all inputs, in order, and a [`Reject`] for each that cannot be read.
///
/// Never holds more of a record than the limits of [`ReadOptions`]. An input that cannot be opened, or fails
/// part way (a truncated or corrupt archive), gives what could be read before and one reject; the inputs after it are
/// read as usual.
pub struct Records {
    inputs: std::iter::Zip<std::ops::RangeFrom<u32>, std::vec::IntoIter<Input>>,
    current: InputRecords,
    options: ReadOptions,
    /// Records that were passed, and those of them that were taken.
    place: u64,
    taken: u64,
    progress: Arc<ReadProgress>,
    ledger: Option<Ledger>,
    /// Path and size of the file that is being read, where reading it to its end reads as many bytes.
    sized: Option<(PathBuf, u64)>,
}

impl Records {
    /// Reads `inputs`; none is opened before its turn.
    pub fn new(inputs: Vec<Input>, options: &ReadOptions) -> Self {
        let sizes = inputs.iter().map(|input| input.size).sum();
        // Where a limited run ends in its inputs shows when it is there.
        let total = if options.selection.limit.is_some() { None } else { sizes };
        Self {
            inputs: (0..).zip(inputs),
            current: InputRecords::none(),
            options: options.clone(),
            place: 0,
            taken: 0,
            progress: Arc::new(ReadProgress::new(total)),
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
        if !self.options.selection.sample.is_none_or(|sample| sample.takes(place)) {
            return false;
        }
        let place = self.taken;
        self.taken += 1;
        self.options.selection.part.is_none_or(|part| part.takes(place))
    }

    /// Tells the ledger of the records that were passed since the last one.
    fn count_not_articles(&mut self) {
        let kinds = mem::take(&mut self.current.not_articles);
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !kinds.is_empty()) {
            ledger.count_not_articles(self.current.number, &kinds);
        }
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
        let source = Source::open(input, &self.progress, &self.options, self.ledger.as_ref());
        // Of a text no more is read than an article may have, and what is packed may have more behind it.
        let is_lines = source.as_ref().is_ok_and(|source| source.format != Format::Text);
        let is_plain = is_lines && input.compression == Compression::None;
        self.sized = input.size.filter(|_| is_plain).map(|size| (input.path.clone(), size));
        self.current = InputRecords::new(number, input, source, &self.options);
    }
}

impl Iterator for Records {
    type Item = Result<RawRecord, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.options.selection.limit.is_some_and(|limit| self.taken >= limit) {
                self.ledger.iter().for_each(Ledger::leave);
                return None;
            }
            let record = self.current.next(self.options.record_limits());
            self.count_not_articles();
            if let Some(record) = record {
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
    input: Place,
    /// Where the current record is: in the input, or in a member of it.
    place: Place,
    state: State,
    /// Records that are no articles, since the last that is one, by kind.
    not_articles: BTreeMap<&'static str, u64>,
}

/// An input or a member of one.
#[derive(Clone)]
struct Place {
    path: Arc<str>,
    name: Arc<str>,
    format: Format,
    member: Option<Arc<str>>,
}

enum State {
    Open(Box<dyn Cutter>),
    Failed(io::Error),
    Done,
}

impl InputRecords {
    /// Before the first input.
    fn none() -> Self {
        let place = Place { path: "".into(), name: "".into(), format: Format::Text, member: None };
        Self { number: 0, input: place.clone(), place, state: State::Done, not_articles: BTreeMap::new() }
    }

    fn new(number: u32, input: &Input, source: io::Result<Source>, options: &ReadOptions) -> Self {
        let format = source.as_ref().map_or(Format::Text, |source| source.format);
        let state = source.and_then(|source| source.cutter(options)).map_or_else(State::Failed, State::Open);
        let place = Place { path: shown(&input.path).into(), name: input.name.as_str().into(), format, member: None };
        Self { number, input: place.clone(), place, state, not_articles: BTreeMap::new() }
    }

    fn next(&mut self, limits: RecordLimits) -> Option<Result<RawRecord, Reject>> {
        match mem::replace(&mut self.state, State::Done) {
            State::Done => None,
            State::Failed(error) => Some(Err(self.unopened(&error))),
            State::Open(mut cutter) => loop {
                match cutter.next_cut()? {
                    Err((cut, error)) => {
                        self.enter(cut.member.as_deref());
                        return Some(Err(self.truncated(&cut, &error)));
                    }
                    Ok(Cut { skipped: Some(kind), .. }) => *self.not_articles.entry(kind).or_default() += 1,
                    Ok(cut) => {
                        self.state = State::Open(cutter);
                        self.enter(cut.member.as_deref());
                        return Some(self.record(cut, limits.of(self.place.format)));
                    }
                }
            },
        }
    }

    /// The next record is of this member.
    fn enter(&mut self, member: Option<&Member>) {
        let is_same = |place: &Place| place.member.as_ref() == member.map(|member| &member.name);
        if is_same(&self.place) && self.place.member.is_none() {
            return;
        }
        self.place = match member {
            None => self.input.clone(),
            Some(_) if is_same(&self.place) => return,
            Some(Member { name, format }) => Place {
                path: format!("{}!{name}", self.input.path).into(),
                name: format!("{}!{name}", self.input.name).into(),
                format: *format,
                member: Some(Arc::clone(name)),
            },
        };
    }

    fn record(&self, cut: Cut, limit: usize) -> Result<RawRecord, Reject> {
        if cut.is_over(limit) {
            let what = match self.place.format {
                Format::Text => format!("the text is over the limit of {limit} bytes"),
                Format::Html => format!("the page is over the limit of {limit} bytes"),
                _ => format!("a record of {} bytes is over the limit of {limit}", cut.size),
            };
            return Err(self.reject(&cut, RejectReason::TooLarge, what));
        }
        if let Some(CutFault { reason, message }) = cut.fault.as_deref() {
            return Err(self.reject(&cut, *reason, message.clone()));
        }
        let origin = self.origin(&cut);
        let Cut { is_abridged, bytes, .. } = cut;
        Ok(RawRecord { origin, name: Arc::clone(&self.place.name), format: self.place.format, is_abridged, bytes })
    }

    fn truncated(&self, cut: &Cut, error: &io::Error) -> Reject {
        let byte = cut.byte + cut.size;
        let message = format!("cannot read past byte {byte}: {error}; the rest of this input is not read");
        self.reject(cut, RejectReason::of(error), message)
    }

    fn unopened(&self, error: &io::Error) -> Reject {
        self.reject(&Cut::default(), RejectReason::of(error), format!("cannot open: {error}"))
    }

    /// A reject of a record that is not there as a whole. A text has the name of its input for an id.
    fn reject(&self, cut: &Cut, reason: RejectReason, message: String) -> Reject {
        let has_own_ids = cut.line.is_some() || self.place.format == Format::Warc;
        let id = (!has_own_ids).then(|| self.place.name.to_string());
        let reject = Reject::new(self.origin(cut), reason, message, &cut.bytes).incomplete();
        Reject { id: id.map(Into::into), ..reject }.of_format(self.place.format)
    }

    fn origin(&self, cut: &Cut) -> Origin {
        let path = Arc::clone(&self.place.path);
        let Cut { line, nth, byte, stored, .. } = *cut;
        Origin { path, input: self.number, line, nth, byte, warc_offset: stored }
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
