//! What the linker reads of an article.

use crate::article::{Article, Field};
use crate::date::DateRange;
use crate::segment::Sentence;

/// An article as the linker takes it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The headline, raw.
    pub title: Option<&'a str>,
    /// The body, raw.
    pub text: &'a str,
    /// Publication date. Without one, rules about dates do not apply.
    pub date: Option<DateRange>,
    /// Its sentences, in order of field and start. If empty, each line is one sentence.
    pub sentences: &'a [Sentence],
}

impl<'a> Document<'a> {
    /// An article and its sentences.
    pub fn of(article: &'a Article, sentences: &'a [Sentence]) -> Self {
        Self { title: article.title.as_deref(), text: &article.text, date: article.date, sentences }
    }

    /// The raw text of one field; empty if the article has none.
    pub fn field(&self, field: Field) -> &'a str {
        match field {
            Field::Title => self.title.unwrap_or_default(),
            Field::Text => self.text,
        }
    }
}
