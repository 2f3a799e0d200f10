//! The steps that give a candidate mention its link, in order of trust.

pub(super) mod choose;
mod clusters;
mod coreference;
mod definitions;
pub(super) mod fuzzy;
pub(super) mod national;
mod places;
mod prior;
mod region_votes;
pub(super) mod score;
pub(super) mod votes;
