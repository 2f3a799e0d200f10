//! Places named with the place that they lie in: "Paris, Texas", "Seattle, Washington".

use std::ops::Range;

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::steps::score::NamedEntities;
use crate::link::table::{Entity, EntityIx, bare_name};
use crate::link::text::lists::{self, US_STATES};
use crate::link::text::normalise::fold;
use crate::link::text::view::FieldView;
use crate::link::text::words::{Case, Gap, Words};

impl LinkContext<'_> {
    /// The US state that follows a name after a comma.
    pub(super) fn state_after(&self, mention: &CandidateMention) -> Option<&'static str> {
        let is_place = mention.kind.as_deref().is_none_or(lists::is_place);
        let words = Some(mention.words.clone()).filter(|words| is_place && !words.is_empty())?;
        self.state_after_city(self.view.field(mention.field), words)
    }

    /// The US state after the comma that follows the words of a city. Georgia is one here: no list names a city and a
    /// country.
    fn state_after_city(&self, field: &FieldView<'_>, city: Range<usize>) -> Option<&'static str> {
        let words = &field.words;
        let end = city.end;
        if end >= words.len() || words.get(end).gap != Gap::Comma {
            return None;
        }
        let state = self.state_at(field, end)?;
        let is_spelt_out = words.key(end) == state;
        (state != "washington" || !is_spelt_out || self.is_washington_state(words, city)).then_some(state)
    }

    /// The US state whose name or abbreviation begins at a word: "Texas", "Tex.", "N.Y.", "W.Va.".
    pub(crate) fn state_at(&self, field: &FieldView<'_>, at: usize) -> Option<&'static str> {
        let words = &field.words;
        let word = words.get(at);
        let rest = &field.text[word.span.end..];
        let mut name = words.key(at).to_owned();
        if word.case == Case::Title {
            if matches!(&*name, "new" | "north" | "south" | "west" | "rhode") && at + 1 < words.len() {
                name.push(' ');
                name.push_str(words.key(at + 1));
            }
            let full = US_STATES.iter().copied().chain(["georgia", "washington"]);
            if let Some(state) = full.into_iter().find(|&state| state == name) {
                return Some(state);
            }
            return rest.starts_with('.').then(|| lists::state_of_abbreviation(&name)).flatten();
        }
        if name == "w" && rest.starts_with(".Va") {
            return Some("west virginia");
        }
        // "N.Y."; "NY" may be anything.
        let is_dotted = word.span.slice(field.text).contains('.');
        is_dotted.then(|| lists::state_of_abbreviation(&name)).flatten()
    }

    /// True for "Spokane, Washington, has a river", but not for "talks in Moscow, Washington and Beijing": the capital
    /// stands in lists. Where the article names other states, so may the list.
    fn is_washington_state(&self, words: &Words, city: Range<usize>) -> bool {
        let next = city.end + 1;
        let is_followed = next < words.len() && words.get(next).sentence == words.get(city.end).sentence;
        let in_list = (is_followed && matches!(words.key(next), "and" | "or") && words.get(next).gap <= Gap::Comma)
            || (is_followed && words.get(next).gap == Gap::Comma && words.get(next).case.is_capital())
            || words.get(city.start).gap == Gap::Comma;
        let at = words.content_of(city);
        let mut key = String::new();
        words.push_key(at.start, at.end, &mut key);
        let mut bearers = self.table.rows(&key).map(|row| self.table.row_entity(row)).peekable();
        let is_foreign = bearers.peek().is_some() && !bearers.any(|city| self.lies_in(city, "washington"));
        !(in_list || is_foreign) || self.other_states() > 0
    }

    /// True for "the Fujian" in an article about warships: ships bear the names of cities and provinces, with the article.
    pub(super) fn is_ship(&self, mention: &CandidateMention, entity: EntityIx) -> bool {
        let words = &self.view.field(mention.field).words;
        let (start, end) = (mention.words.start, mention.words.end);
        let has_article = end > start && start > 0 && words.get(start - 1).is_article && words.key(start - 1) == "the";
        if !has_article || !lists::is_place(self.table.kind(entity)) {
            return false;
        }
        let place = self.table.entity(entity);
        let is_town = place.described_by.iter().any(|word| matches!(word, "city" | "town" | "province"));
        // Seas, mountains and regions such as the Donbas have the article anyway.
        if !is_town || self.home(entity).is_none() {
            return false;
        }
        let is_alone = end >= words.len()
            || words.get(end - 1).possessive
            || words.get(end).gap > Gap::Hyphen
            || lists::follows_whole_name(words.key(end));
        is_alone && lists::SHIP_WORDS.iter().any(|word| self.view.has_words(word))
    }

    /// True for an entity that is related to a place of this name, or to the United States where its row states no
    /// region.
    pub(super) fn lies_in(&self, entity: EntityIx, place: &str) -> bool {
        let country = (!self.has_region(entity)).then_some("united states");
        // The few of that name are looked for among the neighbours, of which a country has thousands.
        [place].into_iter().chain(country).any(|place| {
            let mut bearers = self.table.rows(place).map(|row| self.table.row_entity(row));
            bearers.any(|bearer| {
                (bearer == entity || self.table.is_neighbour(entity, bearer))
                    && fold(bare_name(self.table.entity(bearer).name)) == *place
            })
        })
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
            let parts = self.table.rows(&key).map(|row| self.table.row_entity(row));
            parts.into_iter().any(|part| part != entity && self.is_part(part, entity))
        }) || (self.is_us_state(&place) && self.follows_city(field, start, &fold(bare_name(place.name))))
    }

    /// True where the capitalised words before the comma at `start` are a city in this state.
    fn follows_city(&self, field: &FieldView<'_>, start: usize, state: &str) -> bool {
        let words = &field.words;
        let is_name = |at: usize| words.get(at).case == Case::Title;
        let first = (start.saturating_sub(3)..start).rev().take_while(|&at| is_name(at)).last();
        first.is_some_and(|first| {
            let first = (first..start).rev().find(|&at| at == first || words.get(at).gap > Gap::Hyphen);
            first.is_some_and(|first| self.state_after_city(field, first..start) == Some(state))
        })
    }

    fn is_part(&self, part: EntityIx, whole: EntityIx) -> bool {
        let mut relations = self.table.relations(part);
        relations.any(|(kind, target)| target == whole && matches!(kind, "located_in" | "part_of"))
    }

    /// True for a state of the USA.
    pub(super) fn is_us_state(&self, entity: &Entity<'_>) -> bool {
        lists::is_place(entity.kind)
            && entity.described_by.iter().any(|word| word == "state")
            && self.lies_in(entity.ix, "united states")
    }

    /// How many US states the article names besides the ambiguous ones: those of a name that nothing else bears.
    pub(super) fn other_states(&self) -> usize {
        US_STATES.iter().filter(|state| self.view.has_words(state)).take(2).count()
    }

    /// How many entities of a state the article names: its cities, its governor.
    pub(super) fn named_in(&self, state: EntityIx, named: &NamedEntities) -> usize {
        named.relating_to(self.table, state).min(2)
    }
}
