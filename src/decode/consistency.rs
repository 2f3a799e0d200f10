//! Document-level label consistency.
//!
//! A name usually has one type throughout an article, but some sentences show it more clearly than others: a
//! headline gives little context, the sentence that introduces a person gives much. So the labels of a capitalised
//! word that occurs several times are chosen from its own scores and the mean over its other occurrences.

use std::borrow::Cow;

use ahash::AHashMap;
use ndarray::ArrayView1;

use super::{Labelled, log_sum_exp};
use crate::model::LabelSet;

/// Weight of the mean over the other occurrences against the word's own scores. Chosen on the development sets that
/// the bundled model was chosen on, where 0.5 to 0.7 do equally well.
const WEIGHT: f32 = 0.6;
/// Floor of the log-probability that an occurrence gives a type, so that none can rule a type out alone.
const MIN_LOG_PROBABILITY: f32 = -7.0;
/// Words of up to this many characters are compared with case ("WHO", "Who"), longer ones without ("SYRIA", "Syria").
const MAX_CASE_SENSITIVE: usize = 3;

/// Index of a sentence, and of a word in it.
type Occurrence = (usize, usize);

/// Adds to the scores of every repeated name-like word the weighted mean of its other occurrences.
pub(super) fn apply(sentences: &mut [Labelled<'_>], labels: &LabelSet) {
    for occurrences in repeated(sentences) {
        let own: Vec<_> = occurrences
            .iter()
            .map(|&(sentence, word)| log_probabilities(sentences[sentence].scores.row(word), labels))
            .collect();
        let sums: Vec<f32> = (0..=labels.types().len()).map(|kind| own.iter().map(|own| own[kind]).sum()).collect();
        let others = (occurrences.len() - 1) as f32;
        for (&(sentence, word), own) in occurrences.iter().zip(&own) {
            for (label, score) in sentences[sentence].scores.row_mut(word).iter_mut().enumerate() {
                let kind = type_index(label, labels);
                *score += WEIGHT * (sums[kind] - own[kind]) / others;
            }
        }
    }
}

/// The occurrences of each word that occurs more than once, in the order of the text.
fn repeated(sentences: &[Labelled<'_>]) -> Vec<Vec<Occurrence>> {
    let mut occurrences: AHashMap<Cow<'_, str>, Vec<Occurrence>> = AHashMap::new();
    for (index, sentence) in sentences.iter().enumerate() {
        for (number, word) in sentence.words.iter().enumerate() {
            if let Some(key) = key(word.span.slice(sentence.of.text)) {
                occurrences.entry(key).or_default().push((index, number));
            }
        }
    }
    occurrences.into_values().filter(|occurrences| occurrences.len() > 1).collect()
}

/// The form under which words are equal; `None` for a word that does not look like a name.
fn key(word: &str) -> Option<Cow<'_, str>> {
    if !word.starts_with(char::is_uppercase) {
        return None;
    }
    match word.chars().count() {
        1 => None,
        ..=MAX_CASE_SENSITIVE => Some(word.into()),
        _ => Some(word.to_lowercase().into()),
    }
}

/// The log-probability of each type, that of no type last, from a word's scores, `[label]`.
fn log_probabilities(scores: ArrayView1<'_, f32>, labels: &LabelSet) -> Vec<f32> {
    let norm = log_sum_exp(scores);
    let mut sums = vec![0f32; labels.types().len() + 1];
    for (label, score) in scores.iter().enumerate() {
        sums[type_index(label, labels)] += (score - norm).exp();
    }
    sums.into_iter().map(|probability| probability.ln().max(MIN_LOG_PROBABILITY)).collect()
}

/// The index of a label's type; one past the last for a label without a type.
fn type_index(label: usize, labels: &LabelSet) -> usize {
    labels.type_of(label).unwrap_or(labels.types().len())
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::super::tests::label_set;
    use super::super::{Scored, best_legal_path};
    use super::*;
    use crate::span::Span;
    use crate::words::words;

    const BIO: &str = "O B-PER I-PER B-LOC I-LOC";

    /// Sentences of words between spaces, each word a token, with their scores.
    fn labelled<'a>(texts: &'a [&'a str], tokens: &'a [Vec<Span>], scores: &'a [Array2<f32>]) -> Vec<Labelled<'a>> {
        let sentence = |((text, tokens), scores): ((&&'a str, &'a Vec<Span>), &'a Array2<f32>)| {
            let span = Span::new(0, text.len());
            let of = Scored { text, span, ids: &[], tokens, scores: scores.view() };
            Labelled { words: words(text, span, tokens), scores: scores.clone(), of }
        };
        texts.iter().zip(tokens).zip(scores).map(sentence).collect()
    }

    fn tokens_of(text: &str) -> Vec<Span> {
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        text.split(' ').map(|word| Span::new(start(word), start(word) + word.len())).collect()
    }

    fn paths(texts: &[&str], scores: &[Array2<f32>]) -> Vec<Vec<usize>> {
        let tokens: Vec<_> = texts.iter().map(|text| tokens_of(text)).collect();
        let labels = label_set(BIO);
        let mut sentences = labelled(texts, &tokens, scores);
        apply(&mut sentences, &labels);
        sentences.iter().map(|sentence| best_legal_path(sentence.scores.view(), &labels)).collect()
    }

    #[test]
    fn a_confident_occurrence_decides_an_uncertain_one() {
        // Nearly as likely a person as a place, and certainly a person.
        let uncertain = ndarray::arr2(&[[0.0f32, 2.9, 0.0, 3.0, 0.0]]);
        let confident = ndarray::arr2(&[[0.0f32, 0.0, 9.0, 0.0, 0.0]]);
        let both = [uncertain.clone(), confident.clone()];
        assert_eq!(paths(&["Jordan", "Jordan"], &both)[0], [1]);
        assert_eq!(paths(&["JORDAN", "Jordan"], &both)[0], [1]);
        // Another word, no name, too short to be the same in other capitals, a single letter.
        for texts in [["Jordan", "Amman"], ["jordan", "jordan"], ["WHO", "Who"], ["J", "J"]] {
            assert_eq!(paths(&texts, &both)[0], [3], "{texts:?}");
        }
        assert_eq!(paths(&["WHO", "WHO"], &both)[0], [1]);
        assert_eq!(paths(&["Jordan"], &both[..1])[0], [3], "a single occurrence keeps its own label");
    }

    #[test]
    fn one_occurrence_cannot_overrule_another_that_is_certain() {
        let place = ndarray::arr2(&[[0.0f32, 0.0, 0.0, 12.0, 0.0]]);
        let person = ndarray::arr2(&[[0.0f32, 12.0, 0.0, 0.0, 0.0]]);
        assert_eq!(paths(&["Jordan", "Jordan"], &[place, person]), [[3], [1]]);
    }

    proptest! {
        #[test]
        fn the_weighted_mean_of_the_other_occurrences_is_added(
            names in prop::collection::vec(prop::sample::select(vec!["Ali", "Aleppo", "ALEPPO", "aleppo", "US", "Us"]), 1..9),
            values in prop::collection::vec(-9f32..9.0, 45),
        ) {
            let labels = label_set(BIO);
            let scores: Vec<_> = (0..names.len())
                .map(|at| Array2::from_shape_vec((1, 5), values[at * 5..at * 5 + 5].to_vec()).expect("five"))
                .collect();
            let tokens: Vec<_> = names.iter().map(|text| tokens_of(text)).collect();
            let mut sentences = labelled(&names, &tokens, &scores);
            apply(&mut sentences, &labels);
            for (at, sentence) in sentences.iter().enumerate() {
                let same = |other: &str| key(other).is_some() && key(other) == key(names[at]);
                let others: Vec<_> = (0..names.len()).filter(|&other| other != at && same(names[other])).collect();
                for label in 0..5 {
                    let of = |&other: &usize| {
                        log_probabilities(scores[other].row(0), &labels)[type_index(label, &labels)]
                    };
                    let mean = others.iter().map(of).sum::<f32>() / others.len().max(1) as f32;
                    let expected = scores[at][[0, label]] + WEIGHT * mean;
                    prop_assert!((sentence.scores[[0, label]] - expected).abs() < 1e-3);
                }
            }
        }
    }
}
