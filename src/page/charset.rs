//! The character encoding of a page: as the server says, as the page says, else a guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// Bytes within which a page declares its encoding; the standard asks for 1024, which many pages exceed.
const DECLARED_WITHIN: usize = 4096;

/// A decoded page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The page, without a byte order mark. Bytes that are no text in its encoding are U+FFFD.
    pub html: String,
    /// The encoding's name.
    pub encoding: &'static str,
    /// Whether neither the server nor the page said so.
    pub is_guess: bool,
    /// Whether some bytes are no text in this encoding.
    pub is_lossy: bool,
}

/// Decodes a page: by its byte order mark, then by `http_charset` (the `charset` of a `Content-Type` header), by
/// `<meta>`, as UTF-8 where it is valid UTF-8, else by a guess from its bytes. A page that is declared something else
/// and is valid UTF-8 beyond ASCII is UTF-8.
pub fn decode(bytes: &[u8], http_charset: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decoded(&bytes[mark..], encoding, false);
    }
    let utf8 = std::str::from_utf8(bytes).ok();
    if let Some(html) = utf8.filter(|html| !is_escaped(html)) {
        return Decoded {
            html: html.to_owned(),
            encoding: encoding_rs::UTF_8.name(),
            is_guess: false,
            is_lossy: false,
        };
    }
    let declared = http_charset.and_then(|label| known(label.as_bytes())).or_else(|| declared(bytes));
    match declared {
        Some(encoding) if utf8.is_none() || encoding == encoding_rs::ISO_2022_JP => decoded(bytes, encoding, false),
        _ => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
            detector.feed(bytes, true);
            decoded(bytes, detector.guess(None, Utf8Detection::Allow), true)
        }
    }
}

/// Whether it may be in an encoding of Japanese that writes all characters in ASCII.
fn is_escaped(text: &str) -> bool {
    text.contains("\x1B$") || text.contains("\x1B(")
}

fn decoded(bytes: &[u8], encoding: &'static Encoding, is_guess: bool) -> Decoded {
    let (html, is_lossy) = encoding.decode_without_bom_handling(bytes);
    Decoded { html: html.into_owned(), encoding: encoding.name(), is_guess, is_lossy }
}

/// An encoding by its label. A page whose declaration could be read as ASCII is not UTF-16, whatever it says; UTF-8 that
/// is not valid is something else.
fn known(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label)?;
    let is_usable = encoding.is_ascii_compatible() && encoding != encoding_rs::REPLACEMENT;
    (is_usable || encoding == encoding_rs::ISO_2022_JP).then_some(encoding)
}

/// The encoding that a `<meta>` element, or an XML declaration, names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(DECLARED_WITHIN)].to_ascii_lowercase();
    ["charset", "encoding"].iter().find_map(|key| {
        let starts = memchr::memmem::find_iter(&head, key.as_bytes());
        starts.into_iter().find_map(|start| label(&head[start + key.len()..]))
    })
}

/// The label after `charset` or `encoding`.
fn label(rest: &[u8]) -> Option<&'static Encoding> {
    let value = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
    let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let end = value.iter().position(|byte| !is_label(byte)).unwrap_or(value.len());
    known(&value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_the_declared_one_or_a_guess() {
        let (turkish, ..) = encoding_rs::WINDOWS_1254.encode("Başbakan Ahmet Davutoğlu Ankara'da açıklama yaptı.");
        let with = |meta: &str| [meta.as_bytes(), &turkish].concat();
        for (bytes, header, encoding, is_guess) in [
            ("<p>Davutoğlu".as_bytes().to_vec(), Some("iso-8859-9"), "UTF-8", false),
            (b"\xEF\xBB\xBF<p>Kyiv".to_vec(), None, "UTF-8", false),
            (b"\xFF\xFE<\0p\0>\0".to_vec(), Some("utf-8"), "UTF-16LE", false),
            (with("<p>"), Some("windows-1254"), "windows-1254", false),
            (with("<meta charset=\"iso-8859-9\">"), None, "windows-1254", false),
            (
                with("<meta http-equiv=Content-Type content='text/html; charset=windows-1254'>"),
                None,
                "windows-1254",
                false,
            ),
            (with("<?xml version='1.0' encoding='ISO-8859-9'?>"), Some("unknown"), "windows-1254", false),
            (with("<p>"), None, "windows-1254", true),
            (with("<meta charset=utf-16>"), None, "windows-1254", true),
            (b"\x1B$B4A;z\x1B(B".to_vec(), Some("iso-2022-jp"), "ISO-2022-JP", false),
        ] {
            let decoded = decode(&bytes, header);
            assert_eq!((decoded.encoding, decoded.is_guess), (encoding, is_guess), "{}", decoded.html);
            assert!(!decoded.html.starts_with('\u{FEFF}'));
        }
        assert!(decode(&turkish, Some("windows-1254")).html.contains("Davutoğlu"));
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let decoded = decode(b"<meta charset=utf-8><p>caf\xE9 \xC3\xA9", None);
        assert_eq!((decoded.encoding, &*decoded.html), ("UTF-8", "<meta charset=utf-8><p>caf\u{FFFD} é"));
        assert!(decoded.is_lossy);
    }
}
