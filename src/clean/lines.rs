//! Lines and paragraphs of a text.

use memchr::memchr3_iter;

use crate::span::Span;

/// Where lines end, and the bytes of what ends them.
fn separators(text: &str) -> impl Iterator<Item = (usize, usize)> {
    // The separators of Unicode begin as quotes and dashes do.
    memchr3_iter(b'\n', b'\r', 0xE2, text.as_bytes()).filter_map(|at| match text[at..].chars().next() {
        Some(char @ ('\n' | '\r' | '\u{2028}' | '\u{2029}')) => Some((at, char.len_utf8())),
        _ => None,
    })
}

/// True for a text of one line.
pub(super) fn is_one_line(text: &str) -> bool {
    separators(text).next().is_none()
}

/// Lines by any convention: LF, CRLF, CR, and the separators of Unicode.
fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    separators(text)
        .chain([(text.len(), 0)])
        .map(move |(end, separator)| {
            let line = Span::new(start, end);
            start = end + separator;
            line
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_are_what_separators_leave(text in "[ab “—\n\r\u{2028}\u{2029}]{0,16}") {
            const SEPARATORS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];
            let found: Vec<&str> = lines(&text).map(|line| line.slice(&text)).collect();
            let with_one = text.replace("\r\n", "\n");
            prop_assert_eq!(found, with_one.split(SEPARATORS).collect::<Vec<_>>());
            prop_assert_eq!(is_one_line(&text), !text.contains(SEPARATORS));
        }
    }
}
