//! Places named with the place that they lie in: "Paris, Texas", "Seattle, Washington".

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::table::{Entity, EntityIx, bare_name};
use crate::link::text::lists::{self, US_STATES};
use crate::link::text::normalise::fold;
use crate::link::text::words::{Case, Gap};

impl LinkContext<'_> {
    /// The US state that follows a name after a comma. Georgia is one here: no list names a city and a country.
    pub(super) fn state_after(&self, mention: &CandidateMention) -> Option<&'static str> {
        let words = &self.view.field(mention.field).words;
        let end = mention.words.end;
        if mention.words.is_empty() || end >= words.len() || words.get(end).gap != Gap::Comma {
            return None;
        }
        if mention.kind.as_deref().is_some_and(|kind| !lists::is_place(kind)) || words.get(end).case != Case::Title {
            return None;
        }
        let mut name = words.key(end).to_owned();
        if matches!(&*name, "new" | "north" | "south" | "west" | "rhode") && end + 1 < words.len() {
            name.push(' ');
            name.push_str(words.key(end + 1));
        }
        US_STATES.iter().copied().chain(["georgia"]).find(|&state| state == name)
    }

    /// True for an entity that is related to a place of this name, or to the United States.
    pub(super) fn lies_in(&self, entity: EntityIx, place: &str) -> bool {
        let entity = self.table.entity(entity);
        let is_place = |other: &Entity| {
            let name = fold(bare_name(&other.name));
            name == place || name == "united states"
        };
        is_place(entity) || entity.neighbours.iter().any(|&other| is_place(self.table.entity(other)))
    }

    /// True where the name right before a mention, with a comma between, is a place in the entity, or one in a US state
    /// that the entity is: "Seattle, Washington".
    pub(super) fn follows_part_of(&self, mention: &CandidateMention, entity: EntityIx) -> bool {
        let field = self.view.field(mention.field);
        let words = &field.words;
        let start = mention.words.start;
        if mention.words.is_empty() || start == 0 || words.get(start).gap != Gap::Comma {
            return false;
        }
        let place = self.table.entity(entity);
        let ends_before = |first: &usize| {
            (*first..start).all(|at| at == *first || words.get(at).gap <= Gap::Hyphen)
                && words.get(*first).case.is_capital()
        };
        (start.saturating_sub(3)..start).filter(ends_before).any(|first| {
            let content = words.content_of(first..start);
            let mut key = String::new();
            words.push_key(content.start, content.end, &mut key);
            let parts = self.table.lexicon.find(&key).map(|row| self.table.lexicon.row(row).entity);
            parts
                .into_iter()
                .any(|part| part != entity && place.neighbours.contains(&part) && self.is_part(part, entity))
        }) || (self.is_us_state(place)
            && fold(bare_name(&place.name)) == "georgia"
            && words.get(start - 1).case == Case::Title)
    }

    fn is_part(&self, part: EntityIx, whole: EntityIx) -> bool {
        let relations = &self.table.entity(part).relations;
        relations.iter().any(|(kind, target)| *target == whole && matches!(&**kind, "located_in" | "part_of"))
    }

    /// True for a state of the USA.
    pub(super) fn is_us_state(&self, entity: &Entity) -> bool {
        let is_country = |&other: &EntityIx| fold(&self.table.entity(other).name) == "united states";
        lists::is_place(&entity.kind)
            && entity.described_by.iter().any(|word| &**word == "state")
            && entity.neighbours.iter().any(is_country)
    }

    /// How many US states the article names, beside the entity: those of a name that nothing else bears.
    pub(super) fn other_states(&self) -> usize {
        US_STATES.iter().filter(|state| self.view.has_words(state)).take(2).count()
    }
}
