//! Priors: how likely a name means each of its candidates before the article is read.
//!
//! A row may state its prior. Where none does and the source counts how widely its entities are named (inhabitants, site
//! links), each has the share of its count among the candidates, evened out: London in England has 25 times the
//! inhabitants of London in Ontario, and is not named 25 times as often in the news of either.

use super::score::{Candidate, DEFAULT_PRIOR};
use crate::link::table::{EntityTable, bare_name};
use crate::link::text::lists;
use crate::link::text::normalise::fold;

/// What a count is raised to.
const EVENNESS: f32 = 0.5;
/// The share of a place that has the name as another name only, where some candidate is called so first of all.
const OTHER_NAME: f32 = 0.25;

/// The counts of the candidates of one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priors {
    /// The sum of the evened counts; 0 where no candidate has one.
    total: f32,
    /// True where some candidate of the background has it as its name.
    is_a_name: bool,
}

impl Priors {
    pub(super) fn of(table: &EntityTable, options: &[Candidate]) -> Self {
        let is_counted = options.len() > 1 && options.iter().any(|option| table.entity(option.entity).popularity > 0.0);
        if !is_counted {
            return Self { total: 0.0, is_a_name: false };
        }
        let named = Self { total: 0.0, is_a_name: options.iter().any(|&option| is_name(table, option)) };
        Self { total: options.iter().map(|&option| named.count(table, option)).sum(), ..named }
    }

    pub(super) fn prior(self, table: &EntityTable, option: Candidate) -> f32 {
        let by_count = || match self.total {
            0.0 => DEFAULT_PRIOR,
            total => self.count(table, option) / total,
        };
        table.row(option.row).prior.unwrap_or_else(by_count)
    }

    fn count(self, table: &EntityTable, option: Candidate) -> f32 {
        let evened = (1.0 + table.entity(option.entity).popularity).powf(EVENNESS);
        let is_other = self.is_a_name
            && !table.row(option.row).is_curated()
            && lists::is_place(table.kind(option.entity))
            && !is_name(table, option);
        if is_other { OTHER_NAME * evened } else { evened }
    }
}

/// True where the row is the entity's own name.
fn is_name(table: &EntityTable, option: Candidate) -> bool {
    fold(bare_name(table.entity(option.entity).name)) == fold(table.row(option.row).alias)
}
