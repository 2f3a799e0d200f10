//! The structure of JSON text, without parsing it: where an object ends.

use memchr::{memchr, memchr3};

/// Follows one object from its first byte to its last.
#[derive(Debug, Default)]
pub(super) struct ObjectScan {
    /// The brackets that are open.
    open: Vec<u8>,
    in_string: bool,
    is_escaped: bool,
    /// Within a string, nothing but white space came since a line end.
    at_line_start: bool,
    /// The last byte of the last token.
    previous: u8,
}

/// How far a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// All bytes belong to the object, and more must follow.
    All,
    /// The object ends after so many bytes.
    End(usize),
    /// The object is broken: after so many bytes another one starts, where JSON allows none.
    Broken(usize),
}

impl ObjectScan {
    /// Scans further bytes of the object.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Scanned {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                match self.string(&bytes[at..]) {
                    Scanned::Broken(used) => return Scanned::Broken(at + used),
                    Scanned::End(used) => at += used,
                    Scanned::All => return Scanned::All,
                }
                continue;
            }
            match bytes[at] {
                b' ' | b'\t' | b'\r' | b'\n' => {
                    at += 1;
                    continue;
                }
                b'"' => (self.in_string, self.at_line_start) = (true, false),
                b'{' if !self.open.is_empty() && !self.may_open() => return Scanned::Broken(at),
                bracket @ (b'{' | b'[') => self.open.push(bracket),
                b'}' | b']' => {
                    self.open.pop();
                    if self.open.is_empty() {
                        return Scanned::End(at + 1);
                    }
                }
                _ => {}
            }
            self.previous = bytes[at];
            at += 1;
        }
        Scanned::All
    }

    /// Scans within a string, up to its end.
    fn string(&mut self, bytes: &[u8]) -> Scanned {
        let mut at = 0;
        while at < bytes.len() {
            if self.is_escaped {
                self.is_escaped = false;
                at += 1;
                continue;
            }
            if !self.at_line_start {
                let Some(found) = memchr3(b'"', b'\\', b'\n', &bytes[at..]) else { return Scanned::All };
                at += found;
            }
            match bytes[at] {
                b'"' => {
                    self.in_string = false;
                    return Scanned::End(at + 1);
                }
                // No string has a line end: a quote is missing.
                b'{' if self.at_line_start => return Scanned::Broken(at),
                b'\n' => self.at_line_start = true,
                b' ' | b'\t' | b'\r' => {}
                byte => (self.at_line_start, self.is_escaped) = (false, byte == b'\\'),
            }
            at += 1;
        }
        Scanned::All
    }

    /// Whether an object may start here.
    fn may_open(&self) -> bool {
        match self.previous {
            b':' | b'[' => true,
            b',' => self.open.last() == Some(&b'['),
            _ => false,
        }
    }
}

/// Whether a line may hold more than one object: somewhere in it a `}` is followed by a `{`, with nothing but white
/// space, a comma or a byte order mark between them. It may also be so within a string or an array.
pub(super) fn may_hold_several(line: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = memchr(b'}', &line[at..]) {
        at += found + 1;
        let next = line[at..].iter().find(|byte| !b" \t\r,\xEF\xBB\xBF".contains(byte));
        if next == Some(&b'{') {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_ends_where_its_brackets_do() {
        for (json, end) in [
            (r#"{"a": "}\"{", "b": [{"c": {}}, {}]} {"#, Scanned::End(35)),
            (r#"{"a": 1"#, Scanned::All),
            ("{\"a\": 1,\n{\"b\": 2}", Scanned::Broken(9)),
            ("{\"a\": \"x\n {\"b\": 2}", Scanned::Broken(10)),
            ("{\"a\": [\n{\"b\": 2},\n{\"c\": 3}]}", Scanned::End(28)),
            ("{\"a\": \"x\n y\"}", Scanned::End(13)),
        ] {
            assert_eq!(ObjectScan::default().scan(json.as_bytes()), end, "{json}");
            // The same, byte by byte.
            let mut scan = ObjectScan::default();
            let found = json.bytes().enumerate().find_map(|(at, byte)| match scan.scan(&[byte]) {
                Scanned::All => None,
                Scanned::End(used) => Some(Scanned::End(at + used)),
                Scanned::Broken(used) => Some(Scanned::Broken(at + used)),
            });
            assert_eq!(found.unwrap_or(Scanned::All), end, "{json}");
        }
    }

    #[test]
    fn lines_of_one_object_are_told_from_others() {
        for (line, several) in [
            (r#"{"a": {"b": 1}}"#, false),
            (r#"{"a": 1}{"b": 2}"#, true),
            ("{\"a\": 1} \u{FEFF}{\"b\": 2}", true),
            (r#"{"a": [{}, {}]}"#, true),
        ] {
            assert_eq!(may_hold_several(line.as_bytes()), several, "{line}");
        }
    }
}
