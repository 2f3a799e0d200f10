//! JSON objects wherever they stand: in an array, one after another, over several lines.

use std::io::{self, BufRead, ErrorKind};
use std::sync::Arc;

use memchr::memchr_iter;

use super::cut::{Cut, Holder};
use super::json_scan::{ObjectScan, Scanned};
use super::options::JsonLimits;

/// Cuts a reader into the objects that stand in it, whatever is between them: white space, commas, the brackets of an
/// array, byte order marks. Anything else is a record, too, up to the next object or line end: it is not JSON, and
/// parsing will say so. Holds no more of an object than the limit.
#[derive(Debug)]
pub(super) struct JsonValues<R> {
    reader: R,
    line: u64,
    nth: u32,
    byte: u64,
    /// The last byte was a carriage return, which counts as a line end alone and before a line feed.
    after_return: bool,
    limits: JsonLimits,
}

/// What may be between objects.
fn is_between(byte: &u8) -> bool {
    b" \t\r\n,[]\xEF\xBB\xBF".contains(byte)
}

impl<R: BufRead> JsonValues<R> {
    /// Reads objects within `limits`, from line `line` and byte `byte` of the input on.
    pub(super) fn new(reader: R, line: u64, byte: u64, limits: JsonLimits) -> Self {
        Self { reader, line, nth: 0, byte, after_return: false, limits }
    }

    /// The first byte that is not between objects; `None` at the end.
    fn skip_between(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = fill(&mut self.reader)?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let skipped = buffer.iter().position(|byte| !is_between(byte)).unwrap_or(buffer.len());
            let first = buffer.get(skipped).copied();
            for &byte in &buffer[..skipped] {
                if byte == b'\r' || (byte == b'\n' && !self.after_return) {
                    (self.line, self.nth) = (self.line + 1, 0);
                }
                self.after_return = byte == b'\r';
            }
            self.consume(skipped);
            if first.is_some() {
                return Ok(first);
            }
        }
    }

    fn object(&mut self, object: &mut Holder<'_>) -> io::Result<()> {
        let mut scan = ObjectScan::default();
        loop {
            let buffer = fill(&mut self.reader)?;
            let scanned = scan.scan(buffer);
            let used = match scanned {
                Scanned::All => buffer.len(),
                Scanned::End(used) | Scanned::Broken(used) => used,
            };
            object.push(&buffer[..used]);
            let lines = memchr_iter(b'\n', &buffer[..used]).count() as u64;
            if lines > 0 {
                (self.line, self.nth) = (self.line + lines, 0);
            }
            self.consume(used);
            if used == 0 || scanned != Scanned::All {
                return Ok(());
            }
        }
    }

    /// What is no object, up to the next object or line end.
    fn other(&mut self, other: &mut Holder<'_>) -> io::Result<()> {
        loop {
            let buffer = fill(&mut self.reader)?;
            let end = buffer.iter().position(|byte| b"\r\n{".contains(byte));
            let used = end.unwrap_or(buffer.len());
            other.push(&buffer[..used]);
            self.consume(used);
            if end.is_some() || used == 0 {
                return Ok(());
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.byte += count as u64;
    }
}

/// What is buffered, read further where nothing is; empty at the end.
fn fill(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    while let Err(error) = reader.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf()
}

impl<R: BufRead> Iterator for JsonValues<R> {
    type Item = Result<Cut, (Cut, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.skip_between();
        let start = Cut { line: Some(self.line), nth: self.nth, byte: self.byte, ..Cut::default() };
        let wanted = Arc::clone(&self.limits.wanted);
        let mut record = Holder::new(start, self.limits.bytes, Some(&wanted));
        self.after_return = false;
        self.nth += 1;
        let read = match first {
            Ok(None) => return None,
            Ok(Some(b'{')) => self.object(&mut record),
            Ok(Some(_)) => self.other(&mut record),
            Err(error) => Err(error),
        };
        let mut cut = record.into_cut();
        cut.trim_end();
        Some(match read {
            Ok(()) => Ok(cut),
            Err(error) => Err((cut, error)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::super::abridge::WantedFields;
    use super::*;

    fn limits(bytes: usize) -> JsonLimits {
        JsonLimits { bytes, ..JsonLimits::default() }
    }

    fn values(json: &str, buffer: usize) -> Vec<(u64, u32, u64, String)> {
        let values = JsonValues::new(BufReader::with_capacity(buffer, json.as_bytes()), 1, 0, limits(1000));
        values
            .map(|cut| {
                let cut = cut.unwrap();
                (cut.line.unwrap(), cut.nth, cut.byte, String::from_utf8_lossy(&cut.bytes).into_owned())
            })
            .collect()
    }

    #[test]
    fn objects_are_found_in_every_layout() {
        for (json, expected) in [
            ("[{\"a\": 1}, {\"b\": [{}]}]", &[(1, 0, 1, "{\"a\": 1}"), (1, 1, 11, "{\"b\": [{}]}")][..]),
            ("[\n {\n  \"a\": 1\n },\n {}\n]\n", &[(2, 0, 3, "{\n  \"a\": 1\n }"), (5, 0, 19, "{}")]),
            ("{1}{2}\u{FEFF}{3}", &[(1, 0, 0, "{1}"), (1, 1, 3, "{2}"), (1, 2, 9, "{3}")]),
            ("{1}\r{2}\r\n{3}", &[(1, 0, 0, "{1}"), (2, 0, 4, "{2}"), (3, 0, 9, "{3}")]),
            ("[{\"a\": 1,\n{\"b\": 2}]", &[(1, 0, 1, "{\"a\": 1,"), (2, 0, 10, "{\"b\": 2}")]),
            ("[1, {}, \"x\"]", &[(1, 0, 1, "1,"), (1, 1, 4, "{}"), (1, 2, 8, "\"x\"]")]),
            ("{1} {", &[(1, 0, 0, "{1}"), (1, 1, 4, "{")]),
            (" [ ] \n", &[]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|&(line, nth, byte, text)| (line, nth, byte, text.to_owned())).collect();
            for buffer in [1, 2, 3, 64] {
                assert_eq!(values(json, buffer), expected, "{json:?}");
            }
        }
    }

    #[test]
    fn an_object_over_the_limit_is_measured_but_not_held() {
        let json = format!("[{{\"a\": \"{}\"}}, {{}}]", "x".repeat(5000));
        let wanted = Arc::new(WantedFields::new(["a"], "_source"));
        let limits = JsonLimits { bytes: 1000, wanted };
        let cuts: Vec<_> = JsonValues::new(json.as_bytes(), 1, 0, limits).map(Result::unwrap).collect();
        assert_eq!((cuts[0].size, cuts[0].is_over(1000), cuts[0].bytes.len()), (5009, true, 200));
        assert_eq!((cuts[1].byte, &*cuts[1].bytes), (5012, &b"{}"[..]));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_or_loses_a_brace(json in "[\\[\\]{}:,\"a0 .\\\\\n\r-]{0,24}", buffer in 1usize..9) {
            let found: usize = values(&json, buffer).iter().map(|(.., text)| text.matches('{').count()).sum();
            prop_assert_eq!(found, json.matches('{').count());
        }
    }
}
