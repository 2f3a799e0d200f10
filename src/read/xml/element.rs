//! The elements of one record.
//!
//! Nodes lie in one list in the order of the document, each with the end of its subtree, so that no depth of nesting
//! needs recursion.

use std::borrow::Cow;
use std::fmt;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::super::reject::RejectReason;
use super::entities::resolved;
use super::scan::local_name;

/// Maximum number of elements and texts in a record.
const MAX_NODES: usize = 1 << 20;
/// Maximum number of elements that one end tag ends.
const MAX_UNCLOSED: usize = 64;

/// A parsed record.
pub(super) struct Document<'x> {
    source: &'x str,
    nodes: Vec<Node>,
    /// The elements around the record, the outermost first.
    around: Vec<usize>,
    record: usize,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// Its bytes in the source: of an element, the start tag between its brackets.
    start: u32,
    end: u32,
    /// Where the content of an element ends.
    close: u32,
    /// The first node that is not below it.
    next: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Element,
    Text,
    Section,
}

/// Why a record cannot be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// What is wrong with the markup.
    Invalid(String),
    /// It has more elements than are held.
    TooLarge,
}

impl Unreadable {
    pub(super) fn reason(&self) -> RejectReason {
        match self {
            Self::Invalid(_) => RejectReason::InvalidXml,
            Self::TooLarge => RejectReason::TooLarge,
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(what) => write!(out, "invalid XML: {what}"),
            Self::TooLarge => write!(out, "the record has more than {MAX_NODES} elements and texts"),
        }
    }
}

impl<'x> Document<'x> {
    /// Parses a record with the start tags of the elements around it. An end tag ends all elements down to the one of
    /// its name, and is ignored where none has it.
    pub(super) fn parse(source: &'x str) -> Result<Self, Unreadable> {
        let invalid = |what: String| Unreadable::Invalid(what);
        if u32::try_from(source.len()).is_err() {
            return Err(Unreadable::TooLarge);
        }
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
        let mut tree = Tree { source, nodes: Vec::new(), open: Vec::new() };
        loop {
            let start = reader.buffer_position() as usize;
            let event = reader.read_event();
            let end = reader.buffer_position() as usize;
            let event = event.map_err(|error| invalid(error.to_string()))?;
            match event {
                Event::Start(_) => tree.open(start + 1, end - 1),
                Event::Empty(_) => {
                    tree.open(start + 1, end - 2);
                    tree.close_last(end);
                }
                Event::End(tag) => tree.close(tag.name().into_inner(), start).map_err(invalid)?,
                Event::Text(_) | Event::GeneralRef(_) => tree.text(start, end),
                Event::CData(_) => tree.push(Kind::Section, start + "<![CDATA[".len(), end - "]]>".len()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return tree.finish().ok_or_else(|| invalid("there is no element".to_owned())),
            }
            if tree.nodes.len() > MAX_NODES {
                return Err(Unreadable::TooLarge);
            }
        }
    }

    /// The element that was cut out.
    pub(super) fn record(&self) -> Element<'_> {
        Element { document: self, at: self.record }
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Element<'_> {
        Element { document: self, at: self.around.first().copied().unwrap_or(self.record) }
    }

    /// The language of the record, or else of the elements around it.
    pub(super) fn language(&self) -> Option<String> {
        let around = self.around.iter().rev().map(|&at| Element { document: self, at });
        std::iter::once(self.record()).chain(around).find_map(|element| element.attribute("xml:lang"))
    }
}

/// A document that is being parsed.
struct Tree<'x> {
    source: &'x str,
    nodes: Vec<Node>,
    /// Elements without their end, the outermost first.
    open: Vec<usize>,
}

impl<'x> Tree<'x> {
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { kind, start: start as u32, end: end as u32, close: end as u32, next });
    }

    /// A text and the references in it are one node.
    fn text(&mut self, start: usize, end: usize) {
        match self.nodes.last_mut() {
            Some(last) if last.kind == Kind::Text && last.end as usize == start => last.end = end as u32,
            _ => self.push(Kind::Text, start, end),
        }
    }

    fn open(&mut self, start: usize, end: usize) {
        self.open.push(self.nodes.len());
        self.push(Kind::Element, start, end);
    }

    fn close(&mut self, name: &str, at: usize) -> Result<(), String> {
        let is_named = |&open: &usize| name_in(self.source, self.nodes[open]) == name;
        match self.open.iter().rev().take(MAX_UNCLOSED).position(is_named) {
            Some(above) => (0..=above).for_each(|_| self.close_last(at)),
            None if self.open.len() > MAX_UNCLOSED => {
                return Err(format!("`</{name}>` ends none of the {MAX_UNCLOSED} elements around it"));
            }
            None => {}
        }
        Ok(())
    }

    fn close_last(&mut self, at: usize) {
        let next = self.nodes.len() as u32;
        if let Some(open) = self.open.pop() {
            let node = &mut self.nodes[open];
            (node.close, node.next) = (at as u32, next);
        }
    }

    /// The record is the last element within those that have no end; `None` where there is no element.
    fn finish(mut self) -> Option<Document<'x>> {
        let (count, length) = (self.nodes.len() as u32, self.source.len() as u32);
        for &open in &self.open {
            (self.nodes[open].next, self.nodes[open].close) = (count, length);
        }
        let mut document = Document { source: self.source, nodes: self.nodes, around: self.open, record: 0 };
        let last = match document.around.last() {
            Some(&at) => Element { document: &document, at }.children().last().map(|child| child.at),
            None => document.top(),
        };
        // A record whose end is missing is one of those without end.
        document.record = last.or_else(|| document.around.pop())?;
        Some(document)
    }
}

impl Document<'_> {
    /// The first element.
    fn top(&self) -> Option<usize> {
        self.nodes.iter().position(|node| node.kind == Kind::Element)
    }
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    document: &'d Document<'d>,
    at: usize,
}

/// A part of an element's content, in the order of the document.
pub(super) enum Part<'d> {
    /// An element starts; those below it follow.
    Start(Element<'d>),
    /// An element ends.
    End(Element<'d>),
    /// Text, with its references replaced.
    Text(Cow<'d, str>),
}

impl<'d> Element<'d> {
    fn node(self) -> Node {
        self.document.nodes[self.at]
    }

    /// The name as it is written.
    pub(super) fn name(self) -> &'d str {
        name_in(self.document.source, self.node())
    }

    /// The name without its prefix.
    pub(super) fn local_name(self) -> &'d str {
        let name = self.name();
        let local = local_name(name.as_bytes()).len();
        &name[name.len() - local..]
    }

    /// The value of an attribute, by its name as it is written.
    pub(super) fn attribute(self, name: &str) -> Option<String> {
        let node = self.node();
        let tag = &self.document.source[node.start as usize..node.end as usize];
        let mut attributes = quick_xml::events::attributes::Attributes::new(tag, self.name().len());
        let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
        Some(resolved(&found.value).into_owned())
    }

    /// The elements right below.
    pub(super) fn children(self) -> impl Iterator<Item = Element<'d>> {
        let end = self.node().next as usize;
        let document = self.document;
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < end {
                let node = document.nodes[at];
                let child = Element { document, at };
                at = node.next as usize;
                if node.kind == Kind::Element {
                    return Some(child);
                }
            }
            None
        })
    }

    /// The first element right below of this name, as it is written or without its prefix.
    pub(super) fn child(self, name: &str) -> Option<Element<'d>> {
        let is_exact = |child: &Element<'d>| child.name() == name;
        self.children().find(is_exact).or_else(|| self.children().find(|child| child.local_name() == name))
    }

    /// All elements below of this local name.
    pub(super) fn descendants(self, name: &str) -> impl Iterator<Item = Element<'d>> {
        let below = self.at + 1..self.node().next as usize;
        let document = self.document;
        let elements = below.filter(move |&at| document.nodes[at].kind == Kind::Element);
        elements.map(move |at| Element { document, at }).filter(move |element| element.local_name() == name)
    }

    /// Whether there are no elements below.
    pub(super) fn is_plain(self) -> bool {
        self.children().next().is_none()
    }

    /// Whether text stands beside the elements right below.
    pub(super) fn is_mixed(self) -> bool {
        let end = self.node().next as usize;
        let mut at = self.at + 1;
        while at < end {
            let node = self.document.nodes[at];
            let text = &self.document.source[node.start as usize..node.end as usize];
            if node.kind != Kind::Element && !text.trim().is_empty() {
                return true;
            }
            at = node.next as usize;
        }
        false
    }

    /// The content, in order, without the element itself.
    pub(super) fn walk(self, mut each: impl FnMut(Part<'d>)) {
        let document = self.document;
        let mut open: Vec<Element<'d>> = Vec::new();
        for at in self.at + 1..self.node().next as usize {
            while let Some(ended) = open.pop_if(|element| element.node().next as usize <= at) {
                each(Part::End(ended));
            }
            let node = document.nodes[at];
            let source = &document.source[node.start as usize..node.end as usize];
            match node.kind {
                Kind::Element => {
                    let element = Element { document, at };
                    each(Part::Start(element));
                    open.push(element);
                }
                Kind::Text => each(Part::Text(resolved(source))),
                Kind::Section => each(Part::Text(source.into())),
            }
        }
        open.into_iter().rev().for_each(|element| each(Part::End(element)));
    }

    /// All text below, as it stands.
    pub(super) fn text(self) -> String {
        let mut text = String::new();
        self.walk(|part| {
            if let Part::Text(part) = part {
                text.push_str(&part);
            }
        });
        text
    }

    /// The markup of the content.
    pub(super) fn markup(self) -> &'d str {
        let node = self.node();
        let start = node.end as usize + 1;
        self.document.source.get(start..node.close as usize).unwrap_or_default()
    }
}

fn name_in(source: &str, node: Node) -> &str {
    let tag = &source[node.start as usize..node.end as usize];
    let end = tag.find(|char: char| char.is_ascii_whitespace() || char == '/').unwrap_or(tag.len());
    &tag[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_what_has_its_end() {
        for (source, record, root) in [
            ("<a><b>x</b></a>", "a", "a"),
            ("<r><c xml:lang='de'><a>x</a>", "a", "r"),
            ("<r><a><b>x</a>", "a", "r"),
            ("<r><a>x</q></a>", "a", "r"),
            ("<r><a/>", "a", "r"),
            ("<!-- c --><a>", "a", "a"),
            ("<r><a>no end", "a", "r"),
        ] {
            let document = Document::parse(source).unwrap();
            assert_eq!((document.record().name(), document.root().name()), (record, root), "{source}");
        }
        assert!(Document::parse("").is_err() && Document::parse("text").is_err());
        assert!(Document::parse("<a><!-- no end").is_err());
    }

    #[test]
    fn parts_are_found_by_name() {
        let source =
            "<r xml:lang='en'><x:a k='1 &amp; 2' x:l=\"3\">A &lt; <b>B</b><![CDATA[&amp;<i>]]><x:b>C</x:b><e/></x:a>";
        let document = Document::parse(source).unwrap();
        let record = document.record();
        assert_eq!((record.name(), record.local_name()), ("x:a", "a"));
        assert_eq!(record.attribute("k").as_deref(), Some("1 & 2"));
        assert_eq!(record.attribute("x:l").as_deref(), Some("3"));
        assert_eq!((record.attribute("l"), document.language().as_deref()), (None, Some("en")));
        assert_eq!(record.text(), "A < B&amp;<i>C");
        assert_eq!(record.children().map(Element::name).collect::<Vec<_>>(), ["b", "x:b", "e"]);
        assert_eq!(record.child("x:b").map(Element::text).as_deref(), Some("C"));
        assert_eq!(record.descendants("b").count(), 2);
        assert_eq!(record.child("b").unwrap().markup(), "B");
        assert!(record.is_mixed() && record.child("e").unwrap().is_plain());
    }

    #[test]
    fn depth_needs_no_stack_and_size_is_bounded() {
        let deep = format!("{}x{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let document = Document::parse(&deep).unwrap();
        assert_eq!(document.record().text(), "x");
        let many = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES));
        assert!(matches!(Document::parse(&many), Err(Unreadable::TooLarge)));
    }
}
