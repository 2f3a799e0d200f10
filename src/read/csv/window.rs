//! The part of an input in which a row is sought.

use std::io::{self, BufRead, ErrorKind};

use memchr::{memchr, memchr2};

use super::super::stream::Reader;

/// Bytes from the start of a row on, as far as they were read.
pub(super) struct Window {
    reader: Reader,
    buffer: Vec<u8>,
    start: usize,
    is_at_end: bool,
}

impl Window {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, is_at_end: false }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Whether the input has no more than these bytes.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// Reads more; false at the end of the input.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        let part = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break self.reader.fill_buf()?,
            }
        };
        let length = part.len();
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        // After a row that was much longer than a part, its memory is given back.
        if self.buffer.capacity() > 4 * (self.buffer.len() + length) {
            self.buffer.shrink_to(self.buffer.len() + length);
        }
        self.buffer.extend_from_slice(part);
        self.reader.consume(length);
        self.is_at_end = length == 0;
        Ok(length > 0)
    }

    /// Passes over the first bytes.
    pub(super) fn consume(&mut self, length: usize) {
        self.start += length;
    }

    /// Reads until a line end of any kind is there and what follows it, more than `limit` bytes are, or the input ends.
    pub(super) fn first_line(&mut self, limit: usize) -> io::Result<&[u8]> {
        while self.bytes().len() <= limit {
            let end = memchr2(b'\n', b'\r', self.bytes());
            if end.is_some_and(|end| end + 1 < self.bytes().len()) || !self.fill()? {
                break;
            }
        }
        Ok(self.bytes())
    }

    /// The first line, as far as it is there, without its end.
    pub(super) fn line(&self, line_end: u8) -> &[u8] {
        let end = memchr(line_end, self.bytes()).unwrap_or(self.bytes().len());
        &self.bytes()[..end]
    }
}
