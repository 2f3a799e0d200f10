//! An item as rows.

use super::item::{Item, Property, Value};
use super::{Row, Wanted};
use crate::link::table::read_date;
use crate::link::text::lists;

/// Relations that are read, by the names of [`Property::Relation`].
const RELATIONS: [&str; 7] = ["country", "located_in", "part_of", "subsidiary_of", "position_held", "party", "team"];

/// Precisions of times.
const YEAR: u8 = 9;
const MONTH: u8 = 10;
const DAY: u8 = 11;

/// The row of an item and, where it states what its people are called, one for them; or why there is none.
pub(super) fn rows(item: &Item, wanted: &Wanted) -> Result<Vec<Row>, &'static str> {
    if item.sitelinks < wanted.min_sitelinks {
        return Err("few_sitelinks");
    }
    let classes = item.values(Property::InstanceOf);
    let kind = classes.iter().find_map(|class| wanted.classes.kind(class.number()?)).ok_or("other_class")?;
    let in_order = |terms: &[super::terms::Term]| {
        let found = wanted.languages.iter().find_map(|language| terms.iter().find(|term| term.language == *language));
        found.or(terms.first()).map(|term| term.value.clone())
    };
    let mut row = Row::new(&*item.id, in_order(&item.labels).ok_or("without_label")?, kind);
    for term in item.labels.iter().chain(&item.aliases) {
        row.add_alias(&term.value, false);
    }
    row.description = in_order(&item.descriptions);
    row.wikidata = Some(item.id.clone());
    row.popularity = item.sitelinks;
    let (from, to) = if lists::is_person(kind) {
        (Property::Birth, Property::Death)
    } else {
        (Property::Inception, Property::Dissolution)
    };
    (row.valid_from, row.valid_to) = period(item, from, to);
    for relation in RELATIONS {
        for target in item.values(Property::Relation(relation)) {
            if let Some(number) = target.number() {
                row.relate(relation, &format!("Q{number}"));
            }
        }
    }
    let people = people(item, wanted, &row);
    Ok([row].into_iter().chain(people).collect())
}

/// What the people of a place are called, as an entity of its own: "French" is not a name of France.
fn people(item: &Item, wanted: &Wanted, place: &Row) -> Option<Row> {
    let names = item.values(Property::Demonym);
    let mut names =
        names.into_iter().filter(|name| name.language.as_deref().is_some_and(|code| wanted.takes_language(code)));
    let first = names.next()?.text.as_deref()?;
    let mut row = Row::new(format!("{}/people", place.id), first, "MISC");
    names.filter_map(|name| name.text.as_deref()).for_each(|name| row.add_alias(name, false));
    row.popularity = place.popularity;
    row.relate("demonym_of", &place.id);
    Some(row)
}

/// Dates in the right order.
fn period(item: &Item, from: Property, to: Property) -> (Option<String>, Option<String>) {
    let (from, to) = [from, to].map(|property| item.values(property).into_iter().find_map(date)).into();
    let day = |date: &Option<String>| date.as_deref().and_then(read_date);
    match (day(&from), day(&to)) {
        (Some(first), Some(last)) if first.first > last.last => (None, None),
        _ => (from, to),
    }
}

/// "+1952-03-11T00:00:00Z" as far as it is precise.
fn date(value: &Value) -> Option<String> {
    let time = value.time.as_deref()?;
    let is_past_era = time.starts_with('-');
    let text = time.get(1..)?;
    let text = match value.precision {
        YEAR => text.get(..4)?,
        MONTH => text.get(..7)?,
        DAY.. => text.get(..10)?,
        _ => return None,
    };
    let text = if is_past_era { format!("-{}", text.get(..4)?) } else { text.to_owned() };
    read_date(&text).is_some().then_some(text)
}
