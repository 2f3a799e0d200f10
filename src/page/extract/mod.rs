//! The article of a page; `page` has the list of the stages.

mod blocks;
mod boilerplate;
mod content;
mod hints;
mod json_ld;
mod metadata;
mod pieces;
mod reader;
mod scan;
mod tags;
mod text;
mod tokens;
mod tree;

use self::metadata::Metadata;
use super::{Page, PageError, PageMode, PageOptions, PageSources};

/// Extracts the article of a page.
///
/// # Errors
///
/// A page over the limit, and one without text, give a [`PageError`].
pub fn extract(html: &str, options: &PageOptions) -> Result<Page, PageError> {
    let limit = options.max_bytes.min(u32::MAX as usize);
    if html.len() > limit {
        return Err(PageError::TooLarge { bytes: html.len(), limit });
    }
    let (tree, head) = scan::scan(html);
    let blocks = blocks::blocks(&tree);
    let main = content::main_blocks(&tree, &blocks, metadata::description(&head), options.mode);
    let chosen = blocks.iter().zip(&main).filter(|(_, is_main)| **is_main).map(|(block, _)| block);
    let mut text = text::text(&tree, chosen);
    let Metadata { mut title, date, lang, url, authors } = metadata::metadata(&tree, &head, &blocks, &main);
    if text.text.is_empty() {
        return Err(PageError::NoText);
    }
    text.source.verify(html);
    title.source.verify(html);
    Ok(Page {
        text: text.text,
        title: Some(title.text).filter(|title| !title.is_empty()),
        date,
        lang,
        url,
        authors,
        sources: PageSources { title: title.source, text: text.source },
    })
}

/// Resolves text with tags and character references, such as a field of a record that a site exported: a whole page is
/// extracted as [`extract`] does, anything else gives all its visible text.
///
/// # Errors
///
/// As [`extract`]; text without anything visible is an empty page.
pub fn extract_fragment(html: &str, options: &PageOptions) -> Result<Page, PageError> {
    if is_page(html) {
        return extract(html, options);
    }
    match extract(html, &PageOptions { mode: PageMode::All, ..options.clone() }) {
        Ok(page) => Ok(Page { text: page.text, sources: page.sources, ..Page::default() }),
        Err(PageError::NoText) => Ok(Page::default()),
        Err(error) => Err(error),
    }
}

/// Whether text is a page with a head or a body, and not a part of one.
fn is_page(html: &str) -> bool {
    const WITHIN: usize = 4096;
    let start = html.floor_char_boundary(WITHIN);
    let start = html[..start].to_ascii_lowercase();
    ["<!doctype html", "<html", "<head>", "<body"].iter().any(|tag| start.contains(tag))
}

#[cfg(test)]
mod tests;
