//! One opened input: counted, decompressed, and past its byte order mark.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::expand::{Expanding, ExpansionLimits};
use super::format::{Compression, Format};
use super::input::Input;
use super::ledger::Ledger;

const BUFFER_BYTES: usize = 256 << 10;
/// Windows of up to 128 MiB, what `zstd` itself opens without being asked: the archive says how large a window it
/// needs, and that much memory is taken.
const ZSTD_WINDOW_LOG: u32 = 27;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// White space that may come before the byte which tells the format.
const SNIFFED_BYTES: usize = 64 << 10;

pub(crate) type Reader = Box<dyn BufRead + Send>;

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
    pub(super) reader: Reader,
    /// Where `reader` stands in the uncompressed input: after the byte order mark, if there is one.
    pub(super) byte: u64,
    pub(super) format: Format,
}

impl Source {
    /// Opens `input`. Fails where the file cannot be opened, or its very first bytes cannot be read.
    pub(super) fn open(
        input: &Input,
        progress: &Arc<ReadProgress>,
        limits: ExpansionLimits,
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
        let bound = Bound { stored, limits };
        Self::uncompressed(decompress(packed, input.compression, bound)?, input.format)
    }

    /// Opens one named file (`-` is standard input), whatever it holds, as uncompressed bytes.
    pub(crate) fn open_plain(path: &Path) -> io::Result<Reader> {
        let progress = Arc::new(ReadProgress { bytes: AtomicU64::new(0), total: None });
        let compression = match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Compression::Gzip,
            Some("zst") => Compression::Zstd,
            _ => Compression::None,
        };
        let input =
            Input { path: path.into(), name: String::new(), format: Some(Format::Text), compression, size: None };
        Self::open(&input, &progress, ExpansionLimits::default(), None).map(|source| source.reader)
    }

    fn uncompressed(reader: Reader, format: Option<Format>) -> io::Result<Self> {
        let (head, mut reader) = peek(reader, |head| {
            let may_be_mark = head.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(head);
            let shows_format = || without_mark(head).last().is_some_and(|byte| !byte.is_ascii_whitespace());
            !may_be_mark && (format.is_some() || head.len() >= SNIFFED_BYTES || shows_format())
        })?;
        let rest = without_mark(&head);
        let format = format.unwrap_or(match rest.trim_ascii_start().first() {
            Some(b'{') | None => Format::Jsonl,
            Some(_) => Format::Text,
        });
        let mark = head.len() - rest.len();
        reader.consume(mark);
        Ok(Self { reader, byte: mark as u64, format })
    }
}

/// Opens a file, such as an output of an earlier run, decompressed where it is compressed.
pub fn open_stored(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    // namewire wrote it: it may expand to any size.
    let limits = ExpansionLimits { ratio: u64::MAX, bytes: None };
    let bound = Bound { stored: Arc::default(), limits };
    decompress(Box::new(BufReader::with_capacity(BUFFER_BYTES, File::open(path)?)), Compression::None, bound)
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head)
}

/// What the output of a decompressor is checked against.
struct Bound {
    stored: Arc<AtomicU64>,
    limits: ExpansionLimits,
}

impl Bound {
    fn over(self, unpacked: impl Read + Send + 'static) -> Reader {
        Box::new(Expanding::new(BufReader::with_capacity(BUFFER_BYTES, unpacked), self.stored, self.limits))
    }
}

/// Decompresses what its name or its first bytes show to be compressed. No UTF-8 text starts with either magic number.
fn decompress(stored: Reader, named: Compression, bound: Bound) -> io::Result<Reader> {
    let (head, stored) = peek(stored, |head| head.len() >= 4)?;
    if head.is_empty() && named != Compression::None {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty, not compressed data"));
    }
    let compression = match (named, &*head) {
        (Compression::None, [0x1F, 0x8B, ..]) => Compression::Gzip,
        (Compression::None, [0x28, 0xB5, 0x2F, 0xFD]) => Compression::Zstd,
        _ => named,
    };
    Ok(match compression {
        Compression::None => stored,
        Compression::Gzip => bound.over(MultiGzDecoder::new(stored)),
        Compression::Zstd => {
            let mut decoder = zstd::Decoder::with_buffer(stored)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            bound.over(decoder)
        }
    })
}

/// The first bytes, as many as it takes until `enough`, and a reader that still yields them.
fn peek(mut reader: Reader, enough: impl Fn(&[u8]) -> bool) -> io::Result<(Vec<u8>, Reader)> {
    let mut head = Vec::new();
    while !enough(&head) && reader.by_ref().take(1).read_to_end(&mut head)? == 1 {}
    Ok((head.clone(), Box::new(Cursor::new(head).chain(reader))))
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
    fn the_first_byte_tells_the_format() {
        for (input, format, byte) in [
            (&b"{\"text\": 1}"[..], Format::Jsonl, 0),
            (b" \r\n\t{", Format::Jsonl, 0),
            (b"\xEF\xBB\xBF\n{", Format::Jsonl, 3),
            (b"\xEF\xBB\xBFKyiv", Format::Text, 3),
            (b"Kyiv {", Format::Text, 0),
            (b"\xEF\xBB", Format::Text, 0),
            (b"\xC3\xA9t\xC3\xA9", Format::Text, 0),
            (b"", Format::Jsonl, 0),
        ] {
            let mut source = Source::uncompressed(Box::new(BufReader::new(Slow(input))), None).unwrap();
            let mut rest = Vec::new();
            source.reader.read_to_end(&mut rest).unwrap();
            assert_eq!((source.format, source.byte, &*rest), (format, byte, &input[byte as usize..]));
        }
    }

    #[test]
    fn a_known_format_needs_no_sniffing() {
        let source = Source::uncompressed(Box::new(Cursor::new("{")), Some(Format::Text)).unwrap();
        assert_eq!(source.format, Format::Text);
    }
}
