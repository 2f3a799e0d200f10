//! The header of one record: what it is, where it came from, how long it is.

use super::super::headers::Header;

/// Versions that a record may start with.
const WARC: &[u8] = b"WARC/";
/// Maximum length of the line that is the header of an ARC record.
const MAX_ARC_LINE: usize = 16 << 10;

/// The header of a WARC record, or the line that is that of an ARC record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RecordHeader {
    /// The type: `response`, `conversion` and such; `filedesc` for the first record of an ARC file.
    pub(super) kind: String,
    /// The address of the page.
    pub(super) target: Option<String>,
    /// The time at which it was fetched.
    pub(super) date: Option<String>,
    /// The media type of the block: `application/http` where it is a response with its header.
    pub(super) media_type: Option<String>,
    /// The character encoding that the media type names.
    pub(super) charset: Option<String>,
    /// The language that a crawler has recognised, where it is one.
    pub(super) language: Option<String>,
    /// The length of the block in bytes; `None` where it is not a number.
    pub(super) length: Option<u64>,
}

impl RecordHeader {
    /// Reads the header at the start of a record, and returns what follows it. `None` where there is none.
    pub(super) fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        if bytes.starts_with(WARC) {
            let (header, block) = Header::split(bytes)?;
            return Some((Self::of_warc(&header), block));
        }
        let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(MAX_ARC_LINE)])?;
        Some((Self::of_arc(&bytes[..end])?, &bytes[end + 1..]))
    }

    /// Whether a record may start so.
    pub(super) fn starts(bytes: &[u8]) -> bool {
        let head = &bytes[..bytes.len().min(MAX_ARC_LINE)];
        let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
        line.starts_with(WARC) || Self::of_arc(line).is_some_and(|header| header.length.is_some())
    }

    fn of_warc(header: &Header<'_>) -> Self {
        let owned = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        Self {
            kind: header.get("WARC-Type").unwrap_or_default().to_ascii_lowercase(),
            // Some versions of Wget write it in angle brackets.
            target: header.get("WARC-Target-URI").and_then(|uri| owned(uri.trim_matches(['<', '>']))),
            date: header.get("WARC-Date").and_then(owned),
            media_type: header.media_type(),
            charset: header.charset().map(str::to_owned),
            language: header
                .get("WARC-Identified-Content-Language")
                .filter(|languages| !languages.contains(','))
                .and_then(owned),
            length: header.get("Content-Length").and_then(|length| length.parse().ok()),
        }
    }

    /// `URL IP-address date media-type length`; the second version has more fields before the length. The URL may have
    /// spaces.
    fn of_arc(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line.trim_ascii_end());
        let fields: Vec<&str> = line.split(' ').collect();
        let is_date = |field: &&str| field.len() >= 12 && field.bytes().all(|byte| byte.is_ascii_digit());
        let date = fields.iter().position(is_date).filter(|&at| at >= 2 && at + 2 < fields.len())?;
        let target = fields[..date - 1].join(" ");
        let (scheme, _) = target.split_once(':')?;
        let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_first = scheme == "filedesc";
        let media_type = if target.starts_with("http") { "application/http" } else { fields[date + 1] };
        is_scheme.then(|| Self {
            kind: if is_first { "filedesc" } else { "response" }.to_owned(),
            date: Some(fields[date].to_owned()),
            media_type: Some(media_type.to_ascii_lowercase()),
            length: fields.last().and_then(|length| length.parse().ok()),
            target: Some(target),
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warc_header_tells_type_target_and_length() {
        let bytes = b"WARC/1.0\r\nWARC-Type: Response\r\nWARC-Target-URI: <http://a.example/x y>\r\n\
                      WARC-Date: 2014-06-29T10:00:00Z\r\nContent-Type: text/plain; charset=latin1\r\n\
                      Content-Length: 12\r\n\r\nblock";
        let (header, block) = RecordHeader::split(bytes).unwrap();
        assert_eq!(block, b"block");
        assert_eq!((&*header.kind, header.target.as_deref()), ("response", Some("http://a.example/x y")));
        assert_eq!((header.length, header.charset.as_deref()), (Some(12), Some("latin1")));
        for length in ["", "-1", "abc", "99999999999999999999999"] {
            let bytes = format!("WARC/1.1\r\nContent-Length: {length}\r\n\r\n");
            assert_eq!(RecordHeader::split(bytes.as_bytes()).unwrap().0.length, None, "{length}");
        }
    }

    #[test]
    fn an_arc_line_is_read_from_its_date() {
        for (line, expected) in [
            (
                "http://a.example/ 10.0.0.1 20140629100000 text/html 12",
                Some(("response", "http://a.example/", Some(12))),
            ),
            (
                "http://a.example/x y 10.0.0.1 20140629100000 text/html 12",
                Some(("response", "http://a.example/x y", Some(12))),
            ),
            (
                "http://a.example/ 10.0.0.1 20140629100000 text/html 200 - - 812 a.arc 12",
                Some(("response", "http://a.example/", Some(12))),
            ),
            ("filedesc://a.arc 0.0.0.0 20140629100000 text/plain 77", Some(("filedesc", "filedesc://a.arc", Some(77)))),
            ("http://a.example/ 10.0.0.1 20140629100000 text/html -1", Some(("response", "http://a.example/", None))),
            ("1 0 InternetArchive", None),
            ("URL IP-address Archive-date Content-type Archive-length", None),
            ("20140629100000", None),
        ] {
            let header = RecordHeader::of_arc(line.as_bytes());
            let seen = header.as_ref().map(|header| (&*header.kind, header.target.as_deref().unwrap(), header.length));
            assert_eq!(seen, expected, "{line}");
        }
    }
}
