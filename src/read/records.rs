//! Inputs to raw records, one input after another.

use std::io::{self, Read};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::expand::{ExpansionLimits, expands_too_much};
use super::lines::{Line, Lines};
use super::source::{Reader, Source};
use super::{Compression, Format, Input, Ledger, ReadOptions, ReadProgress, Reject, RejectReason, Selection};
use crate::article::Origin;

/// A record as it was cut from its input, not looked into yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Where it starts.
    pub origin: Origin,
    /// The name of its input, which a text article takes as its id.
    pub name: Arc<str>,
    /// What the bytes are: a whole text, or one line of JSON.
    pub format: Format,
    /// The record, without a byte order mark and without a JSON line's end.
    pub bytes: Vec<u8>,
}

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
            ..Reject::new(origin.clone(), reason, message, &bytes).cut()
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
            return Err(Reject::new(origin, RejectReason::TooLarge, message, &line.bytes).cut());
        }
        Ok(RawRecord { origin, name: Arc::clone(&self.name), format: Format::Jsonl, bytes: line.bytes })
    }

    fn cut(&self, line: Line, error: &io::Error) -> Reject {
        let message = cannot_read_past(line.byte + line.size, error);
        Reject::new(self.origin(Some(line.number), line.byte), reason(error), message, &line.bytes).cut()
    }

    fn unopened(&self, error: &io::Error) -> Reject {
        let message = format!("cannot open: {error}");
        let reject = Reject::new(self.origin(None, 0), RejectReason::ReadError, message, &[]).cut();
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
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;
    use std::sync::atomic::Ordering;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;
    use crate::read::discover;

    fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_ref()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: impl AsRef<[u8]>) -> Vec<u8> {
        zstd::encode_all(text.as_ref(), 1).unwrap()
    }

    /// Bytes that do not compress, so that a cut file still has whole records.
    fn noise(lines: u64) -> String {
        let mut state = 1u64;
        let mut digits = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state
        };
        (0..lines).map(|_| format!("{:x}{:x}\n", digits(), digits())).collect()
    }

    /// What comes of a directory with these files: `name#line@byte record` or `name#line@byte reason: message`.
    fn read(files: &[(&str, Vec<u8>)], options: &ReadOptions) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(root.path().join(name), bytes).unwrap();
        }
        let records = Records::new(discover(&[root.path().into()], options).unwrap(), options);
        let progress = records.progress();
        let seen = records.map(|record| shown(root.path(), &record)).collect();
        let stored: u64 = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        assert_eq!((progress.bytes.load(Ordering::Relaxed), progress.total), (stored, Some(stored)));
        seen
    }

    fn shown(root: &Path, record: &Result<RawRecord, Reject>) -> String {
        let (origin, what) = match record {
            Ok(record) => (&record.origin, String::from_utf8_lossy(&record.bytes).into_owned()),
            Err(reject) => (&reject.origin, format!("{:?}: {}", reject.reason, reject.message)),
        };
        let place = format!("{origin}@{}", origin.byte);
        format!("{} {what}", place.trim_start_matches(&format!("{}/", root.display())))
    }

    #[test]
    fn compressed_and_plain_inputs_read_alike() {
        let options = ReadOptions::default();
        let lines = b"\xEF\xBB\xBF{1}\r\n \n{2}";
        for (name, bytes) in [
            ("a.jsonl", lines.to_vec()),
            ("a.jsonl.gz", gzip(lines)),
            ("a.ndjson.gz", [gzip(&lines[..5]), gzip(&lines[5..])].concat()),
            ("a.jsonl.zst", zstd(lines)),
            ("a.ndjson.zst", [zstd(&lines[..5]), zstd(&lines[5..])].concat()),
            ("misnamed.jsonl", zstd(lines)),
            ("misnamed.ndjson", gzip(lines)),
        ] {
            assert_eq!(read(&[(name, bytes)], &options), [format!("{name}#1@3 {{1}}"), format!("{name}#3@10 {{2}}")]);
        }
        for (name, bytes) in [("a.txt", b"\xEF\xBB\xBFa\nb".to_vec()), ("a.txt.gz", gzip(b"\xEF\xBB\xBFa\nb"))] {
            assert_eq!(read(&[(name, bytes)], &options), [format!("{name}@3 a\nb")]);
        }
        assert!(read(&[("a.jsonl", b"\n \r\n".to_vec()), ("b.jsonl", vec![])], &options).is_empty());
    }

    #[test]
    fn a_broken_archive_gives_what_came_before_and_one_reject() {
        let (text, whole) = (noise(20_000), ("z.jsonl", b"{1}".to_vec()));
        let expected: Vec<_> = text.lines().collect();
        for (name, packed) in [("a.jsonl.gz", gzip(&text)), ("a.jsonl.zst", zstd(&text))] {
            let seen = read(&[(name, packed[..packed.len() / 2].to_vec()), whole.clone()], &ReadOptions::default());
            let [records @ .., reject, next] = &seen[..] else { panic!("{seen:?}") };
            assert!(records.len() > 5000, "{}", records.len());
            assert!(records.iter().zip(expected.iter()).all(|(record, line)| record.ends_with(line)));
            assert!(reject.starts_with(&format!("{name}#{}@", records.len() + 1)), "{reject}");
            assert!(reject.contains("ReadError: cannot read past byte "), "{reject}");
            assert!(reject.ends_with("; the rest of this input is not read"), "{reject}");
            assert_eq!(next, "z.jsonl#1@0 {1}");
        }
    }

    #[test]
    fn what_cannot_be_opened_is_one_reject() {
        let files = [
            ("a.txt.gz", vec![]),
            ("b.jsonl.zst", vec![]),
            ("c.txt.gz", b"not gzip at all".to_vec()),
            ("d.jsonl.zst", b"{\"text\": \"plain\"}".to_vec()),
            ("e.txt.gz", gzip(noise(5000))[..9000].to_vec()),
            ("f.txt", b"fine".to_vec()),
        ];
        let seen = read(&files, &ReadOptions::default());
        for (seen, start) in seen.iter().zip([
            "a.txt.gz@0 ReadError: cannot open: the file is empty, not compressed data",
            "b.jsonl.zst@0 ReadError: cannot open: the file is empty, not compressed data",
            "c.txt.gz@0 ReadError: cannot open: invalid gzip header",
            "d.jsonl.zst@0 ReadError: cannot open: Unknown frame descriptor",
            "e.txt.gz@0 ReadError: cannot read past byte ",
            "f.txt@0 fine",
        ]) {
            assert!(seen.starts_with(start), "{seen}");
        }
        assert_eq!(seen.len(), files.len());
    }

    #[test]
    fn a_file_that_went_away_is_one_reject() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a.txt", "b.txt"] {
            fs::write(root.path().join(name), name).unwrap();
        }
        let options = ReadOptions::default();
        let records = Records::new(discover(&[root.path().into()], &options).unwrap(), &options);
        fs::remove_file(root.path().join("a.txt")).unwrap();
        let seen: Vec<_> = records.map(|record| shown(root.path(), &record)).collect();
        assert!(seen[0].starts_with("a.txt@0 ReadError: cannot open: No such file"), "{seen:?}");
        assert_eq!(seen[1], "b.txt@0 b.txt");
    }

    #[test]
    fn what_is_too_large_is_passed_over() {
        let options = ReadOptions { max_article_bytes: 10, ..ReadOptions::default() };
        let limit = options.max_line_bytes();
        let lines = format!("{{1}}\n{}\n{{3}}\n", "x".repeat(limit + 1));
        let files =
            [("a.jsonl.gz", gzip(lines)), ("b.txt.zst", zstd(vec![b'x'; 1 << 20])), ("c.txt", b"0123456789".to_vec())];
        assert_eq!(
            read(&files, &options),
            [
                "a.jsonl.gz#1@0 {1}".to_owned(),
                format!("a.jsonl.gz#2@4 TooLarge: a line of {} bytes is over the limit of {limit}", limit + 1),
                format!("a.jsonl.gz#3@{} {{3}}", limit + 6),
                "b.txt.zst@0 TooLarge: the text is over the limit of 10 bytes".to_owned(),
                "c.txt@0 0123456789".to_owned(),
            ]
        );
    }

    #[test]
    fn a_text_over_the_limit_is_known_by_its_name() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a.txt");
        fs::write(&file, "x".repeat(1000)).unwrap();
        let options = ReadOptions { max_article_bytes: 500, ..ReadOptions::default() };
        let reject = Records::new(discover(&[file], &options).unwrap(), &options).next().unwrap().unwrap_err();
        assert_eq!((reject.id.as_deref(), reject.excerpt().len()), (Some("a.txt"), 200));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn archives_give_back_what_was_packed(parts in prop::collection::vec("[a-z\n]{0,40}", 1..5)) {
            let pack = |encode: fn(&String) -> Vec<u8>| parts.iter().flat_map(encode).collect::<Vec<u8>>();
            let text = parts.concat();
            let expected: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
            for (name, bytes) in [("a.jsonl.gz", pack(|part| gzip(part))), ("a.jsonl.zst", pack(|part| zstd(part)))] {
                let seen = read(&[(name, bytes)], &ReadOptions::default());
                let records: Vec<_> = seen.iter().filter_map(|record| Some(record.split_once(' ')?.1)).collect();
                prop_assert_eq!(&records, &expected);
            }
        }
    }

    #[test]
    fn records_can_be_read_on_another_thread() {
        fn sendable<T: Send>() {}
        sendable::<Records>();
    }
}
