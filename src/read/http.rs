//! HTTP responses as crawlers store them, back to what the server meant.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::headers::Header;

/// A stored response.
#[derive(Debug)]
pub(super) struct Response<'b> {
    pub(super) status: u16,
    pub(super) header: Header<'b>,
    body: &'b [u8],
}

/// The body of a response without its transfer and content encodings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body<'b> {
    pub(super) bytes: Cow<'b, [u8]>,
    /// Whether it ends before it should: a part of it is missing or cannot be decoded.
    pub(super) is_truncated: bool,
}

/// The decoded body is over the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

impl<'b> Response<'b> {
    /// Reads status line and header. `None` where this is no response.
    pub(super) fn parse(block: &'b [u8]) -> Option<Self> {
        if !block.starts_with(b"HTTP/") {
            return None;
        }
        let (header, body) = Header::split(block)?;
        let status = header.first.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some(Self { status, header, body })
    }

    /// Undoes the encodings that the header names, where the body still has them: many crawlers store the body without
    /// them and leave the header as it was. Fails where the result is longer than `limit` bytes.
    pub(super) fn decoded(&self, limit: usize) -> Result<Body<'b>, TooLarge> {
        let mut body = Body { bytes: self.body.into(), is_truncated: false };
        let names = |field| self.header.get(field).unwrap_or_default().split(',').map(str::trim);
        if names("Transfer-Encoding").any(|name| name.eq_ignore_ascii_case("chunked")) {
            body = unchunked(self.body);
        }
        for name in names("Content-Encoding").rev().take(MAX_ENCODINGS) {
            body = body.without(name, limit)?;
        }
        if body.bytes.len() > limit { Err(TooLarge) } else { Ok(body) }
    }
}

/// Maximum number of content encodings around each other; more are no server's doing.
const MAX_ENCODINGS: usize = 3;

impl<'b> Body<'b> {
    /// Undoes one content encoding, if the body has it.
    fn without(self, encoding: &str, limit: usize) -> Result<Self, TooLarge> {
        let bytes = &*self.bytes;
        let decoder: Box<dyn Read + '_> = match &*encoding.to_ascii_lowercase() {
            "gzip" | "x-gzip" if bytes.starts_with(&[0x1F, 0x8B]) => Box::new(MultiGzDecoder::new(bytes)),
            "deflate" if is_zlib(bytes) => Box::new(ZlibDecoder::new(bytes)),
            "deflate" if !is_text(bytes) => Box::new(DeflateDecoder::new(bytes)),
            "br" if !is_text(bytes) => Box::new(brotli_decompressor::Decompressor::new(bytes, 4096)),
            "zstd" if bytes.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) => match zstd::Decoder::with_buffer(bytes) {
                Ok(decoder) => Box::new(decoder),
                Err(_) => return Ok(self),
            },
            _ => return Ok(self),
        };
        let mut decoded = Vec::new();
        let outcome = decoder.take(limit as u64 + 1).read_to_end(&mut decoded);
        if decoded.len() > limit {
            return Err(TooLarge);
        }
        match outcome {
            Err(_) if decoded.is_empty() => Ok(self),
            Err(_) => Ok(Body { bytes: decoded.into(), is_truncated: true }),
            Ok(_) => Ok(Body { bytes: decoded.into(), is_truncated: self.is_truncated }),
        }
    }
}

/// Whether this starts as a zlib stream, which `deflate` should be; some servers send the bare stream.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..] if first & 0x0F == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

/// Whether a body that is said to be compressed is not: text has no control characters. These encodings have no signature.
fn is_text(bytes: &[u8]) -> bool {
    !bytes[..bytes.len().min(512)].iter().any(|byte| matches!(byte, 0..=8 | 11 | 14..=31))
}

/// A body without chunk sizes. A body that does not start with one was stored without them; what follows the last
/// chunk that can be read is kept as it is.
fn unchunked(body: &[u8]) -> Body<'_> {
    let mut bytes = Vec::new();
    let mut rest = body;
    let mut is_first = true;
    loop {
        let Some((size, after)) = chunk_size(rest) else {
            if is_first {
                return Body { bytes: body.into(), is_truncated: false };
            }
            bytes.extend_from_slice(rest);
            return Body { bytes: bytes.into(), is_truncated: true };
        };
        is_first = false;
        if size == 0 {
            return Body { bytes: bytes.into(), is_truncated: false };
        }
        let Some((chunk, after)) = usize::try_from(size).ok().and_then(|size| after.split_at_checked(size)) else {
            bytes.extend_from_slice(after);
            return Body { bytes: bytes.into(), is_truncated: true };
        };
        bytes.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
    }
}

/// The size of a chunk and what follows its line: hexadecimal digits, perhaps with an extension.
fn chunk_size(bytes: &[u8]) -> Option<(u64, &[u8])> {
    const MAX_LINE: usize = 1024;
    let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(MAX_LINE)])?;
    let line = bytes[..end].split(|&byte| byte == b';').next()?.trim_ascii();
    let is_number = !line.is_empty() && line.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(line).ok().filter(|_| is_number)?;
    // More than 64 bits are more than is there.
    Some((u64::from_str_radix(digits, 16).unwrap_or(u64::MAX), &bytes[end + 1..]))
}

/// Compresses as servers do.
#[cfg(test)]
pub(super) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    let mut packed = Vec::new();
    encoder.read_to_end(&mut packed).unwrap();
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(header: &str, body: &[u8], limit: usize) -> Result<(String, bool), TooLarge> {
        let block = [format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").as_bytes(), body].concat();
        let body = Response::parse(&block).unwrap().decoded(limit)?;
        Ok((String::from_utf8_lossy(&body.bytes).into_owned(), body.is_truncated))
    }

    const CHUNKED: &str = "Transfer-Encoding: chunked";

    #[test]
    fn a_response_has_a_status() {
        for (block, status) in [
            (&b"HTTP/1.1 200 OK\r\n\r\n"[..], Some(200)),
            (b"HTTP/2 404\nA: 1\n\n", Some(404)),
            (b"HTTP/1.0 x\r\n\r\n", None),
            (b"GET / HTTP/1.1\r\n\r\n", None),
            (b"HTTP/1.1 200 OK\r\nA: 1", None),
            (b"", None),
        ] {
            assert_eq!(Response::parse(block).map(|response| response.status), status);
        }
    }

    #[test]
    fn chunks_are_joined_where_there_are_any() {
        for (body, expected, is_truncated) in [
            (&b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"[..], "abc0123456789", false),
            (b"3\nabc\n0\n\n", "abc", false),
            (b"<html>abc", "<html>abc", false),
            (b"", "", false),
            (b"3\r\nabc\r\n<p>rest", "abc<p>rest", true),
            (b"ff\r\nabc", "abc", true),
            (b"8000000000000000\r\nabc", "abc", true),
            (b"fffffffffffffffffffffffff\r\nabc", "abc", true),
            (b"3\r\nabc", "abc", true),
        ] {
            assert_eq!(decoded(CHUNKED, body, 100), Ok((expected.to_owned(), is_truncated)), "{body:?}");
        }
    }

    #[test]
    fn content_encodings_are_undone_where_they_are_there() {
        let page = "<p>Kyiv</p>".repeat(20);
        let gzip = gzipped(page.as_bytes());
        let zlib = {
            let mut packed = Vec::new();
            flate2::read::ZlibEncoder::new(page.as_bytes(), flate2::Compression::fast())
                .read_to_end(&mut packed)
                .unwrap();
            packed
        };
        let raw = zlib[2..zlib.len() - 4].to_vec();
        let zstd = zstd::encode_all(page.as_bytes(), 1).unwrap();
        for (encoding, body) in [
            ("gzip", &gzip),
            ("X-GZIP", &gzip),
            ("deflate", &zlib),
            ("deflate", &raw),
            ("zstd", &zstd),
            ("gzip, gzip", &gzipped(&gzip)),
            ("identity", &page.clone().into_bytes()),
            ("gzip", &page.clone().into_bytes()),
            ("br", &page.clone().into_bytes()),
            ("deflate", &page.clone().into_bytes()),
        ] {
            let header = format!("Content-Encoding: {encoding}");
            assert_eq!(decoded(&header, body, 1000), Ok((page.clone(), false)), "{encoding}");
        }
        let both = [format!("{:x}\r\n", gzip.len()).as_bytes(), &gzip, b"\r\n0\r\n\r\n"].concat();
        assert_eq!(decoded("Content-Encoding: gzip\r\nTransfer-Encoding: chunked", &both, 1000), Ok((page, false)));
    }

    /// A quick brown text of 29 bytes, packed by the reference implementation of Brotli.
    #[test]
    fn brotli_is_undone() {
        let packed = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(decoded("Content-Encoding: br", &packed, 100), Ok(("hello".to_owned(), false)));
    }

    #[test]
    fn expansion_is_bounded_and_truncation_noticed() {
        let bomb = gzipped(&vec![b' '; 1 << 20]);
        assert_eq!(decoded("Content-Encoding: gzip", &bomb, 1000), Err(TooLarge));
        assert_eq!(decoded("A: 1", &[b'x'; 101], 100), Err(TooLarge));
        let text: String = (0..2000).map(|number| format!("{number} ")).collect();
        let gzip = gzipped(text.as_bytes());
        let (part, is_truncated) = decoded("Content-Encoding: gzip", &gzip[..gzip.len() / 2], 1 << 20).unwrap();
        assert!(is_truncated && !part.is_empty() && text.starts_with(&part));
    }
}
