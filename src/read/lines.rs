//! Lines of bounded length.

use std::io::{self, BufRead, ErrorKind};

use memchr::memchr;

use super::cut::{Cut, Holder};
use super::options::JsonLimits;

/// Cuts a reader into lines, blank ones left out, and holds no more of a line than the limit.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    byte: u64,
    limits: JsonLimits,
}

impl<R: BufRead> Lines<R> {
    /// Reads lines within `limits`; `byte` is where in the input `reader` stands.
    pub(super) fn new(reader: R, byte: u64, limits: JsonLimits) -> Self {
        Self { reader, number: 0, byte, limits }
    }

    /// The line up to its end, which is empty where the input has ended; or as far as it came.
    fn line(&mut self) -> Result<Cut, (Cut, io::Error)> {
        let Self { reader, number, byte, limits } = self;
        let start = Cut { line: Some(*number), byte: *byte, ..Cut::default() };
        let mut line = Holder::new(start, limits.bytes, Some(&limits.wanted));
        loop {
            let buffer = match reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err((line.into_cut(), error)),
                Ok(buffer) => buffer,
            };
            let end = memchr(b'\n', buffer);
            let ended = end.is_some() || buffer.is_empty();
            let part = &buffer[..end.unwrap_or(buffer.len())];
            line.push(part);
            let used = part.len() + usize::from(end.is_some());
            reader.consume(used);
            *byte += used as u64;
            if ended {
                return Ok(without_carriage_return(line.into_cut()));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    /// A line that is not blank; or, where reading fails, the line as far as it came, and why. The reader
    /// is of no further use then.
    type Item = Result<Cut, (Cut, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.number += 1;
            match self.line() {
                Ok(line) if self.byte == line.byte => return None,
                Ok(line) if line.size == line.bytes.len() as u64 && is_blank(&line.bytes) => {}
                line => return Some(line),
            }
        }
    }
}

/// White space of any kind and byte order marks alone.
fn is_blank(line: &[u8]) -> bool {
    let is_blank = |char: char| char.is_whitespace() || char == '\u{FEFF}';
    line.trim_ascii().is_empty()
        || (line.len() < 64 && std::str::from_utf8(line).is_ok_and(|line| line.chars().all(is_blank)))
}

fn without_carriage_return(mut line: Cut) -> Cut {
    if line.size == line.bytes.len() as u64 && line.bytes.last() == Some(&b'\r') {
        line.bytes.pop();
        line.size -= 1;
    }
    line
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Read};

    use proptest::prelude::*;

    use super::super::reject::EXCERPT_BYTES;
    use super::*;

    fn lines(input: &[u8], limit: usize, buffer: usize) -> Vec<Cut> {
        let limits = JsonLimits { bytes: limit, ..JsonLimits::default() };
        Lines::new(BufReader::with_capacity(buffer, input), 0, limits).map(Result::unwrap).collect()
    }

    #[test]
    fn a_long_line_is_measured_but_not_held() {
        let input = format!("{{1}}\n{}\n{{3}}", "x".repeat(5000));
        for buffer in [1, 7, 4096, 8192] {
            let lines = lines(input.as_bytes(), 4999, buffer);
            let seen: Vec<_> = lines.iter().map(|line| (line.line.unwrap(), line.byte, line.size)).collect();
            assert_eq!(seen, [(1, 0, 3), (2, 4, 5000), (3, 5005, 3)]);
            assert_eq!(lines[1].bytes, [b'x'; EXCERPT_BYTES]);
            assert!(lines[1].bytes.capacity() < 1000);
        }
        assert_eq!(lines(input.as_bytes(), 5000, 64)[1].bytes.len(), 5000);
    }

    #[test]
    fn a_failure_tells_how_far_it_came() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let limits = JsonLimits { bytes: 100, ..JsonLimits::default() };
        let mut lines = Lines::new(BufReader::new(Cursor::new("{1}\n{2").chain(Broken)), 0, limits);
        assert_eq!(lines.next().unwrap().unwrap().bytes, b"{1}");
        let (line, error) = lines.next().unwrap().unwrap_err();
        assert_eq!((line.line, line.byte, line.size, &*line.bytes), (Some(2), 4, 2, &b"{2"[..]));
        assert_eq!(error.to_string(), "gone");
    }

    proptest! {
        #[test]
        fn lines_come_back_with_their_places(
            parts in prop::collection::vec(("[ \t\u{A0}]{0,2}|[a-zé]{1,9}", prop::sample::select(vec!["\n", "\r\n"])), 0..12),
            last in "[a-zé]{0,9}",
            buffer in 1usize..20,
        ) {
            let (mut input, mut expected) = (String::new(), Vec::new());
            for (number, (text, end)) in (1..).zip(parts.iter().map(|(text, end)| (text, *end)).chain([(&last, "")])) {
                if !text.trim().is_empty() {
                    let (byte, size, bytes) = (input.len() as u64, text.len() as u64, text.clone().into_bytes());
                    expected.push(Cut { line: Some(number), byte, size, bytes, ..Cut::default() });
                }
                input += text;
                input += end;
            }
            prop_assert_eq!(lines(input.as_bytes(), 100, buffer), expected);
        }
    }
}
