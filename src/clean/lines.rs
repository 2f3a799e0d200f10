//! Lines and paragraphs of a text.

use crate::span::Span;

/// Lines by any convention: LF, CRLF, CR, and the separators of Unicode.
fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    text.split(['\n', '\r', '\u{2028}', '\u{2029}'])
        .map(move |line| {
            let span = Span::new(start, start + line.len());
            let separator = text[span.end..].chars().next().map_or(0, char::len_utf8);
            start = span.end + separator;
            span
        })
        // The empty line between CR and LF is not a blank line.
        .filter(move |line| {
            !(line.is_empty() && text[..line.start].ends_with('\r') && text[line.end..].starts_with('\n'))
        })
}

/// The paragraphs of a text: runs of lines that are not blank, each line without white space around it.
pub(crate) fn paragraphs(text: &str) -> Vec<Vec<Span>> {
    let mut paragraphs = vec![Vec::new()];
    for line in lines(text) {
        let slice = line.slice(text);
        let start = line.start + (slice.len() - slice.trim_start().len());
        let trimmed = Span::new(start, start + slice.trim().len());
        match paragraphs.last_mut() {
            Some(paragraph) if !trimmed.is_empty() => paragraph.push(trimmed),
            Some(paragraph) if !paragraph.is_empty() => paragraphs.push(Vec::new()),
            _ => {}
        }
    }
    paragraphs
}
