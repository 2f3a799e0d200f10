//! Sentences to token ids with offsets.

use std::ops::Range;

use crate::article::{Article, Field};
use crate::clean::CleanText;
use crate::model::{Encoder, Tokenizer};
use crate::segment::{Segmentation, Sentence};
use crate::span::Span;
use crate::truecase::{are_lower, truecased};

/// An article, cleaned, segmented and tokenized.
#[derive(Debug)]
pub struct EncodedArticle {
    /// The article as it was read.
    pub article: Article,
    /// The clean text of each field, in the order of [`Field::ALL`].
    clean: [CleanText; 2],
    /// The same as the model reads it, where some of it is in another case.
    cased: [Option<String>; 2],
    /// Its sentences, in clean offsets.
    pub sentences: Vec<Sentence>,
    /// The tokens of each sentence, as a range of `ids` and `spans`.
    pub sentence_tokens: Vec<Range<usize>>,
    /// Token ids of the whole article, without special tokens.
    pub ids: Vec<u32>,
    /// The bytes of each token in the clean text of its field.
    pub spans: Vec<Span>,
}

/// The clean texts of an article, beside the raw ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CleanFields<'a> {
    pub(crate) article: &'a Article,
    /// In the order of [`Field::ALL`].
    pub(crate) clean: &'a [CleanText; 2],
}

impl<'a> CleanFields<'a> {
    /// True where the clean texts are the raw ones.
    pub(crate) fn are_raw(self) -> bool {
        self.clean.iter().all(CleanText::is_raw)
    }

    /// The clean text of a field.
    pub(crate) fn text(self, field: Field) -> &'a str {
        self.clean[field as usize].text(self.article.field(field))
    }

    /// Maps a span of a field's clean text to the raw text.
    pub(crate) fn to_raw(self, field: Field, clean: Span) -> Span {
        self.clean[field as usize].to_raw(clean)
    }

    /// Maps a span of a field's raw text to the clean text.
    pub(crate) fn to_clean(self, field: Field, raw: Span) -> Span {
        self.clean[field as usize].to_clean(raw)
    }
}

impl EncodedArticle {
    /// Cleans, segments and tokenizes an article. Fails only where the tokenizer does, with its message.
    pub fn new(article: Article, tokenizer: &Tokenizer) -> Result<Self, String> {
        Self::with(article, tokenizer, Segmentation::Rules, false)
    }

    /// As [`EncodedArticle::new`], with the given segmentation; with `truecase`, sentences in capitals and articles without
    /// a capital letter are tokenized in title case. Offsets are the same.
    pub fn with(
        article: Article,
        tokenizer: &Tokenizer,
        segmentation: Segmentation,
        truecase: bool,
    ) -> Result<Self, String> {
        let clean = Field::ALL.map(|field| segmentation.clean(article.field(field)));
        // Tokens of news have more than four bytes on average.
        let room = Field::ALL.iter().map(|&field| article.field(field).len()).sum::<usize>() / 4;
        let mut encoded = Self {
            clean,
            cased: [None, None],
            sentences: Vec::new(),
            sentence_tokens: Vec::new(),
            ids: Vec::with_capacity(room),
            spans: Vec::with_capacity(room),
            article,
        };
        let mut encoder = tokenizer.encoder();
        let is_lower = truecase && are_lower(Field::ALL.map(|field| encoded.clean_text(field)));
        let in_other_case =
            |text: &str, sentences: &[Sentence]| if truecase { truecased(text, sentences, is_lower) } else { None };
        for field in Field::ALL {
            encoded.add_field(field, &mut encoder, segmentation, in_other_case)?;
        }
        Ok(encoded)
    }

    /// The clean text of a field: what sentences and token spans refer to.
    pub fn clean_text(&self, field: Field) -> &str {
        self.clean().text(field)
    }

    /// The clean text of a field as the model reads it: in another case perhaps, with each byte at the same place.
    pub(crate) fn cased_text(&self, field: Field) -> &str {
        self.cased[field as usize].as_deref().unwrap_or_else(|| self.clean_text(field))
    }

    /// Maps a span of a field's clean text to the raw text.
    pub fn to_raw(&self, field: Field, clean: Span) -> Span {
        self.clean().to_raw(field, clean)
    }

    /// Its clean texts.
    pub(crate) fn clean(&self) -> CleanFields<'_> {
        CleanFields { article: &self.article, clean: &self.clean }
    }

    /// The sentences in raw offsets.
    pub fn raw_sentences(&self) -> Vec<Sentence> {
        let to_raw = |sentence: &Sentence| Sentence { span: self.to_raw(sentence.field, sentence.span), ..*sentence };
        self.sentences.iter().map(to_raw).collect()
    }

    fn add_field(
        &mut self,
        field: Field,
        encoder: &mut Encoder<'_>,
        segmentation: Segmentation,
        in_other_case: impl Fn(&str, &[Sentence]) -> Option<String>,
    ) -> Result<(), String> {
        let first_block = self.sentences.last().map_or(0, |last| last.block + 1);
        let found = segmentation.sentences(self.clean_text(field), field, first_block);
        self.cased[field as usize] = in_other_case(self.clean_text(field), &found);
        let Self { article, clean, cased, sentences, sentence_tokens, ids, spans } = self;
        let clean = clean[field as usize].text(article.field(field));
        let text = cased[field as usize].as_deref().unwrap_or(clean);
        for sentence in found {
            let first = ids.len();
            encoder.encode(sentence.span.slice(text), |id, span| {
                ids.push(id);
                spans.push(span.shifted(sentence.span.start));
            })?;
            sentences.push(sentence);
            sentence_tokens.push(first..ids.len());
        }
        Ok(())
    }
}
