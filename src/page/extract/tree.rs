//! A page as elements and the text in them.
//!
//! Not what a browser makes of it: elements that were left open are closed by simple rules. Every visible character is
//! there once, in the order of the page.

use std::ops::Range;

use super::hints::Hints;
use super::pieces::Pieces;
use super::tags::Tag;

/// Depth beyond which elements are ignored; their text belongs to the last one above.
pub(super) const MAX_DEPTH: usize = 256;

/// An element, or the root at index 0.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) tag: Tag,
    pub(super) parent: u32,
    /// The index after that of its last descendant.
    pub(super) end: u32,
    pub(super) hints: Hints,
}

/// Text between two tags, or a line break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The innermost element that it is in.
    pub(super) element: u32,
    /// Where it starts in [`Tree::text`]; it ends where the next one starts.
    pub(super) start: u32,
    /// Whether it is on a line of its own, apart from the run before.
    pub(super) begins_block: bool,
    /// Whether it is a line break.
    pub(super) is_break: bool,
}

/// The elements of a page, in the order of their start tags, and its visible text.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) elements: Vec<Element>,
    pub(super) runs: Vec<Run>,
    pub(super) text: Pieces,
}

impl Tree {
    /// The text of run number `run`, as a range of [`Tree::text`].
    pub(super) fn run_range(&self, run: usize) -> Range<usize> {
        let end = self.runs.get(run + 1).map_or(self.text.text.len(), |next| next.start as usize);
        self.runs[run].start as usize..end
    }

    pub(super) fn run_text(&self, run: usize) -> &str {
        &self.text.text[self.run_range(run)]
    }

    /// An element and those that it is in, from the inside out, without the root.
    pub(super) fn ancestors(&self, element: u32) -> impl Iterator<Item = u32> {
        let parent = |&element: &u32| Some(self.elements[element as usize].parent);
        std::iter::successors(Some(element), parent).take_while(|&element| element != 0)
    }

    pub(super) fn is_within(&self, element: u32, outer: u32) -> bool {
        (outer..self.elements[outer as usize].end).contains(&element)
    }
}

/// Builds a tree from tokens.
#[derive(Debug)]
pub(super) struct Builder {
    tree: Tree,
    /// The open elements, the root first.
    open: Vec<u32>,
    /// How many elements are open around which no text is wanted.
    hidden: u32,
    begins_block: bool,
    /// The element of the present run; text after a tag starts another.
    run: Option<u32>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let root = Element { tag: Tag::Html, parent: 0, end: 0, hints: Hints::default() };
        let tree = Tree { elements: vec![root], ..Tree::default() };
        Self { tree, open: vec![0], hidden: 0, begins_block: true, run: None }
    }

    pub(super) fn wants_text(&self) -> bool {
        self.hidden == 0
    }

    fn innermost(&self) -> u32 {
        self.open.last().copied().unwrap_or(0)
    }

    fn tag(&self, element: u32) -> Tag {
        self.tree.elements[element as usize].tag
    }

    /// A start tag. The index of the element, if it is one that is kept.
    pub(super) fn start(&mut self, tag: Tag, hints: Hints, is_self_closing: bool) -> Option<u32> {
        self.run = None;
        if tag == Tag::Br && self.wants_text() {
            let (element, start) = (self.innermost(), self.tree.text.text.len() as u32);
            self.tree.runs.push(Run { element, start, begins_block: false, is_break: true });
        }
        while self.tag(self.innermost()).is_ended_by(tag) {
            self.close(self.open.len() - 1);
        }
        if tag == Tag::A {
            self.end_open(Tag::A);
        }
        self.begins_block |= !tag.is_inline() && !matches!(tag, Tag::Meta | Tag::Link);
        let is_too_deep = self.open.len() > MAX_DEPTH && !(is_hidden(tag) && self.wants_text());
        if tag.is_void() || is_too_deep || (tag == Tag::Hidden && is_self_closing) {
            return None;
        }
        let index = self.tree.elements.len() as u32;
        self.tree.elements.push(Element { tag, parent: self.innermost(), end: index + 1, hints });
        self.open.push(index);
        self.hidden += u32::from(is_hidden(tag));
        Some(index)
    }

    /// An end tag; ignored where no such element is open.
    pub(super) fn end(&mut self, tag: Tag) {
        self.run = None;
        self.begins_block |= !tag.is_inline();
        if matches!(tag, Tag::Body | Tag::Html) {
            return;
        }
        self.end_open(tag);
    }

    fn end_open(&mut self, tag: Tag) {
        for at in (1..self.open.len()).rev() {
            let open = self.tag(self.open[at]);
            if open == tag || (open.is_heading() && tag.is_heading()) {
                return self.close(at);
            }
            // What is left open in a cell does not end outside it, nor a word in bold outside its paragraph.
            let is_barred = open.is_scope() && !tag.is_scope();
            if is_barred || (tag == Tag::Inline && !open.is_inline()) {
                return;
            }
        }
    }

    /// Closes the open element at `at` and those inside it.
    fn close(&mut self, at: usize) {
        let end = self.tree.elements.len() as u32;
        for element in self.open.drain(at..) {
            let element = &mut self.tree.elements[element as usize];
            element.end = end;
            self.hidden -= u32::from(is_hidden(element.tag));
        }
    }

    pub(super) fn text(&mut self, text: &str, raw: Range<usize>, is_plain: bool) {
        if !self.wants_text() {
            return;
        }
        let element = self.innermost();
        if self.run != Some(element) {
            let start = self.tree.text.text.len() as u32;
            // White space alone does not make a block.
            let begins_block = self.begins_block;
            self.tree.runs.push(Run { element, start, begins_block, is_break: false });
            self.begins_block = false;
            self.run = Some(element);
        }
        self.tree.text.push(text, raw, is_plain);
    }

    pub(super) fn finish(mut self) -> Tree {
        self.close(0);
        self.tree
    }
}

fn is_hidden(tag: Tag) -> bool {
    matches!(tag, Tag::Hidden | Tag::Script | Tag::Title)
}
