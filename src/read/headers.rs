//! Header fields as HTTP and WARC write them: `Name: value` on lines, up to a blank one.

use std::borrow::Cow;

/// Maximum length of a header that is searched for its end.
pub(super) const MAX_HEADER_BYTES: usize = 64 << 10;

/// The first line and the fields of a header.
#[derive(Debug, Default)]
pub(super) struct Header<'b> {
    /// The first line: a version, a status line.
    pub(super) first: Cow<'b, str>,
    fields: Vec<(&'b [u8], Cow<'b, str>)>,
}

impl<'b> Header<'b> {
    /// Splits the header from what follows it. `None` where it does not end within [`MAX_HEADER_BYTES`].
    ///
    /// Crawlers store what servers sent: line ends may lack the carriage return, long values continue on indented
    /// lines, and a line without a colon is ignored. What is not UTF-8 is replaced.
    pub(super) fn split(bytes: &'b [u8]) -> Option<(Self, &'b [u8])> {
        let mut header = Self::default();
        let mut at = 0;
        loop {
            let rest = &bytes[at..bytes.len().min(MAX_HEADER_BYTES)];
            let end = memchr::memchr(b'\n', rest)?;
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            let is_first = at == 0;
            at += end + 1;
            if is_first {
                header.first = String::from_utf8_lossy(line);
            } else if line.is_empty() {
                return Some((header, &bytes[at..]));
            } else {
                header.push(line);
            }
        }
    }

    fn push(&mut self, line: &'b [u8]) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = self.fields.last_mut() {
                let value = value.to_mut();
                value.push(' ');
                value.push_str(&String::from_utf8_lossy(line.trim_ascii()));
            }
        } else if let Some(colon) = memchr::memchr(b':', line) {
            let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
            self.fields.push((name, String::from_utf8_lossy(value)));
        }
    }

    /// The value of a field, whose name is compared without case. Of several, the first.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        values.next().map(|(_, value)| &**value)
    }

    /// The media type of the content, in lower case and without parameters.
    pub(super) fn media_type(&self) -> Option<String> {
        let value = self.get("Content-Type")?.split(';').next()?.trim().to_ascii_lowercase();
        Some(value).filter(|value| !value.is_empty())
    }

    /// The character encoding that the content type names.
    pub(super) fn charset(&self) -> Option<&str> {
        let parameters = self.get("Content-Type")?.split(';').skip(1);
        parameters.filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
            let value = value.trim().trim_matches(['"', '\'']);
            (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_without_case_and_across_lines() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-TYPE : text/HTML; x=1; Charset=\"latin1\"\nno colon\nA: 1\r\n  2\r\nA: 3\r\n\r\nbody\n";
        let (header, body) = Header::split(bytes).unwrap();
        assert_eq!((&*header.first, body), ("HTTP/1.1 200 OK", &b"body\n"[..]));
        assert_eq!((header.get("a"), header.get("b")), (Some("1 2"), None));
        assert_eq!((header.media_type().as_deref(), header.charset()), (Some("text/html"), Some("latin1")));
    }

    #[test]
    fn a_header_without_end_is_none() {
        for bytes in [&b""[..], b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK\r\nA: 1\r\n"] {
            assert!(Header::split(bytes).is_none());
        }
        let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"A: 1\r\n".repeat(20_000), b"\r\n".to_vec()].concat();
        assert!(Header::split(&endless).is_none());
    }
}
