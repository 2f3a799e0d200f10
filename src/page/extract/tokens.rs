//! A page as start tags, end tags and text, each text with the bytes that it came from.
//!
//! The tokenizer follows the HTML standard and never fails; it keeps no more than one tag.

use std::convert::Infallible;
use std::ops::Range;

use html5gum::{Emitter, Error, State, Tokenizer, naive_next_state};

use super::pieces::Pieces;
use super::reader::{PageReader, Skip};
use super::tags::AttributeName;

/// Maximum number of bytes of attributes that are kept of one tag. The rest of its attributes are ignored.
const MAX_ATTRIBUTE_BYTES: usize = 64 << 10;

/// Attributes of one tag after which it ends: the tokenizer recurses with each.
const MAX_ATTRIBUTES: usize = 256;

/// Takes the tokens of a page.
pub(super) trait Sink {
    /// Whether text is wanted at present.
    fn wants_text(&self) -> bool;
    /// A start tag.
    fn start(&mut self, name: &[u8], attributes: &[Attribute], is_self_closing: bool);
    /// An end tag.
    fn end(&mut self, name: &[u8]);
    /// A piece of text, and its bytes in the page.
    fn text(&mut self, text: &str, raw: Range<usize>, is_plain: bool);
}

/// An attribute of a start tag.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: AttributeName,
    /// Its value, references resolved.
    pub(super) value: Pieces,
}

/// Hands the tokens of `html` to `sink`.
pub(super) fn tokenize<S: Sink>(html: &str, sink: &mut S) {
    let skip = Skip::default();
    let emitter = Tokens {
        html: html.as_bytes(),
        skip: &skip,
        attribute_count: 0,
        sink,
        position: 0,
        taken: 0,
        name: Vec::new(),
        last_start: Vec::new(),
        is_end: false,
        is_self_closing: false,
        attributes: Vec::new(),
        attribute_name: Vec::new(),
        is_wanted: false,
        has_value: false,
        attribute_bytes: 0,
    };
    // A string is read without errors.
    let reader = PageReader { rest: html.as_bytes(), skip: &skip };
    let Ok(()) = Tokenizer::new_with_emitter(reader, emitter).finish();
}

struct Tokens<'h, 's, S> {
    html: &'h [u8],
    skip: &'h Skip,
    sink: &'s mut S,
    /// Where the tokenizer stands.
    position: usize,
    /// Where the text or value that was handed on last ends.
    taken: usize,
    name: Vec<u8>,
    last_start: Vec<u8>,
    is_end: bool,
    is_self_closing: bool,
    attributes: Vec<Attribute>,
    attribute_name: Vec<u8>,
    /// Whether the value of the present attribute is kept.
    is_wanted: bool,
    /// Whether the present attribute has a value.
    has_value: bool,
    attribute_bytes: usize,
    attribute_count: usize,
}

impl<S: Sink> Tokens<'_, '_, S> {
    /// The bytes that `text` came from: itself, or a character reference (or a line end) that stands for it.
    fn source(&mut self, text: &[u8]) -> (Range<usize>, bool) {
        let start = self.position.saturating_sub(text.len());
        let is_plain = self.html.get(start..self.position) == Some(text);
        let raw = if is_plain { start..self.position } else { self.taken.min(self.position)..self.position };
        self.taken = self.position;
        (raw, is_plain)
    }

    /// Begins the attribute whose name was read, if it is wanted.
    fn begin_attribute(&mut self) {
        let name = AttributeName::of(&self.name, &self.attribute_name)
            .filter(|_| !self.is_end && self.attribute_bytes < MAX_ATTRIBUTE_BYTES)
            .filter(|name| self.attributes.iter().all(|attribute| attribute.name != *name));
        (self.is_wanted, self.has_value) = (name.is_some(), true);
        self.attributes.extend(name.map(|name| Attribute { name, value: Pieces::default() }));
    }

    /// An attribute without a value is one, too.
    fn end_attribute(&mut self) {
        if !self.has_value && !self.attribute_name.is_empty() {
            self.begin_attribute();
        }
        self.has_value = false;
    }

    fn begin_tag(&mut self, is_end: bool) {
        self.name.clear();
        self.attributes.clear();
        self.attribute_name.clear();
        (self.attribute_bytes, self.attribute_count) = (0, 0);
        (self.is_end, self.is_self_closing, self.is_wanted) = (is_end, false, false);
    }
}

impl<S: Sink> Emitter for Tokens<'_, '_, S> {
    type Token = Infallible;

    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset) + self.skip.take_skipped();
    }

    fn init_string(&mut self) {
        self.taken = self.position;
    }

    fn emit_string(&mut self, text: &[u8]) {
        let (raw, is_plain) = self.source(text);
        if self.sink.wants_text()
            && let Ok(text) = std::str::from_utf8(text)
        {
            self.sink.text(text, raw, is_plain);
        }
    }

    fn init_start_tag(&mut self) {
        self.begin_tag(false);
    }

    fn init_end_tag(&mut self) {
        self.begin_tag(true);
    }

    fn push_tag_name(&mut self, name: &[u8]) {
        self.name.extend_from_slice(name);
    }

    fn init_attribute(&mut self) {
        self.end_attribute();
        self.attribute_name.clear();
        self.attribute_count += 1;
        if self.attribute_count > MAX_ATTRIBUTES {
            self.skip.to_end_of_tag();
        }
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        if self.attribute_name.len() < 64 {
            self.attribute_name.extend_from_slice(name);
        }
    }

    fn init_attribute_value(&mut self) {
        self.taken = self.position;
        self.begin_attribute();
    }
    fn push_attribute_value(&mut self, value: &[u8]) {
        let (raw, is_plain) = self.source(value);
        self.attribute_bytes += value.len();
        if !self.is_wanted || self.attribute_bytes > MAX_ATTRIBUTE_BYTES {
            return;
        }
        if let (Some(attribute), Ok(value)) = (self.attributes.last_mut(), std::str::from_utf8(value)) {
            attribute.value.push(value, raw, is_plain);
        }
    }

    fn set_self_closing(&mut self) {
        self.is_self_closing = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.taken = self.position;
        self.end_attribute();
        if self.is_end {
            self.sink.end(&self.name);
            self.last_start.clear();
            return None;
        }
        self.sink.start(&self.name, &self.attributes, self.is_self_closing);
        self.last_start.clone_from(&self.name);
        naive_next_state(&self.name)
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && !self.last_start.is_empty() && self.name == self.last_start
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start = name.unwrap_or_default().to_vec();
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    // Comments, document types and errors say nothing of the text.
    fn emit_eof(&mut self) {}
    fn emit_error(&mut self, _: Error) {}
    fn init_comment(&mut self) {}
    fn emit_current_comment(&mut self) {}
    fn push_comment(&mut self, _: &[u8]) {}
    fn init_doctype(&mut self) {}
    fn emit_current_doctype(&mut self) {}
    fn set_force_quirks(&mut self) {}
    fn push_doctype_name(&mut self, _: &[u8]) {}
    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
}
