//! Zip archives, read by their directory.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use bzip2::bufread::BzDecoder;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::XzReader;

use super::super::decompress::DecompressLimits;
use super::super::paths::path_shown;
use super::super::stored_file::{FileParts, StoredFile};
use super::super::stream::{BUFFER_BYTES, Reader};
use super::{ArchiveMember, Members};

/// The end of an archive: a record of this length, and a comment.
const END_BYTES: u64 = 22;
const END_MAGIC: &[u8; 4] = b"PK\x05\x06";
const LOCATOR_BYTES: u64 = 20;
const ENTRY_BYTES: usize = 46;
const LOCAL_BYTES: u64 = 30;

/// The members of a zip archive, in the order of its directory.
pub(in super::super) struct ZipMembers {
    file: StoredFile,
    directory: BufReader<Box<dyn Read + Send>>,
    limits: DecompressLimits,
    /// Compressed bytes of the members so far: more than the file has means that members overlap.
    packed: u64,
}

/// An entry of the directory.
struct Entry {
    name: Vec<u8>,
    method: u16,
    is_encrypted: bool,
    crc: u32,
    packed: u64,
    size: u64,
    /// Where its local header is.
    offset: u64,
}

impl ZipMembers {
    /// Finds the directory. Fails where there is none.
    pub(in super::super) fn open(file: StoredFile, limits: DecompressLimits) -> io::Result<Self> {
        let (start, end) = directory(file.parts())?;
        let part: Box<dyn Read + Send> = Box::new(file.parts().part(start, end));
        let directory = BufReader::with_capacity(BUFFER_BYTES, part);
        Ok(Self { file, directory, limits, packed: 0 })
    }

    fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        if self.directory.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut fixed = [0; ENTRY_BYTES];
        self.directory.read_exact(&mut fixed).map_err(|_| broken("its directory is truncated"))?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Err(broken("an entry of its directory is none"));
        }
        let [name_length, extra_length, comment_length] = [28, 30, 32].map(|at| usize::from(u16_at(&fixed, at)));
        let mut rest = vec![0; name_length + extra_length + comment_length];
        self.directory.read_exact(&mut rest).map_err(|_| broken("its directory is truncated"))?;
        let mut entry = Entry {
            name: rest[..name_length].to_vec(),
            method: u16_at(&fixed, 10),
            is_encrypted: u16_at(&fixed, 8) & 1 != 0,
            crc: u32_at(&fixed, 16),
            packed: u64::from(u32_at(&fixed, 20)),
            size: u64::from(u32_at(&fixed, 24)),
            offset: u64::from(u32_at(&fixed, 42)),
        };
        entry.read_long_sizes(&rest[name_length..name_length + extra_length]);
        Ok(Some(entry))
    }

    fn content(&mut self, entry: &Entry) -> io::Result<Result<Reader, String>> {
        if entry.is_encrypted {
            return Ok(Err("it is encrypted".to_owned()));
        }
        let mut local = [0; LOCAL_BYTES as usize];
        self.file.parts().part(entry.offset, entry.offset.saturating_add(LOCAL_BYTES)).read_exact(&mut local)?;
        if !local.starts_with(b"PK\x03\x04") {
            return Ok(Err("it is not where the directory of the archive says".to_owned()));
        }
        let start = entry.offset + LOCAL_BYTES + u64::from(u16_at(&local, 26)) + u64::from(u16_at(&local, 28));
        let end = start.saturating_add(entry.packed);
        if end > self.file.parts().size() {
            return Ok(Err("it is truncated".to_owned()));
        }
        // Before it is decompressed, so that its size is known to the limits on expansion.
        self.file.advance(end)?;
        let packed = BufReader::with_capacity(BUFFER_BYTES, self.file.parts().part(start, end));
        let plain: Box<dyn Read + Send> = match entry.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(packed)),
            12 => Box::new(BzDecoder::new(packed)),
            93 => Box::new(self.limits.zstd(packed)?),
            95 => Box::new(XzReader::new_mem_limit(packed, false, self.limits.xz_memory_kb())),
            method => return Ok(Err(format!("it is compressed by method {method}, which is not supported"))),
        };
        let checked = Checked { inner: plain, crc: Crc::new(), left: entry.size, expected: entry.crc };
        Ok(Ok(self.limits.bounded(checked)))
    }
}

impl Members for ZipMembers {
    fn next_member(&mut self) -> io::Result<Option<ArchiveMember>> {
        loop {
            let Some(entry) = self.next_entry()? else {
                self.file.finish()?;
                return Ok(None);
            };
            if entry.name.ends_with(b"/") {
                continue;
            }
            self.packed = self.packed.saturating_add(entry.packed);
            if self.packed > self.file.parts().size() {
                return Err(broken("its members overlap"));
            }
            let content = match self.content(&entry) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err("it is truncated".to_owned()),
                content => content?,
            };
            return Ok(Some(ArchiveMember { name: path_shown(&entry.name), content }));
        }
    }
}

impl Entry {
    /// Reads sizes of more than four bytes from the extra fields.
    fn read_long_sizes(&mut self, mut extra: &[u8]) {
        while let [a, b, c, d, rest @ ..] = extra {
            let (id, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
            let field = rest.get(..length).unwrap_or(rest);
            extra = &rest[field.len()..];
            if id != 1 {
                continue;
            }
            let mut numbers = field.chunks_exact(8).map(|number| u64_at(number, 0));
            for size in [&mut self.size, &mut self.packed, &mut self.offset] {
                if *size == u64::from(u32::MAX) {
                    *size = numbers.next().unwrap_or(*size);
                }
            }
        }
    }
}

/// Where the directory of an archive starts and ends.
fn directory(file: &FileParts) -> io::Result<(u64, u64)> {
    let tail_start = file.size().saturating_sub(END_BYTES + u64::from(u16::MAX));
    let mut tail = Vec::new();
    file.part(tail_start, file.size()).read_to_end(&mut tail)?;
    let at = tail
        .windows(END_BYTES as usize)
        .rposition(|end| end.starts_with(END_MAGIC))
        .ok_or_else(|| broken("its directory is missing, as if it were truncated"))?;
    let end = &tail[at..];
    let (mut size, mut start) = (u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
    let at = tail_start + at as u64;
    if size == u64::from(u32::MAX) || start == u64::from(u32::MAX) || u16_at(end, 10) == u16::MAX {
        let mut locator = [0; LOCATOR_BYTES as usize];
        file.part(at.saturating_sub(LOCATOR_BYTES), at).read_exact(&mut locator)?;
        let mut record = [0; 56];
        let record_at = u64_at(&locator, 8);
        file.part(record_at, record_at.saturating_add(56)).read_exact(&mut record)?;
        if !locator.starts_with(b"PK\x06\x07") || !record.starts_with(b"PK\x06\x06") {
            return Err(broken("its long directory is missing"));
        }
        (size, start) = (u64_at(&record, 40), u64_at(&record, 48));
    }
    let end = start.saturating_add(size);
    if end > at {
        return Err(broken("its directory is not where its end says"));
    }
    Ok((start, end))
}

/// A member whose length and checksum are compared with those of the directory.
struct Checked<R> {
    inner: R,
    crc: Crc,
    left: u64,
    expected: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(&buffer[..count]);
        let left = self.left.checked_sub(count as u64);
        self.left = left.ok_or_else(|| broken("a member is longer than its directory says"))?;
        if count == 0 && !buffer.is_empty() && (self.left > 0 || self.crc.sum() != self.expected) {
            return Err(broken("a member has another length or checksum than its directory says"));
        }
        Ok(count)
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the zip archive is broken: {what}"))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
