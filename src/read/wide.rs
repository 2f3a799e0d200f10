//! UTF-16 and UTF-32, recognised by a byte order mark or by their shape, as UTF-8.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder};

use super::stream::{BUFFER_BYTES, Reader};

/// Bytes that are looked at for the shape.
pub(super) const SHAPE_BYTES: usize = 1024;

/// An encoding of two or four bytes a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

impl Wide {
    /// The encoding of an input that starts with `head`, and the length of its mark; `None` where it is another.
    pub(super) fn of(head: &[u8]) -> Option<(Self, usize)> {
        match head {
            [0xFF, 0xFE, 0, 0, ..] => Some((Self::Utf32Le, 4)),
            [0, 0, 0xFE, 0xFF, ..] => Some((Self::Utf32Be, 4)),
            [0xFF, 0xFE, ..] => Some((Self::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Self::Utf16Be, 2)),
            _ => Self::of_shape(head).map(|wide| (wide, 0)),
        }
    }

    /// Whether more of an input that starts with `head` would tell nothing more.
    pub(super) fn is_decided(head: &[u8]) -> bool {
        let narrow = !head.contains(&0);
        head.len() >= SHAPE_BYTES || (narrow && (head.len() >= 64 || (head.len() >= 4 && head.ends_with(b"\n"))))
    }

    /// By where the zeros are: every white space and ASCII character has them.
    fn of_shape(head: &[u8]) -> Option<Self> {
        let head = &head[..head.len().min(SHAPE_BYTES) / 4 * 4];
        if head.len() < 8 {
            return None;
        }
        let zeros =
            |first: usize, step: usize| head.iter().skip(first).step_by(step).filter(|&&byte| byte == 0).count();
        let units = head.len() / 4;
        let by_four = [0, 1, 2, 3].map(|place| zeros(place, 4));
        let nearly_all = |count: usize| count * 10 >= units * 8;
        if by_four[3] == units && nearly_all(by_four[2]) && by_four[0] * 2 < units {
            return Some(Self::Utf32Le);
        }
        if by_four[0] == units && nearly_all(by_four[1]) && by_four[3] * 2 < units {
            return Some(Self::Utf32Be);
        }
        let (even, odd) = (zeros(0, 2), zeros(1, 2));
        if odd * 8 >= head.len() / 2 && even * 8 < odd && are_alike(head, 1) {
            Some(Self::Utf16Le)
        } else if even * 8 >= head.len() / 2 && odd * 8 < even && are_alike(head, 0) {
            Some(Self::Utf16Be)
        } else {
            None
        }
    }

    /// Decodes what `reader` yields. A surrogate alone and what is no character become U+FFFD.
    pub(super) fn decode(self, reader: Reader) -> Reader {
        let decoder = match self {
            Self::Utf16Le => UnitDecoder::Utf16(encoding_rs::UTF_16LE.new_decoder_without_bom_handling()),
            Self::Utf16Be => UnitDecoder::Utf16(encoding_rs::UTF_16BE.new_decoder_without_bom_handling()),
            Self::Utf32Le => UnitDecoder::Utf32(u32::from_le_bytes),
            Self::Utf32Be => UnitDecoder::Utf32(u32::from_be_bytes),
        };
        let decoding =
            Decoding { reader, decoder, unit: Vec::new(), decoded: String::new(), given: 0, is_at_end: false };
        Box::new(BufReader::with_capacity(BUFFER_BYTES, decoding))
    }
}

/// Whether the high bytes of nearly all units are zero or one other: the text is of one script.
fn are_alike(head: &[u8], first: usize) -> bool {
    let mut counts = [0usize; 256];
    head.iter().skip(first).step_by(2).for_each(|&byte| counts[usize::from(byte)] += 1);
    let other = counts[1..].iter().max().copied().unwrap_or_default();
    (counts[0] + other) * 10 >= head.len() / 2 * 8
}

enum UnitDecoder {
    Utf16(Decoder),
    Utf32(fn([u8; 4]) -> u32),
}

struct Decoding {
    reader: Reader,
    decoder: UnitDecoder,
    /// The bytes of a UTF-32 unit that is not whole.
    unit: Vec<u8>,
    decoded: String,
    given: usize,
    is_at_end: bool,
}

impl Decoding {
    fn refill(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.given = 0;
        let buffer = self.reader.fill_buf()?;
        self.is_at_end = buffer.is_empty();
        let used = match &mut self.decoder {
            UnitDecoder::Utf16(decoder) => {
                self.decoded.reserve(decoder.max_utf8_buffer_length(buffer.len()).unwrap_or(buffer.len() * 3 + 16));
                let (result, used, _) = decoder.decode_to_string(buffer, &mut self.decoded, self.is_at_end);
                debug_assert_eq!(result, CoderResult::InputEmpty);
                used
            }
            UnitDecoder::Utf32(number) => {
                for &byte in buffer {
                    self.unit.push(byte);
                    if let Ok(unit) = <[u8; 4]>::try_from(&*self.unit) {
                        self.unit.clear();
                        self.decoded.push(char::from_u32(number(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
                if self.is_at_end && !self.unit.is_empty() {
                    self.unit.clear();
                    self.decoded.push(char::REPLACEMENT_CHARACTER);
                }
                buffer.len()
            }
        };
        self.reader.consume(used);
        Ok(())
    }
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() && !self.is_at_end {
            self.refill()?;
        }
        let left = &self.decoded.as_bytes()[self.given..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const TEXTS: [&str; 4] = [
        "{\"text\": \"Angela Merkel 😀\"}\n",
        "Анкара и Дамаск, Геннадий Зюганов приехал в Женеву.",
        "التقى أحمد داود أوغلو في أنقرة يوم الاثنين.",
        "plain",
    ];

    fn encoded(text: &str, wide: Wide) -> Vec<u8> {
        match wide {
            Wide::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Wide::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Wide::Utf32Le => text.chars().flat_map(|char| u32::from(char).to_le_bytes()).collect(),
            Wide::Utf32Be => text.chars().flat_map(|char| u32::from(char).to_be_bytes()).collect(),
        }
    }

    #[test]
    fn wide_text_is_recognised_and_decoded() {
        for wide in [Wide::Utf16Le, Wide::Utf16Be, Wide::Utf32Le, Wide::Utf32Be] {
            for text in TEXTS {
                let bytes = encoded(text, wide);
                assert_eq!(Wide::of(&bytes), Some((wide, 0)), "{text}");
                let marked = encoded(&format!("\u{FEFF}{text}"), wide);
                assert_eq!(Wide::of(&marked).map(|(wide, _)| wide), Some(wide));
                let mut decoded = String::new();
                wide.decode(Box::new(BufReader::with_capacity(3, Cursor::new(bytes))))
                    .read_to_string(&mut decoded)
                    .unwrap();
                assert_eq!(decoded, text);
            }
        }
    }

    #[test]
    fn other_text_is_not_wide() {
        for text in TEXTS {
            assert_eq!(Wide::of(text.as_bytes()), None);
        }
        assert_eq!(Wide::of(b"An\0kara and Da\0mascus, A\0nkara"), None);
        assert_eq!(Wide::of(b"a\0b\0"), None);
    }

    #[test]
    fn a_half_unit_becomes_a_replacement_character() {
        for (wide, bytes) in
            [(Wide::Utf16Le, &b"a\0\xD8"[..]), (Wide::Utf16Le, b"a\0\x3D\xD8"), (Wide::Utf32Be, b"\0\0\0a\0")]
        {
            let mut decoded = String::new();
            wide.decode(Box::new(Cursor::new(bytes.to_vec()))).read_to_string(&mut decoded).unwrap();
            assert_eq!(decoded, "a\u{FFFD}");
        }
    }
}
