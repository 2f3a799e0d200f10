//! Values as bytes: how a compiled table writes them, and a reader that damaged bytes cannot make panic.

use jiff::civil::Date;

/// Reads values one after another. Past the end, or where a length is false, values are zero or empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor<'t> {
    rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    pub(crate) const fn new(bytes: &'t [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes that are left.
    pub(crate) const fn len(&self) -> usize {
        self.rest.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn bytes(&mut self, len: usize) -> &'t [u8] {
        match self.rest.split_at_checked(len) {
            Some((taken, rest)) => {
                self.rest = rest;
                taken
            }
            None => std::mem::take(&mut self.rest),
        }
    }

    fn array<const LEN: usize>(&mut self) -> [u8; LEN] {
        self.bytes(LEN).try_into().unwrap_or([0; LEN])
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let [byte] = self.array();
        byte
    }

    /// An unsigned number in groups of seven bits, the lowest first.
    pub(crate) fn number(&mut self) -> u32 {
        let mut number = 0u32;
        for shift in (0..35).step_by(7) {
            let byte = self.byte();
            number |= u32::from(byte & 127).checked_shl(shift).unwrap_or_default();
            if byte < 128 {
                break;
            }
        }
        number
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    pub(crate) fn f32(&mut self) -> f32 {
        f32::from_le_bytes(self.array())
    }

    /// A text with its length; empty where it is not UTF-8.
    pub(crate) fn text(&mut self) -> &'t str {
        let len = self.number() as usize;
        std::str::from_utf8(self.bytes(len)).unwrap_or_default()
    }

    /// Passes over a text with its length; true where it is `expected`.
    pub(crate) fn is_text(&mut self, expected: &str) -> bool {
        let len = self.number() as usize;
        self.bytes(len) == expected.as_bytes()
    }

    /// A day; none where the bytes are those of `push_date(None)`, or of no day.
    pub(crate) fn date(&mut self) -> Option<Date> {
        let bytes = self.array();
        // Most records state no day, and an invalid one costs an allocation.
        if bytes == NO_DAY {
            return None;
        }
        let [high, low, month, day] = bytes;
        let year = i32::from(u16::from_be_bytes([high, low])) - YEAR_ZERO;
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// Texts with their number.
    pub(crate) fn texts(&mut self) -> Texts<'t> {
        let texts = self.last_texts();
        texts.for_each(|_| {
            self.text();
        });
        texts
    }

    /// Texts with their number, after which nothing is read: they are not passed over.
    pub(crate) fn last_texts(&mut self) -> Texts<'t> {
        let left = self.number();
        Texts { cursor: *self, left }
    }
}

/// What is added to a year, so that days as bytes have the order of time.
const YEAR_ZERO: i32 = 32_768;
/// Comes before every day.
const NO_DAY: [u8; 4] = [0; 4];

/// Texts one after another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Texts<'t> {
    cursor: Cursor<'t>,
    left: u32,
}

impl Texts<'_> {
    pub(crate) const fn iter(self) -> Self {
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.left == 0
    }
}

impl<'t> Iterator for Texts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        // A false count ends with the bytes.
        self.left = self.left.checked_sub(1).filter(|_| !self.cursor.rest.is_empty())?;
        Some(self.cursor.text())
    }
}

pub(crate) fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 128 {
        out.push(number as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    push_number(out, text.len() as u32);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn push_texts<'a>(out: &mut Vec<u8>, texts: impl ExactSizeIterator<Item = &'a str>) {
    push_number(out, texts.len() as u32);
    texts.for_each(|text| push_text(out, text));
}

/// A day in four bytes that have the order of time; none comes first.
pub(crate) fn push_date(out: &mut Vec<u8>, date: Option<Date>) {
    let Some(date) = date else { return out.extend(NO_DAY) };
    let year = (i32::from(date.year()) + YEAR_ZERO) as u16;
    out.extend(year.to_be_bytes());
    out.extend([date.month() as u8, date.day() as u8]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers: Vec<u32>, texts: Vec<String>, year in -9999i16..=9999, rest: Vec<u8>) {
            let date = Date::new(year, 2, 3).ok();
            let mut out = Vec::new();
            numbers.iter().for_each(|&number| push_number(&mut out, number));
            push_texts(&mut out, texts.iter().map(String::as_str));
            push_date(&mut out, date);
            push_date(&mut out, None);
            out.extend(&rest);
            let mut cursor = Cursor::new(&out);
            for &number in &numbers {
                prop_assert_eq!(cursor.number(), number);
            }
            prop_assert!(cursor.texts().eq(texts.iter().map(String::as_str)));
            prop_assert_eq!((cursor.date(), cursor.date()), (date, None));
            prop_assert_eq!(cursor.rest, &rest[..]);
        }

        #[test]
        fn damaged_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let mut cursor = Cursor::new(&bytes);
            cursor.texts().for_each(drop);
            let _ = (cursor.number(), cursor.date(), cursor.text(), cursor.f32(), cursor.u64());
        }
    }
}
