//! The regions that an article is about, by the places that it names.
//!
//! "Paris" is one of dozens of towns in a large table. Each name of a place votes for the regions and countries of its
//! candidates, the less the more of them there are; a region that the article names has votes of its own. A place of the
//! background weighs more, the more other names vote for where it lies.

use ahash::AHashMap;

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::steps::votes::{RegionVotes, Surroundings};
use crate::link::table::{EntityIx, bare_name};
use crate::link::text::lists;
use crate::link::text::normalise::fold;
use crate::link::text::words::Gap;

/// The votes of an article for a region or country that it names.
const NAMED: f32 = 2.0;
/// Levels from a place to its country.
const MAX_LEVELS: usize = 4;
/// Powers of ten for each vote, and the most votes that count: for the region of a place, its country, and for a region
/// or country itself by the places in it.
const REGION: (f32, f32) = (1.0, 3.0);
const COUNTRY: (f32, f32) = (0.2, 3.0);
const ITSELF: (f32, f32) = (0.3, 3.0);

impl LinkContext<'_> {
    /// Counts the votes of the mentions, where one of them may be a place of the background.
    pub(crate) fn count_region_votes(&self, mentions: &[CandidateMention]) {
        let is_wide = |mention: &CandidateMention| mention.hits.iter().any(|hit| !self.table.row(hit.row).is_curated());
        let mut votes = RegionVotes::default();
        if mentions.iter().any(is_wide) {
            let mut numbers: AHashMap<String, usize> = AHashMap::new();
            for mention in mentions {
                if mention.hits.is_empty() {
                    votes.names.push(None);
                    continue;
                }
                let next = votes.by_name.len();
                let number = *numbers.entry(self.mention_key(mention)).or_insert(next);
                votes.names.push(Some(number));
                if number == next {
                    let given = self.votes_of(mention, &mut votes.surroundings);
                    given.iter().for_each(|(&region, vote)| *votes.all.entry(region).or_default() += vote);
                    votes.by_name.push(given);
                }
            }
            for state in self.states_after_cities() {
                *votes.all.entry(state).or_default() += NAMED;
            }
        }
        // Once for each article; a second count would be the same.
        let _ = self.region_votes.set(votes);
    }

    /// What the name of a mention gives to the regions and countries of its candidates, and to those that are regions.
    fn votes_of(
        &self,
        mention: &CandidateMention,
        surroundings: &mut AHashMap<EntityIx, Option<Surroundings>>,
    ) -> AHashMap<EntityIx, f32> {
        let places = mention.hits.iter().map(|hit| self.table.row_entity(hit.row));
        let places = distinct(places.filter(|&place| lists::is_place(self.table.kind(place))));
        let around: Vec<Surroundings> =
            places.iter().filter_map(|&place| self.known_surroundings(place, surroundings)).collect();
        let regions = distinct(around.iter().filter_map(|around| around.region));
        let countries = distinct(around.iter().map(|around| around.country));
        let mut given = AHashMap::new();
        for region in &regions {
            *given.entry(*region).or_default() += 1.0 / (regions.len() as f32).sqrt();
        }
        for country in &countries {
            *given.entry(*country).or_default() += 1.0 / countries.len() as f32;
        }
        let weight = |place: EntityIx| (1.0 + self.table.entity(place).popularity).sqrt();
        let total: f32 = places.iter().map(|&place| weight(place)).sum();
        for place in places {
            *given.entry(place).or_default() += NAMED * weight(place) / total;
        }
        given
    }

    /// The US states that stand after a comma, as in "Troy, N.Y.", each once.
    fn states_after_cities(&self) -> Vec<EntityIx> {
        let mut states = Vec::new();
        for field in &self.view.fields {
            let after_comma = (0..field.words.len()).filter(|&at| field.words.get(at).gap == Gap::Comma);
            for state in after_comma.filter_map(|at| self.state_at(field, at)) {
                let mut bearers = self.table.rows(state).map(|row| self.table.row_entity(row));
                let is_state = |&entity: &EntityIx| {
                    let place = self.table.entity(entity);
                    lists::is_place(place.kind)
                        && fold(bare_name(place.name)) == state
                        && self.is_right_in(entity, "united states")
                };
                states.extend(bearers.find(is_state));
            }
        }
        states.sort_unstable();
        states.dedup();
        states
    }

    /// True where a place lies in one of this name, with nothing between.
    fn is_right_in(&self, place: EntityIx, outer: &str) -> bool {
        self.outer(place).is_some_and(|around| fold(self.table.entity(around).name) == outer)
    }

    /// Where a place lies, as its row says.
    fn outer(&self, place: EntityIx) -> Option<EntityIx> {
        let of = |wanted: &'static [&str]| {
            self.table.relations(place).find(|(kind, _)| wanted.contains(kind)).map(|(_, target)| target)
        };
        of(&["located_in", "part_of"]).or_else(|| of(&["country"])).filter(|&outer| outer != place)
    }

    /// Where a place lies. Regions are looked up once.
    fn known_surroundings(
        &self,
        place: EntityIx,
        known: &mut AHashMap<EntityIx, Option<Surroundings>>,
    ) -> Option<Surroundings> {
        if let Some(&known) = known.get(&place) {
            return known;
        }
        let around = self.outer(place).map(|first| {
            let around_first = *known.entry(first).or_insert_with(|| self.surroundings(first));
            match around_first {
                Some(around_first) => Surroundings { region: Some(first), country: around_first.country },
                None => Surroundings { region: None, country: first },
            }
        });
        known.insert(place, around);
        around
    }

    fn surroundings(&self, place: EntityIx) -> Option<Surroundings> {
        let first = self.outer(place)?;
        let levels = std::iter::successors(Some(first), |&inner| self.outer(inner)).take(MAX_LEVELS);
        let country = levels.last()?;
        Some(Surroundings { region: Some(first).filter(|&first| first != country), country })
    }

    /// True for a place that lies in a region of its country.
    pub(super) fn has_region(&self, place: EntityIx) -> bool {
        self.surroundings(place).is_some_and(|around| around.region.is_some())
    }

    /// The factor of a place of the background by the votes of names other than that of mention number `at`, and the
    /// region or country that they are for.
    pub(super) fn region_factor(&self, at: usize, place: EntityIx) -> Option<(f32, EntityIx)> {
        let votes = self.region_votes.get().filter(|votes| !votes.all.is_empty())?;
        let power = |place: EntityIx, (each, most): (f32, f32)| each * votes.of_others(place, at).clamp(0.0, most);
        let (mut exponent, mut region) = (power(place, ITSELF), place);
        if let Some(around) = votes.surroundings.get(&place).copied().flatten() {
            exponent += power(around.country, COUNTRY) + around.region.map_or(0.0, |region| power(region, REGION));
            region = around.region.unwrap_or(around.country);
        }
        (exponent > 0.0).then(|| (10f32.powf(exponent), region))
    }
}

fn distinct(entities: impl Iterator<Item = EntityIx>) -> Vec<EntityIx> {
    let mut entities: Vec<EntityIx> = entities.collect();
    entities.sort_unstable();
    entities.dedup();
    entities
}
