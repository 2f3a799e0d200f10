//! One opened input: counted, decompressed, decoded, and past its byte order mark.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::archive::{ArchiveRecords, Members, TarMembers, ZipMembers};
use super::cut::Cutter;
use super::decompress::{DecompressLimits, ZSTD_WINDOW_LOG, decompressed};
use super::expand::ExpansionLimits;
use super::format::{Compression, Format, by_extension};
use super::input::Input;
use super::ledger::Ledger;
use super::member_starts::MemberStarts;
use super::options::ReadOptions;
use super::parquet::ParquetRows;
use super::recognise::Recognised;
use super::sniff::{self, NESTED_ARCHIVE};
use super::stored_file::StoredFile;
use super::stream::{BUFFER_BYTES, Reader};
use super::unread::Unread;

/// Bytes that tell a format that is read at any place.
const MAGIC_BYTES: u64 = 4;

/// How far reading has come, in bytes on disk (compressed, where the input is).
#[derive(Debug, Default)]
pub struct ReadProgress {
    /// Bytes read so far; an input that was abandoned counts with its full size.
    pub bytes: AtomicU64,
    /// Bytes of all inputs; `None` where one of them is a pipe.
    pub total: Option<u64>,
    /// Members of archives that were passed over so far.
    pub unread: Mutex<Unread>,
}

impl ReadProgress {
    /// Of inputs of so many bytes.
    pub(super) fn new(total: Option<u64>) -> Self {
        Self { total, ..Self::default() }
    }
}

/// An input ready to be cut into records.
pub(crate) struct Source {
    pub(super) format: Format,
    content: Content,
    limits: DecompressLimits,
    progress: Arc<ReadProgress>,
}

enum Content {
    Stream(Recognised),
    /// What is read at any place of a file.
    File(StoredFile),
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
        let counted = Counted { raw, counter };
        let limits = DecompressLimits {
            stored,
            expanded: Arc::default(),
            expansion: options.expansion,
            zstd_window_log: options.zstd_window_log,
            members: MemberStarts::default(),
        };
        let (format, content) = match file_format(input)? {
            Some((format, file)) => (format, Content::File(StoredFile::new(file, Box::new(counted))?)),
            None => {
                let packed = Box::new(BufReader::with_capacity(BUFFER_BYTES, counted));
                let plain = decompressed(packed, input.compression, &limits)?;
                let stream = Recognised::new(plain, input.format, input.is_format_given, options)?;
                (stream.format, Content::Stream(stream))
            }
        };
        Ok(Self { format, content, limits, progress: Arc::clone(progress) })
    }

    /// Opens one named file (`-` is standard input), whatever it holds, as uncompressed bytes.
    pub(crate) fn open_plain(path: &Path) -> io::Result<Reader> {
        let (_, compression) = by_extension(&path.to_string_lossy());
        let mut input = Input::stdin(Some(Format::Text));
        (input.path, input.compression) = (path.into(), compression);
        match Self::open(&input, &Arc::default(), &ReadOptions::default(), None)?.content {
            Content::Stream(stream) => Ok(stream.into_reader()),
            Content::File(_) => Err(io::Error::from(io::ErrorKind::InvalidInput)),
        }
    }

    /// Cuts it into records, by its format.
    pub(super) fn cutter(self, options: &ReadOptions) -> io::Result<Box<dyn Cutter>> {
        let members: Box<dyn Members> = match self.content {
            Content::Stream(stream) => match stream.cutter(options, &self.limits.members) {
                Ok(cutter) => return Ok(cutter),
                Err(archive) => Box::new(TarMembers::new(archive)),
            },
            Content::File(file) if self.format == Format::Parquet => {
                let limit = options.record_limits().of(self.format);
                return Ok(Box::new(ParquetRows::open(file, limit, options)?));
            }
            Content::File(file) => Box::new(ZipMembers::open(file, self.limits.clone())?),
        };
        let (limits, options) = (self.limits, options.clone());
        let open = move |content, format, compression| {
            // A record within an archive has no place of its own in the file.
            let limits = DecompressLimits { members: MemberStarts::unknown(), ..limits.clone() };
            let plain = decompressed(content, compression, &limits)?;
            let stream = Recognised::new(plain, Some(format), false, &options)?;
            let format = stream.format;
            let cutter = stream.cutter(&options, &limits.members).map_err(|_| io::Error::other(NESTED_ARCHIVE))?;
            Ok((format, cutter))
        };
        let progress = self.progress;
        let count = move |count: &dyn Fn(&mut Unread)| {
            count(&mut progress.unread.lock().unwrap_or_else(PoisonError::into_inner));
        };
        Ok(Box::new(ArchiveRecords::new(members, Box::new(open), Box::new(count))))
    }
}

/// Opens a file, such as an output of an earlier run, decompressed where it is compressed.
pub fn open_stored(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    unbounded(Box::new(BufReader::with_capacity(BUFFER_BYTES, File::open(path)?)))
}

/// The start of an input whose first bytes are `stored`, decompressed where they are compressed: as many bytes as these
/// give, up to `limit`.
pub(super) fn start_of(stored: &[u8], limit: u64) -> Vec<u8> {
    let mut start = Vec::new();
    if let Ok(reader) = unbounded(Box::new(Cursor::new(stored.to_vec()))) {
        // They end somewhere in a compressed block, which is an error after what could be decompressed.
        let _ = reader.take(limit).read_to_end(&mut start);
    }
    start
}

/// Decompresses data that may expand to any size.
fn unbounded(stored: Reader) -> io::Result<Reader> {
    let limits = DecompressLimits {
        stored: Arc::default(),
        expanded: Arc::default(),
        expansion: ExpansionLimits { ratio: u64::MAX, bytes: None },
        zstd_window_log: ZSTD_WINDOW_LOG,
        members: MemberStarts::default(),
    };
    decompressed(stored, Compression::None, &limits)
}

fn is_file_format(format: Format) -> bool {
    matches!(format, Format::Zip | Format::Parquet)
}

/// The format of a file that is not read from its start to its end, and the file.
fn file_format(input: &Input) -> io::Result<Option<(Format, File)>> {
    let given = input.format.filter(|_| input.is_format_given);
    if input.size.is_none() || given.is_some_and(|format| !is_file_format(format)) {
        return Ok(None);
    }
    let mut file = File::open(&input.path)?;
    let mut head = Vec::new();
    (&mut file).take(MAGIC_BYTES).read_to_end(&mut head)?;
    Ok(sniff::container(&head).filter(|format| is_file_format(*format)).map(|format| (format, file)))
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
