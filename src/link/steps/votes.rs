//! The votes of an article's places for regions and countries; `region_votes` counts and uses them.

use ahash::AHashMap;

use crate::link::table::EntityIx;

/// Votes for regions and countries.
#[derive(Debug, Default)]
pub(crate) struct RegionVotes {
    pub(super) all: AHashMap<EntityIx, f32>,
    /// What each name gave; a name does not speak for itself.
    pub(super) by_name: Vec<AHashMap<EntityIx, f32>>,
    /// The name of each mention, by its number; none for those without candidates.
    pub(super) names: Vec<Option<usize>>,
    /// Where candidates and their regions lie.
    pub(super) surroundings: AHashMap<EntityIx, Option<Surroundings>>,
}

impl RegionVotes {
    /// The votes for a region of all names but that of mention number `at`.
    pub(super) fn of_others(&self, region: EntityIx, at: usize) -> f32 {
        let name = self.names.get(at).copied().flatten();
        let own = name.and_then(|name| self.by_name[name].get(&region)).copied().unwrap_or_default();
        self.all.get(&region).map_or(0.0, |votes| votes - own)
    }
}

/// Where a place lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    /// Its region, where that lies in a country in turn.
    pub(super) region: Option<EntityIx>,
    pub(super) country: EntityIx,
}
