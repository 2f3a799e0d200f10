//! An article as the linker reads it: by its clean text, like the model, with the way back to the raw text.

use std::borrow::Cow;

use crate::article::Field;
use crate::decode::NerSpan;
use crate::encode::CleanFields;
use crate::link::{Document, Evidence, Explanation, Link, LinkedMention, Linker, names};
use crate::segment::Sentence;
use crate::span::Span;

/// An article and its sentences, cleaned.
pub(crate) struct LinkedText<'a> {
    fields: CleanFields<'a>,
    sentences: Cow<'a, [Sentence]>,
    is_raw: bool,
}

impl<'a> LinkedText<'a> {
    /// Takes the sentences in raw offsets.
    pub(crate) fn new(fields: CleanFields<'a>, sentences: &'a [Sentence]) -> Self {
        let is_raw = fields.are_raw();
        let clean =
            |sentence: &Sentence| Sentence { span: fields.to_clean(sentence.field, sentence.span), ..*sentence };
        let sentences = if is_raw { sentences.into() } else { sentences.iter().map(clean).collect::<Vec<_>>().into() };
        Self { fields, sentences, is_raw }
    }

    /// Links what was found. All spans are raw.
    pub(crate) fn link(&self, linker: &Linker, found: &[NerSpan]) -> Vec<LinkedMention> {
        let mut mentions = linker.link(&self.document(), self.clean(found));
        mentions.iter_mut().for_each(|mention| self.restore(mention));
        mentions
    }

    /// Explains how what was found is linked. All spans are raw.
    pub(crate) fn explain(&self, linker: &Linker, found: &[NerSpan]) -> Explanation {
        let mut explanation = linker.explain(&self.document(), self.clean(found));
        for explained in &mut explanation.mentions {
            self.restore(&mut explained.mention);
            explained.found.iter_mut().for_each(|found| self.restore_span(found.field, &mut found.span));
            explained.steps.iter_mut().for_each(|(_, link)| self.restore_link(link));
        }
        explanation.dropped.iter_mut().for_each(|dropped| self.restore_span(dropped.field, &mut dropped.span));
        explanation
    }

    /// What was found, cut to the names as with a table. All spans are raw.
    pub(crate) fn names(&self, found: &[NerSpan], keep_addresses: bool) -> Vec<NerSpan> {
        let mut found = names(&self.document(), self.clean(found), keep_addresses);
        found.iter_mut().for_each(|found| self.restore_span(found.field, &mut found.span));
        found
    }

    fn document(&self) -> Document<'_> {
        let article = self.fields.article;
        Document {
            title: article.title.as_ref().map(|_| self.fields.text(Field::Title)),
            text: self.fields.text(Field::Text),
            date: article.date,
            sentences: &self.sentences,
        }
    }

    fn clean(&self, found: &[NerSpan]) -> Vec<NerSpan> {
        let mut found = found.to_vec();
        if !self.is_raw {
            found.iter_mut().for_each(|found| found.span = self.fields.to_clean(found.field, found.span));
        }
        found
    }

    fn restore(&self, mention: &mut LinkedMention) {
        self.restore_span(mention.field, &mut mention.span);
        self.restore_link(&mut mention.link);
    }

    fn restore_link(&self, link: &mut Link) {
        let Some(Evidence::Text { field, span, text }) = &mut link.evidence else { return };
        if !self.is_raw {
            self.restore_span(*field, span);
            span.slice(self.fields.article.field(*field)).clone_into(text);
        }
    }

    fn restore_span(&self, field: Field, span: &mut Span) {
        if !self.is_raw {
            *span = self.fields.to_raw(field, *span);
        }
    }
}
