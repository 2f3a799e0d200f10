//! The texts of the articles that a report shows in full.

use std::path::PathBuf;

use ahash::AHashMap;
use serde::Serialize;

use super::marks::{Mark, to_utf16};
use super::samples::{ArticleName, FullArticle};
use crate::article::{Article, Field};
use crate::error::Result;
use crate::read::{ReadOptions, Records, discover};

/// Maximum number of bytes of one text, and of all texts together.
const MAX_TEXT: usize = 20_000;
const MAX_TEXTS: usize = 1_000_000;

/// An article in full.
#[derive(Debug, Serialize)]
pub(super) struct FullText {
    #[serde(rename = "d")]
    article: u32,
    title: String,
    text: String,
    /// The text goes on.
    truncated: bool,
    /// Mentions in the title and in the text.
    marks: [Vec<Mark>; 2],
}

/// Reads the texts of `full` from the inputs of the run. Articles that are not found there are left out.
pub(super) fn read(
    full: Vec<FullArticle>,
    names: &[ArticleName],
    inputs: &[PathBuf],
    options: &ReadOptions,
) -> Result<Vec<FullText>> {
    let mut wanted: AHashMap<&str, Vec<FullArticle>> = AHashMap::new();
    for article in full {
        wanted.entry(&names[article.article as usize].0).or_default().push(article);
    }
    let (mut found, mut bytes) = (Vec::new(), 0);
    for record in Records::new(discover(inputs, options)?, options) {
        if wanted.is_empty() || bytes > MAX_TEXTS {
            break;
        }
        // What could not be read is among the rejects of the run.
        let Ok(article) = record.and_then(|record| record.parse(options)) else { continue };
        let Some(candidates) = wanted.get_mut(&*article.id) else { continue };
        let Some(at) = candidates.iter().position(|full| is_of(full, &article)) else { continue };
        let text = full_text(candidates.remove(at), &article);
        if candidates.is_empty() {
            wanted.remove(&*article.id);
        }
        bytes += text.title.len() + text.text.len();
        found.push(text);
    }
    Ok(found)
}

/// Whether the first mention stands where it should: ids may occur more than once.
fn is_of(full: &FullArticle, article: &Article) -> bool {
    full.first.as_ref().is_some_and(|(field, surface)| {
        let start = full.marks[*field as usize].first().map_or(0, |mark| mark.0);
        article.field(*field).chars().skip(start).take(surface.chars().count()).eq(surface.chars())
    })
}

fn full_text(full: FullArticle, article: &Article) -> FullText {
    let [title, text] = Field::ALL.map(|field| {
        let whole = article.field(field);
        &whole[..whole.floor_char_boundary(MAX_TEXT)]
    });
    let mut marks = full.marks;
    to_utf16(title, &mut marks[0]);
    to_utf16(text, &mut marks[1]);
    let truncated = text.len() < article.text.len();
    FullText { article: full.article, title: title.to_owned(), text: text.to_owned(), truncated, marks }
}
