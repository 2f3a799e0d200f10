//! Blocks as text, each character with its bytes in the page.

use std::ops::Range;

use super::blocks::Block;
use super::hints::Hints;
use super::pieces::Pieces;
use super::tags::Tag;
use super::tree::Tree;

/// The text of `blocks`, a blank line between two of them, white space as it is shown.
pub(super) fn text<'b>(tree: &Tree, blocks: impl Iterator<Item = &'b Block>) -> Pieces {
    let mut out = Pieces::default();
    for block in blocks {
        let keeps_lines = tree.ancestors(block.element).any(|element| tree.elements[element as usize].tag == Tag::Pre);
        let mut writer = Writer { source: &tree.text, out: &mut out, gap: Gap::Paragraph, keeps_lines };
        for run in block.runs.clone() {
            if tree.runs[run].is_break {
                writer.line_break();
            } else if !is_hidden(tree, tree.runs[run].element, block.element) {
                writer.text(tree.run_range(run));
            }
        }
    }
    out
}

/// The text of one block.
pub(super) fn plain_text(tree: &Tree, block: &Block) -> String {
    text(tree, std::iter::once(block)).text
}

/// White space that is due before the next word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    /// A space, and where it is in the text of the page.
    Space(usize, usize),
    Line,
    Paragraph,
}

/// The part `range` of a text, its white space as it is shown on one line.
pub(super) fn collapsed(source: &Pieces, range: Range<usize>) -> Pieces {
    let mut out = Pieces::default();
    Writer { source, out: &mut out, gap: Gap::Paragraph, keeps_lines: false }.text(range);
    out
}

/// Whether text of a block is not shown, while the block is.
fn is_hidden(tree: &Tree, element: u32, block: u32) -> bool {
    let within = tree.ancestors(element).take_while(|&element| element != block);
    within.into_iter().any(|element| tree.elements[element as usize].hints.has(Hints::HIDDEN))
}

struct Writer<'t> {
    source: &'t Pieces,
    out: &'t mut Pieces,
    gap: Gap,
    keeps_lines: bool,
}

impl Writer<'_> {
    fn line_break(&mut self) {
        if self.gap != Gap::Paragraph {
            self.gap = Gap::Line;
        }
    }

    fn text(&mut self, range: Range<usize>) {
        let text = &self.source.text[range.clone()];
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let word = rest.find(is_space).unwrap_or(rest.len());
            if word > 0 {
                self.word(range.start + at..range.start + at + word);
            }
            let after = &rest[word..];
            let space = after.find(|char| !is_space(char)).unwrap_or(after.len());
            if space > 0 {
                self.space(range.start + at + word, &after[..space]);
            }
            at += word + space;
        }
    }

    fn space(&mut self, start: usize, space: &str) {
        match self.gap {
            Gap::None if self.keeps_lines && space.contains('\n') => self.gap = Gap::Line,
            Gap::None => self.gap = Gap::Space(start, start + space.len()),
            Gap::Space(first, _) => self.gap = Gap::Space(first, start + space.len()),
            Gap::Line | Gap::Paragraph => {}
        }
    }

    fn word(&mut self, range: Range<usize>) {
        match self.gap {
            Gap::None => {}
            Gap::Space(start, end) => self.out.push_instead(" ", self.source, start..end),
            Gap::Line => self.out.push_added("\n"),
            Gap::Paragraph if self.out.text.is_empty() => {}
            Gap::Paragraph => self.out.push_added("\n\n"),
        }
        self.gap = Gap::None;
        self.out.push_part(self.source, range);
    }
}

/// White space that a browser shows as one space. A no-break space is shown as it is.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0C')
}
