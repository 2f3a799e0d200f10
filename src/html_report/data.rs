//! What a report holds, as JSON: aggregates and samples, no rows.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::choice::{Choice, MAX_ENTITIES, MAX_PAIRS};
use super::full_texts::FullText;
use super::run_facts::RunFacts;
use super::samples::Samples;
use crate::link::suggest::Group;
use crate::tables::{Aggregates, EntityNo, Named, Period, Tally};

/// Maximum number of unlinked names.
const MAX_NAMES: usize = 300;
/// Maximum number of surface forms and of aliases of an entity.
const MAX_FORMS: usize = 12;
/// Maximum number of periods; beyond it, days become weeks, and weeks months.
const MAX_PERIODS: usize = 400;

/// Where longer periods would be fewer than this, they stay short.
const MIN_PERIODS: usize = 8;
/// Articles of a period, on average, below which rates say little.
const MIN_ARTICLES: u64 = 8;

/// All data of the page.
pub(super) fn of(all: &Aggregates, choice: &Choice, samples: Samples<'_>, texts: &[FullText], run: &RunFacts) -> Value {
    let calendar = Calendar::of(all, choice);
    let entities: Vec<Value> =
        (0..).zip(&choice.entities).map(|(rank, &number)| entity(all, rank, number, &calendar, &samples)).collect();
    let pairs = choice.pairs.iter().zip(&samples.of_pairs).map(|(pair, sentences)| {
        let ((first, second), counts) = (pair.ranks, &pair.counts);
        let pmi = (pair.pmi * 100.0).round() / 100.0;
        let days = [counts.days.first(), counts.days.last()].map(day);
        json!([first, second, counts.articles, counts.sentences, pmi, days[0], days[1], sentences])
    });
    let pairs: Vec<Value> = pairs.collect();
    json!({
        "run": run.0,
        "totals": all.totals,
        "days": [day(all.totals.days.first()), day(all.totals.days.last())],
        "counts": {
            "entities": all.entities.len(), "pairs": all.pairs.len(), "names": all.unlinked.len(),
            "dropped_pairs": all.pairs.dropped_pairs,
        },
        "limits": {"entities": MAX_ENTITIES, "pairs": MAX_PAIRS, "names": MAX_NAMES},
        "by": calendar.by.name(),
        "periods": calendar.periods.iter().map(|(day, counts)| json!([day.to_string(), counts.0, counts.1])).collect::<Value>(),
        "entities": entities,
        "pairs": pairs,
        "names": all.unlinked.iter().take(MAX_NAMES).map(|group| name(group, all)).collect::<Value>(),
        "sentences": samples.sentences,
        "articles": samples.articles,
        "full": texts,
        "texts": samples.texts.list(),
    })
}

fn day(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn top(tally: &Tally) -> Vec<(&str, u64)> {
    let mut ranked = tally.ranked();
    ranked.truncate(MAX_FORMS);
    ranked
}

fn entity(all: &Aggregates, rank: usize, number: EntityNo, calendar: &Calendar, samples: &Samples<'_>) -> Value {
    let entity = all.entities.get(number);
    json!({
        "id": *entity.id,
        "name": *entity.name,
        "type": *entity.kind,
        "mentions": entity.mentions,
        "articles": entity.articles,
        "days": [day(entity.days.first()), day(entity.days.last())],
        "types": top(&entity.types),
        "surfaces": top(&entity.surfaces),
        "aliases": top(&samples.aliases[rank]),
        "series": calendar.series(number),
        "sentences": samples.of_entities[rank],
    })
}

fn name(group: &Group, all: &Aggregates) -> Value {
    let candidates: Vec<Value> = group
        .probable
        .iter()
        .map(|probable| {
            let named = all.entities.find(&probable.entity_id).map(|number| &*all.entities.get(number).name);
            json!([probable.entity_id, named, (probable.score * 100.0).round()])
        })
        .collect();
    let spellings = &group.spellings[..group.spellings.len().min(MAX_FORMS)];
    json!({
        "name": group.name, "type": group.kind, "mentions": group.mentions, "articles": group.articles,
        "spellings": spellings, "reasons": group.reasons, "candidates": candidates, "examples": clipped(&group.examples),
    })
}

/// Examples of at most 300 bytes.
fn clipped(examples: &[String]) -> Vec<String> {
    let clip = |example: &String| match example.floor_char_boundary(300) {
        end if end < example.len() => format!("{} …", &example[..end]),
        _ => example.clone(),
    };
    examples.iter().map(clip).collect()
}

/// The periods of a report, few enough for a chart.
struct Calendar {
    by: Period,
    /// Articles and mentions of each period, also of those between that have none.
    periods: Vec<(Date, (u64, u64))>,
    entities: BTreeMap<EntityNo, BTreeMap<Date, Named>>,
}

impl Calendar {
    fn of(all: &Aggregates, choice: &Choice) -> Self {
        let days = [all.totals.days.first(), all.totals.days.last()];
        let by = chart_period(all.by, days, all.totals.articles - all.totals.undated_articles);
        let mut counts: BTreeMap<Date, (u64, u64)> = starts(by, days).into_iter().map(|day| (day, (0, 0))).collect();
        for (period, sum) in &all.calendar.periods {
            if let Some(period) = period {
                let counts = counts.entry(by.start(*period)).or_default();
                *counts = (counts.0 + sum.articles, counts.1 + sum.mentions);
            }
        }
        let shown: std::collections::BTreeSet<EntityNo> = choice.entities.iter().copied().collect();
        let mut entities: BTreeMap<EntityNo, BTreeMap<Date, Named>> = BTreeMap::new();
        for (entity, period, named) in all.calendar.by_entity() {
            if shown.contains(&entity) {
                let sum = entities.entry(entity).or_default().entry(by.start(period)).or_default();
                sum.mentions += named.mentions;
                sum.articles += named.articles;
            }
        }
        Self { by, periods: counts.into_iter().collect(), entities }
    }

    /// Number of the period, mentions and articles, for each period that has any.
    fn series(&self, entity: EntityNo) -> Vec<(usize, u64, u64)> {
        let of_entity = self.entities.get(&entity).into_iter().flatten();
        let numbered = of_entity.filter_map(|(day, named)| {
            let number = self.periods.binary_search_by_key(day, |&(start, _)| start).ok()?;
            Some((number, named.mentions, named.articles))
        });
        numbered.collect()
    }
}

/// The shortest period, no shorter than `least`, that gives a readable chart: not too many periods, and enough articles in
/// each, unless that left hardly any period.
fn chart_period(least: Period, days: [Option<Date>; 2], articles: u64) -> Period {
    let longer = [Period::Day, Period::Week, Period::Month].into_iter().filter(|&by| by >= least);
    let mut chosen = least;
    for by in longer {
        let periods = starts(by, days).len();
        if periods < MIN_PERIODS && by > least {
            break;
        }
        chosen = by;
        if periods <= MAX_PERIODS && articles >= MIN_ARTICLES * periods as u64 {
            break;
        }
    }
    chosen
}

/// The first days of all periods between two days; stops after too many.
fn starts(by: Period, [first, last]: [Option<Date>; 2]) -> Vec<Date> {
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let next = |&start: &Date| Some(by.next(start)).filter(|&next| next > start && next <= last);
    std::iter::successors(Some(by.start(first)), next).take(4 * MAX_PERIODS).collect()
}
