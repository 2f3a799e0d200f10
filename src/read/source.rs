//! One opened input: counted, decompressed, decoded, and past its byte order mark.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::csv::CsvRows;
use super::cut::Cutter;
use super::decompress::{DecompressLimits, ZSTD_WINDOW_LOG, decompressed};
use super::expand::ExpansionLimits;
use super::format::{Compression, Format, by_extension};
use super::input::Input;
use super::json_records::{JsonRecords, Layout};
use super::ledger::Ledger;
use super::options::ReadOptions;
use super::sniff::{self, SNIFFED_BYTES};
use super::stream::{BUFFER_BYTES, Reader, peek};
use super::text::WholeText;
use super::wide::{SHAPE_BYTES, Wide};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How far reading has come, in bytes on disk (compressed, where the input is).
#[derive(Debug)]
pub struct ReadProgress {
    /// Bytes read so far; an input that was abandoned counts with its full size.
    pub bytes: AtomicU64,
    /// Bytes of all inputs; `None` where one of them is a pipe.
    pub total: Option<u64>,
}

/// An input ready to be cut into records.
pub(crate) struct Source {
    reader: Reader,
    /// Where `reader` stands in the uncompressed input, as UTF-8 where it is UTF-16 or UTF-32: after the byte order
    /// mark, if there is one.
    byte: u64,
    pub(super) format: Format,
    layout: Layout,
}

impl Source {
    /// Opens `input`. Fails where the file cannot be opened, its very first bytes cannot be read, or they show a format
    /// that is not read.
    pub(super) fn open(
        input: &Input,
        progress: &Arc<ReadProgress>,
        options: &ReadOptions,
        ledger: Option<&Ledger>,
    ) -> io::Result<Self> {
        let stored = Arc::new(AtomicU64::new(0));
        let left = input.size.unwrap_or(0);
        let counter = Counter { progress: Arc::clone(progress), stored: Arc::clone(&stored), left };
        let raw: Box<dyn Read + Send> =
            if input.is_stdin() { Box::new(io::stdin()) } else { Box::new(File::open(&input.path)?) };
        let raw = match ledger {
            Some(ledger) => ledger.hashing(raw),
            None => raw,
        };
        let packed = Box::new(BufReader::with_capacity(BUFFER_BYTES, Counted { raw, counter }));
        let limits =
            DecompressLimits { stored, expansion: options.expansion, zstd_window_log: options.zstd_window_log };
        let plain = decompressed(packed, input.compression, &limits)?;
        Self::recognised(decoded(plain, options)?, input.format, input.is_format_given)
    }

    /// Opens one named file (`-` is standard input), whatever it holds, as uncompressed bytes.
    pub(crate) fn open_plain(path: &Path) -> io::Result<Reader> {
        let progress = Arc::new(ReadProgress { bytes: AtomicU64::new(0), total: None });
        let (_, compression) = by_extension(&path.to_string_lossy());
        let mut input = Input::stdin(Some(Format::Text));
        (input.path, input.compression) = (path.into(), compression);
        Self::open(&input, &progress, &ReadOptions::default(), None).map(|source| source.reader)
    }

    /// Looks at the first bytes: for a byte order mark, for the format where it was not given, for the layout of JSON.
    fn recognised(reader: Reader, named: Option<Format>, is_given: bool) -> io::Result<Self> {
        let is_decided = |rest: &[u8]| match (named, is_given) {
            (Some(Format::Text), true) | (Some(Format::Csv), _) => true,
            (Some(Format::Json), _) => Layout::of(rest).is_some(),
            _ => match sniff::content(rest) {
                Ok(Format::Json) => Layout::of(rest).is_some(),
                _ => rest.len() >= SHAPE_BYTES,
            },
        };
        let (head, mut reader) =
            peek(reader, SNIFFED_BYTES, |head| head.len() > BYTE_ORDER_MARK.len() && is_decided(without_mark(head)))?;
        let rest = without_mark(&head);
        let format = match (named, is_given) {
            (Some(format), true) => sniff::binary(rest).map_or(Ok(format), Err),
            // A name says that it is none: text would be rejected record by record.
            (Some(format), _) if format != Format::Text => sniff::binary(rest).map_or(Ok(format), Err),
            (None, _) if rest.trim_ascii().is_empty() || rest.trim_ascii_start().starts_with(b"{") => Ok(Format::Json),
            (_, false) | (None, _) => sniff::content(rest),
        };
        let format = format.map_err(io::Error::other)?;
        let layout = Layout::of(rest).unwrap_or(Layout::Lines);
        let mark = head.len() - rest.len();
        reader.consume(mark);
        Ok(Self { reader, byte: mark as u64, format, layout })
    }

    /// Cuts it into records, by its format.
    pub(super) fn cutter(self, options: &ReadOptions) -> Box<dyn Cutter> {
        let limit = options.record_limits().of(self.format);
        match self.format {
            Format::Text => Box::new(WholeText::new(self.reader, self.byte, limit)),
            Format::Json => Box::new(JsonRecords::new(self.reader, self.byte, limit, self.layout)),
            Format::Csv => Box::new(CsvRows::new(self.reader, self.byte, limit, options)),
        }
    }
}

/// Opens a file, such as an output of an earlier run, decompressed where it is compressed.
pub fn open_stored(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    // namewire wrote it: it may expand to any size.
    let expansion = ExpansionLimits { ratio: u64::MAX, bytes: None };
    let limits = DecompressLimits { stored: Arc::default(), expansion, zstd_window_log: ZSTD_WINDOW_LOG };
    decompressed(Box::new(BufReader::with_capacity(BUFFER_BYTES, File::open(path)?)), Compression::None, &limits)
}

/// UTF-16 and UTF-32 as UTF-8; any other input as it is.
fn decoded(reader: Reader, options: &ReadOptions) -> io::Result<Reader> {
    let (head, mut reader) = peek(reader, SHAPE_BYTES, Wide::is_decided)?;
    Ok(match Wide::of(&head).or_else(|| options.encoding.wide().map(|wide| (wide, 0))) {
        Some((wide, mark)) => {
            reader.consume(mark);
            wide.decode(reader)
        }
        None => reader,
    })
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head)
}

struct Counted<R> {
    raw: R,
    counter: Counter,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        self.counter.stored.fetch_add(count as u64, Ordering::Relaxed);
        self.counter.add(count as u64);
        Ok(count)
    }
}

/// Adds one input's bytes to the progress; when dropped, also those that were never read.
struct Counter {
    progress: Arc<ReadProgress>,
    /// Bytes of this input.
    stored: Arc<AtomicU64>,
    left: u64,
}

impl Counter {
    fn add(&mut self, count: u64) {
        self.left = self.left.saturating_sub(count);
        self.progress.bytes.fetch_add(count, Ordering::Relaxed);
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.add(self.left);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// One byte a read, as a slow pipe has it.
    struct Slow(&'static [u8]);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let wanted = buffer.len().min(1);
            self.0.read(&mut buffer[..wanted])
        }
    }

    #[test]
    fn the_first_bytes_tell_the_format() {
        for (input, format, byte) in [
            (&b"{\"text\": 1}"[..], Format::Json, 0),
            (b" \r\n\t{", Format::Json, 0),
            (b"\xEF\xBB\xBF\n{", Format::Json, 3),
            (b"[{\"text\": 1}]", Format::Json, 0),
            (b"\xEF\xBB\xBFKyiv", Format::Text, 3),
            (b"Kyiv {", Format::Text, 0),
            (b"[Kyiv] fell", Format::Text, 0),
            (b"\xEF\xBB", Format::Text, 0),
            (b"\xC3\xA9t\xC3\xA9", Format::Text, 0),
            (b"", Format::Json, 0),
        ] {
            let mut source = Source::recognised(Box::new(BufReader::new(Slow(input))), None, false).unwrap();
            let mut rest = Vec::new();
            source.reader.read_to_end(&mut rest).unwrap();
            assert_eq!((source.format, source.byte, &*rest), (format, byte, &input[byte as usize..]));
        }
    }

    #[test]
    fn a_text_by_name_may_hold_json_but_not_one_that_the_user_named() {
        let recognised = |is_given| {
            Source::recognised(Box::new(Cursor::new("{\"text\": \"\"}")), Some(Format::Text), is_given).unwrap().format
        };
        assert_eq!((recognised(false), recognised(true)), (Format::Json, Format::Text));
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        for (content, named, given) in
            [("PK\u{3}\u{4}", Format::Text, true), ("<html>", Format::Text, false), ("%PDF-1.7", Format::Json, false)]
        {
            let error = Source::recognised(Box::new(Cursor::new(content)), Some(named), given).err().unwrap();
            assert!(sniff::is_foreign(&error), "{error}");
        }
    }
}
