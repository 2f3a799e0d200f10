//! What becomes of a record, from parsing to writing.

use serde::Serialize;

use crate::article::Article;
use crate::read::Reject;

/// What became of one record: `T` is what a stage makes of an article that is processed.
///
/// Every stage passes on all three, so that the number of records never changes on the way.
#[derive(Clone, Debug)]
pub enum Outcome<T, R = Reject, S = Skipped> {
    /// The article is processed.
    Processed(T),
    /// The record cannot be processed; it is reported with the reason.
    Rejected(R),
    /// A rule of the configuration leaves the article out.
    Skipped(S),
}

/// An article that is left out because of its language.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// The article.
    pub article: Article,
    /// The detected or declared language, an ISO 639-1 code.
    pub language: Option<String>,
}

/// The kind of an [`Outcome`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum RecordStatus {
    /// The article was processed.
    #[default]
    #[serde(rename = "ok")]
    Processed,
    /// The record was rejected.
    #[serde(rename = "rejected")]
    Rejected,
    /// The article was skipped.
    #[serde(rename = "skipped")]
    Skipped,
}

impl<T, R, S> Outcome<T, R, S> {
    /// The outcome without its content.
    pub fn status(&self) -> RecordStatus {
        match self {
            Self::Processed(_) => RecordStatus::Processed,
            Self::Rejected(_) => RecordStatus::Rejected,
            Self::Skipped(_) => RecordStatus::Skipped,
        }
    }

    /// The same outcome, by reference.
    pub fn as_ref(&self) -> Outcome<&T, &R, &S> {
        match self {
            Self::Processed(article) => Outcome::Processed(article),
            Self::Rejected(reject) => Outcome::Rejected(reject),
            Self::Skipped(skipped) => Outcome::Skipped(skipped),
        }
    }

    /// Applies a stage to an article that is processed.
    pub fn map<U>(self, stage: impl FnOnce(T) -> U) -> Outcome<U, R, S> {
        match self {
            Self::Processed(article) => Outcome::Processed(stage(article)),
            Self::Rejected(reject) => Outcome::Rejected(reject),
            Self::Skipped(skipped) => Outcome::Skipped(skipped),
        }
    }
}

impl<T, R, S, E> Outcome<std::result::Result<T, E>, R, S> {
    /// The error of a stage, or the outcome without it.
    pub fn transpose(self) -> std::result::Result<Outcome<T, R, S>, E> {
        match self {
            Self::Processed(article) => article.map(Outcome::Processed),
            Self::Rejected(reject) => Ok(Outcome::Rejected(reject)),
            Self::Skipped(skipped) => Ok(Outcome::Skipped(skipped)),
        }
    }
}
