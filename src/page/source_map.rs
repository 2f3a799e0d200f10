//! Where the characters of an extracted text are in its page.

use std::ops::Range;

/// The bytes of a page that each part of a text came from.
///
/// Offsets are bytes of the decoded page. Where the page has other bytes than the text, which is so for character
/// references (`&amp;`) and for white space, a part is not divided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    parts: Vec<Part>,
    /// Bytes of the text.
    len: u32,
}

/// A part of the text; it ends where the next one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    start: u32,
    raw_start: u32,
    raw_end: u32,
    kind: Kind,
    /// Whether nothing but tags stands in the page between the part before and this one.
    follows: bool,
}

/// How a part of the text relates to its bytes in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "html"), allow(dead_code))] // only extraction makes maps
pub(super) enum Kind {
    /// They are the same.
    Plain,
    /// They stand for it.
    Reference,
    /// The text has it, the page has not.
    Added,
}

impl Part {
    /// The bytes of the page for `cut`, which lies in the part's own range `own` of the text. Only plain text is divided.
    fn bytes(&self, own: &Range<usize>, cut: &Range<usize>) -> Range<usize> {
        let raw = self.raw_start as usize..self.raw_end as usize;
        match self.kind {
            Kind::Plain => raw.start + (cut.start - own.start)..raw.start + (cut.end - own.start),
            Kind::Reference | Kind::Added => raw,
        }
    }
}

impl SourceMap {
    /// The bytes of the page that are the part `range` of the text, from its first to its last character. `None` where
    /// they are not the same text once tags are removed and character references resolved.
    pub fn raw(&self, range: Range<usize>) -> Option<Range<usize>> {
        if range.is_empty() || range.end > self.len as usize {
            return None;
        }
        let mut raw: Option<Range<usize>> = None;
        for (at, part) in self.touching(&range) {
            let own = part.start as usize..self.end(at);
            let cut = own.start.max(range.start)..own.end.min(range.end);
            // What stands for more than is asked for is not the same text.
            if part.kind == Kind::Added || (part.kind == Kind::Reference && cut != own) {
                return None;
            }
            let bytes = part.bytes(&own, &cut);
            raw = match raw {
                None => Some(bytes),
                Some(before) if part.follows => Some(before.start..bytes.end),
                Some(_) => return None,
            };
        }
        raw
    }

    /// The parts that overlap `range`, with their numbers.
    fn touching(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, &Part)> {
        let first = self.parts.partition_point(|part| part.start as usize <= range.start).saturating_sub(1);
        let end = range.end;
        self.parts.iter().enumerate().skip(first).take_while(move |(_, part)| (part.start as usize) < end)
    }

    fn end(&self, part: usize) -> usize {
        self.parts.get(part + 1).map_or(self.len, |next| next.start) as usize
    }
}

/// How maps are made.
#[cfg(feature = "html")]
impl SourceMap {
    /// Adds `len` bytes of text that came from the bytes `raw` of the page.
    pub(super) fn push(&mut self, len: usize, raw: Range<usize>, kind: Kind) {
        if len == 0 {
            return;
        }
        let (raw_start, raw_end) = (raw.start as u32, raw.end as u32);
        match self.parts.last_mut() {
            Some(last) if kind == Kind::Plain && last.kind == kind && last.raw_end == raw_start => {
                last.raw_end = raw_end;
            }
            _ => self.parts.push(Part { start: self.len, raw_start, raw_end, kind, follows: false }),
        }
        self.len += len as u32;
    }

    /// Adds the part `range` of another text.
    pub(super) fn push_part(&mut self, other: &Self, range: Range<usize>) {
        for (at, part) in other.touching(&range) {
            let own = part.start as usize..other.end(at);
            let cut = own.start.max(range.start)..own.end.min(range.end);
            // A reference of which a part is left out is none any more.
            let kind = if cut != own && part.kind == Kind::Reference { Kind::Added } else { part.kind };
            self.push(cut.len(), part.bytes(&own, &cut), kind);
        }
    }

    /// Compares the map with the page: notes which parts follow each other, where plain text could be taken for a tag, and
    /// where the parser has replaced a NUL.
    pub(super) fn verify(&mut self, html: &str) {
        let mut end = None;
        for part in &mut self.parts {
            let raw = part.raw_start as usize..part.raw_end as usize;
            part.follows = end.and_then(|end| html.get(end..raw.start)).is_some_and(are_tags);
            let is_other = match part.kind {
                Kind::Plain => html.get(raw.clone()).is_none_or(|text| text.contains('<')),
                Kind::Reference => html.get(raw.clone()).is_none_or(|text| text.contains('\0')),
                Kind::Added => false,
            };
            if is_other {
                part.kind = Kind::Added;
            }
            end = (part.kind != Kind::Added).then_some(raw.end);
        }
    }
}

/// Whether text is nothing but tags.
#[cfg(feature = "html")]
fn are_tags(text: &str) -> bool {
    let mut rest = text;
    while let Some(tag) = rest.strip_prefix('<') {
        match tag.find(['<', '>']) {
            Some(end) if tag[end..].starts_with('>') => rest = &tag[end + 1..],
            _ => return false,
        }
    }
    rest.is_empty()
}

#[cfg(all(test, feature = "html"))]
mod tests {
    use super::*;

    fn map(html: &str) -> SourceMap {
        // "AT&T in <b>New</b> York": text and map by hand.
        let mut map = SourceMap::default();
        map.push(2, 0..2, Kind::Plain);
        map.push(1, 2..7, Kind::Reference);
        map.push(5, 7..12, Kind::Plain);
        map.push(3, 15..18, Kind::Plain);
        map.push(5, 22..27, Kind::Plain);
        map.push(2, 27..27, Kind::Added);
        map.push(3, 31..34, Kind::Plain);
        map.verify(html);
        map
    }

    #[test]
    fn a_range_of_text_has_its_bytes_in_the_page() {
        let html = "AT&amp;T in <b>New</b> York<hr>end";
        let map = map(html);
        for (range, raw) in [
            (0..4, Some("AT&amp;T")),
            (2..3, Some("&amp;")),
            (8..16, Some("New</b> York")),
            (8..11, Some("New")),
            (9..10, Some("e")),
            (14..21, None),
            (16..17, None),
            (0..0, None),
            (18..99, None),
        ] {
            assert_eq!(map.raw(range.clone()).map(|raw| &html[raw]), raw, "{range:?}");
        }
    }

    #[test]
    fn a_nul_is_not_the_character_that_replaces_it() {
        let mut map = SourceMap::default();
        map.push(3, 0..3, Kind::Plain);
        map.push(3, 3..4, Kind::Reference);
        map.verify("one\0");
        assert_eq!((map.raw(0..6), map.raw(0..3)), (None, Some(0..3)));
    }

    #[test]
    fn text_between_two_parts_parts_them() {
        let mut map = SourceMap::default();
        map.push(3, 0..3, Kind::Plain);
        map.push(3, 17..20, Kind::Plain);
        map.verify("one<i>hidden</i>.two");
        assert_eq!((map.raw(0..6), map.raw(3..6)), (None, Some(17..20)));
    }
}
