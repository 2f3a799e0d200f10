//! Locates spans in an article: code points, text, sentence and context.

use crate::article::{Article, Field};
use crate::error::{Error, ErrorKind, Result};
use crate::segment::Sentence;
use crate::span::{CodePoints, Span};

/// A span in code points, with its text and sentence.
pub(super) struct Location<'m> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: &'m str,
    /// Index of its sentence in the field.
    pub(super) sentence: u32,
    pub(super) context: &'m str,
}

/// Converts byte spans to locations. Fast if spans come field by field in ascending order.
pub(super) struct Locator<'m> {
    article: &'m Article,
    sentences: &'m [Sentence],
    field: Field,
    points: CodePoints<'m>,
    /// An independent count of characters, to check `points`.
    chars: CharCounter<'m>,
    /// For evidence spans, which come in any order; by field.
    pub(super) evidence: [CodePoints<'m>; 2],
    /// Index of the first sentence of the text.
    first_of_text: usize,
}

/// Maximum bytes of context on either side of a mention in a long sentence.
const MAX_CONTEXT_BYTES: usize = 2000;

/// The sentence, truncated around the mention if it is long: a text without sentence breaks must not be written in full
/// for each mention.
fn context(text: &str, sentence: Span, mention: Span) -> &str {
    if sentence.len() <= 2 * MAX_CONTEXT_BYTES {
        return sentence.slice(text);
    }
    let start = text.ceil_char_boundary(mention.start.saturating_sub(MAX_CONTEXT_BYTES)).max(sentence.start);
    let end = text.floor_char_boundary(mention.end.saturating_add(MAX_CONTEXT_BYTES)).min(sentence.end);
    text.get(start..end).unwrap_or_default()
}

struct CharCounter<'m> {
    inner: std::str::CharIndices<'m>,
    count: usize,
}

impl CharCounter<'_> {
    /// Byte offset of character number `count`; the counts must ascend.
    fn byte_of(&mut self, count: usize) -> usize {
        while self.count < count && self.inner.next().is_some() {
            self.count += 1;
        }
        self.inner.offset()
    }
}

impl<'m> Locator<'m> {
    pub(super) fn new(article: &'m Article, sentences: &'m [Sentence]) -> Self {
        let mut locator = Self {
            article,
            sentences,
            field: Field::Title,
            points: CodePoints::new(""),
            chars: CharCounter { inner: "".char_indices(), count: 0 },
            evidence: Field::ALL.map(|field| CodePoints::new(article.field(field))),
            first_of_text: sentences.partition_point(|sentence| sentence.field == Field::Title),
        };
        locator.enter(Field::Title);
        locator
    }

    fn enter(&mut self, field: Field) {
        let text = self.article.field(field);
        self.field = field;
        self.points = CodePoints::new(text);
        self.chars = CharCounter { inner: text.char_indices(), count: 0 };
    }

    /// Fails with an internal error if the span is not a non-empty piece of the field.
    pub(super) fn of(&mut self, field: Field, span: Span, sentence: u32) -> Result<Location<'m>> {
        if field != self.field {
            self.enter(field);
        }
        let points = self.points.range(span);
        let (start, end) = (points.start, points.end);
        let text = span.get(self.article.field(field)).filter(|text| text.chars().count() == end - start);
        let Some(text) = text.filter(|text| !text.is_empty() && self.chars.byte_of(start) == span.start) else {
            let what = format!("article {:?}: the {field:?} has no text at bytes {span:?}", self.article.id);
            return Err(Error::new(ErrorKind::Internal, what));
        };
        let first = if field == Field::Title { 0 } else { self.first_of_text };
        let own = self.sentences.get(sentence as usize);
        let context = own.map_or("", |own| context(self.article.field(field), own.span, span));
        Ok(Location { start, end, text, sentence: sentence.saturating_sub(first as u32), context })
    }
}
