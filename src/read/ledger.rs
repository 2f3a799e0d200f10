//! What was read of each input: how many records, which bytes. What was written is checked against it, and a stopped run
//! resumes at a position that it recorded.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::record::RawRecord;
use super::reject::Reject;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::hex;

/// What was read of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRead {
    /// Records, good or bad, that it gave.
    pub records: u64,
    /// Records that are no articles, such as requests in web archives, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_articles: BTreeMap<String, u64>,
    /// Bytes that were read, as stored on disk.
    pub bytes: u64,
    /// SHA-256 of these bytes; `None` while they are being read, and where reading stopped before the end.
    pub sha256: Option<String>,
}

/// A position between two records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The input of the record before it, counted from 0; those before that one were read to their end.
    pub input: u32,
    /// Records of this input before it.
    pub records: u64,
    /// SHA-256 over these records, each with its length: the part of an input that was used, however it is stored.
    pub sha256: String,
}

/// The shared record of what was read. Clones share one state.
#[derive(Clone, Debug)]
pub struct Ledger(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    /// Inputs that were opened, by number.
    inputs: BTreeMap<u32, InputRead>,
    raw: Option<Raw>,
    here: Here,
    /// Records from one mark to the next; `None`: no marks.
    every: Option<u64>,
    /// Records since the last mark.
    since: u64,
    marks: VecDeque<Position>,
}

/// The stored bytes of the input that is being read.
#[derive(Debug)]
struct Raw {
    input: u32,
    bytes: u64,
    hasher: Sha256,
}

#[derive(Clone, Debug, Default)]
struct Here {
    input: u32,
    records: u64,
    hasher: Sha256,
}

impl Here {
    fn position(&self) -> Position {
        Position { input: self.input, records: self.records, sha256: hex(&self.hasher.clone().finalize()) }
    }

    fn pass(&mut self, input: u32, record: &std::result::Result<RawRecord, Reject>) {
        if input != self.input {
            *self = Self { input, ..Self::default() };
        }
        self.records += 1;
        let (tag, bytes): (&[u8], &[u8]) = match record {
            Ok(record) => (b"record", &record.bytes),
            Err(reject) => (b"reject", &reject.record),
        };
        self.hasher.update(tag);
        self.hasher.update((bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
    }
}

impl Ledger {
    /// Marks the position after every `every` records, such as those of a shard.
    pub fn new(every: Option<u64>) -> Self {
        let held =
            Held { inputs: BTreeMap::new(), raw: None, here: Here::default(), every, since: 0, marks: VecDeque::new() };
        Self(Arc::new(Mutex::new(held)))
    }

    /// Counts records as they pass.
    pub fn follow<I: RecordIterator>(&self, records: I) -> Followed<I> {
        Followed { records, ledger: self.clone() }
    }

    /// What was read of each input, by its number.
    pub fn inputs(&self) -> BTreeMap<u32, InputRead> {
        self.held().inputs.clone()
    }

    /// What was read of one input.
    pub fn input(&self, number: u32) -> Option<InputRead> {
        self.held().inputs.get(&number).cloned()
    }

    /// The oldest mark that was not taken.
    pub fn take_mark(&self) -> Option<Position> {
        self.held().marks.pop_front()
    }

    /// The position that reading has reached.
    pub fn position(&self) -> Position {
        self.held().here.position()
    }

    /// An input is about to be opened.
    pub(super) fn open(&self, input: u32) {
        let mut held = self.held();
        held.raw = Some(Raw { input, bytes: 0, hasher: Sha256::new() });
        held.inputs.insert(input, InputRead::default());
    }

    /// An input has had these records that are no articles.
    pub(super) fn count_not_articles(&self, input: u32, kinds: &BTreeMap<&'static str, u64>) {
        let mut held = self.held();
        let counts = &mut held.inputs.entry(input).or_default().not_articles;
        for (kind, count) in kinds {
            *counts.entry((*kind).to_owned()).or_default() += count;
        }
    }

    /// Records of all inputs that are no articles, by kind.
    pub fn not_articles(&self) -> BTreeMap<String, u64> {
        let mut sum = BTreeMap::new();
        for (kind, count) in self.held().inputs.values().flat_map(|read| &read.not_articles) {
            *sum.entry(kind.clone()).or_default() += count;
        }
        sum
    }

    /// The open input was read to its end. Returns the number of its bytes.
    pub(super) fn close(&self) -> Option<u64> {
        let mut held = self.held();
        let Raw { input, bytes, hasher } = held.raw.take()?;
        let read = held.inputs.entry(input).or_default();
        (read.bytes, read.sha256) = (bytes, Some(hex(&hasher.finalize())));
        Some(bytes)
    }

    /// The open input is left before its end.
    pub(super) fn leave(&self) {
        let mut held = self.held();
        let Some(Raw { input, bytes, .. }) = held.raw.take() else { return };
        held.inputs.entry(input).or_default().bytes = bytes;
    }

    /// Hashes what `raw` yields, as the bytes of the open input.
    pub(super) fn hashing(&self, raw: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Hashed { raw, ledger: self.clone() })
    }

    fn count(&self, record: &std::result::Result<RawRecord, Reject>) {
        let input = record.as_ref().map_or_else(|reject| reject.origin.input, |record| record.origin.input);
        let mut held = self.held();
        held.inputs.entry(input).or_default().records += 1;
        let Some(every) = held.every else { return };
        held.here.pass(input, record);
        held.since += 1;
        if held.since == every {
            held.since = 0;
            let mark = held.here.position();
            held.marks.push_back(mark);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Any source of records.
pub trait RecordIterator: Iterator<Item = std::result::Result<RawRecord, Reject>> {}

impl<I: Iterator<Item = std::result::Result<RawRecord, Reject>>> RecordIterator for I {}

/// Records that a [`Ledger`] counts as they pass.
#[derive(Debug)]
pub struct Followed<I> {
    records: I,
    ledger: Ledger,
}

impl<I: RecordIterator> Followed<I> {
    /// Skips `records` records, up to a position of an earlier run (those of its input only, where that input is the
    /// first of these). Marks are counted from there.
    ///
    /// # Errors
    ///
    /// Fails where the skipped records are not those of that run.
    pub fn skip_to(&mut self, position: &Position, records: u64, path: &Path) -> Result<()> {
        let passed = self.by_ref().take(usize::try_from(records).unwrap_or(usize::MAX)).count() as u64;
        let mut held = self.ledger.held();
        if held.here.position() != *position {
            let what = if held.here.input == position.input && passed == records {
                format!("its first {} records are not those that the run has read", position.records)
            } else {
                format!("it has fewer than the {} records that the run has read", position.records)
            };
            return Err(Error::new(ErrorKind::Input, format!("the run cannot be resumed: {what}"))
                .at(path)
                .help("give the input that the run was started with, or start the run again from scratch"));
        }
        held.marks.clear();
        held.since = 0;
        Ok(())
    }
}

impl<I: RecordIterator> Iterator for Followed<I> {
    type Item = std::result::Result<RawRecord, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        self.ledger.count(&record);
        Some(record)
    }
}

struct Hashed {
    raw: Box<dyn Read + Send>,
    ledger: Ledger,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        if let Some(raw) = &mut self.ledger.held().raw {
            raw.bytes += count as u64;
            raw.hasher.update(&buffer[..count]);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::hash::sha256;
    use crate::read::{ReadOptions, Records, discover};

    const FILES: [(&str, &str); 4] = [
        ("a.jsonl", "{\"text\": 1}\n\n{\"text\": 2}\n"),
        ("b.jsonl", "\n"),
        ("c.txt", "Rain."),
        ("d.jsonl", "{}\n{}\n{}"),
    ];

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        FILES.iter().for_each(|(name, text)| fs::write(root.path().join(name), text).unwrap());
        root
    }

    fn read(root: &tempfile::TempDir, ledger: &Ledger, first: u32) -> Followed<Records> {
        let options = ReadOptions::default();
        let inputs = discover(&[root.path().into()], &options).unwrap();
        ledger.follow(Records::new(inputs, &options).tracked(ledger, first))
    }

    #[test]
    fn every_input_is_accounted_for() {
        let (root, ledger) = (root(), Ledger::new(Some(2)));
        assert_eq!(read(&root, &ledger, 0).count(), 6);
        let seen: Vec<_> = ledger.inputs().into_values().collect();
        let expected = FILES.iter().zip([2, 0, 1, 3]).map(|((_, text), records)| InputRead {
            records,
            bytes: text.len() as u64,
            sha256: Some(sha256(text.as_bytes())),
            ..InputRead::default()
        });
        assert_eq!(seen, expected.collect::<Vec<_>>());
        let places = std::iter::from_fn(|| ledger.take_mark()).map(|mark| (mark.input, mark.records));
        assert_eq!(places.collect::<Vec<_>>(), [(0, 2), (3, 1), (3, 3)]);
    }

    #[test]
    fn reading_resumes_from_any_mark() {
        let root = root();
        for every in 1..=6 {
            let ledger = Ledger::new(Some(every));
            let all: Vec<_> = read(&root, &ledger, 0).collect();
            let marks: Vec<Position> = std::iter::from_fn(|| ledger.take_mark()).collect();
            for (at, mark) in marks.iter().enumerate() {
                let ledger = Ledger::new(Some(every));
                let mut rest = read(&root, &ledger, mark.input);
                rest.skip_to(mark, mark.records, Path::new("in")).unwrap();
                assert_eq!(rest.collect::<Vec<_>>(), all[(at + 1) * every as usize..]);
                let later: Vec<Position> = std::iter::from_fn(|| ledger.take_mark()).collect();
                assert_eq!(later, marks[at + 1..]);
            }
        }
    }

    #[test]
    fn an_input_that_changed_is_not_resumed() {
        let (root, ledger) = (root(), Ledger::new(Some(5)));
        read(&root, &ledger, 0).for_each(drop);
        let mark = ledger.take_mark().unwrap();
        for (text, message) in
            [("{}\n{ }\n{}", "its first 2 records are not those"), ("{}", "fewer than the 2 records")]
        {
            fs::write(root.path().join("d.jsonl"), text).unwrap();
            let mut records = read(&root, &Ledger::new(Some(5)), mark.input);
            let failure = records.skip_to(&mark, mark.records, Path::new("d.jsonl")).unwrap_err().to_string();
            assert!(failure.contains(message), "{failure}");
        }
    }
}
