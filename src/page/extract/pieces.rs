//! Text that was pieced together from a page.

use std::ops::Range;

use crate::page::source_map::{Kind, SourceMap};

/// A text, and where its characters are in the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) text: String,
    pub(super) source: SourceMap,
}

impl Pieces {
    /// Adds text that came from the bytes `raw` of the page: the same bytes, or a character reference.
    pub(super) fn push(&mut self, text: &str, raw: Range<usize>, is_plain: bool) {
        let kind = if !is_plain {
            Kind::Reference
        } else if text.starts_with('<') {
            // A sign that is no tag, though whoever removes tags may take it for one.
            Kind::Added
        } else {
            Kind::Plain
        };
        self.source.push(text.len(), raw, kind);
        self.text.push_str(text);
    }

    /// Adds the part `range` of another text.
    pub(super) fn push_part(&mut self, other: &Self, range: Range<usize>) {
        self.source.push_part(&other.source, range.clone());
        self.text.push_str(&other.text[range]);
    }

    /// Adds `text` instead of the part `range` of another text.
    pub(super) fn push_instead(&mut self, text: &str, other: &Self, range: Range<usize>) {
        if other.text[range.clone()] == *text {
            self.push_part(other, range);
        } else {
            self.push_added(text);
        }
    }

    /// Adds text that the page does not have.
    pub(super) fn push_added(&mut self, text: &str) {
        self.source.push(text.len(), 0..0, Kind::Added);
        self.text.push_str(text);
    }
}
