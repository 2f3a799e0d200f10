use proptest::prelude::*;

use super::*;

pub(super) fn label_set(names: &str) -> LabelSet {
    LabelSet::new(names.split(' ').map(str::to_owned).collect()).unwrap()
}

/// Runs as (first word, one past the last, type), from label names.
fn runs(set: &str, path: &str) -> Vec<(usize, usize, String)> {
    let labels = label_set(set);
    let id = |name: &str| labels.names().iter().position(|known| known == name).unwrap();
    let path: Vec<usize> = path.split(' ').map(id).collect();
    let kind = |run: &std::ops::Range<usize>| labels.types()[labels.type_of(path[run.start]).unwrap()].to_string();
    super::runs(&path, &labels).into_iter().map(|run| (run.start, run.end, kind(&run))).collect()
}

fn run(start: usize, end: usize, kind: &str) -> (usize, usize, String) {
    (start, end, kind.to_owned())
}

const BIO: &str = "O B-PER I-PER B-LOC I-LOC";

#[test]
fn tags_become_mentions() {
    assert_eq!(runs(BIO, "B-PER I-PER O B-LOC B-LOC"), [run(0, 2, "PER"), run(3, 4, "LOC"), run(4, 5, "LOC")]);
    // A label that cannot continue begins a mention: a stray I-, and an I- of another type.
    assert_eq!(runs(BIO, "O I-PER I-LOC I-LOC"), [run(1, 2, "PER"), run(2, 4, "LOC")]);
    let iob1 = "O I-PER I-LOC B-LOC";
    assert_eq!(runs(iob1, "I-LOC I-LOC B-LOC I-PER"), [run(0, 2, "LOC"), run(2, 3, "LOC"), run(3, 4, "PER")]);
    let bioes = "O B-PER I-PER E-PER S-PER";
    assert_eq!(runs(bioes, "B-PER I-PER E-PER S-PER O"), [run(0, 3, "PER"), run(3, 4, "PER")]);
    assert_eq!(
        runs(bioes, "E-PER I-PER O B-PER B-PER"),
        [run(0, 1, "PER"), run(1, 2, "PER"), run(3, 4, "PER"), run(4, 5, "PER")]
    );
    assert_eq!(runs("O PER LOC", "PER PER LOC O PER"), [run(0, 2, "PER"), run(2, 3, "LOC"), run(4, 5, "PER")]);
}

#[test]
fn viterbi_finds_the_best_sequence_not_the_best_labels() {
    let labels = label_set("O B-PER I-PER");
    // Word by word O, I-PER; but I-PER must follow B-PER, which is nearly as good as O.
    let scores = ndarray::arr2(&[[1.0, 0.9, 0.0], [0.0, 0.0, 3.0]]);
    assert_eq!(best_labels(scores.view()), [0, 2]);
    assert_eq!(best_legal_path(scores.view(), &labels), [1, 2]);
    assert_eq!(best_legal_path(Array2::zeros((0, 3)).view(), &labels), [0usize; 0]);
}

#[test]
fn aggregation_of_a_words_tokens() {
    let word = Word { span: Span::new(0, 2), first_token: 0, tokens: 2, lexical: true };
    let tokens = ndarray::arr2(&[[1.0f32, 2.0], [5.0, 0.0]]);
    let scores = |aggregation| word_scores(&[word], tokens.view(), aggregation);
    assert_eq!(scores(Aggregation::First), ndarray::arr2(&[[1.0, 2.0]]));
    assert_eq!(scores(Aggregation::Max), ndarray::arr2(&[[5.0, 0.0]]));
    let average = scores(Aggregation::Average).mapv(f32::exp);
    let by_hand = (1.0 / (1.0 + 1f32.exp()) + 1.0 / (1.0 + (-5f32).exp())) / 2.0;
    assert!((average[[0, 0]] - by_hand).abs() < 1e-6 && (average.sum() - 1.0).abs() < 1e-6);
}

/// The oracle: tries every sequence.
fn naive_best(scores: ArrayView2<'_, f32>, labels: &LabelSet) -> f32 {
    let (words, count) = scores.dim();
    let mut best = f32::NEG_INFINITY;
    for code in 0..count.pow(words as u32) {
        let path: Vec<usize> = (0..words).map(|word| code / count.pow(word as u32) % count).collect();
        if is_legal(&path, labels) {
            best = best.max(total(scores, &path));
        }
    }
    best
}

fn total(scores: ArrayView2<'_, f32>, path: &[usize]) -> f32 {
    path.iter().enumerate().map(|(word, &label)| scores[[word, label]]).sum()
}

proptest! {
    #[test]
    fn viterbi_agrees_with_exhaustive_search(
        set in prop::sample::select(vec!["O B-A I-A B-B I-B", "I-A O B-A", "O B-A I-A E-A S-A", "O I-A I-B B-B", "A O B"]),
        values in prop::collection::vec(-4i8..4, 25),
        words in 1usize..6,
    ) {
        let labels = label_set(set);
        let scores = Array2::from_shape_fn((words, labels.len()), |(word, label)| f32::from(values[word * 5 + label]));
        for path in [best_legal_path(scores.view(), &labels), viterbi(scores.view(), &labels)] {
            prop_assert!(is_legal(&path, &labels));
            prop_assert_eq!(total(scores.view(), &path), naive_best(scores.view(), &labels));
        }
    }

    #[test]
    fn every_labelled_word_is_in_exactly_one_mention(
        set in prop::sample::select(vec![BIO, "O B-A I-A E-A S-A", "O I-A I-B B-B", "A O B"]),
        path in prop::collection::vec(0usize..16, 0..12),
    ) {
        let labels = label_set(set);
        let path: Vec<usize> = path.into_iter().map(|label| label % labels.len()).collect();
        let mut times = vec![0; path.len()];
        for run in super::runs(&path, &labels) {
            let kind = labels.type_of(path[run.start]);
            for word in run {
                prop_assert_eq!(labels.type_of(path[word]), kind);
                times[word] += 1;
            }
        }
        for (word, &label) in path.iter().enumerate() {
            prop_assert_eq!(times[word], usize::from(labels.type_of(label).is_some()));
        }
    }
}
