//! Label scores to mentions.
//!
//! Labels are chosen for words, not tokens, so that a mention never begins or ends inside a word. The label sequence of
//! a sentence is the most probable one that the tag scheme allows, after the scores of repeated words have been made
//! consistent over the article. For comparisons, [`Rule::Transformers`] decodes as the pipeline of `transformers` does.

mod capitals;
mod consistency;
mod reference;
pub(crate) mod trim;

use std::sync::Arc;

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::article::Field;
use crate::encode::EncodedArticle;
use crate::model::{LabelSet, Model};
use crate::span::Span;
use crate::stitch::TokenScores;
use crate::words::{Word, words};
use reference::Reference;
pub use reference::Strategy;

/// A named entity as the model found it, before linking.
#[derive(Clone, Debug, PartialEq)]
pub struct NerSpan {
    /// The field that it is in.
    pub field: Field,
    /// Its bytes in the field's raw text.
    pub span: Span,
    /// Its entity type: PER, ORG, LOC, MISC, or one of the model's own.
    pub kind: Arc<str>,
    /// Mean probability of its words' labels, in [0, 1], after label consistency.
    pub score: f32,
    /// Index of its sentence among the article's sentences.
    pub sentence: u32,
}

/// How token scores become mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// Labels are chosen for words, and mentions are trimmed to the name.
    Words {
        /// How the scores of a word's tokens are combined.
        aggregation: Aggregation,
        /// How label sequences are chosen.
        decoding: Decoding,
        /// Document-level label consistency: whether the other occurrences of a word in the article count when its
        /// label is chosen.
        consistency: bool,
    },
    /// Exactly the mentions of the token-classification pipeline of `transformers`, which may begin with white space, end
    /// inside a word, or overlap by a character.
    Transformers(Strategy),
}

impl Default for Rule {
    fn default() -> Self {
        Self::Words { aggregation: Aggregation::default(), decoding: Decoding::default(), consistency: true }
    }
}

/// How the scores of a word's tokens are combined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aggregation {
    /// Those of the first token, as most models were trained.
    #[default]
    First,
    /// Those of the most confident token.
    Max,
    /// The mean of the tokens' probabilities.
    Average,
}

/// How the labels of a sentence are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decoding {
    /// The most probable sequence that the tag scheme allows.
    #[default]
    Viterbi,
    /// Each word's best label; a label that cannot continue a mention begins one.
    Greedy,
}

/// A sentence with the scores of its tokens.
struct Scored<'a> {
    /// The clean text of its field, in the case in which the model reads it.
    text: &'a str,
    span: Span,
    ids: &'a [u32],
    /// The bytes of its tokens in `text`.
    tokens: &'a [Span],
    /// `[token, label]`.
    scores: ArrayView2<'a, f32>,
}

/// A mention in bytes of the clean text.
struct Found {
    span: Span,
    kind: Arc<str>,
    score: f32,
}

/// A sentence with the scores of its words, `[word, label]`.
struct Labelled<'a> {
    of: Scored<'a>,
    words: Vec<Word>,
    scores: Array2<f32>,
}

/// All mentions of an article, in the order of the text.
pub fn decode(article: &EncodedArticle, scores: &TokenScores, model: &Model, rule: Rule) -> Vec<NerSpan> {
    let sentences = scored(article, scores);
    let found: Vec<Vec<Found>> = match rule {
        Rule::Words { aggregation, decoding, consistency } => {
            let mut sentences: Vec<_> = sentences.map(|sentence| Labelled::new(sentence, aggregation)).collect();
            if consistency {
                consistency::apply(&mut sentences, &model.labels);
            }
            sentences.iter().map(|sentence| mentions(sentence, model, decoding)).collect()
        }
        Rule::Transformers(strategy) => {
            let reference = Reference::new(strategy, &model.labels, &model.tokenizer);
            sentences.map(|sentence| reference.mentions(&sentence)).collect()
        }
    };
    let mut mentions = Vec::new();
    for (number, (sentence, found)) in article.sentences.iter().zip(found).enumerate() {
        mentions.extend(found.into_iter().map(|found| NerSpan {
            field: sentence.field,
            span: article.to_raw(sentence.field, found.span),
            kind: found.kind,
            score: found.score,
            sentence: number as u32,
        }));
    }
    mentions
}

/// The sentences of an article with the scores of their tokens.
fn scored<'a>(article: &'a EncodedArticle, scores: &'a TokenScores) -> impl Iterator<Item = Scored<'a>> {
    article.sentences.iter().zip(&article.sentence_tokens).map(|(sentence, tokens)| Scored {
        text: article.cased_text(sentence.field),
        span: sentence.span,
        ids: &article.ids[tokens.clone()],
        tokens: &article.spans[tokens.clone()],
        scores: scores.of(tokens.clone()),
    })
}

impl<'a> Labelled<'a> {
    fn new(of: Scored<'a>, aggregation: Aggregation) -> Self {
        let words = words(of.text, of.span, of.tokens);
        let scores = word_scores(&words, of.scores, aggregation);
        Self { of, words, scores }
    }
}

/// The mentions of a sentence, by the labels of its words.
fn mentions(sentence: &Labelled<'_>, model: &Model, decoding: Decoding) -> Vec<Found> {
    let Labelled { of, words, scores } = sentence;
    let labels = &model.labels;
    let path = match decoding {
        Decoding::Viterbi => best_legal_path(scores.view(), labels),
        Decoding::Greedy => best_labels(scores.view()),
    };
    let mention = |run| {
        let run = trim::trim_to_name(of.text, words, run)?;
        let kind = labels.type_of(path[run.start])?;
        let span = Span::new(words[run.start].span.start, words[run.end - 1].span.end);
        if model.card.capitalised_names && capitals::lacks_capital(of.text, words, span) {
            return None;
        }
        Some(Found {
            span,
            kind: Arc::clone(&labels.types()[kind]),
            score: mean_probability(scores.view(), &path, run),
        })
    };
    runs(&path, labels).into_iter().filter_map(mention).collect()
}

/// Token scores `[token, label]` to word scores `[word, label]`: logits or log-probabilities, which rank label sequences
/// equally, since they differ by a constant for each word.
fn word_scores(words: &[Word], tokens: ArrayView2<'_, f32>, aggregation: Aggregation) -> Array2<f32> {
    let mut scores = Array2::zeros((words.len(), tokens.ncols()));
    for (word, mut target) in words.iter().zip(scores.rows_mut()) {
        let first = word.first_token as usize;
        let own = tokens.slice(ndarray::s![first..first + word.tokens as usize, ..]);
        match aggregation {
            _ if own.nrows() == 1 => target.assign(&own.row(0)),
            Aggregation::First => target.assign(&own.row(0)),
            Aggregation::Max => {
                let most_confident =
                    own.rows().into_iter().max_by(|a, b| top_probability(*a).total_cmp(&top_probability(*b)));
                most_confident.into_iter().for_each(|row| target.assign(&row));
            }
            Aggregation::Average => {
                for row in own.rows() {
                    let norm = log_sum_exp(row);
                    target.zip_mut_with(&row, |sum, &logit| *sum += (logit - norm).exp() / own.nrows() as f32);
                }
                target.mapv_inplace(f32::ln);
            }
        }
    }
    scores
}

fn log_sum_exp(row: ArrayView1<'_, f32>) -> f32 {
    let max = row.fold(f32::NEG_INFINITY, |max, &value| max.max(value));
    max + row.fold(0.0, |sum, &value| sum + (value - max).exp()).ln()
}

fn top_probability(row: ArrayView1<'_, f32>) -> f32 {
    let max = row.fold(f32::NEG_INFINITY, |max, &value| max.max(value));
    (max - log_sum_exp(row)).exp()
}

/// The label with the highest score of each word; of equals, the first.
fn best_labels(scores: ArrayView2<'_, f32>) -> Vec<usize> {
    let best = |row: ArrayView1<'_, f32>| {
        row.iter().enumerate().fold(0, |best, (label, &score)| if score > row[best] { label } else { best })
    };
    scores.rows().into_iter().map(best).collect()
}

/// The label sequence with the highest sum of scores among those that the scheme allows.
///
/// Where the best labels of all words form a legal sequence, no other is better. That is nearly every sentence, and it
/// takes one pass.
fn best_legal_path(scores: ArrayView2<'_, f32>, labels: &LabelSet) -> Vec<usize> {
    let greedy = best_labels(scores);
    if is_legal(&greedy, labels) { greedy } else { viterbi(scores, labels) }
}

fn is_legal(path: &[usize], labels: &LabelSet) -> bool {
    path.first().is_none_or(|&first| labels.may_start(first))
        && path.last().is_none_or(|&last| labels.may_end(last))
        && path.windows(2).all(|pair| labels.may_follow(pair[0], pair[1]))
}

fn viterbi(scores: ArrayView2<'_, f32>, labels: &LabelSet) -> Vec<usize> {
    let (words, count) = scores.dim();
    let mut back = Array2::<u16>::zeros((words, count));
    let illegal = f32::NEG_INFINITY;
    let mut best: Vec<f32> =
        (0..count).map(|label| if labels.may_start(label) { scores[[0, label]] } else { illegal }).collect();
    let mut next = vec![illegal; count];
    for word in 1..words {
        for label in 0..count {
            let mut from = 0;
            let mut top = illegal;
            for (previous, &score) in best.iter().enumerate() {
                if score > top && labels.may_follow(previous, label) {
                    (from, top) = (previous, score);
                }
            }
            back[[word, label]] = from as u16;
            next[label] = top + scores[[word, label]];
        }
        std::mem::swap(&mut best, &mut next);
    }
    let end = |label: &usize| if labels.may_end(*label) { best[*label] } else { illegal };
    let last = (0..count).fold(0, |last, label| if end(&label) > end(&last) { label } else { last });
    let mut path = vec![last; words];
    for word in (1..words).rev() {
        path[word - 1] = back[[word, path[word]]] as usize;
    }
    path
}

/// The runs of words that are mentions, as half-open ranges.
fn runs(path: &[usize], labels: &LabelSet) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    let mut previous = None;
    for (word, &label) in path.iter().enumerate() {
        if labels.begins(previous, label) {
            runs.push(word..word + 1);
        } else if labels.type_of(label).is_some() {
            runs.last_mut().into_iter().for_each(|run| run.end = word + 1);
        }
        previous = Some(label);
    }
    runs
}

fn mean_probability(scores: ArrayView2<'_, f32>, path: &[usize], run: std::ops::Range<usize>) -> f32 {
    let count = run.len() as f32;
    let probability = |word: usize| (scores[[word, path[word]]] - log_sum_exp(scores.row(word))).exp();
    (run.map(probability).sum::<f32>() / count).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
