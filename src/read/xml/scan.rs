//! Markup as a stream of tags, with no more of it held than a tag.
//!
//! Only what cutting needs is read: where tags start and end, and their names. A document may be longer than memory, and
//! so may one text in it.

use std::io::{self, BufRead};

use memchr::{memchr, memchr_iter, memchr3};

use super::super::stream::{Reader, filled};

/// Maximum length of a tag that is held; of a longer one, the start.
const MAX_TAG_BYTES: usize = 8 << 10;

/// What the scanner has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A start tag, or one that is its element's end, too.
    Start { is_empty: bool },
    /// An end tag.
    End,
    /// Text, a comment, a declaration or an instruction.
    Other,
}

/// Takes the bytes that the scanner passes.
pub(super) type Sink<'s> = &'s mut dyn FnMut(&[u8]);

/// Scans a document.
pub(super) struct Scanner {
    reader: Reader,
    /// Where `reader` stands.
    pub(super) byte: u64,
    /// The line there, counted from 1.
    pub(super) line: u64,
    /// The last tag, from its `<` on.
    pub(super) tag: Vec<u8>,
    /// The bytes that were passed last.
    last: [u8; 3],
}

impl Scanner {
    /// `byte` is where in the input `reader` stands.
    pub(super) fn new(reader: Reader, byte: u64) -> Self {
        Self { reader, byte, line: 1, tag: Vec::new(), last: [0; 3] }
    }

    /// Passes text up to the next tag; false at the end of the input.
    pub(super) fn text(&mut self, sink: Sink<'_>) -> io::Result<bool> {
        loop {
            let buffer = filled(&mut self.reader)?;
            let (length, end) = (buffer.len(), memchr(b'<', buffer));
            self.pass(end.unwrap_or(length), sink);
            if end.is_some() || length == 0 {
                return Ok(end.is_some());
            }
        }
    }

    /// Passes the tag that starts here, or the comment, section, declaration or instruction.
    pub(super) fn tag(&mut self, sink: Sink<'_>) -> io::Result<Token> {
        self.tag.clear();
        self.take(1, sink);
        Ok(match filled(&mut self.reader)?.first() {
            Some(b'!') => {
                self.declaration(sink)?;
                Token::Other
            }
            Some(b'?') => {
                self.pass_until(b"?>", sink)?;
                Token::Other
            }
            Some(b'/') => {
                self.rest_of_tag(sink)?;
                Token::End
            }
            Some(byte) if byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'_' | b':') => {
                self.rest_of_tag(sink)?;
                Token::Start { is_empty: self.last.ends_with(b"/>") }
            }
            // A bracket in a text that was not escaped.
            _ => Token::Other,
        })
    }

    fn declaration(&mut self, sink: Sink<'_>) -> io::Result<()> {
        const SECTION: &[u8] = b"<![CDATA[";
        while self.tag.len() < SECTION.len() && !self.last.ends_with(b">") && !filled(&mut self.reader)?.is_empty() {
            self.take(1, sink);
            if self.tag == b"<!--" {
                return self.pass_until(b"-->", sink);
            }
        }
        if self.tag == SECTION { self.pass_until(b"]]>", sink) } else { self.document_type(sink) }
    }

    /// To the end of a document type. Its declarations are not read: no entity that it declares is expanded.
    fn document_type(&mut self, sink: Sink<'_>) -> io::Result<()> {
        let mut depth = u32::from(!self.last.ends_with(b">"));
        let mut quote = None;
        while depth > 0 {
            let Some(&byte) = filled(&mut self.reader)?.first() else { break };
            self.pass(1, sink);
            match (quote, byte) {
                (Some(open), _) => quote = (open != byte).then_some(open),
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'-') if self.last == *b"!--" => {
                    self.pass_until(b"-->", sink)?;
                    depth -= 1;
                }
                (None, b'<') => depth += 1,
                (None, b'>') => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// To the `>` of a tag that is not in the value of an attribute.
    fn rest_of_tag(&mut self, sink: Sink<'_>) -> io::Result<()> {
        let mut quote = None;
        loop {
            let buffer = filled(&mut self.reader)?;
            let found = match quote {
                Some(open) => memchr(open, buffer),
                None => memchr3(b'>', b'"', b'\'', buffer),
            };
            let byte = found.map(|at| buffer[at]);
            let taken = found.map_or(buffer.len(), |at| at + 1);
            self.take(taken, sink);
            match (quote, byte) {
                (None, Some(b'>')) => return Ok(()),
                (_, None) if taken == 0 => return Ok(()),
                (_, None) => {}
                (Some(_), Some(_)) => quote = None,
                (None, byte) => quote = byte,
            }
        }
    }

    /// To the end of `end`, whose last byte is `>`.
    fn pass_until(&mut self, end: &[u8], sink: Sink<'_>) -> io::Result<()> {
        loop {
            let buffer = filled(&mut self.reader)?;
            let taken = memchr(b'>', buffer).map_or(buffer.len(), |at| at + 1);
            self.pass(taken, sink);
            if taken == 0 || self.last.ends_with(end) {
                return Ok(());
            }
        }
    }

    /// Passes bytes of a tag, which is kept.
    fn take(&mut self, count: usize, sink: Sink<'_>) {
        let tag = &mut self.tag;
        let room = MAX_TAG_BYTES - tag.len();
        let mut kept = |part: &[u8]| {
            tag.extend_from_slice(&part[..part.len().min(room)]);
            sink(part);
        };
        pass(&mut self.reader, count, &mut self.last, &mut self.line, &mut kept);
        self.byte += count as u64;
    }

    fn pass(&mut self, count: usize, sink: Sink<'_>) {
        pass(&mut self.reader, count, &mut self.last, &mut self.line, sink);
        self.byte += count as u64;
    }
}

/// Passes `count` bytes of those that `reader` has buffered.
fn pass(reader: &mut Reader, count: usize, last: &mut [u8; 3], line: &mut u64, sink: Sink<'_>) {
    // They were buffered before: this does not read.
    let Ok(buffer) = reader.fill_buf() else { return };
    let part = &buffer[..count];
    sink(part);
    *line += memchr_iter(b'\n', part).count() as u64;
    let kept = part.len().min(last.len());
    last.rotate_left(kept);
    let start = last.len() - kept;
    last[start..].copy_from_slice(&part[part.len() - kept..]);
    reader.consume(count);
}

/// The name after `<` or `</`.
pub(super) fn name_of(tag: &[u8]) -> &[u8] {
    let tag = tag.strip_prefix(b"<").unwrap_or(tag);
    let tag = tag.strip_prefix(b"/").unwrap_or(tag);
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
    &tag[..end.unwrap_or(tag.len())]
}

/// A name without its prefix.
pub(super) fn local_name(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The tags of a document and whether all of its bytes were passed, whatever the buffer.
    fn tags(document: &str, buffer: usize) -> Vec<String> {
        let reader = BufReader::with_capacity(buffer, std::io::Cursor::new(document.as_bytes().to_vec()));
        let mut scanner = Scanner::new(Box::new(reader), 0);
        let mut passed = Vec::new();
        let mut tags = Vec::new();
        while scanner.text(&mut |part| passed.extend_from_slice(part)).unwrap() {
            let token = scanner.tag(&mut |part| passed.extend_from_slice(part)).unwrap();
            let name = String::from_utf8_lossy(name_of(&scanner.tag));
            match token {
                Token::Start { is_empty: true } => tags.push(format!("{name}/")),
                Token::Start { is_empty: false } => tags.push(name.into_owned()),
                Token::End => tags.push(format!("/{name}")),
                Token::Other => {}
            }
        }
        assert_eq!((&*passed, scanner.byte), (document.as_bytes(), document.len() as u64));
        assert_eq!(scanner.line, 1 + document.matches('\n').count() as u64);
        tags
    }

    #[test]
    fn tags_are_told_from_what_looks_like_them() {
        for (document, expected) in [
            ("<a><b/>x</a>", &["a", "b/", "/a"][..]),
            ("<a x='>' y=\"/>\">\n<b x='1'/></a >", &["a", "b/", "/a"]),
            ("<?xml version='1.0'?><!-- <b> --><a><![CDATA[</a><b>]]]]></a>", &["a", "/a"]),
            ("<!DOCTYPE a [<!ENTITY x \"<b>\"><!-- don't ]> <b> --><!ELEMENT a ANY>]><a/>", &["a/"]),
            ("<!DOCTYPE a SYSTEM 'a>b'><a/>", &["a/"]),
            ("a < b <c> & <1> << <d>", &["c", "d"]),
            ("<x:a\n/><!>", &["x:a/"]),
            ("<a", &["a"]),
            ("<a x='", &["a"]),
            ("<!-- <a>", &[]),
            ("<![CDATA[", &[]),
            ("<!DOCTYPE", &[]),
            ("<", &[]),
            ("", &[]),
        ] {
            for buffer in [1, 2, 3, 7, 4096] {
                assert_eq!(tags(document, buffer), expected, "{document} {buffer}");
            }
        }
    }

    #[test]
    fn a_long_tag_is_passed_but_not_held() {
        let document = format!("<a x='{}'/>", "y".repeat(100_000));
        assert_eq!(tags(&document, 4096), ["a/"]);
    }
}
