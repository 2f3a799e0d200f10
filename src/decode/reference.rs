//! The token-classification pipeline of `transformers`, for comparisons with it.
//!
//! Spans, types and scores are those of `pipeline("token-classification", aggregation_strategy=…)` on the sentence,
//! oddities included: an `I-` begins a mention where no `B-` does; labels that are neither `B-` nor `I-` always continue;
//! word boundaries follow from the length of a token's text or from spaces alone, so that "Geneva," may be one word.
//! `tests/suite/parity.rs` checks this against answers of the original.
//!
//! One difference: entities without characters, such as that of a single space mark, are left out.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use serde::{Deserialize, Serialize};

use super::{Found, Scored};
use crate::model::{LabelSet, Tokenizer};
use crate::span::Span;

/// The pipeline's `aggregation_strategy`: how tokens become entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Strategy {
    /// Each token is an entity, with its whole label (`B-PER`) as the type.
    #[serde(rename = "hf-none")]
    None,
    /// Adjacent tokens of one type are one entity.
    #[serde(rename = "hf-simple")]
    Simple,
    /// Adjacent words of one type are one entity; a word has the label of its first token.
    #[serde(rename = "hf-first")]
    First,
    /// As `First`, but a word has the label of the highest mean probability.
    #[serde(rename = "hf-average")]
    Average,
    /// As `First`, but a word has the label of its most confident token.
    #[serde(rename = "hf-max")]
    Max,
}

/// A label as the pipeline interprets it.
struct Label {
    /// Whether it never continues an entity.
    begins: bool,
    /// What two adjacent units must share to be one entity.
    tag: String,
    /// The type of its mentions; `None` where there are none.
    kind: Option<Arc<str>>,
}

/// A token or a word, and its best label.
struct Unit {
    span: Span,
    label: usize,
    probability: f32,
}

/// The pipeline for one model.
pub(super) struct Reference<'m> {
    strategy: Strategy,
    labels: Vec<Label>,
    tokenizer: &'m Tokenizer,
    marks_continuation: bool,
    unknown: Option<u32>,
}

impl<'m> Reference<'m> {
    pub(super) fn new(strategy: Strategy, labels: &LabelSet, tokenizer: &'m Tokenizer) -> Self {
        Self {
            strategy,
            labels: labels.names().iter().map(|name| Label::new(name, strategy)).collect(),
            tokenizer,
            marks_continuation: tokenizer.marks_continuation(),
            unknown: tokenizer.unknown(),
        }
    }

    /// The entities of a sentence, in the order of its tokens.
    pub(super) fn mentions(&self, sentence: &Scored<'_>) -> Vec<Found> {
        let probabilities = softmax(sentence.scores);
        let spans: Vec<Span> = sentence.tokens.iter().map(|token| whole_characters(sentence.text, *token)).collect();
        let unit = |tokens: Range<usize>| {
            let span = Span::new(spans[tokens.start].start, spans[tokens.end - 1].end);
            let (label, probability) = self.vote(probabilities.slice(s![tokens, ..]));
            Unit { span, label, probability }
        };
        let single = (0..spans.len()).map(|token| token..token + 1);
        let units: Vec<Unit> = match self.strategy {
            Strategy::None | Strategy::Simple => single.map(unit).collect(),
            Strategy::First | Strategy::Average | Strategy::Max => {
                self.words(sentence, &spans).into_iter().map(unit).collect()
            }
        };
        let entities = units.chunk_by(|before, next| self.continues(before, next));
        entities.filter_map(|entity| self.mention(entity)).collect()
    }

    /// The words of a sentence, as ranges of tokens.
    fn words(&self, sentence: &Scored<'_>, spans: &[Span]) -> Vec<Range<usize>> {
        let mut words: Vec<Range<usize>> = Vec::new();
        for (token, (&id, &span)) in sentence.ids.iter().zip(spans).enumerate() {
            match words.last_mut() {
                Some(word) if self.is_subword(sentence, id, span) => word.end = token + 1,
                _ => words.push(token..token + 1),
            }
        }
        words
    }

    /// Whether a token continues the word before it.
    fn is_subword(&self, sentence: &Scored<'_>, id: u32, span: Span) -> bool {
        if Some(id) == self.unknown {
            false
        } else if self.marks_continuation {
            // A piece with the mark is longer than its text; other changes to the text may have the same effect.
            let piece = self.tokenizer.token(id).unwrap_or_default();
            piece.chars().count() != span.get(sentence.text).map_or(0, |text| text.chars().count())
        } else {
            let before = sentence.text[sentence.span.start..span.start].chars().next_back();
            let own = sentence.text[span.start..sentence.span.end].chars().next();
            before.is_some_and(|before| before != ' ') && own != Some(' ')
        }
    }

    /// The label of a token or word with its probability, from those of its tokens, `[token, label]`.
    fn vote(&self, tokens: ArrayView2<'_, f32>) -> (usize, f32) {
        match self.strategy {
            Strategy::None | Strategy::Simple | Strategy::First => best(tokens.row(0)),
            Strategy::Average => {
                let mean: Array1<f32> = tokens.sum_axis(Axis(0)) / tokens.nrows() as f32;
                best(mean.view())
            }
            Strategy::Max => {
                let votes = tokens.rows().into_iter().map(best);
                votes.reduce(|best, vote| if vote.1 > best.1 { vote } else { best }).unwrap_or_default()
            }
        }
    }

    /// Whether two adjacent units are parts of one entity.
    fn continues(&self, before: &Unit, next: &Unit) -> bool {
        let (before, next) = (&self.labels[before.label], &self.labels[next.label]);
        self.strategy != Strategy::None && !next.begins && before.tag == next.tag
    }

    fn mention(&self, entity: &[Unit]) -> Option<Found> {
        let (first, last) = entity.first().zip(entity.last())?;
        let span = Span::new(first.span.start, last.span.end);
        let kind = self.labels[first.label].kind.clone().filter(|_| !span.is_empty())?;
        let sum: f32 = entity.iter().map(|unit| unit.probability).sum();
        Some(Found { span, kind, score: (sum / entity.len() as f32).clamp(0.0, 1.0) })
    }
}

impl Label {
    fn new(name: &str, strategy: Strategy) -> Self {
        let begins = name.starts_with("B-");
        let tag = name.strip_prefix("B-").or(name.strip_prefix("I-")).unwrap_or(name);
        // Any prefix is removed from the type, although only these two are distinguished above.
        let kind = match strategy {
            Strategy::None => name,
            _ => name.split_once('-').map_or(name, |(_, kind)| kind),
        };
        Self { begins, tag: tag.to_owned(), kind: (kind != "O").then(|| kind.into()) }
    }
}

fn softmax(logits: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut probabilities = logits.to_owned();
    for mut row in probabilities.rows_mut() {
        let max = row.fold(f32::NEG_INFINITY, |max, &logit| max.max(logit));
        row.mapv_inplace(|logit| (logit - max).exp());
        let sum = row.sum();
        row.mapv_inplace(|value| value / sum);
    }
    probabilities
}

/// The highest value and its index; of equals, the first.
fn best(row: ArrayView1<'_, f32>) -> (usize, f32) {
    let start = (0, f32::NEG_INFINITY);
    row.iter().enumerate().fold(start, |best, (label, &value)| if value > best.1 { (label, value) } else { best })
}

/// The span in whole characters: an offset inside one is moved to its start.
fn whole_characters(text: &str, span: Span) -> Span {
    Span::new(text.floor_char_boundary(span.start), text.floor_char_boundary(span.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_interpreted_as_by_the_pipeline() {
        let read = |name, strategy| {
            let label = Label::new(name, strategy);
            (label.begins, label.tag, label.kind.as_deref().map(str::to_owned))
        };
        let own = |begins, tag: &str, kind: Option<&str>| (begins, tag.to_owned(), kind.map(str::to_owned));
        for (name, simple) in [
            ("B-PER", own(true, "PER", Some("PER"))),
            ("I-PER", own(false, "PER", Some("PER"))),
            ("PER", own(false, "PER", Some("PER"))),
            ("S-PER", own(false, "S-PER", Some("PER"))),
            ("I-work-of-art", own(false, "work-of-art", Some("work-of-art"))),
            ("I_PER", own(false, "I_PER", Some("I_PER"))),
            ("O", own(false, "O", None)),
            ("OUT", own(false, "OUT", Some("OUT"))),
        ] {
            assert_eq!(read(name, Strategy::Simple), simple, "{name}");
        }
        assert_eq!(read("B-PER", Strategy::None), own(true, "PER", Some("B-PER")));
        assert_eq!(read("O", Strategy::None), own(false, "O", None));
    }

    #[test]
    fn the_first_of_equal_values_is_best() {
        assert_eq!(best(ndarray::arr1(&[0.2, 0.4, 0.4]).view()), (1, 0.4));
        let flat = softmax(ndarray::arr2(&[[1.0, 1.0], [1e30, 0.0]]).view());
        assert_eq!(flat, ndarray::arr2(&[[0.5, 0.5], [1.0, 0.0]]));
    }

    #[test]
    fn spans_are_moved_to_whole_characters() {
        let spans = [(0, 1), (1, 3), (0, 3), (3, 4)].map(|(start, end)| whole_characters("aéb", Span::new(start, end)));
        assert_eq!(spans, [(0, 1), (1, 3), (0, 3), (3, 4)].map(|(start, end)| Span::new(start, end)));
        assert_eq!(whole_characters("aéb", Span::new(2, 4)), Span::new(1, 4));
    }
}
