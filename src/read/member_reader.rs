//! The bytes of a compressed file, which can be read again from the start of a broken member.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::stream::Reader;

/// Maximum number of bytes of a member that are held to be read again.
const MAX_HELD_BYTES: usize = 1 << 20;
/// Bytes that are looked at to tell whether a member starts there.
const START_BYTES: usize = 512;

/// Reads a compressed file, and counts the bytes that were consumed.
pub(super) struct MemberReader {
    inner: Reader,
    /// Bytes to be read before those of `inner`, from `taken` on.
    again: Vec<u8>,
    taken: usize,
    /// The current member so far; `None` where it is too long to be held.
    held: Option<Vec<u8>>,
    consumed: Arc<AtomicU64>,
}

impl MemberReader {
    pub(super) fn new(inner: Reader) -> Self {
        Self { inner, again: Vec::new(), taken: 0, held: None, consumed: Arc::default() }
    }

    /// How many bytes were consumed, also after the reader was given away.
    pub(super) fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.consumed)
    }

    /// A member starts here.
    pub(super) fn begin_member(&mut self) {
        let mut held = self.held.take().unwrap_or_default();
        held.clear();
        self.held = Some(held);
    }

    /// Passes the broken member, up to the next place where `is_start` is true of the bytes from there on. It is looked
    /// for from the start of the broken member, or, where that is no longer held, from here. False at the end.
    pub(super) fn find_start(&mut self, is_start: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
        if let Some(held) = self.held.take().filter(|held| !held.is_empty()) {
            self.again.splice(..self.taken, held.iter().copied());
            self.consumed.fetch_sub(held.len() as u64, Relaxed);
            self.taken = 0;
            self.consume(1);
        }
        while self.look_ahead()? {
            let ahead = &self.again[self.taken..];
            match memchr::memchr(START_BYTE, ahead) {
                Some(0) if is_start(ahead) => return Ok(true),
                Some(0) => self.consume(1),
                found => {
                    let count = found.unwrap_or(ahead.len());
                    self.consume(count);
                }
            }
        }
        Ok(false)
    }

    /// Fills `again` with as many bytes as tell whether a member starts; false at the end.
    fn look_ahead(&mut self) -> io::Result<bool> {
        while self.again.len() - self.taken < START_BYTES {
            let more = self.inner.fill_buf()?;
            if more.is_empty() {
                break;
            }
            self.again.drain(..self.taken);
            self.taken = 0;
            self.again.extend_from_slice(more);
            let count = more.len();
            self.inner.consume(count);
        }
        Ok(self.taken < self.again.len())
    }

    fn hold(held: &mut Option<Vec<u8>>, bytes: &[u8]) {
        if held.as_ref().is_some_and(|held| held.len() + bytes.len() > MAX_HELD_BYTES) {
            *held = None;
        }
        held.iter_mut().for_each(|held| held.extend_from_slice(bytes));
    }
}

/// The first byte of a gzip member.
const START_BYTE: u8 = 0x1F;

impl Read for MemberReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for MemberReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken < self.again.len() { Ok(&self.again[self.taken..]) } else { self.inner.fill_buf() }
    }

    fn consume(&mut self, count: usize) {
        self.consumed.fetch_add(count as u64, Relaxed);
        if self.taken < self.again.len() {
            Self::hold(&mut self.held, &self.again[self.taken..self.taken + count]);
            self.taken += count;
            return;
        }
        // What is consumed was buffered before.
        if let Ok(buffer) = self.inner.fill_buf() {
            Self::hold(&mut self.held, &buffer[..count.min(buffer.len())]);
        }
        self.inner.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    const START: &[u8] = &[START_BYTE, 0x8B, 8];

    /// Reads `read` bytes of a member at the start of `bytes`, and then looks for the next member.
    fn next_start(bytes: &[u8], read: usize, buffer: usize) -> Option<u64> {
        let mut reader = MemberReader::new(Box::new(BufReader::with_capacity(buffer, Cursor::new(bytes.to_vec()))));
        reader.begin_member();
        reader.read_exact(&mut vec![0; read]).unwrap();
        let found = reader.find_start(|start| start.starts_with(START)).unwrap();
        let consumed = reader.counter().load(Relaxed);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, bytes[usize::try_from(consumed).unwrap()..]);
        found.then_some(consumed)
    }

    #[test]
    fn the_next_member_is_found_wherever_reading_stopped() {
        let bytes = [START, &[7; 700], &[START_BYTE; 5], START, &[9; 700], START].concat();
        for read in [1, 3, 200, 703, 708, 709, 1400, bytes.len()] {
            for buffer in [1, 7, 600, 4096] {
                assert_eq!(next_start(&bytes, read, buffer), Some(708), "{read} {buffer}");
            }
        }
        assert_eq!(next_start(&[START, &[7; 700]].concat(), 100, 64), None);
    }

    #[test]
    fn a_long_member_is_not_read_again() {
        let bytes = [START, &vec![7; MAX_HELD_BYTES], START, &[9; 700], START].concat();
        assert_eq!(next_start(&bytes, MAX_HELD_BYTES, 4096), Some(3 + MAX_HELD_BYTES as u64));
        assert_eq!(next_start(&bytes, MAX_HELD_BYTES + 4, 4096), Some(706 + MAX_HELD_BYTES as u64));
    }
}
