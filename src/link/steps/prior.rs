//! Priors: how likely a name means each of its candidates before the article is read.
//!
//! A row may state its prior. Where none does and the source counts how widely its entities are named (inhabitants, site
//! links), each has the share of its count among the candidates, evened out: London in England has 25 times the
//! inhabitants of London in Ontario, and is not named 25 times as often in the news of either.

use super::score::{Candidate, DEFAULT_PRIOR};
use crate::link::table::EntityTable;

/// What a count is raised to.
const EVENNESS: f32 = 0.5;

/// The counts of the candidates of one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priors {
    /// The sum of the evened counts; 0 where no candidate has one.
    total: f32,
}

impl Priors {
    pub(super) fn of(table: &EntityTable, options: &[Candidate]) -> Self {
        let count = |option: &Candidate| table.entity(option.entity).popularity;
        let is_counted = options.len() > 1 && options.iter().any(|option| count(option) > 0.0);
        let total = if is_counted { options.iter().map(|option| evened(count(option))).sum() } else { 0.0 };
        Self { total }
    }

    pub(super) fn prior(self, table: &EntityTable, option: Candidate) -> f32 {
        let by_count = || match self.total {
            0.0 => DEFAULT_PRIOR,
            total => evened(table.entity(option.entity).popularity) / total,
        };
        table.row(option.row).prior.unwrap_or_else(by_count)
    }
}

fn evened(count: f32) -> f32 {
    (1.0 + count).powf(EVENNESS)
}
