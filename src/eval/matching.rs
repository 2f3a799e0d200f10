//! One document's predictions against its gold mentions.
//!
//! A prediction is correct where span and type are. The rest is paired by overlap, each mention once, so that every
//! gold mention is correct, wrong in one way, or missed, and every prediction correct, wrong in one way, or spurious.

use std::cmp::Reverse;
use std::sync::Arc;

use ahash::AHashMap;

use super::corpus::{AnnotatedDocument, Annotation};
use super::counts::{Cell, MatchCounts};
use super::errors::{ErrorTally, Fault};

/// What counts as correct, besides span and type.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchOptions {
    /// Whether links are scored.
    pub links: bool,
    /// Linking accuracy over mentions of the right type only.
    pub typed_linking: bool,
    /// Whether end-to-end scores require the correct type.
    pub typed_end_to_end: bool,
}

/// Numbers for types.
pub(super) type KindIndex = AHashMap<Arc<str>, usize>;

/// A document's mentions, and those predicted in it.
pub(super) struct Pair<'p> {
    pub(super) document: &'p AnnotatedDocument,
    pub(super) predicted: &'p [Annotation],
    /// Spans of the document that are not scored.
    pub(super) zones: &'p [(u32, u32)],
}

/// Counts correct mentions and adds errors to the tally. Returns the counts and the number of ignored predictions.
pub(super) fn count(
    pair: &Pair<'_>,
    kinds: &KindIndex,
    options: MatchOptions,
    errors: &mut ErrorTally,
) -> (MatchCounts, u64) {
    let Pair { document, predicted, zones } = *pair;
    let mut counts = MatchCounts::new(kinds.len());
    let mut by_span = AHashMap::with_capacity(document.mentions.len());
    for (index, gold) in document.mentions.iter().enumerate() {
        counts.add_gold(kinds[&gold.kind]);
        if gold.entity.is_some() {
            counts.count(Cell::GoldLinked);
        }
        by_span.insert(gold.span(), index);
    }
    let mut found = vec![false; document.mentions.len()];
    let (mut loose, mut ignored) = (Vec::new(), 0);
    for mention in predicted {
        let exact = by_span.get(&mention.span()).copied();
        if exact.is_none() && zones.iter().any(|&(start, end)| start < mention.end && mention.start < end) {
            ignored += 1;
            continue;
        }
        counts.add_predicted(kinds[&mention.kind]);
        if mention.entity.is_some() {
            counts.count(Cell::PredictedLinked);
        }
        match exact {
            None => loose.push(mention),
            Some(index) if std::mem::replace(&mut found[index], true) => {
                errors.add(Fault::Duplicate, document, None, Some(mention));
            }
            Some(index) => {
                count_exact(document, &document.mentions[index], mention, kinds, options, &mut counts, errors)
            }
        }
    }
    let missed = document.mentions.iter().zip(&found).filter(|(_, found)| !**found).map(|(gold, _)| gold);
    tally_loose(document, missed.collect(), loose, errors);
    (counts, ignored)
}

/// A prediction with the span of a gold mention.
fn count_exact(
    document: &AnnotatedDocument,
    gold: &Annotation,
    predicted: &Annotation,
    kinds: &KindIndex,
    options: MatchOptions,
    counts: &mut MatchCounts,
    errors: &mut ErrorTally,
) {
    counts.count(Cell::Span);
    let (right_kind, right_entity) = (gold.kind == predicted.kind, gold.entity == predicted.entity);
    if right_kind {
        counts.add_right(kinds[&gold.kind]);
    } else {
        errors.add(Fault::Type, document, Some(gold), Some(predicted));
    }
    if options.links && !right_entity {
        errors.add(Fault::Link, document, Some(gold), Some(predicted));
    }
    if right_kind || !options.typed_linking {
        let (all, right) = match gold.entity {
            Some(_) => (Cell::FoundLinked, Cell::RightLinked),
            None => (Cell::FoundNil, Cell::RightNil),
        };
        counts.count(all);
        if right_entity {
            counts.count(right);
        }
    }
    if right_entity && (right_kind || !options.typed_end_to_end) {
        counts.count(Cell::EndToEnd);
        if gold.entity.is_some() {
            counts.count(Cell::EndToEndLinked);
        }
    }
}

/// Pairs overlapping mentions: of the same type first, then by the longest overlap, then in the order of the text.
fn tally_loose(
    document: &AnnotatedDocument,
    mut missed: Vec<&Annotation>,
    mut loose: Vec<&Annotation>,
    errors: &mut ErrorTally,
) {
    missed.sort_by_key(|mention| mention.span());
    loose.sort_by_key(|mention| mention.span());
    let mut reach = 0;
    let reaches: Vec<u32> = missed
        .iter()
        .map(|mention| {
            reach = reach.max(mention.end);
            reach
        })
        .collect();
    let mut pairs = Vec::new();
    for (p, predicted) in loose.iter().enumerate() {
        let behind = missed.partition_point(|gold| gold.start < predicted.end);
        for g in (0..behind).rev().take_while(|&g| reaches[g] > predicted.start) {
            let overlap = missed[g].overlap(predicted);
            if overlap > 0 {
                pairs.push((missed[g].kind != predicted.kind, Reverse(overlap), g, p));
            }
        }
    }
    pairs.sort_unstable();
    let (mut gold_left, mut predicted_left) = (vec![true; missed.len()], vec![true; loose.len()]);
    for (other_kind, _, g, p) in pairs {
        if gold_left[g] && predicted_left[p] {
            (gold_left[g], predicted_left[p]) = (false, false);
            let fault = if other_kind { Fault::Both } else { Fault::Boundary };
            errors.add(fault, document, Some(missed[g]), Some(loose[p]));
        }
    }
    for (gold, _) in missed.iter().zip(&gold_left).filter(|(_, left)| **left) {
        errors.add(Fault::Missed, document, Some(gold), None);
    }
    for (predicted, _) in loose.iter().zip(&predicted_left).filter(|(_, left)| **left) {
        errors.add(Fault::Spurious, document, None, Some(predicted));
    }
}
