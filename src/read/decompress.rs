//! Compressed inputs, recognised by their content.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use super::concatenated::Concatenated;
use super::expand::{Expanding, ExpansionLimits};
use super::format::Compression;
use super::lz4_frames::Lz4Frames;
use super::member_reader::MemberReader;
use super::member_starts::MemberStarts;
use super::stream::{BUFFER_BYTES, Reader, peek};
use super::zstd_frames::ZstdFrames;

/// The default of [`ReadOptions::zstd_window_log`](super::ReadOptions::zstd_window_log): 128 MiB, what `zstd` itself
/// opens without being asked.
pub(super) const ZSTD_WINDOW_LOG: u32 = 27;
/// Maximum number of compressions around each other, such as a gzip file that was compressed again.
const MAX_NESTED: usize = 3;
/// Bytes that tell the compression.
const MAGIC_BYTES: usize = 6;

/// How far decompression may go.
#[derive(Clone, Debug)]
pub(super) struct DecompressLimits {
    /// Compressed bytes that were read so far.
    pub(super) stored: Arc<AtomicU64>,
    /// Bytes that they gave, of all members of an archive together.
    pub(super) expanded: Arc<AtomicU64>,
    pub(super) expansion: ExpansionLimits,
    pub(super) zstd_window_log: u32,
    /// Where members start.
    pub(super) members: MemberStarts,
}

impl DecompressLimits {
    /// Memory of an xz decoder beside its window.
    const XZ_OVERHEAD_KB: u32 = 1 << 10;

    /// Checks what a decoder gives.
    pub(super) fn bounded(&self, decoder: impl Read + Send + 'static) -> Reader {
        let buffered = BufReader::with_capacity(BUFFER_BYTES, decoder);
        Box::new(Expanding::new(buffered, Arc::clone(&self.stored), Arc::clone(&self.expanded), self.expansion))
    }

    /// A Zstandard decoder.
    pub(super) fn zstd<R: BufRead>(&self, reader: R) -> io::Result<BoundedWindow<ZstdFrames<R>>> {
        ZstdFrames::new(reader, self.zstd_window_log, self.members.clone()).map(BoundedWindow)
    }

    /// Maximum memory of an xz decoder, in KiB: its window has the same bound as that of Zstandard.
    pub(super) fn xz_memory_kb(&self) -> u32 {
        (1u32 << self.zstd_window_log.saturating_sub(10)).saturating_add(Self::XZ_OVERHEAD_KB)
    }
}

impl Compression {
    /// How data that starts so is compressed. No UTF-8 text starts with any of these magic numbers, except for that of a
    /// skippable Zstandard frame, whose second byte is no usual one, and that of bzip2, which is longer than its letters.
    pub(super) fn of_content(head: &[u8]) -> Self {
        match head {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            // The start of the first block, or of the end where there is none.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..] => {
                Self::Bzip2
            }
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x04, 0x22, 0x4D, 0x18, ..] | [0x02, 0x21, 0x4C, 0x18, ..] => Self::Lz4,
            _ => Self::None,
        }
    }
}

/// Decompresses what its first bytes show to be compressed, whatever its name; `named` is how the name says that it is
/// compressed.
pub(super) fn decompressed(stored: Reader, named: Compression, limits: &DecompressLimits) -> io::Result<Reader> {
    let mut reader = stored;
    for nested in 0..MAX_NESTED {
        let (head, whole) = peek(reader, MAGIC_BYTES, |head| head.len() >= MAGIC_BYTES)?;
        if head.is_empty() && nested == 0 && named != Compression::None {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty, not compressed data"));
        }
        // What is compressed twice expands twice.
        let limits =
            if nested == 0 { limits.clone() } else { DecompressLimits { expanded: Arc::default(), ..limits.clone() } };
        let compression = Compression::of_content(&head);
        let is_by_members = matches!(compression, Compression::Gzip | Compression::Bzip2 | Compression::Zstd);
        if compression != Compression::None && !(is_by_members && nested == 0) {
            limits.members.forget();
        }
        let members = || limits.members.clone();
        reader = match compression {
            Compression::None => return Ok(whole),
            Compression::Gzip => limits.bounded(Concatenated::<GzDecoder<MemberReader>>::new(whole, members())),
            Compression::Bzip2 => limits.bounded(Concatenated::<BzDecoder<MemberReader>>::new(whole, members())),
            Compression::Xz => limits.bounded(XzStreams(XzReader::new_mem_limit(whole, true, limits.xz_memory_kb()))),
            Compression::Lz4 => limits.bounded(Lz4Frames::new(whole)),
            Compression::Zstd => limits.bounded(limits.zstd(whole)?),
        };
    }
    Ok(reader)
}

const LONG_WINDOW: &str = "it was compressed with a longer window than `zstd_window_log` allows";

/// A Zstandard decoder that says what to set where a window is too long.
pub(super) struct BoundedWindow<R>(R);

impl<R: Read> Read for BoundedWindow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.to_string().contains("too much memory") { io::Error::other(LONG_WINDOW) } else { error }
        })
    }
}

/// An xz decoder with the same bound on its window as Zstandard.
struct XzStreams<R: Read>(XzReader<R>);

impl<R: Read> Read for XzStreams<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.kind() == io::ErrorKind::OutOfMemory { io::Error::other(LONG_WINDOW) } else { error }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    const TEXT: &str = "Rain fell on Dorvale. The Harbour Board stayed.\n";

    fn packed(compression: Compression, text: &[u8]) -> Vec<u8> {
        match compression {
            Compression::None => text.to_vec(),
            Compression::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(text, 1).unwrap(),
            Compression::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Xz => {
                let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Lz4 => {
                let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
        }
    }

    fn unpacked(packed: &[u8]) -> (String, io::Result<()>) {
        let limits = DecompressLimits {
            stored: Arc::new(AtomicU64::new(packed.len() as u64)),
            expanded: Arc::default(),
            expansion: ExpansionLimits::default(),
            zstd_window_log: ZSTD_WINDOW_LOG,
            members: MemberStarts::default(),
        };
        let reader = BufReader::with_capacity(7, Cursor::new(packed.to_vec()));
        let mut text = Vec::new();
        let read = decompressed(Box::new(reader), Compression::None, &limits)
            .and_then(|mut reader| reader.read_to_end(&mut text).map(drop));
        (String::from_utf8(text).unwrap(), read)
    }

    const ALL: [Compression; 5] =
        [Compression::Gzip, Compression::Zstd, Compression::Bzip2, Compression::Xz, Compression::Lz4];

    #[test]
    fn every_compression_is_recognised_once_twice_and_concatenated() {
        for compression in ALL {
            let once = packed(compression, TEXT.as_bytes());
            assert_eq!(Compression::of_content(&once), compression);
            let twice = packed(compression, &once);
            let concatenated = [&once[..], &packed(compression, b""), &once].concat();
            for (packed, text) in [(once, TEXT.to_owned()), (twice, TEXT.to_owned()), (concatenated, TEXT.repeat(2))] {
                let (unpacked, read) = unpacked(&packed);
                assert!(read.is_ok() && unpacked == text, "{compression:?}: {read:?} {unpacked:?}");
            }
        }
    }

    #[test]
    fn truncated_data_is_an_error_at_every_byte() {
        for compression in ALL {
            let whole = packed(compression, TEXT.as_bytes());
            for length in MAGIC_BYTES..whole.len() {
                let (text, read) = unpacked(&whole[..length]);
                assert!(read.is_err() && TEXT.starts_with(&text), "{compression:?} at {length}: {text:?}");
            }
        }
    }

    #[test]
    fn text_is_not_taken_for_compressed_data() {
        for text in ["BZh, a syllable", "7zXZ", "\u{4}\"M"] {
            assert_eq!(Compression::of_content(text.as_bytes()), Compression::None, "{text}");
        }
    }
}
