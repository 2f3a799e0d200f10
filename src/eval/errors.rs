//! Errors by kind, and the most frequent ones.

use ahash::AHashMap;
use serde::Serialize;

use super::corpus::{Document, Mention};

/// What is wrong with a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The right span, another type.
    Type,
    /// The right type, another span that overlaps.
    Boundary,
    /// Another type and another span that overlaps.
    Both,
    /// Nothing was predicted.
    Missed,
    /// Nothing is there.
    Spurious,
    /// A span that was predicted before.
    Duplicate,
    /// The right span, another entity.
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
    alike: AHashMap<Alike, (u64, Example)>,
}

/// What errors that are counted together have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Alike {
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
    /// Its entity, of errors of links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Option<String>>,
}

/// Where an error occurs for the first time.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// The document.
    pub doc: String,
    /// The span, in code points: of the gold mention, or of the prediction where there is none.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// File and line of it.
    pub at: String,
}

/// Errors that are alike.
#[derive(Clone, Debug, Serialize)]
pub struct FrequentError {
    /// What is wrong.
    pub error: Fault,
    /// What the gold standard has.
    pub gold: Option<Side>,
    /// What was predicted.
    pub predicted: Option<Side>,
    /// How often.
    pub count: u64,
    /// The first of them.
    pub example: Example,
}

impl ErrorTally {
    pub(super) fn add(
        &mut self,
        fault: Fault,
        document: &Document,
        gold: Option<&Mention>,
        predicted: Option<&Mention>,
    ) {
        self.totals[fault as usize] += 1;
        let side = |mention: &Mention| Side {
            text: document.surface(mention).to_owned(),
            kind: mention.kind.to_string(),
            entity: (fault == Fault::Link).then(|| mention.entity.as_deref().map(str::to_owned)),
        };
        let alike = Alike { fault, gold: gold.map(side), predicted: predicted.map(side) };
        if let Some((count, _)) = self.alike.get_mut(&alike) {
            *count += 1;
        } else if let Some(mention) = gold.or(predicted) {
            let (start, end) = mention.span();
            let example = Example { doc: document.id.to_string(), start, end, at: mention.place.to_string() };
            self.alike.insert(alike, (1, example));
        }
    }

    /// How many errors of a kind there are.
    pub fn total(&self, fault: Fault) -> u64 {
        self.totals[fault as usize]
    }

    /// The most frequent errors.
    pub fn most_frequent(&self, limit: usize) -> Vec<FrequentError> {
        let mut alike: Vec<(&Alike, &(u64, Example))> = self.alike.iter().collect();
        alike
            .sort_by_key(|(alike, (count, _))| (std::cmp::Reverse(*count), alike.fault, &alike.gold, &alike.predicted));
        let one = |(alike, (count, example)): (&Alike, &(u64, Example))| FrequentError {
            error: alike.fault,
            gold: alike.gold.clone(),
            predicted: alike.predicted.clone(),
            count: *count,
            example: example.clone(),
        };
        alike.into_iter().take(limit).map(one).collect()
    }
}
