//! An article as linking reads it: its words, and what kind of line each sentence is.

use std::cell::{OnceCell, RefCell};

use ahash::AHashMap;

use super::boilerplate;
use super::words::{Case, Words};
use crate::article::Field;
use crate::link::document::Document;
use crate::segment::Sentence;
use crate::span::Span;

/// What the capitals of a sentence can prove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
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
pub(crate) struct FieldView<'a> {
    pub(crate) field: Field,
    pub(crate) text: &'a str,
    pub(crate) words: Words,
}

/// An article, ready for the steps.
#[derive(Debug)]
pub(crate) struct DocumentView<'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) fields: [FieldView<'a>; 2],
    styles: Vec<Style>,
    /// Sentences of lists of headlines and links, which belong to other stories.
    boilerplate: Vec<bool>,
    /// The first word of the article with each hash, as field and number; most articles are asked for words.
    by_hash: OnceCell<AHashMap<u64, (usize, usize)>>,
    /// Phrases that were looked for: each costs a pass over the article, once.
    phrases: RefCell<AHashMap<Box<str>, bool>>,
}

impl<'a> DocumentView<'a> {
    pub(crate) fn new(document: &'a Document<'a>) -> Self {
        let lines;
        let sentences = match document.sentences {
            [] => {
                lines = lines_as_sentences(document);
                &lines
            }
            sentences => sentences,
        };
        let fields = Field::ALL.map(|field| {
            let text = document.field(field);
            let mut words = Words::with_room_for(text.len());
            for (index, sentence) in sentences.iter().enumerate().filter(|(_, sentence)| sentence.field == field) {
                words.add_sentence(text, sentence.span, index as u32);
            }
            words.finish();
            FieldView { field, text, words }
        });
        let mut styles = vec![Style::Running; sentences.len()];
        for field in &fields {
            set_styles(&field.words, &mut styles);
        }
        let boilerplate = boilerplate::mark(document, sentences);
        Self { document, fields, styles, boilerplate, by_hash: OnceCell::new(), phrases: RefCell::default() }
    }

    pub(crate) fn field(&self, field: Field) -> &FieldView<'a> {
        match field {
            Field::Title => &self.fields[0],
            Field::Text => &self.fields[1],
        }
    }

    pub(crate) fn style(&self, sentence: u32) -> Style {
        self.styles.get(sentence as usize).copied().unwrap_or_default()
    }

    pub(crate) fn is_boilerplate(&self, sentence: u32) -> bool {
        self.boilerplate.get(sentence as usize).copied().unwrap_or(false)
    }

    /// True where a folded word or phrase stands somewhere in the article.
    pub(crate) fn has_words(&self, key: &str) -> bool {
        // A phrase is looked for word by word only where all its words stand somewhere.
        key.split(' ').all(|word| self.has_word(word)) && (!key.contains(' ') || self.has_phrase(key))
    }

    fn has_word(&self, key: &str) -> bool {
        let by_hash = self.by_hash.get_or_init(|| {
            let mut first = AHashMap::with_capacity(self.fields.iter().map(|field| field.words.len()).sum());
            for (number, field) in self.fields.iter().enumerate() {
                for at in 0..field.words.len() {
                    let hash = first.hasher().hash_one(field.words.key(at));
                    first.entry(hash).or_insert((number, at));
                }
            }
            first
        });
        let Some(&(number, at)) = by_hash.get(&by_hash.hasher().hash_one(key)) else { return false };
        // Another word may have its hash.
        self.fields[number].words.key(at) == key
            || self.fields.iter().any(|field| (0..field.words.len()).any(|at| field.words.key(at) == key))
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
        self.fields.iter().map(|field| &field.words).any(|words| {
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
