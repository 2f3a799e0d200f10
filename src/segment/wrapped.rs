//! Paragraphs whose lines a mail program or an editor has wrapped.

use crate::span::Span;

/// Widths, in characters, at which texts are wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=110;

/// Lines of similar length, as a mail program wraps them, of which at least a third continue in lower case.
pub(super) fn is_hard_wrapped(text: &str, lines: &[Span]) -> bool {
    let Some((_, wrapped)) = lines.split_last() else { return false };
    let fits = |line: &Span| (40..=110).contains(&line.len());
    let continues = |line: &&Span| line.slice(text).starts_with(char::is_lowercase);
    !wrapped.is_empty() && wrapped.iter().all(fits) && lines[1..].iter().filter(continues).count() * 3 >= wrapped.len()
}

/// The width at which a whole text is wrapped. Each line must end where the next word would have passed the width, and
/// a third of the line ends must show that the sentence continues.
pub(super) fn wrapped_width(text: &str, lines: impl Iterator<Item = Span> + Clone) -> Option<usize> {
    let width = lines.clone().map(|line| line.slice(text).trim_end().chars().count()).max().unwrap_or_default();
    if !WIDTHS.contains(&width) {
        return None;
    }
    let (mut ends, mut continued) = (0, 0);
    let mut lines = lines.map(|line| line.slice(text).trim()).peekable();
    while let Some(line) = lines.next() {
        let Some(next) = lines.peek().filter(|next| !line.is_empty() && !next.is_empty()) else { continue };
        if is_full(line, next, width) {
            ends += 1;
            continued += usize::from(continues(line, next));
        }
    }
    (ends >= 2 && continued * 3 >= ends).then_some(width)
}

/// True where each line but the last is as full as the width allows.
pub(super) fn fills(text: &str, width: usize, lines: &[Span]) -> bool {
    let is_full = |pair: &[Span]| is_full(pair[0].slice(text), pair[1].slice(text), width);
    lines.len() > 1 && lines.windows(2).all(is_full)
}

fn is_full(line: &str, next: &str, width: usize) -> bool {
    let word = next.split(char::is_whitespace).next().unwrap_or_default();
    line.chars().count() + 1 + word.chars().count() > width
}

/// True where a sentence runs from one line into the next: the next begins in lower case, the line ends with a function
/// word or a hyphen, or a sentence ends inside the next line.
fn continues(line: &str, next: &str) -> bool {
    const SMALL: [&str; 16] =
        ["the", "a", "an", "of", "in", "on", "to", "by", "for", "and", "that", "with", "at", "from", "as", "its"];
    let last = line.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_open = !line.ends_with(['.', '!', '?', ':', '”', '"']);
    let inner_end = || next.find(". ").is_some_and(|at| next[at + 2..].starts_with(char::is_uppercase));
    next.starts_with(char::is_lowercase) || SMALL.contains(&last) || line.ends_with('-') || (is_open && inner_end())
}

#[cfg(test)]
mod tests {
    use crate::article::Field;
    use crate::segment::sentences;

    fn lines_of(text: &str) -> Vec<&str> {
        sentences(text, Field::Text, 0).iter().map(|sentence| sentence.span.slice(text)).collect()
    }

    #[test]
    fn wrapped_paragraphs_are_one_block_though_their_lines_begin_with_capitals() {
        let text = "The talks in the city of Geneva were opened by Staffan\nDe Mistura. They will go on until Friday.\n\n\
            The delegation of America had been led by John Forbes\nKerry, who left on Monday. Nobody else came.\n";
        assert_eq!(lines_of(text).len(), 4, "{:?}", lines_of(text));
        assert!(lines_of(text)[0].ends_with("Staffan\nDe Mistura."));
    }

    #[test]
    fn lists_of_names_stay_apart() {
        for text in [
            "Angela Merkel, chancellor of Germany\nEmmanuel Macron, president of France\nBoris Johnson, prime minister\n",
            "New York\nWashington\nBoston\n",
            "Key figures of the talks in Geneva today\nStaffan de Mistura\nJohn Kerry\n",
        ] {
            assert_eq!(lines_of(text).len(), text.lines().count(), "{text}");
        }
    }
}
