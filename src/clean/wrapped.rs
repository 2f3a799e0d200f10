//! Paragraphs whose lines a mail program or an editor has wrapped, and words that go on in the next line.

use std::cell::OnceCell;

use super::hyphens::{Halves, Words, is_line_hyphen};
use super::lines::{is_one_line, paragraphs};
use crate::span::Span;

/// Where two lines are joined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joint {
    /// The end of the line, with a hyphen that is not a compound's.
    pub(super) span: Span,
    /// Whether the two make one word: nothing stands for `span` in the joined text, elsewhere spaces do.
    pub(super) is_word: bool,
}

/// Where the lines of a text are joined, in order.
pub(super) fn joints(text: &str) -> Vec<Joint> {
    // Most texts have a paragraph a line, which costs nothing.
    if is_one_line(text) {
        return Vec::new();
    }
    let paragraphs = paragraphs(text);
    let width = wrapped_width(text, &paragraphs);
    let known = OnceCell::new();
    let mut joints = Vec::new();
    for lines in paragraphs {
        let is_wrapped = is_hard_wrapped(text, &lines) || width.is_some_and(|width| fills(text, width, &lines));
        for pair in lines.windows(2) {
            let gap = Span::new(pair[0].end, pair[1].start);
            match Halves::at(text, gap).filter(|halves| is_wrapped || halves.has_small_half()) {
                Some(halves) => {
                    let is_compound = halves.are_compound(|| known.get_or_init(|| Words::of(text)));
                    let start = if is_compound { gap.start } else { halves.hyphen.start };
                    joints.push(Joint { span: Span::new(start, gap.end), is_word: true });
                }
                None if is_wrapped => joints.push(Joint { span: gap, is_word: false }),
                None => {}
            }
        }
    }
    joints
}

/// Widths, in characters, at which texts are wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=110;

/// Lines of similar length, as a mail program wraps them, of which at least a third continue in lower case.
fn is_hard_wrapped(text: &str, lines: &[Span]) -> bool {
    let Some((_, wrapped)) = lines.split_last() else { return false };
    let fits = |line: &Span| (40..=110).contains(&line.len());
    let continues = |line: &&Span| line.slice(text).starts_with(char::is_lowercase);
    !wrapped.is_empty() && wrapped.iter().all(fits) && lines[1..].iter().filter(continues).count() * 3 >= wrapped.len()
}

/// The width at which a whole text is wrapped. Each line must end where the next word would have passed the width, and
/// a third of the line ends must show that the sentence continues.
fn wrapped_width(text: &str, paragraphs: &[Vec<Span>]) -> Option<usize> {
    // A line of one word, such as an address, may be longer than the width.
    let lines = paragraphs.iter().flatten().map(|line| line.slice(text));
    let width = lines.filter(|line| line.contains(char::is_whitespace)).map(|line| line.chars().count()).max()?;
    if !WIDTHS.contains(&width) {
        return None;
    }
    let (mut ends, mut continued) = (0, 0);
    for pair in paragraphs.iter().flat_map(|lines| lines.windows(2)) {
        let (line, next) = (pair[0].slice(text), pair[1].slice(text));
        if is_full(line, next, width) {
            ends += 1;
            continued += usize::from(continues(line, next));
        }
    }
    (ends >= 2 && continued * 3 >= ends).then_some(width)
}

/// True where each line but the last is as full as the width allows.
fn fills(text: &str, width: usize, lines: &[Span]) -> bool {
    let is_full = |pair: &[Span]| is_full(pair[0].slice(text), pair[1].slice(text), width);
    lines.len() > 1 && lines.windows(2).all(is_full)
}

fn is_full(line: &str, next: &str, width: usize) -> bool {
    let word = next.split(char::is_whitespace).next().unwrap_or_default();
    line.ends_with(is_line_hyphen) || line.chars().count() + 1 + word.chars().count() > width
}

/// True where a sentence runs from one line into the next: the next begins in lower case, the line ends with a function
/// word or a hyphen, or a sentence ends in the next line.
fn continues(line: &str, next: &str) -> bool {
    const SMALL: [&str; 16] =
        ["the", "a", "an", "of", "in", "on", "to", "by", "for", "and", "that", "with", "at", "from", "as", "its"];
    let last = line.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_open = !line.ends_with(['.', '!', '?', ':', '”', '"']);
    let ends =
        || next.ends_with('.') || next.find(". ").is_some_and(|at| next[at + 2..].starts_with(char::is_uppercase));
    next.starts_with(char::is_lowercase)
        || SMALL.contains(&last)
        || line.ends_with(is_line_hyphen)
        || (is_open && ends())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::CleanText;

    fn lines_of(text: &str) -> Vec<String> {
        let clean = CleanText::new(text);
        let clean = clean.text(text);
        paragraphs(clean).into_iter().flatten().map(|line| line.slice(clean).to_owned()).collect()
    }

    #[test]
    fn wrapped_paragraphs_are_one_block_though_their_lines_begin_with_capitals() {
        let text = "The talks in the city of Geneva were opened by Staffan\nDe Mistura. They will go on until Friday.\n\n\
            The delegation of America had been led by John Forbes\nKerry, who left on Monday. Nobody else came.\n";
        assert_eq!(lines_of(text).len(), 2, "{:?}", lines_of(text));
        assert!(lines_of(text)[0].contains("Staffan De Mistura."));
    }

    #[test]
    fn lists_of_names_stay_apart() {
        for text in [
            "Angela Merkel, chancellor of Germany\nEmmanuel Macron, president of France\nBoris Johnson, prime minister\n",
            "New York\nWashington\nBoston\n",
            "The fighters of the Syrian\nDemocratic Forces",
            "Key figures of the talks in Geneva today\nStaffan de Mistura\nJohn Kerry\n",
        ] {
            assert_eq!(lines_of(text).len(), text.lines().count(), "{text}");
        }
    }
}
