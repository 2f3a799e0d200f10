//! What separates the columns and rows of a table.

use memchr::memchr2;

/// The delimiters that are found out.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// What separates columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// A line feed, with or without a carriage return before it; or a carriage return alone.
    pub(super) line_end: u8,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', line_end: b'\n' }
    }
}

impl Dialect {
    /// Lines end with carriage returns where the first one does and no line feed follows.
    pub(super) fn set_line_end(&mut self, head: &[u8]) {
        let end = memchr2(b'\n', b'\r', head);
        let is_return =
            end.is_some_and(|end| head[end] == b'\r' && head.get(end + 1).is_some_and(|&next| next != b'\n'));
        self.line_end = if is_return { b'\r' } else { b'\n' };
    }
}

/// The delimiter that a first line `sep=;` states, as Excel writes it.
pub(super) fn stated_by(line: &[u8]) -> Option<u8> {
    match line.strip_suffix(b"\r").unwrap_or(line) {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] if delimiter.is_ascii() => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that a line has most of outside quotes.
pub(super) fn most_frequent(line: &[u8]) -> u8 {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut is_quoted = false;
    for &byte in line {
        is_quoted ^= byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|&delimiter| delimiter == byte && !is_quoted) {
            counts[at] += 1;
        }
    }
    let most = (0..DELIMITERS.len()).rev().max_by_key(|&at| counts[at]).unwrap_or_default();
    DELIMITERS[most]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_the_delimiter() {
        for (line, delimiter) in [
            ("id,title,text", b','),
            ("id;title, short;text", b';'),
            ("id\ttitle\ttext", b'\t'),
            ("\"a;b;c;d\",text", b','),
            ("text", b','),
            ("", b','),
        ] {
            assert_eq!(char::from(most_frequent(line.as_bytes())), char::from(delimiter), "{line}");
        }
        assert_eq!(
            (stated_by(b"sep=;\r"), stated_by(b"SEP=|"), stated_by(b"sep,text")),
            (Some(b';'), Some(b'|'), None)
        );
    }

    #[test]
    fn the_first_line_tells_how_lines_end() {
        for (head, line_end) in
            [("a,b\n1,2\n", b'\n'), ("a,b\r\n1,2", b'\n'), ("a,b\r1,2\r", b'\r'), ("a,b\r", b'\n'), ("a", b'\n')]
        {
            let mut dialect = Dialect::default();
            dialect.set_line_end(head.as_bytes());
            assert_eq!(dialect.line_end, line_end, "{head:?}");
        }
    }
}
