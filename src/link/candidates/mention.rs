//! A candidate mention, and what matching an alias says about it.

use std::ops::Range;
use std::sync::Arc;

use crate::article::Field;
use crate::link::outcome::{FoundBy, Reason};
use crate::span::Span;

/// A place in the article that may become a mention.
#[derive(Clone, Debug)]
pub(crate) struct CandidateMention {
    pub(crate) field: Field,
    pub(crate) span: Span,
    pub(crate) words: Range<usize>,
    pub(crate) sentence: u32,
    /// The model's type, where its span is this one.
    pub(crate) kind: Option<Arc<str>>,
    pub(crate) score: Option<f32>,
    pub(crate) found_by: FoundBy,
    pub(crate) hits: Vec<Hit>,
    /// The rule that excluded all rows of this name.
    pub(crate) refused: Option<Reason>,
    /// Why it may not be a mention.
    pub(crate) ambiguity: Option<Ambiguity>,
}

/// How closely a text agrees with an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MatchKind {
    /// Character by character.
    Exact,
    /// After folding.
    Folded,
    /// After leaving out a middle initial, or a head such as "Village".
    Shortened,
    /// Except for a letter.
    Misspelt,
}

/// A row whose alias stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Number of the row in the lexicon.
    pub(crate) row: u32,
    pub(crate) match_kind: MatchKind,
}

/// What besides the alias shows that a place is a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchSource {
    /// Nothing: its capitals must show it.
    Table,
    /// The model found just this span.
    Model,
}

/// A place where the text has an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AliasMatch {
    /// Its words, a leading article that belongs to the name included.
    pub(crate) words: Range<usize>,
    pub(crate) hits: Vec<Hit>,
    /// Why it may not be a name.
    pub(crate) ambiguity: Option<Ambiguity>,
}

/// Why a place that spells an alias may not be a mention of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ambiguity {
    /// Capitals prove nothing here; other evidence in the article must support the mention.
    Capitals,
    /// Part of something longer: a surname after a given name of someone else, a month in a date.
    LongerName,
    /// A date, whatever the model found: "on March 14".
    Date,
    /// The subject of an office: "Minister of Foreign Affairs".
    Office,
    /// A function word in capitals: "This IS the end".
    Emphasis,
}

impl Ambiguity {
    /// True for what is no mention even where the model found it or the article names the entity elsewhere.
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Date | Self::Office | Self::Emphasis)
    }
}
