//! Compressed inputs, recognised by their content.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use flate2::bufread::GzDecoder;

use super::expand::{Expanding, ExpansionLimits};
use super::format::Compression;
use super::stream::{BUFFER_BYTES, Reader, peek};

/// The default of [`ReadOptions::zstd_window_log`](super::ReadOptions::zstd_window_log): 128 MiB, what `zstd` itself
/// opens without being asked.
pub(super) const ZSTD_WINDOW_LOG: u32 = 27;
/// Maximum number of compressions around each other, such as a gzip file that was compressed again.
const MAX_NESTED: usize = 3;

/// How far decompression may go.
#[derive(Clone, Debug)]
pub(super) struct DecompressLimits {
    /// Compressed bytes that were read so far.
    pub(super) stored: Arc<AtomicU64>,
    pub(super) expansion: ExpansionLimits,
    pub(super) zstd_window_log: u32,
}

impl Compression {
    /// How data that starts so is compressed. No UTF-8 text starts with any of these magic numbers, except for that of a
    /// skippable Zstandard frame, whose second byte is no usual one.
    pub(super) fn of_content(head: &[u8]) -> Self {
        match head {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Decompresses what its first bytes show to be compressed, whatever its name; `named` is how the name says that it is
/// compressed.
pub(super) fn decompressed(stored: Reader, named: Compression, limits: &DecompressLimits) -> io::Result<Reader> {
    let mut reader = stored;
    for nested in 0..MAX_NESTED {
        let (head, whole) = peek(reader, 4, |head| head.len() >= 4)?;
        if head.is_empty() && nested == 0 && named != Compression::None {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty, not compressed data"));
        }
        reader = match Compression::of_content(&head) {
            Compression::None => return Ok(whole),
            Compression::Gzip => bounded(GzipMembers(Some(Member::Next(whole))), limits),
            Compression::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(whole)?;
                decoder.window_log_max(limits.zstd_window_log)?;
                bounded(ZstdFrames(decoder), limits)
            }
        };
    }
    Ok(reader)
}

fn bounded(decoder: impl Read + Send + 'static, limits: &DecompressLimits) -> Reader {
    let buffered = BufReader::with_capacity(BUFFER_BYTES, decoder);
    Box::new(Expanding::new(buffered, Arc::clone(&limits.stored), limits.expansion))
}

/// The members of a gzip file, one after another, with or without zeros between and after them, as tapes and block
/// devices leave them.
struct GzipMembers(Option<Member>);

enum Member {
    Open(Box<GzDecoder<Reader>>),
    Next(Reader),
}

impl Read for GzipMembers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.0.take() {
                None => return Ok(0),
                Some(Member::Open(mut decoder)) => {
                    let read = decoder.read(buffer);
                    self.0 = Some(match read {
                        Ok(0) => Member::Next(decoder.into_inner()),
                        _ => Member::Open(decoder),
                    });
                    if !matches!(read, Ok(0)) {
                        return read;
                    }
                }
                Some(Member::Next(mut reader)) => {
                    if skip_zeros(&mut reader)? {
                        self.0 = Some(Member::Open(Box::new(GzDecoder::new(reader))));
                    }
                }
            }
        }
    }
}

/// Whether anything follows.
fn skip_zeros(reader: &mut Reader) -> io::Result<bool> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let zeros = buffer.iter().take_while(|&&byte| byte == 0).count();
        let is_all = zeros == buffer.len();
        reader.consume(zeros);
        if !is_all {
            return Ok(true);
        }
    }
}

/// A Zstandard decoder that says what to set where a window is too long.
struct ZstdFrames<R>(R);

impl<R: Read> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.to_string().contains("too much memory") {
                return io::Error::other("it was compressed with a longer window than `zstd_window_log` allows");
            }
            error
        })
    }
}
