//! What an article says of a word in its other places.
//!
//! A name mostly is one thing throughout an article, and some places say what more clearly than others: a headline
//! says little, the sentence that introduces somebody says all. So before its label is chosen, a capitalised word
//! that stands in an article several times hears what the model makes of it elsewhere.

use std::borrow::Cow;

use ahash::AHashMap;
use ndarray::ArrayView1;

use super::{Labelled, log_sum_exp};
use crate::model::LabelSet;

/// How much the mean of the other places counts against the word's own scores. Chosen on the development sets that the
/// bundled model was chosen on, where 0.5 to 0.7 do equally well.
const WEIGHT: f32 = 0.6;
/// The least log-probability with which a place speaks for a type, so that none can rule one out alone.
const LEAST: f32 = -7.0;
/// Longer words are the same in whatever capitals ("SYRIA", "Syria"); of up to so many characters they are not ("WHO",
/// "Who").
const SHORT: usize = 3;

/// A sentence's index, and a word's in it.
type Place = (usize, usize);

/// Adds to the scores of every repeated name-like word what its other places say of it.
pub(super) fn agree(sentences: &mut [Labelled<'_>], labels: &LabelSet) {
    for places in repeated(sentences) {
        let own: Vec<_> =
            places.iter().map(|&(sentence, word)| opinion(sentences[sentence].scores.row(word), labels)).collect();
        let all: Vec<f32> = (0..=labels.types().len()).map(|kind| own.iter().map(|own| own[kind]).sum()).collect();
        let others = (places.len() - 1) as f32;
        for (&(sentence, word), own) in places.iter().zip(&own) {
            for (label, score) in sentences[sentence].scores.row_mut(word).iter_mut().enumerate() {
                let kind = kind_of(label, labels);
                *score += WEIGHT * (all[kind] - own[kind]) / others;
            }
        }
    }
}

/// The places of each word that stands more than once, in the order of the text.
fn repeated(sentences: &[Labelled<'_>]) -> Vec<Vec<Place>> {
    let mut places: AHashMap<Cow<'_, str>, Vec<Place>> = AHashMap::new();
    for (index, sentence) in sentences.iter().enumerate() {
        for (number, word) in sentence.words.iter().enumerate() {
            if let Some(key) = key(word.span.slice(sentence.of.text)) {
                places.entry(key).or_default().push((index, number));
            }
        }
    }
    places.into_values().filter(|places| places.len() > 1).collect()
}

/// What equal words have in common; nothing for a word that does not look like a name.
fn key(word: &str) -> Option<Cow<'_, str>> {
    let mut chars = word.chars();
    let is_capital = chars.next().is_some_and(char::is_uppercase);
    match chars.count() + 1 {
        length if !is_capital || length == 1 => None,
        ..=SHORT => Some(word.into()),
        _ => Some(word.to_lowercase().into()),
    }
}

/// The log-probability of each type, that of no type last, for a word's `[label]` scores.
fn opinion(scores: ArrayView1<'_, f32>, labels: &LabelSet) -> Vec<f32> {
    let norm = log_sum_exp(scores);
    let mut shares = vec![0f32; labels.types().len() + 1];
    for (label, score) in scores.iter().enumerate() {
        shares[kind_of(label, labels)] += (score - norm).exp();
    }
    shares.into_iter().map(|share| share.ln().max(LEAST)).collect()
}

fn kind_of(label: usize, labels: &LabelSet) -> usize {
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
        agree(&mut sentences, &labels);
        sentences.iter().map(|sentence| best_legal_path(sentence.scores.view(), &labels)).collect()
    }

    #[test]
    fn a_clear_place_helps_an_unclear_one() {
        // Nearly as likely a person as a place, and surely a person.
        let unclear = ndarray::arr2(&[[0.0f32, 2.9, 0.0, 3.0, 0.0]]);
        let clear = ndarray::arr2(&[[0.0f32, 0.0, 9.0, 0.0, 0.0]]);
        let both = [unclear.clone(), clear.clone()];
        assert_eq!(paths(&["Jordan", "Jordan"], &both)[0], [1]);
        assert_eq!(paths(&["JORDAN", "Jordan"], &both)[0], [1]);
        // Another word, no name, too short to be the same in other capitals, a single letter.
        for texts in [["Jordan", "Amman"], ["jordan", "jordan"], ["WHO", "Who"], ["J", "J"]] {
            assert_eq!(paths(&texts, &both)[0], [3], "{texts:?}");
        }
        assert_eq!(paths(&["WHO", "WHO"], &both)[0], [1]);
        // Once in one article: nothing to hear.
        assert_eq!(paths(&["Jordan"], &both[..1])[0], [3]);
    }

    #[test]
    fn no_place_overrules_a_sure_one_alone() {
        let sure = ndarray::arr2(&[[0.0f32, 0.0, 0.0, 12.0, 0.0]]);
        let other = ndarray::arr2(&[[0.0f32, 12.0, 0.0, 0.0, 0.0]]);
        assert_eq!(paths(&["Jordan", "Jordan"], &[sure, other]), [[3], [1]]);
    }

    proptest! {
        #[test]
        fn it_is_the_mean_of_what_the_other_places_say(
            names in prop::collection::vec(prop::sample::select(vec!["Ali", "Aleppo", "ALEPPO", "aleppo", "US", "Us"]), 1..9),
            values in prop::collection::vec(-9f32..9.0, 45),
        ) {
            let labels = label_set(BIO);
            let scores: Vec<_> = (0..names.len())
                .map(|at| Array2::from_shape_vec((1, 5), values[at * 5..at * 5 + 5].to_vec()).expect("five"))
                .collect();
            let tokens: Vec<_> = names.iter().map(|text| tokens_of(text)).collect();
            let mut sentences = labelled(&names, &tokens, &scores);
            agree(&mut sentences, &labels);
            for (at, sentence) in sentences.iter().enumerate() {
                let same = |other: &str| key(other).is_some() && key(other) == key(names[at]);
                let others: Vec<_> = (0..names.len()).filter(|&other| other != at && same(names[other])).collect();
                for label in 0..5 {
                    let say = |&other: &usize| opinion(scores[other].row(0), &labels)[kind_of(label, &labels)];
                    let mean = others.iter().map(say).sum::<f32>() / others.len().max(1) as f32;
                    let wanted = scores[at][[0, label]] + WEIGHT * mean;
                    prop_assert!((sentence.scores[[0, label]] - wanted).abs() < 1e-3);
                }
            }
        }
    }
}
