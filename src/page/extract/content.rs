//! Where the main text of a page is: by the paragraphs in its tree.

use super::blocks::{Block, totals};
use super::boilerplate;
use super::hints::Hints;
use super::tags::Tag;
use super::text::plain_text;
use super::tree::Tree;
use crate::page::PageMode;

/// Blocks between a headline and the text, among which the lead is sought.
const MAX_LEAD_DISTANCE: usize = 60;

/// Which blocks are main text. `description` is what the page says of itself: where a block says the same, it is the
/// lead.
pub(super) fn main_blocks(tree: &Tree, blocks: &[Block], description: &str, mode: PageMode) -> Vec<bool> {
    if mode == PageMode::All {
        return blocks.iter().map(|block| !block.hints.has(Hints::HIDDEN)).collect();
    }
    let container = container(tree, blocks);
    let is_within: Vec<bool> = blocks.iter().map(|block| tree.is_within(block.element, container)).collect();
    let is_text: Vec<bool> = blocks
        .iter()
        .zip(&is_within)
        .map(|(block, within)| *within && boilerplate::is_text(tree, block, mode))
        .collect();
    let is_paragraph = |&at: &usize| is_within[at] && boilerplate::weight(&blocks[at]) > 0;
    let Some(first) = (0..blocks.len()).find(is_paragraph) else {
        // A page of short lines.
        return is_text;
    };
    let last = (first..blocks.len()).rfind(is_paragraph).unwrap_or(first);
    let last = last + short_blocks(&blocks[last + 1..], &is_text[last + 1..]);
    let mut is_main: Vec<bool> = (0..blocks.len()).map(|at| (first..=last).contains(&at) && is_text[at]).collect();
    lead(tree, blocks, first, description, &mut is_main);
    boilerplate::drop_lone_headings(blocks, &mut is_main);
    is_main
}

/// How many of the blocks after the last paragraph go up to the last short one that belongs to the text: a list, a table,
/// a short paragraph, with boilerplate between them.
fn short_blocks(blocks: &[Block], is_text: &[bool]) -> usize {
    let is_part =
        |block: &Block| matches!(block.tag, Tag::P | Tag::Li | Tag::Td | Tag::Th | Tag::Dd | Tag::Dt | Tag::Blockquote);
    let goes_on = |&at: &usize| {
        let block = &blocks[at];
        boilerplate::is_boilerplate(block) || (is_text[at] && (is_part(block) || block.tag.is_heading()))
    };
    let last = (0..blocks.len()).take_while(goes_on).filter(|&at| is_text[at] && is_part(&blocks[at])).last();
    last.map_or(0, |last| last + 1)
}

/// The innermost element that has most of the paragraphs.
fn container(tree: &Tree, blocks: &[Block]) -> u32 {
    let total = totals(tree, blocks, boilerplate::weight);
    let bodies = totals(tree, blocks, |block| if block.hints.has(Hints::BODY) || block.tag == Tag::H1 { 1 } else { 0 });
    let mut container = 0;
    loop {
        let whole = total[container as usize];
        let Some(child) = children(tree, container).max_by_key(|&child| total[child as usize]) else { break };
        let part = total[child as usize];
        let is_body = tree.elements[container as usize].hints.has(Hints::BODY);
        let needed = if is_body { 97 } else { 80 };
        let has_body = bodies[child as usize] > 0
            && children(tree, container).all(|other| other == child || bodies[other as usize] == 0);
        if part == 0 || (part * 100 < whole * needed && (is_body || !has_body || part * 100 < whole * 40)) {
            break;
        }
        container = child;
    }
    container
}

fn children(tree: &Tree, element: u32) -> impl Iterator<Item = u32> {
    let end = tree.elements[element as usize].end;
    let next = move |&child: &u32| Some(tree.elements[child as usize].end).filter(|&next| next < end);
    std::iter::successors(Some(element + 1).filter(|&first| first < end), next)
}

/// Adds the lead: paragraphs between the headline and the text, and what the description repeats.
fn lead(tree: &Tree, blocks: &[Block], first: usize, description: &str, is_main: &mut [bool]) {
    let start = first.saturating_sub(MAX_LEAD_DISTANCE);
    let headline = (start..first).rfind(|&at| blocks[at].tag == Tag::H1);
    let described = |at: usize| is_beginning(&plain_text(tree, &blocks[at]), description);
    for at in start..first {
        let block = &blocks[at];
        let is_below = headline.is_some_and(|headline| at > headline);
        let is_lead = is_below && boilerplate::weight(block) > 0;
        let is_summary = is_below && block.hints.has(Hints::SUMMARY) && block.chars >= 30;
        if !block.tag.is_heading() || is_below {
            is_main[at] = (is_lead || is_summary || (block.chars >= 40 && described(at)))
                && boilerplate::is_text(tree, block, PageMode::Main);
        }
    }
}

/// Whether one text begins as the other does, but for spaces and signs.
fn is_beginning(text: &str, description: &str) -> bool {
    const COMPARED: usize = 60;
    let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).take(COMPARED).collect::<String>();
    let (text, description) = (letters(text), letters(description));
    text.chars().count() >= 30 && (text == description || (!description.is_empty() && text.starts_with(&description)))
}
