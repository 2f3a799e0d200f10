//! An article as linking reads it: its words, and what kind of line each sentence is.

use std::cell::{OnceCell, RefCell};

use ahash::{AHashMap, AHashSet};

use super::Document;
use super::words::{Case, Words};
use crate::article::Field;
use crate::segment::Sentence;
use crate::span::Span;

/// What the capitals of a sentence can prove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Style {
    /// Ordinary prose: capitals mark names.
    #[default]
    Running,
    /// A headline with capitals on all longer words.
    TitleCase,
    /// All capitals.
    AllCaps,
}

/// One field.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) field: Field,
    pub(super) text: &'a str,
    pub(super) words: Words,
}

/// An article, ready for the steps.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) bodies: [Body<'a>; 2],
    styles: Vec<Style>,
    /// Sentences of lists of headlines and links, which belong to other stories.
    furniture: Vec<bool>,
    all_keys: OnceCell<AHashSet<Box<str>>>,
    /// Phrases that were looked for: each costs a pass over the article, once.
    phrases: RefCell<AHashMap<Box<str>, bool>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(document: &'a Document<'a>) -> Self {
        let lines;
        let sentences = match document.sentences {
            [] => {
                lines = lines_as_sentences(document);
                &lines
            }
            sentences => sentences,
        };
        let bodies = Field::ALL.map(|field| {
            let text = document.field(field);
            let mut words = Words::default();
            for (index, sentence) in sentences.iter().enumerate().filter(|(_, sentence)| sentence.field == field) {
                words.add_sentence(text, sentence.span, index as u32);
            }
            words.finish();
            Body { field, text, words }
        });
        let mut styles = vec![Style::Running; sentences.len()];
        for body in &bodies {
            set_styles(&body.words, &mut styles);
        }
        let furniture = furniture(document, sentences);
        Self { document, bodies, styles, furniture, all_keys: OnceCell::new(), phrases: RefCell::default() }
    }

    pub(super) fn body(&self, field: Field) -> &Body<'a> {
        match field {
            Field::Title => &self.bodies[0],
            Field::Text => &self.bodies[1],
        }
    }

    pub(super) fn style(&self, sentence: u32) -> Style {
        self.styles.get(sentence as usize).copied().unwrap_or_default()
    }

    pub(super) fn is_furniture(&self, sentence: u32) -> bool {
        self.furniture.get(sentence as usize).copied().unwrap_or(false)
    }

    /// True where a folded word or phrase stands somewhere in the article.
    pub(super) fn has_words(&self, key: &str) -> bool {
        let keys = self.all_keys.get_or_init(|| {
            let words = self.bodies.iter().map(|body| &body.words);
            words.flat_map(|words| (0..words.len()).map(|at| words.key(at).into())).collect()
        });
        let mut parts = key.split(' ');
        // A phrase is looked for word by word only where all its words stand somewhere.
        parts.all(|word| keys.contains(word)) && (!key.contains(' ') || self.has_phrase(key))
    }

    fn has_phrase(&self, key: &str) -> bool {
        if let Some(&known) = self.phrases.borrow().get(key) {
            return known;
        }
        let found = self.find_phrase(key);
        self.phrases.borrow_mut().insert(key.into(), found);
        found
    }

    fn find_phrase(&self, key: &str) -> bool {
        let phrase: Vec<&str> = key.split(' ').collect();
        self.bodies.iter().map(|body| &body.words).any(|words| {
            let stands_at = |from: usize| (0..phrase.len()).all(|at| words.key(words.content(from + at)) == phrase[at]);
            (0..(words.content_len() + 1).saturating_sub(phrase.len())).any(stands_at)
        })
    }
}

/// Where the caller has no sentences, each line is one.
fn lines_as_sentences(document: &Document<'_>) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for field in Field::ALL {
        let mut at = 0;
        for line in document.field(field).split_inclusive('\n') {
            let block = sentences.len() as u32;
            sentences.push(Sentence { field, span: Span::new(at, at + line.len()), block });
            at += line.len();
        }
    }
    sentences
}

fn set_styles(words: &Words, styles: &mut [Style]) {
    let mut at = 0;
    while at < words.len() {
        let sentence = words.get(at).sentence;
        let end = (at..words.len()).find(|&next| words.get(next).sentence != sentence).unwrap_or(words.len());
        styles[sentence as usize] = style_of(words, at, end);
        at = end;
    }
}

fn style_of(words: &Words, from: usize, to: usize) -> Style {
    // Short words ("of", "in") stay small in headlines.
    let (mut long, mut capital, mut upper, mut small) = (0, 0, 0, 0);
    for at in from..to {
        match words.get(at).case {
            Case::Digit | Case::Single => continue,
            Case::Upper => upper += 1,
            Case::Lower => small += 1,
            Case::Title => small += 1,
        }
        if words.key(at).len() >= 4 {
            long += 1;
            capital += usize::from(words.get(at).case.is_capital());
        }
    }
    if upper >= 2 && upper > 4 * small {
        Style::AllCaps
    } else if long >= 3 && capital * 10 >= long * 9 {
        Style::TitleCase
    } else {
        Style::Running
    }
}

/// Sentences in runs of three or more one-sentence blocks that end without a full stop: lists of headlines,
/// menus, links to other stories.
fn furniture(document: &Document<'_>, sentences: &[Sentence]) -> Vec<bool> {
    let is_item = |at: usize| {
        let sentence = &sentences[at];
        let alone = |other: Option<&Sentence>| other.is_none_or(|other| other.block != sentence.block);
        let text = sentence.span.get(document.field(sentence.field)).unwrap_or_default().trim_end();
        sentence.field == Field::Text
            && alone(at.checked_sub(1).map(|before| &sentences[before]))
            && alone(sentences.get(at + 1))
            && !text.ends_with(['.', '!', '?', '"', '”', '’', ':', ','])
            && text.chars().filter(|char| char.is_whitespace()).count() >= 2
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

/// Headlines that a page's maker ran together into one block: sixty words or more, hardly a full stop among them, and
/// none at the end.
fn mark_glued_lists(document: &Document<'_>, sentences: &[Sentence], marks: &mut [bool]) {
    let mut first = 0;
    for block in sentences.chunk_by(|left, right| left.block == right.block && left.field == right.field) {
        let text = |sentence: &Sentence| sentence.span.get(document.field(sentence.field)).unwrap_or_default();
        let words: usize = block.iter().map(|sentence| text(sentence).split_whitespace().count()).sum();
        let stops = block.iter().filter(|sentence| ends_plainly(text(sentence))).count();
        let open = block.last().is_some_and(|last| !ends_plainly(text(last)));
        if block[0].field == Field::Text && words >= 60 && words >= 40 * stops && open {
            marks[first..first + block.len()].fill(true);
        }
        first += block.len();
    }
}

/// True for a sentence that ends as prose does: "...", which cuts a headline off, is no full stop.
fn ends_plainly(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '”', '’', '\'', ')', ']']);
    text.ends_with(['.', '!', '?']) && !text.ends_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glued_list_of_headlines_is_furniture() {
        let story = "The council met on Monday. It will meet again.";
        let list = "Snow closes the pass UN: Convoy reaches the town of Leb... School opens in the valley ".repeat(6);
        let text = format!("{story}\n{}", list.trim());
        let sentences = crate::segment::sentences(&text, Field::Text, 0);
        let document = Document { title: None, text: &text, date: None, sentences: &sentences };
        let marks = furniture(&document, &sentences);
        assert_eq!(marks[..2], [false, false]);
        assert!(marks[2..].iter().all(|&mark| mark) && marks.len() > 2);
    }
}
