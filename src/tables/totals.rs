//! What the tables rest on: articles and mentions that are counted, and those that are not.

use std::collections::BTreeMap;

use serde::Serialize;

use super::period::Days;

/// Counts over everything that was read.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// Articles that are counted.
    pub articles: u64,
    /// Articles that are copies of an earlier one; counted only if copies are.
    pub copies: u64,
    /// Records that the run rejected.
    pub rejected: u64,
    /// Articles that the run skipped.
    pub skipped: u64,
    /// Counted articles whose date is unknown, or less precise than the period.
    pub undated_articles: u64,
    /// Mentions in counted articles.
    pub mentions: u64,
    /// Those with an entity.
    pub linked: u64,
    /// Tokens in counted articles; 0 without an articles file.
    pub tokens: u64,
    /// Mentions by type.
    pub by_type: BTreeMap<String, u64>,
    /// Mentions by status of the link.
    pub by_status: BTreeMap<String, u64>,
    /// Linked mentions by the step that linked them.
    pub by_method: BTreeMap<String, u64>,
    /// Mentions by the reason why they have no entity.
    pub by_reason: BTreeMap<String, u64>,
    /// Articles by language.
    pub by_language: BTreeMap<String, u64>,
    /// First and last day of dated articles.
    #[serde(skip)]
    pub days: Days,
}

/// Adds one; allocates for a new key only.
pub(super) fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => drop(counts.insert(key.to_owned(), 1)),
    }
}
