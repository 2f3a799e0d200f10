//! Errors by kind, and the most frequent ones.

use std::cmp::Reverse;

use ahash::AHashMap;
use serde::Serialize;

use super::corpus::{AnnotatedDocument, Annotation};

/// The kind of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The correct span, another type.
    Type,
    /// The correct type, an overlapping span.
    Boundary,
    /// Another type and an overlapping span.
    Both,
    /// A gold mention without a prediction.
    Missed,
    /// A prediction without a gold mention.
    Spurious,
    /// A second prediction of the same span.
    Duplicate,
    /// The correct span, another entity.
    Link,
}

impl Fault {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Type, Self::Boundary, Self::Both, Self::Missed, Self::Spurious, Self::Duplicate, Self::Link];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Boundary => "boundary",
            Self::Both => "both",
            Self::Missed => "missed",
            Self::Spurious => "spurious",
            Self::Duplicate => "duplicate",
            Self::Link => "link",
        }
    }
}

/// Errors of all documents.
#[derive(Debug, Default)]
pub struct ErrorTally {
    totals: [u64; Fault::ALL.len()],
    equal: AHashMap<ErrorKey, (u64, Example)>,
}

/// What equal errors have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ErrorKey {
    fault: Fault,
    gold: Option<Side>,
    predicted: Option<Side>,
}

/// A mention as one side of an error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Side {
    /// Its surface.
    pub text: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its entity, for link errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Option<String>>,
}

/// The first occurrence of an error.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// The document.
    pub doc: String,
    /// The span, in code points: of the gold mention, or of the prediction where there is none.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// Its file and line.
    pub at: String,
}

/// Equal errors.
#[derive(Clone, Debug, Serialize)]
pub struct FrequentError {
    /// The kind of error.
    pub error: Fault,
    /// What the gold standard has.
    pub gold: Option<Side>,
    /// What was predicted.
    pub predicted: Option<Side>,
    /// Number of occurrences.
    pub count: u64,
    /// The first occurrence.
    pub example: Example,
}

impl ErrorTally {
    pub(super) fn add(
        &mut self,
        fault: Fault,
        document: &AnnotatedDocument,
        gold: Option<&Annotation>,
        predicted: Option<&Annotation>,
    ) {
        self.totals[fault as usize] += 1;
        let side = |mention: &Annotation| Side {
            text: document.surface(mention).to_owned(),
            kind: mention.kind.to_string(),
            entity: (fault == Fault::Link).then(|| mention.entity.as_deref().map(str::to_owned)),
        };
        let key = ErrorKey { fault, gold: gold.map(side), predicted: predicted.map(side) };
        if let Some((count, _)) = self.equal.get_mut(&key) {
            *count += 1;
        } else if let Some(mention) = gold.or(predicted) {
            let (start, end) = mention.span();
            let example = Example { doc: document.id.to_string(), start, end, at: mention.place.to_string() };
            self.equal.insert(key, (1, example));
        }
    }

    /// The number of errors of a kind.
    pub fn total(&self, fault: Fault) -> u64 {
        self.totals[fault as usize]
    }

    /// The most frequent errors.
    pub fn most_frequent(&self, limit: usize) -> Vec<FrequentError> {
        let mut errors: Vec<(&ErrorKey, &(u64, Example))> = self.equal.iter().collect();
        errors.sort_by_key(|(key, (count, _))| (Reverse(*count), key.fault, &key.gold, &key.predicted));
        let one = |(key, (count, example)): (&ErrorKey, &(u64, Example))| FrequentError {
            error: key.fault,
            gold: key.gold.clone(),
            predicted: key.predicted.clone(),
            count: *count,
            example: example.clone(),
        };
        errors.into_iter().take(limit).map(one).collect()
    }
}
