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

/// The prior of each candidate of one name.
pub(super) fn priors(table: &EntityTable, options: &[Candidate]) -> Vec<f32> {
    let stated = |option: &Candidate| table.row(option.row).prior;
    let is_counted = options.len() > 1 && options.iter().any(|option| table.entity(option.entity).popularity > 0.0);
    if !is_counted {
        return options.iter().map(|option| stated(option).unwrap_or(DEFAULT_PRIOR)).collect();
    }
    let names: Vec<bool> = options.iter().map(|&option| is_name(table, option)).collect();
    let is_a_name = names.contains(&true);
    let count = |(option, &is_name): (&Candidate, &bool)| {
        let evened = (1.0 + table.entity(option.entity).popularity).powf(EVENNESS);
        let is_other =
            is_a_name && !is_name && !table.row(option.row).is_curated() && lists::is_place(table.kind(option.entity));
        if is_other { OTHER_NAME * evened } else { evened }
    };
    let counts: Vec<f32> = options.iter().zip(&names).map(count).collect();
    let total: f32 = counts.iter().sum();
    options.iter().zip(counts).map(|(option, count)| stated(option).unwrap_or(count / total)).collect()
}

/// True where the row is the entity's own name.
fn is_name(table: &EntityTable, option: Candidate) -> bool {
    fold(bare_name(table.entity(option.entity).name)) == fold(table.row(option.row).alias)
}
