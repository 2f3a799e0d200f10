//! Mentions and links against a gold standard.
//!
//! | file | what |
//! |---|---|
//! | `format` | which format a file is in: `columns`, `sentences` or `mentions` read it |
//! | `tags`, `tagging` | tag sequences to entities; tokens to texts with sentences |
//! | `corpus`, `text` | documents with mentions; offsets are code points |
//! | `align` | predictions brought onto the documents of the gold |
//! | `matching` | one document: what is right, and in which way the rest is wrong |
//! | `counts`, `errors` | what is counted, and the scores that follow; errors by kind |
//! | `bootstrap` | how far the scores would vary with other documents |
//!
//! Whatever the format, mentions are compared as spans of code points of a document's text, so that predictions of
//! spans can be held against tagged tokens: an edge within a token is a boundary that cannot be right.
//!
//! Scores of tagged tokens are those of seqeval; scores of spans and links are those of the scorer that comes with the
//! linking data. They differ in one case: where nothing was to be found and nothing was, the first has 0, the other 1.

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
pub use corpus::{Corpus, Document, Kinds, Mention, Place, Sentence, Tokens};
pub use counts::{Counts, Hits, Scores, Share};
pub use errors::{ErrorTally, Example, Fault, FrequentError, Side};
pub use format::{GoldFormat, TagOptions};
pub use matching::MatchOptions;
pub use mentions::{Zones, read_catalogue, read_zones};
pub use tags::TagScheme;
pub use text::Text;

use crate::error::Result;

/// What predictions come to, held against a gold standard.
#[derive(Debug)]
pub struct Evaluation {
    /// The types of gold and predictions, in alphabetical order; [`Counts`] go by their numbers.
    pub types: Vec<Arc<str>>,
    /// The counts of each document of the gold standard.
    pub by_document: Vec<Counts>,
    /// Their sum.
    pub total: Counts,
    /// What is wrong.
    pub errors: ErrorTally,
    /// Predictions that were not counted since they lie in an ignore zone.
    pub ignored: u64,
    /// The score of nothing found where there was nothing to find.
    pub vacuous: f64,
}

/// The types of a gold standard and of all predictions that are to be compared, in alphabetical order.
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

/// Holds predictions against a gold standard. `types` are those of both ([`types`]).
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
        total: Counts::new(types.len()),
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
