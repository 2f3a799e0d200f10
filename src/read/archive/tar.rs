//! Tar archives: POSIX, with the long names of GNU and of POSIX 2001.

use std::io::{self, BufReader, ErrorKind, Read};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::paths::path_shown;
use super::super::stream::{BUFFER_BYTES, Reader};
use super::{ArchiveMember, Members};

const BLOCK_BYTES: usize = 512;
/// Maximum length of an entry that holds the name of the next one.
const MAX_EXTENSION_BYTES: u64 = 64 << 10;

/// The members of a tar archive.
pub(in super::super) struct TarMembers {
    stream: Arc<Mutex<Stream>>,
}

/// The archive, and what of the current entry was not read yet.
struct Stream {
    reader: Reader,
    left: u64,
    padding: u64,
    /// Whether a block of zeros came after the last entry.
    has_end: bool,
}

/// What entries before a file say of it.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

impl TarMembers {
    pub(in super::super) fn new(reader: Reader) -> Self {
        Self { stream: Arc::new(Mutex::new(Stream { reader, left: 0, padding: 0, has_end: false })) }
    }
}

impl Members for TarMembers {
    fn next_member(&mut self) -> io::Result<Option<ArchiveMember>> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let mut extensions = Extensions::default();
        loop {
            stream.skip_entry()?;
            let Some(header) = stream.next_header()? else { return Ok(None) };
            let size = match extensions.size.take() {
                Some(size) => size,
                None => number(&header[124..136]).ok_or_else(|| broken("the size of an entry is no number"))?,
            };
            stream.left = size;
            stream.padding = size.next_multiple_of(BLOCK_BYTES as u64).saturating_sub(size);
            match header[156] {
                b'L' => extensions.name = Some(until_zero(&stream.extension()?).to_vec()),
                b'x' => extensions.read_records(&stream.extension()?),
                b'0' | 0 | b'7' | b'S' => {
                    let name = extensions.name.take().unwrap_or_else(|| name_of(&header));
                    if name.ends_with(b"/") {
                        continue;
                    }
                    let is_sparse = extensions.is_sparse || header[156] == b'S';
                    drop(stream);
                    return Ok(Some(self.member(&name, size, is_sparse)));
                }
                // Directories, links, devices, headers for all entries.
                _ => extensions = Extensions::default(),
            }
        }
    }
}

impl TarMembers {
    fn member(&self, name: &[u8], size: u64, is_sparse: bool) -> ArchiveMember {
        let name = path_shown(name.strip_prefix(b"./").unwrap_or(name));
        if is_sparse {
            return ArchiveMember { name, content: Err("it is stored as a sparse file".to_owned()) };
        }
        let capacity = usize::try_from(size).unwrap_or(BUFFER_BYTES).clamp(BLOCK_BYTES, BUFFER_BYTES);
        let data = EntryData(Arc::clone(&self.stream));
        ArchiveMember { name, content: Ok(Box::new(BufReader::with_capacity(capacity, data))) }
    }
}

impl Stream {
    /// The next header; `None` at the end of the archive. Blocks of zeros, which end an archive, may have another one
    /// after them.
    fn next_header(&mut self) -> io::Result<Option<[u8; BLOCK_BYTES]>> {
        loop {
            let mut block = [0; BLOCK_BYTES];
            match read_full(&mut self.reader, &mut block)? {
                0 if self.has_end => return Ok(None),
                0 => return Err(broken("its end is missing, as if it were truncated")),
                BLOCK_BYTES => {}
                _ => return Err(broken("it ends within a header")),
            }
            self.has_end = block.iter().all(|&byte| byte == 0);
            if self.has_end {
                continue;
            }
            if !is_header(&block) {
                return Err(broken("there is no header where one is expected"));
            }
            return Ok(Some(block));
        }
    }

    fn skip_entry(&mut self) -> io::Result<()> {
        let (left, padding) = (mem::take(&mut self.left), mem::take(&mut self.padding));
        let skipped = io::copy(&mut (&mut self.reader).take(left.saturating_add(padding)), &mut io::sink())?;
        // Some programs leave the padding of the last entry out.
        if skipped < left { Err(broken("it ends within an entry")) } else { Ok(()) }
    }

    /// The data of an entry that says something of the next one.
    fn extension(&mut self) -> io::Result<Vec<u8>> {
        if self.left > MAX_EXTENSION_BYTES {
            return Err(broken("the name of an entry is too long"));
        }
        let mut data = Vec::new();
        (&mut self.reader).take(self.left).read_to_end(&mut data)?;
        self.left -= data.len() as u64;
        Ok(data)
    }
}

impl Extensions {
    /// Reads records `LENGTH KEY=VALUE\n`.
    fn read_records(&mut self, mut data: &[u8]) {
        while let Some(space) = data.iter().position(|&byte| byte == b' ') {
            let length = std::str::from_utf8(&data[..space]).ok().and_then(|length| length.parse::<usize>().ok());
            let Some(record) = length.and_then(|length| data.get(space + 1..length)) else { return };
            data = &data[space + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            if let Some(name) = record.strip_prefix(b"path=") {
                self.name = Some(name.to_vec());
            } else if let Some(size) = record.strip_prefix(b"size=") {
                self.size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok());
            } else if record.starts_with(b"GNU.sparse.") {
                self.is_sparse = true;
            }
        }
    }
}

/// The data of the current entry.
struct EntryData(Arc<Mutex<Stream>>);

impl Read for EntryData {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream: MutexGuard<'_, Stream> = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = usize::try_from(stream.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = stream.reader.read(&mut buffer[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(broken("it ends within an entry"));
        }
        stream.left -= count as u64;
        Ok(count)
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the tar archive is broken: {what}"))
}

fn read_full(reader: &mut Reader, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// Whether the checksum of a header is right: the sum of its bytes, with spaces for the checksum itself.
pub(super) fn is_header(block: &[u8; BLOCK_BYTES]) -> bool {
    let sum: u64 =
        block.iter().enumerate().map(|(at, &byte)| u64::from(if (148..156).contains(&at) { b' ' } else { byte })).sum();
    number(&block[148..156]) == Some(sum)
}

/// An octal number in ASCII, or a binary one of which the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if let [first @ 0x80..=0xFF, rest @ ..] = field {
        let start = u64::from(first & 0x7F);
        let number = rest.iter().try_fold(start, |number, &byte| number.checked_mul(256)?.checked_add(byte.into()));
        return number.filter(|&number| number <= i64::MAX as u64);
    }
    let digits = until_zero(field).trim_ascii();
    digits.iter().try_fold(0u64, |number, digit| match digit {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn name_of(header: &[u8; BLOCK_BYTES]) -> Vec<u8> {
    let (name, prefix) = (until_zero(&header[..100]), until_zero(&header[345..500]));
    // GNU tar has other things in the place of the prefix.
    let is_posix = &header[257..263] == b"ustar\0";
    if is_posix && !prefix.is_empty() { [prefix, b"/", name].concat() } else { name.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        for (field, expected) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b" 644 \0\0\0", Some(0o644)),
            (b"0000648\0", None),
            (b"\x80\0\0\0\0\0\x01\x02", Some(258)),
            (b"\x80\0\0\0\0\0\0\0\0\0\x01\x02", Some(258)),
            (b"\x80\0\0\x01\0\0\0\0\0\0\0\0", None),
            (b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", None),
            (b"\x80", Some(0)),
            (b"", Some(0)),
        ] {
            assert_eq!(number(field), expected, "{field:?}");
        }
    }
}
