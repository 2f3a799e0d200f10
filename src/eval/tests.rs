use std::path::Path;

use ahash::{AHashMap, AHashSet};
use proptest::prelude::*;

use super::*;

type Raw = (u32, u32, u8, Option<u8>);

const KINDS: [&str; 3] = ["LOC", "ORG", "PER"];

fn mention((start, length, kind, entity): Raw) -> Annotation {
    let entity = entity.map(|id| Arc::from(format!("e{id}")));
    let place = Place { path: Path::new("x.jsonl").into(), line: 1 };
    let kind = KINDS[kind as usize % 3].into();
    Annotation { start, end: start + length, kind, entity, text: None, place }
}

/// Documents of mentions, with their numbers as ids.
fn corpus(documents: &[Vec<Annotation>]) -> Corpus {
    let document = |(number, mentions): (usize, &Vec<Annotation>)| AnnotatedDocument {
        id: number.to_string().into(),
        mentions: mentions.clone(),
        ..AnnotatedDocument::default()
    };
    Corpus {
        documents: documents.iter().enumerate().map(document).collect(),
        has_ids: true,
        has_links: true,
        ..Corpus::default()
    }
}

fn judge(gold: &[Vec<Annotation>], predicted: &[Vec<Annotation>], zones: &Zones) -> Evaluation {
    let gold = corpus(gold);
    let aligned = gold.align(corpus(predicted), None).unwrap();
    let options = MatchOptions { links: true, ..MatchOptions::default() };
    evaluate(&gold, &aligned, &types(&gold, [&aligned]), zones, options)
}

fn one(gold: &[Raw], predicted: &[Raw]) -> Evaluation {
    let all = |raw: &[Raw]| vec![raw.iter().copied().map(mention).collect()];
    judge(&all(gold), &all(predicted), &Zones::new())
}

#[test]
fn each_error_is_of_one_kind() {
    let (loc, org) = (0, 1);
    for (gold, predicted, expected) in [
        (vec![(0, 4, loc, None)], vec![(0, 4, loc, None)], ""),
        (vec![(0, 4, loc, None)], vec![(0, 4, org, None)], "type"),
        (vec![(0, 4, loc, None)], vec![(1, 4, loc, None)], "boundary"),
        (vec![(0, 4, loc, None)], vec![(1, 4, org, None)], "both"),
        (vec![(0, 4, loc, None)], vec![], "missed"),
        (vec![], vec![(0, 4, loc, None)], "spurious"),
        (vec![(0, 4, loc, None)], vec![(4, 4, loc, None)], "missed spurious"),
        (vec![(0, 4, loc, None)], vec![(0, 4, loc, None), (0, 4, org, None)], "duplicate"),
        (vec![(0, 4, loc, Some(1))], vec![(0, 4, loc, None)], "link"),
        (vec![(0, 4, loc, Some(1))], vec![(0, 4, org, Some(2))], "type link"),
        // One gold name in two pieces: the longer one is its boundary error.
        (vec![(0, 15, org, None)], vec![(0, 4, org, None), (8, 7, org, None)], "boundary spurious"),
        // The type counts before the length of the overlap.
        (vec![(0, 9, loc, None)], vec![(0, 7, org, None), (7, 3, loc, None)], "boundary spurious"),
        // A gold mention that was found exactly is not paired again.
        (vec![(0, 4, loc, None)], vec![(0, 4, loc, None), (1, 2, loc, None)], "spurious"),
    ] {
        let errors = one(&gold, &predicted).errors;
        let seen: Vec<&str> = Fault::ALL
            .iter()
            .flat_map(|&fault| std::iter::repeat_n(fault.as_str(), errors.total(fault) as usize))
            .collect();
        assert_eq!(seen.join(" "), expected, "{gold:?} {predicted:?}");
    }
}

#[test]
fn equal_errors_are_counted_together() {
    let (gold, predicted): (Vec<Raw>, Vec<Raw>) = (0..5).map(|n| ((10 * n, 4, 0, None), (10 * n, 4, 1, None))).unzip();
    let frequent = one(&gold, &[&predicted[1..], &[(90, 2, 2, None)]].concat()).errors.most_frequent(2);
    let seen: Vec<_> = frequent.iter().map(|error| (error.error, error.count, error.example.start)).collect();
    assert_eq!(seen, [(Fault::Type, 4, 10), (Fault::Missed, 1, 0)]);
}

#[test]
fn predictions_in_an_ignore_zone_count_only_with_a_gold_mention() {
    let all = |raw: &[Raw]| vec![raw.iter().copied().map(mention).collect::<Vec<_>>()];
    let zones = Zones::from_iter([("0".into(), vec![(10, 20)])]);
    let predicted = all(&[(12, 3, 0, None), (15, 10, 0, None), (20, 2, 0, None)]);
    let evaluation = judge(&all(&[(12, 3, 0, None)]), &predicted, &zones);
    assert_eq!((evaluation.ignored, evaluation.total.micro()), (1, Hits { right: 1, predicted: 2, gold: 1 }));
}

#[test]
fn the_catalogue_decides_what_is_an_entity() {
    let gold = corpus(&[vec![mention((0, 4, 0, Some(1))), mention((5, 4, 0, None))]]);
    let predicted = || corpus(&[vec![mention((0, 4, 0, Some(1))), mention((5, 4, 0, Some(9)))]]);
    let right = |catalogue: Option<&AHashSet<String>>| {
        let aligned = gold.align(predicted(), catalogue).unwrap();
        let counts = evaluate(&gold, &aligned, &types(&gold, [&aligned]), &Zones::new(), MatchOptions::default()).total;
        counts.linking().map(|share| share.right)
    };
    assert_eq!(right(None), [1, 1, 0]);
    assert_eq!(right(Some(&AHashSet::from_iter(["e1".to_owned()]))), [2, 1, 1]);
    assert_eq!(right(Some(&AHashSet::new())), [1, 0, 1]);
}

#[test]
fn intervals_contain_the_score_and_depend_on_the_seed_alone() {
    let gold: Vec<Vec<Annotation>> = (0..40).map(|_| (0..5).map(|n| mention((10 * n, 4, 0, None))).collect()).collect();
    let hit = |share: usize| -> Vec<Vec<Annotation>> {
        let found = |document: usize, n: usize| (document * 7 + n * 3) % 10 < share;
        let shifted = |document, n: usize| mention((10 * n as u32 + u32::from(!found(document, n)), 4, 0, None));
        (0..40).map(|document| (0..5).map(|n| shifted(document, n)).collect()).collect()
    };
    let (good, bad) = (judge(&gold, &hit(8), &Zones::new()), judge(&gold, &hit(5), &Zones::new()));
    let bootstrap = Bootstrap { resamples: 500, seed: 3 };
    let value = Metric::F1.of(&good.total, 1.0);
    let interval = bootstrap.intervals(&good, &[Metric::F1]).unwrap()[0];
    assert!(interval[0] < value && value < interval[1], "{interval:?} {value}");
    assert_eq!(bootstrap.intervals(&good, &[Metric::F1]).unwrap()[0], interval);
    assert_ne!(Bootstrap { seed: 4, ..bootstrap }.intervals(&good, &[Metric::F1]).unwrap()[0], interval);
    let better = bootstrap.compare(&good, &bad, &[Metric::F1]).unwrap()[0];
    assert!(better.value > 0.2 && better.interval[0] > 0.0 && better.above == 1.0, "{better:?}");
    let same = bootstrap.compare(&good, &good, &[Metric::F1]).unwrap()[0];
    assert_eq!((same.value, same.interval, same.above), (0.0, [0.0, 0.0], 0.0));
    assert!(bootstrap.intervals(&one(&[], &[]), &[Metric::F1]).is_none());
}

/// Scores of the resampled documents, counted from scratch.
#[test]
fn resampling_counts_is_resampling_documents() {
    let documents: Vec<Vec<Annotation>> =
        (0..6).map(|n| (0..=n).map(|k| mention((10 * k, 4, (n + k) as u8, Some(1)))).collect()).collect();
    let predicted: Vec<Vec<Annotation>> =
        (0..6).map(|n| (0..3).map(|k| mention((10 * k, 4, n, Some(k as u8 % 2)))).collect()).collect();
    let evaluation = judge(&documents, &predicted, &Zones::new());
    let bootstrap = Bootstrap { resamples: 1, seed: 11 };
    let drawn: Vec<usize> = {
        let mut rng = fastrand::Rng::with_seed(fastrand::Rng::with_seed(11).u64(..));
        (0..6).map(|_| rng.usize(..6)).collect()
    };
    let pick =
        |from: &[Vec<Annotation>]| -> Vec<Vec<Annotation>> { drawn.iter().map(|&at| from[at].clone()).collect() };
    let resampled = judge(&pick(&documents), &pick(&predicted), &Zones::new());
    let metrics =
        [Metric::Precision, Metric::Recall, Metric::F1, Metric::SpanF1, Metric::LinkingAccuracy, Metric::EndToEndF1];
    let intervals = bootstrap.intervals(&evaluation, &metrics).unwrap();
    for (metric, [low, high]) in metrics.into_iter().zip(intervals) {
        assert_eq!((low, high), (metric.of(&resampled.total, 1.0), metric.of(&resampled.total, 1.0)), "{metric:?}");
    }
}

#[test]
fn mappings_are_checked() {
    let mut kinds = Kinds::new(&["gpe=LOC".into(), "DATE=".into(), "x=y".into()]).unwrap();
    let seen: Vec<_> = ["GPE", "date", "Per"].iter().map(|kind| kinds.get(kind).map(|kind| kind.to_string())).collect();
    assert_eq!(seen, [Some("LOC".to_owned()), None, Some("PER".to_owned())]);
    assert_eq!(kinds.unused(), ["X"]);
    for (rules, expected) in [(&["GPE"][..], "not a mapping"), (&["=LOC"], "not a mapping"), (&["A=B", "a=C"], "twice")]
    {
        let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        assert!(Kinds::new(&rules).unwrap_err().to_string().contains(expected));
    }
}

fn raw() -> impl Strategy<Value = Raw> {
    (0u32..30, 1u32..6, 0u8..3, proptest::option::of(0u8..2))
}

proptest! {
    /// The oracle: each number by its definition on sets.
    #[test]
    fn counts_are_those_of_sets(gold in prop::collection::vec(raw(), 0..8), predicted in prop::collection::vec(raw(), 0..8)) {
        let mut by_span = AHashMap::new();
        for raw in gold {
            by_span.entry((raw.0, raw.1)).or_insert(raw);
        }
        let mut gold: Vec<Raw> = by_span.values().copied().collect();
        gold.sort();
        let Evaluation { total, errors, .. } = one(&gold, &predicted);
        let mut first = AHashSet::new();
        let firsts: Vec<&Raw> = predicted.iter().filter(|raw| first.insert((raw.0, raw.1))).collect();
        let right = |matches: &dyn Fn(&Raw, &Raw) -> bool| {
            let hit = |raw: &&&Raw| by_span.get(&(raw.0, raw.1)).is_some_and(|gold| matches(gold, raw));
            firsts.iter().filter(hit).count() as u64
        };
        prop_assert_eq!(total.micro().right, right(&|gold, raw| gold.2 == raw.2));
        prop_assert_eq!(total.spans().right, right(&|_, _| true));
        prop_assert_eq!(total.end_to_end().right, right(&|gold, raw| gold.3 == raw.3));
        prop_assert_eq!(total.end_to_end_linked().right, right(&|gold, raw| gold.3 == raw.3 && gold.3.is_some()));
        prop_assert_eq!(total.micro().gold, gold.len() as u64);
        prop_assert_eq!(total.micro().predicted, predicted.len() as u64);
        // Every mention is correct, or wrong in one way.
        let of = |faults: &[Fault]| faults.iter().map(|&fault| errors.total(fault)).sum::<u64>();
        let paired = total.micro().right + of(&[Fault::Type, Fault::Boundary, Fault::Both]);
        prop_assert_eq!(paired + of(&[Fault::Missed]), gold.len() as u64);
        prop_assert_eq!(paired + of(&[Fault::Spurious, Fault::Duplicate]), predicted.len() as u64);
        prop_assert_eq!(of(&[Fault::Link]), right(&|gold, raw| gold.3 != raw.3));
    }
}
