//! National bodies whose names many countries use: "Supreme Court", "Environmental Protection Agency".
//!
//! Such a name means the table's body only where the article is about its country: where it names that country or a
//! place in it, or no country at all.

use ahash::AHashMap;

use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::table::EntityIx;
use crate::link::text::lists;
use crate::link::text::normalise::fold;

/// How many times another country must outweigh the body's own, where the article names both.
const OUTWEIGHS: usize = 10;

impl LinkContext<'_> {
    /// Counts the countries that the mentions name. Names of several entities do not count.
    pub(crate) fn count_countries(&self, mentions: &[CandidateMention]) {
        let mut counts: AHashMap<EntityIx, usize> = AHashMap::new();
        for mention in mentions {
            let mut entities = mention.hits.iter().map(|hit| self.table.row_entity(hit.row));
            let Some(entity) = entities.next().filter(|first| entities.all(|other| other == *first)) else { continue };
            self.countries_of(entity).for_each(|country| *counts.entry(country).or_default() += 1);
        }
        // Once for each article; a second count would be the same.
        let _ = self.countries.set(counts);
    }

    /// The country that a place is or lies in.
    fn countries_of(&self, entity: EntityIx) -> impl Iterator<Item = EntityIx> {
        let is_itself = self.table.is_country(entity);
        let is_inside = !is_itself && lists::is_place(self.table.kind(entity));
        let around = is_inside.then(|| self.home(entity)).flatten();
        is_itself.then_some(entity).into_iter().chain(around)
    }

    /// The first country to which an entity is related by where it lies or belongs.
    pub(super) fn home(&self, entity: EntityIx) -> Option<EntityIx> {
        let lies = |kind: &str| matches!(kind, "country" | "located_in" | "part_of");
        let targets = self.table.relations(entity).filter(|(kind, _)| lies(kind)).map(|(_, target)| target);
        targets.into_iter().find(|&target| self.table.is_country(target))
    }

    /// True for a row with a name of common words, of a body of a country that the article is not about.
    pub(super) fn is_foreign_body(&self, row: u32) -> bool {
        let row = self.table.row(row);
        if !lists::is_organisation(self.table.kind(row.entity)) || !is_common_name(row.text) {
            return false;
        }
        let Some((home, counts)) = self.home(row.entity).zip(self.countries.get()) else { return false };
        let own = counts.get(&home).copied().unwrap_or_default();
        let others = counts.iter().filter(|&(&country, _)| country != home).map(|(_, &count)| count);
        let most = others.max().unwrap_or_default();
        most > 0 && most >= OUTWEIGHS * own
    }
}

/// True for a name that is made of the words of such bodies alone.
pub(crate) fn is_common_name(name: &str) -> bool {
    let first = name.split([' ', '-']).next().unwrap_or_default();
    // Most names are told by their first word, without folding.
    if first.is_ascii()
        && !lists::is_body_word(&first.to_ascii_lowercase())
        && !first.eq_ignore_ascii_case("the")
        && !first.contains('\'')
    {
        return false;
    }
    fold(name).split(' ').all(|word| lists::is_body_word(word) || lists::joins_names(word))
}

#[cfg(test)]
mod tests {
    use super::is_common_name;

    #[test]
    fn names_of_common_words_are_told_from_proper_ones() {
        for name in ["Supreme Court", "Department of Justice", "the Senate", "People's Democratic Party", "Congress"] {
            assert!(is_common_name(name), "{name}");
        }
        for name in ["US Supreme Court", "Scotland Yard", "World Bank", "African National Congress", "Reuters"] {
            assert!(!is_common_name(name), "{name}");
        }
    }
}
