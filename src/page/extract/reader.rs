//! The bytes of a page for the tokenizer, which is spared tags with attributes without end.

use std::cell::Cell;
use std::convert::Infallible;

use html5gum::Reader;

/// Lets whoever takes the tokens end a tag early.
#[derive(Debug, Default)]
pub(super) struct Skip {
    is_asked: Cell<bool>,
    skipped: Cell<usize>,
}

impl Skip {
    /// Goes on where the present tag seems to end.
    pub(super) fn to_end_of_tag(&self) {
        self.is_asked.set(true);
    }

    /// Bytes that were left out since this was asked last.
    pub(super) fn take_skipped(&self) -> usize {
        self.skipped.take()
    }
}

/// Reads a page.
pub(super) struct PageReader<'p> {
    pub(super) rest: &'p [u8],
    pub(super) skip: &'p Skip,
}

impl PageReader<'_> {
    fn skip(&mut self) {
        if self.skip.is_asked.take() {
            let length = memchr::memchr(b'>', self.rest).unwrap_or(self.rest.len());
            self.rest = &self.rest[length..];
            self.skip.skipped.set(self.skip.skipped.get() + length);
        }
    }
}

impl Reader for PageReader<'_> {
    type Error = Infallible;

    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        self.skip();
        let Some((&first, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        Ok(Some(first))
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        self.skip();
        let found = self
            .rest
            .get(..text.len())
            .is_some_and(|start| if case_sensitive { start == text } else { start.eq_ignore_ascii_case(text) });
        if found {
            self.rest = &self.rest[text.len()..];
        }
        Ok(found)
    }

    fn read_until<'b>(&'b mut self, needle: &[u8], _: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Infallible> {
        self.skip();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let found = self.rest.iter().position(|byte| needle.contains(byte)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(found.max(1));
        self.rest = rest;
        Ok(Some(text))
    }
}
