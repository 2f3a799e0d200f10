//! Scoring mentions and links against a gold standard.
//!
//! | file | purpose |
//! |---|---|
//! | `format` | the format of a file; `columns`, `sentences` and `mentions` read it |
//! | `tags`, `tagging` | tag sequences to entities; tokens to texts with sentences |
//! | `corpus`, `text` | documents with mentions; offsets are code points |
//! | `align` | predictions assigned to the documents of the gold standard |
//! | `matching` | one document: what is correct, and how the rest is wrong |
//! | `counts`, `errors` | counts and the scores that follow from them; errors by kind |
//! | `bootstrap` | confidence intervals by resampling documents |
//!
//! Whatever the format, mentions are compared as spans of code points of a document's text, so that predictions of
//! spans can be compared with tagged tokens: a span that begins or ends within a token cannot be correct.
//!
//! Scores of tagged tokens are those of seqeval; scores of spans and links are those of the scorer that comes with the
//! linking data. They differ in one case: where there is nothing to find and nothing was found, the first gives 0, the
//! other 1.

mod align;
mod bootstrap;
mod columns;
mod corpus;
mod counts;
mod errors;
mod format;
mod lines;
mod matching;
mod mentions;
mod sentences;
mod tagging;
mod tags;
mod text;

use std::path::Path;
use std::sync::Arc;

pub use align::Aligned;
pub use bootstrap::{Bootstrap, Difference, Interval, LEVEL, Metric};
pub use corpus::{AnnotatedDocument, AnnotatedSentence, Annotation, Corpus, Kinds, Place, TokenSpan};
pub use counts::{Hits, MatchCounts, Scores, Share};
pub use errors::{ErrorTally, Example, Fault, FrequentError, Side};
pub use format::GoldFormat;
pub use matching::MatchOptions;
pub use mentions::{Zones, read_catalogue, read_zones};
pub use tagging::TagOptions;
pub use tags::TagScheme;
pub use text::Text;

use crate::error::Result;

/// The result of comparing predictions with a gold standard.
#[derive(Debug)]
pub struct Evaluation {
    /// The types of gold and predictions, in alphabetical order; [`MatchCounts`] go by their numbers.
    pub types: Vec<Arc<str>>,
    /// The counts of each document of the gold standard.
    pub by_document: Vec<MatchCounts>,
    /// Their sum.
    pub total: MatchCounts,
    /// The errors.
    pub errors: ErrorTally,
    /// Predictions that were not counted because they are in an ignore zone.
    pub ignored: u64,
    /// The score where there is nothing to find and nothing was found.
    pub vacuous: f64,
}

/// The types of a gold standard and of all predictions to compare with it, in alphabetical order.
pub fn types<'c>(gold: &Corpus, predictions: impl IntoIterator<Item = &'c Aligned>) -> Vec<Arc<str>> {
    let predicted = predictions.into_iter().flat_map(|aligned| aligned.mentions.iter().flatten());
    let mut seen: ahash::AHashSet<&Arc<str>> = ahash::AHashSet::new();
    gold.mentions().chain(predicted).for_each(|mention| {
        seen.insert(&mention.kind);
    });
    let mut types: Vec<Arc<str>> = seen.into_iter().cloned().collect();
    types.sort();
    types
}

/// Compares predictions with a gold standard. `types` are those of both ([`types`]).
pub fn evaluate(
    gold: &Corpus,
    predicted: &Aligned,
    types: &[Arc<str>],
    zones: &Zones,
    options: MatchOptions,
) -> Evaluation {
    let kinds = types.iter().enumerate().map(|(number, kind)| (Arc::clone(kind), number)).collect();
    let mut evaluation = Evaluation {
        types: types.to_vec(),
        by_document: Vec::with_capacity(gold.documents.len()),
        total: MatchCounts::new(types.len()),
        errors: ErrorTally::default(),
        ignored: 0,
        vacuous: if gold.is_tagged() { 0.0 } else { 1.0 },
    };
    for (document, predicted) in gold.documents.iter().zip(&predicted.mentions) {
        let zones = zones.get(&document.id).map_or(&[][..], Vec::as_slice);
        let pair = matching::Pair { document, predicted, zones };
        let (counts, ignored) = matching::count(&pair, &kinds, options, &mut evaluation.errors);
        evaluation.total.add_cells(counts.cells().iter().copied());
        evaluation.ignored += ignored;
        evaluation.by_document.push(counts);
    }
    evaluation
}

/// Reads documents, JSON Lines with id and text, for [`Corpus::set_documents`].
pub fn read_documents(path: &Path) -> Result<Vec<(Arc<str>, Text)>> {
    mentions::read_documents(path)
}

#[cfg(test)]
mod tests;
