//! Half-open byte spans, and the way from bytes to Unicode code points.
//!
//! Inside the program every offset is a byte offset into UTF-8, the only kind that Rust slices
//! without searching. Code points (what Python slices) are counted once, when a mention is written.

use std::ops::Range;

/// A half-open range of bytes, `start..end`, into one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// True where the span covers no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// True where every byte of `other` is a byte of this span.
    pub const fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// True where the two spans share at least one byte.
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The same span, moved right by `by` bytes.
    pub const fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }

    /// The covered text. Panics, as slicing does, where the span does not lie on character
    /// boundaries of `text`; use [`Span::get`] for spans that come from outside.
    pub fn slice(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// The covered text, or `None` where the span does not fit `text`.
    pub fn get(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }

    /// As a standard range.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// Counts code points up to byte offsets of one text.
///
/// Offsets asked for in rising order cost one pass over the text in all; going back starts from the last of the marks
/// that were set on the way.
#[derive(Debug)]
pub struct CodePoints<'t> {
    text: &'t str,
    byte: usize,
    count: usize,
    /// Code points before every `MARK`th byte that was passed, those of byte 0 left out.
    marks: Vec<usize>,
}

/// Bytes between two marks of [`CodePoints`].
const MARK: usize = 1 << 12;

impl<'t> CodePoints<'t> {
    /// A counter at the start of `text`.
    pub const fn new(text: &'t str) -> Self {
        Self { text, byte: 0, count: 0, marks: Vec::new() }
    }

    /// The number of code points before byte offset `byte`, which must be a character boundary.
    pub fn before(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            let marks = byte / MARK;
            (self.byte, self.count) = (marks * MARK, if marks == 0 { 0 } else { self.marks[marks - 1] });
        }
        while self.marks.len() < byte / MARK {
            self.go_to((self.marks.len() + 1) * MARK);
            self.marks.push(self.count);
        }
        self.go_to(byte);
        self.count
    }

    fn go_to(&mut self, byte: usize) {
        self.count += count_code_points(&self.text.as_bytes()[self.byte..byte]);
        self.byte = byte;
    }

    /// A byte span as a range of code points.
    pub fn range(&mut self, span: Span) -> Range<usize> {
        let start = self.before(span.start);
        start..self.before(span.end)
    }
}

/// Every byte that does not continue a character starts one. (This form vectorises; `chars` does not.)
fn count_code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_compare_as_ranges_do() {
        let word = Span::new(4, 8);
        assert!(word.overlaps(Span::new(7, 9)) && !word.overlaps(Span::new(8, 9)));
        assert!(word.contains(Span::new(4, 8)) && !word.contains(Span::new(3, 8)));
        assert_eq!(Span::new(2, 4).shifted(3), Span::new(5, 7));
        assert_eq!(Span::new(0, 3).get("é é"), Some("é "));
        assert_eq!(Span::new(1, 3).get("é é"), None);
    }

    proptest! {
        #[test]
        fn code_points_agree_with_chars(text in "\\PC{0,40}", times in 1usize..400, picks in prop::collection::vec(0usize..20_000, 0..8)) {
            let text = text.repeat(times);
            let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut counter = CodePoints::new(&text);
            for pick in picks {
                let byte = bounds[pick % bounds.len()];
                prop_assert_eq!(counter.before(byte), text[..byte].chars().count());
            }
        }
    }
}
