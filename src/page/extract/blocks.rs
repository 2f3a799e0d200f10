//! The blocks of a page: the text of a paragraph, a heading, a list item, a cell.

use std::ops::Range;

use super::hints::Hints;
use super::tags::Tag;
use super::tree::Tree;

/// Text between two places where a line ends for certain.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Its runs, as indices of [`Tree::runs`].
    pub(super) runs: Range<usize>,
    /// The innermost element with lines of its own that it is in.
    pub(super) element: u32,
    pub(super) tag: Tag,
    /// The hints of that element and the ones around it.
    pub(super) hints: Hints,
    /// Letters and digits, and those of them inside links.
    pub(super) chars: u32,
    pub(super) link_chars: u32,
    /// Whether it begins with a link.
    pub(super) begins_with_link: bool,
    /// Whether it has the signs between words that sentences have.
    pub(super) is_prose: bool,
}

/// The blocks of a page that hold a letter or a digit, in order.
pub(super) fn blocks(tree: &Tree) -> Vec<Block> {
    let links = inside_links(tree);
    let mut blocks: Vec<Block> = Vec::new();
    let mut start = 0;
    for end in 1..=tree.runs.len() {
        if tree.runs.get(end).is_none_or(|run| run.begins_block) {
            blocks.extend(block(tree, start..end, &links));
            start = end;
        }
    }
    let hints = inherited_hints(tree, &blocks);
    for block in &mut blocks {
        block.hints = hints[block.element as usize];
    }
    blocks
}

fn block(tree: &Tree, runs: Range<usize>, links: &[bool]) -> Option<Block> {
    let (mut chars, mut link_chars, mut first, mut begins_with_link) = (0, 0, None, false);
    let mut is_prose = false;
    for run in runs.clone() {
        let text = tree.run_text(run);
        let count = count_letters(text);
        let element = tree.runs[run].element;
        chars += count;
        link_chars += if links[element as usize] { count } else { 0 };
        is_prose |= text.contains([',', '.', '،', '。', '、', '।', '؛', '!', '?']);
        if count > 0 && first.is_none() {
            first = Some(element);
            begins_with_link = links[element as usize] && count >= 15;
        }
    }
    let element = first.map(|inner| {
        let is_block = |element: &u32| !tree.elements[*element as usize].tag.is_inline();
        tree.ancestors(inner).find(is_block).unwrap_or(0)
    })?;
    let tag = tree.elements[element as usize].tag;
    Some(Block { runs, element, tag, hints: Hints::default(), chars, link_chars, begins_with_link, is_prose })
}

fn count_letters(text: &str) -> u32 {
    if text.is_ascii() {
        return text.bytes().filter(u8::is_ascii_alphanumeric).count() as u32;
    }
    text.chars().filter(|char| char.is_alphanumeric()).count() as u32
}

/// Letters of a block below which it is no paragraph by itself.
const MIN_PARAGRAPH_CHARS: u32 = 40;

impl Block {
    /// How much it looks like a paragraph: its letters outside links, or 0.
    pub(super) fn weight(&self) -> u32 {
        let is_paragraph = self.chars >= MIN_PARAGRAPH_CHARS
            && (self.is_prose || (self.tag == Tag::P && self.hints.has(Hints::BODY)))
            && self.link_chars * 2 < self.chars
            && !self.tag.is_heading()
            && !(self.tag == Tag::Li && self.begins_with_link);
        let own = if is_paragraph { self.chars - self.link_chars } else { 0 };
        if self.tag == Tag::P { own } else { own / 2 }
    }
}

/// The sum of `weights`, one for each block, over each element with its descendants.
pub(super) fn totals(tree: &Tree, blocks: &[Block], weight: impl Fn(&Block) -> u32) -> Vec<u64> {
    let mut totals: Vec<u64> = vec![0; tree.elements.len()];
    for block in blocks {
        totals[block.element as usize] += u64::from(weight(block));
    }
    // Descendants come after what they are in.
    for element in (1..totals.len()).rev() {
        totals[tree.elements[element].parent as usize] += totals[element];
    }
    totals
}

/// The hints of each element and of those around it. What names say of most of a page, or of what holds its headline,
/// says nothing.
fn inherited_hints(tree: &Tree, blocks: &[Block]) -> Vec<Hints> {
    let totals = totals(tree, blocks, Block::weight);
    let mut has_article = vec![false; tree.elements.len()];
    for at in (1..tree.elements.len()).rev() {
        let element = &tree.elements[at];
        has_article[at] |= element.tag == Tag::H1 || element.hints.has(Hints::BODY);
        has_article[element.parent as usize] |= has_article[at];
    }
    let teasers = teasers(tree, blocks, &totals, &has_article);
    let mut all: Vec<Hints> = Vec::with_capacity(tree.elements.len());
    let mut in_article = vec![false; tree.elements.len()];
    for (at, element) in tree.elements.iter().enumerate() {
        let parent = element.parent as usize;
        let outer = all.get(parent).copied().unwrap_or_default();
        let share = totals[at] * 100 / totals[0].max(1);
        let mut own = element.hints.only(trusted(share, has_article[at]));
        if outer.has(Hints::BODY) && element.tag == Tag::P {
            // Shown when the reader has paid.
            own = own.without(Hints::HIDDEN);
        }
        in_article[at] = in_article[parent] || element.tag == Tag::Article;
        let is_inner = element.tag == Tag::Article && in_article[parent];
        if (is_inner || teasers[at]) && share <= 30 && !has_article[at] {
            own = own.with(Hints::RELATED);
        }
        all.push(outer.with(own));
    }
    all
}

/// Which hints are believed of an element with `share` per cent of the paragraphs of a page.
fn trusted(share: u64, has_article: bool) -> Hints {
    let mut trusted = Hints::BODY;
    if share <= 90 {
        trusted = trusted.with(Hints::COMMENTS);
    }
    if share <= 60 {
        trusted = trusted.with(Hints::HIDDEN);
        if !has_article {
            trusted = trusted.with(Hints::NAVIGATION).with(Hints::NOTICE);
        }
    }
    if share <= 30 && !has_article { Hints::all() } else { trusted }
}

/// Which elements are a link to another article with the beginning of its text: a heading that is a link, and little
/// more.
fn teasers(tree: &Tree, blocks: &[Block], totals: &[u64], has_article: &[bool]) -> Vec<bool> {
    let mut teasers = vec![false; tree.elements.len()];
    for block in blocks.iter().filter(|block| block.tag.is_heading() && block.link_chars * 10 >= block.chars * 9) {
        let whole = tree.ancestors(block.element).find(|&outer| totals[outer as usize] > 0);
        if let Some(outer) = whole.map(|outer| outer as usize)
            && totals[outer] * 10 <= totals[0]
            && !has_article[outer]
        {
            teasers[outer] = true;
        }
    }
    teasers
}

/// Whether each element is a link or in one.
fn inside_links(tree: &Tree) -> Vec<bool> {
    let mut all: Vec<bool> = Vec::with_capacity(tree.elements.len());
    for element in &tree.elements {
        let outer = all.get(element.parent as usize).copied().unwrap_or_default();
        all.push(outer || matches!(element.tag, Tag::A | Tag::Button));
    }
    all
}
