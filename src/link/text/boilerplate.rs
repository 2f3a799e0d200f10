//! Text of a web page that is no part of its story: lists of headlines, menus, links to other stories.

use crate::article::Field;
use crate::link::document::Document;
use crate::segment::Sentence;

/// For each sentence, whether it is boilerplate: in a run of three or more one-sentence blocks that end without a full
/// stop, or in a block of headlines run together.
pub(super) fn mark(document: &Document<'_>, sentences: &[Sentence]) -> Vec<bool> {
    let is_item = |at: usize| {
        let sentence = &sentences[at];
        let alone = |other: Option<&Sentence>| other.is_none_or(|other| other.block != sentence.block);
        let text = sentence.span.get(document.field(sentence.field)).unwrap_or_default().trim_end();
        sentence.field == Field::Text
            && alone(at.checked_sub(1).map(|before| &sentences[before]))
            && alone(sentences.get(at + 1))
            && !text.ends_with(['.', '!', '?', '"', '”', '’', ':', ','])
            && text.split_whitespace().nth(2).is_some()
    };
    let mut marks = vec![false; sentences.len()];
    let mut at = 0;
    while at < sentences.len() {
        let run = (at..sentences.len()).take_while(|&next| is_item(next)).count();
        if run >= 3 {
            marks[at..at + run].fill(true);
        }
        at += run.max(1);
    }
    mark_glued_lists(document, sentences, &mut marks);
    marks
}

/// Headlines that a view's maker ran together into one block: sixty words or more, hardly a full stop among them, and
/// none at the end.
fn mark_glued_lists(document: &Document<'_>, sentences: &[Sentence], marks: &mut [bool]) {
    let mut first = 0;
    for block in sentences.chunk_by(|left, right| left.block == right.block && left.field == right.field) {
        let text = |sentence: &Sentence| sentence.span.get(document.field(sentence.field)).unwrap_or_default();
        let is_open = block[0].field == Field::Text && block.last().is_some_and(|last| !ends_plainly(text(last)));
        let is_list = || {
            let words: usize = block.iter().map(|sentence| text(sentence).split_whitespace().count()).sum();
            let stops = block.iter().filter(|sentence| ends_plainly(text(sentence))).count();
            words >= 60 && words >= 40 * stops
        };
        if is_open && is_list() {
            marks[first..first + block.len()].fill(true);
        }
        first += block.len();
    }
}

/// True for a sentence that ends as prose does: "...", which truncates a headline, is no full stop.
fn ends_plainly(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '”', '’', '\'', ')', ']']);
    text.ends_with(['.', '!', '?']) && !text.ends_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glued_list_of_headlines_is_boilerplate() {
        let story = "The council met on Monday. It will meet again.";
        let list = "Snow closes the pass UN: Convoy reaches the town of Leb... School opens in the valley ".repeat(6);
        let text = format!("{story}\n{}", list.trim());
        let sentences = crate::segment::sentences(&text, Field::Text, 0);
        let document = Document { title: None, text: &text, date: None, sentences: &sentences };
        let marks = mark(&document, &sentences);
        assert_eq!(marks[..2], [false, false]);
        assert!(marks[2..].iter().all(|&mark| mark) && marks.len() > 2);
    }
}
