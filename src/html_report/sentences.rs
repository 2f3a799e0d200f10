//! Sample sentences of the entities and pairs of a report.
//!
//! A mention's `context` is its sentence, but not where the sentence stands. That follows from the mentions: the
//! sentence starts where the texts of all its mentions are found at their offsets.

use serde::Serialize;

use super::marks::{Mark, to_utf16};

/// Maximum number of code points of a sentence that are shown.
const MAX_CHARS: usize = 400;

/// A sentence with its mentions.
#[derive(Debug, Serialize)]
pub(super) struct Sentence {
    /// Number of its article in the list of articles.
    #[serde(rename = "d")]
    pub(super) article: u32,
    #[serde(rename = "t")]
    pub(super) text: String,
    #[serde(rename = "m")]
    pub(super) marks: Vec<Mark>,
}

/// Places the marks, whose offsets are those of the field, in the sentence that holds them; `surfaces` has their texts.
/// Returns the text to show with the marks, offsets in UTF-16; `None` where the texts are not in the sentence.
pub(super) fn placed(context: &str, marks: &[Mark], surfaces: &[String]) -> Option<(String, Vec<Mark>)> {
    let chars: Vec<char> = context.chars().collect();
    let first = marks.first()?;
    let fits = |&start: &usize| {
        marks.iter().zip(surfaces).all(|(mark, surface)| {
            let from = start + (mark.0 - first.0);
            chars.get(from..from + (mark.1 - mark.0)).is_some_and(|found| surface.chars().eq(found.iter().copied()))
        })
    };
    let start = (0..chars.len()).find(fits)?;
    let moved = marks.iter().map(|mark| mark.at(start + mark.0 - first.0, start + mark.1 - first.0));
    Some(clipped(&chars, moved.collect()))
}

/// At most [`MAX_CHARS`] of the text, around the first mention.
fn clipped(chars: &[char], mut marks: Vec<Mark>) -> (String, Vec<Mark>) {
    let first = marks.first().map_or(0, |mark| mark.0);
    let from = if chars.len() <= MAX_CHARS { 0 } else { first.saturating_sub(MAX_CHARS / 3) };
    let to = chars.len().min(from + MAX_CHARS);
    let lead = if from > 0 { "… " } else { "" };
    let tail = if to < chars.len() { " …" } else { "" };
    let added = lead.chars().count();
    marks.retain(|mark| mark.0 >= from && mark.1 <= to);
    marks.iter_mut().for_each(|mark| (mark.0, mark.1) = (mark.0 - from + added, mark.1 - from + added));
    let text: String = lead.chars().chain(chars[from..to].iter().copied()).chain(tail.chars()).collect();
    to_utf16(&text, &mut marks);
    (text, marks)
}
