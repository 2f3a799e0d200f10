//! The encoding that a document declares.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use quick_xml::events::attributes::Attributes;

use super::super::encoding::TextEncoding;
use super::super::stream::{BUFFER_BYTES, Reader};

/// The document as UTF-8, where its declaration names another encoding. Where the user named one, records are decoded
/// one by one; where its first bytes are UTF-8 beyond ASCII, it is that, whatever it declares.
pub(in super::super) fn as_utf8(reader: Reader, head: &[u8], given: TextEncoding) -> Reader {
    // The head may end within a character.
    let is_valid = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    let is_utf8 = is_valid && !head.is_ascii();
    match declared(head) {
        Some(encoding) if encoding != UTF_8 && !matches!(given, TextEncoding::Named(_)) && !is_utf8 => {
            let decoder = Decoding { reader, decoder: encoding.new_decoder_without_bom_handling(), is_ended: false };
            Box::new(BufReader::with_capacity(BUFFER_BYTES, decoder))
        }
        _ => reader,
    }
}

/// What `<?xml encoding="…"?>` names; UTF-16 was decoded before.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(declaration, b"?>")?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let mut attributes = Attributes::new(declaration, 0);
    let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == "encoding")?;
    Encoding::for_label_no_replacement(found.value.trim().as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

struct Decoding {
    reader: Reader,
    decoder: Decoder,
    is_ended: bool,
}

impl Read for Decoding {
    /// Fills a buffer of four bytes or more; fewer may have no room for a character.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_ended {
            let packed = self.reader.fill_buf()?;
            let is_last = packed.is_empty();
            let (result, used, made, _) = self.decoder.decode_to_utf8(packed, buffer, is_last);
            self.reader.consume(used);
            self.is_ended = is_last && result == CoderResult::InputEmpty;
            if made > 0 {
                return Ok(made);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_document_is_read_as_it_declares() {
        let latin = |declaration: &str| [declaration.as_bytes(), b"<a>caf\xE9</a>"].concat();
        let utf8 = "<?xml version='1.0' encoding='iso-8859-1'?><a>café</a>";
        for (document, given, expected) in [
            (latin("<?xml version='1.0' encoding='ISO-8859-1'?>"), TextEncoding::Utf8, Some("<a>café</a>")),
            (latin("<?xml version=\"1.0\" encoding=\"windows-1254\" ?>"), TextEncoding::Auto, Some("<a>café</a>")),
            (latin("<?xml version='1.0' encoding='iso-8859-1'?>"), "latin1".parse().unwrap(), None),
            (latin("<?xml version='1.0'?>"), TextEncoding::Utf8, None),
            (latin("<?xml encoding='klingon'?>"), TextEncoding::Utf8, None),
            (utf8.as_bytes().to_vec(), TextEncoding::Utf8, Some("<a>café</a>")),
        ] {
            let reader: Reader = Box::new(BufReader::with_capacity(3, Cursor::new(document.clone())));
            let mut decoded = Vec::new();
            as_utf8(reader, &document, given).read_to_end(&mut decoded).unwrap();
            match expected {
                Some(expected) => assert!(String::from_utf8(decoded).unwrap().ends_with(expected)),
                None => assert_eq!(decoded, document),
            }
        }
    }
}
