//! The aggregates against counts made the slow way: all rows in memory, every question asked of all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::date::DateRange;

/// Articles and mentions drawn from a few names, with repeated ids, copies, missing and vague dates.
fn draw(seed: u64) -> (Vec<Value>, Vec<Value>) {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut articles, mut mentions) = (Vec::new(), Vec::new());
    for number in 0..random.usize(1..30) {
        let status = *random.choice(&["ok", "ok", "ok", "ok", "rejected", "skipped"]).unwrap();
        let of_article = if status == "ok" { random.usize(0..12) } else { 0 };
        let id = format!("a{}", random.usize(0..=number));
        let date = random.choice(&["2014-06-29", "2014-06-30", "2014-07-02", "2014-07", "2014", "", "2014-06-29"]);
        let date = date.filter(|date| !date.is_empty());
        let copy = (number > 0 && random.u8(0..6) == 0).then_some("a0");
        articles.push(json!({"doc_id": id, "input": "in.jsonl#1", "status": status, "date": date, "language": "en",
            "tokens": 10 + number, "mentions": of_article, "copy_of": copy}));
        let source = *random.choice(&["wire", "paper"]).unwrap();
        for at in 0..of_article {
            let entity = random.usize(0..7);
            let is_linked = entity < 5;
            mentions.push(json!({"doc_id": id, "field": "text", "start": at, "end": at + 1,
                "text": format!("Name {entity}"), "type": "PER", "score": 0.5, "sentence": at / 3,
                "entity_id": is_linked.then(|| format!("e{entity}")),
                "entity_name": is_linked.then(|| format!("Entity {entity}")), "entity_type": is_linked.then_some("PER"),
                "link": {"status": if is_linked { "linked" } else { "unknown" }, "candidates": []},
                "meta": {"source": source}}));
        }
    }
    (articles, mentions)
}

fn files(dir: &TempDir, articles: &[Value], mentions: &[Value]) -> RunFiles {
    let write = |name: &str, rows: &[Value]| -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
        path
    };
    RunFiles {
        mentions: vec![write("m.jsonl", mentions)],
        articles: vec![write("a.jsonl", articles)],
        ..RunFiles::default()
    }
}

/// Every counted article with its mentions.
fn counted(articles: &[Value], mentions: &[Value], with_copies: bool) -> Vec<(Value, Vec<Value>)> {
    let mut left = mentions.iter().cloned();
    let joined = articles.iter().map(|article| {
        (article.clone(), left.by_ref().take(article["mentions"].as_u64().unwrap() as usize).collect::<Vec<_>>())
    });
    let joined: Vec<_> = joined.collect();
    let keeps = |article: &Value| article["status"] == "ok" && (with_copies || article["copy_of"].is_null());
    joined.into_iter().filter(|(article, _)| keeps(article)).collect()
}

fn period(article: &Value, by: Period) -> Option<String> {
    let range = DateRange::parse(article["date"].as_str()?)?;
    by.of(range).map(|day| day.to_string())
}

#[test]
fn aggregates_agree_with_a_naive_count() {
    for seed in 0..200 {
        let dir = tempfile::tempdir().unwrap();
        let (articles, mentions) = draw(seed);
        let with_copies = seed % 2 == 0;
        let by = [Period::Day, Period::Week, Period::Month][seed as usize % 3];
        let options = TableOptions { by, with_copies, source_field: Some("source".into()), ..TableOptions::default() };
        let all = Aggregates::read(&files(&dir, &articles, &mentions), &options).unwrap();
        let counted = counted(&articles, &mentions, with_copies);
        assert_eq!(all.totals.articles, counted.len() as u64);
        let names: BTreeSet<String> = (0..5).map(|number| format!("e{number}")).collect();
        let of = |list: &[Value], id: &str| list.iter().filter(|mention| mention["entity_id"] == id).count() as u64;
        for id in &names {
            let with: Vec<_> = counted.iter().filter(|(_, list)| of(list, id) > 0).collect();
            let Some(number) = all.entities.find(id) else {
                assert!(with.is_empty(), "{id}");
                continue;
            };
            let entity = all.entities.get(number);
            let expected: u64 = counted.iter().map(|(_, list)| of(list, id)).sum();
            assert_eq!((entity.mentions, entity.articles), (expected, with.len() as u64), "{seed} {id}");
            let mut days: BTreeMap<String, (u64, u64)> = BTreeMap::new();
            for (article, list) in &with {
                if let Some(day) = period(article, by) {
                    let sum = days.entry(day).or_default();
                    *sum = (sum.0 + of(list, id), sum.1 + 1);
                }
            }
            let rows = all.calendar.by_entity().into_iter().filter(|&(entity, ..)| entity == number);
            let rows: BTreeMap<String, (u64, u64)> =
                rows.map(|(_, day, named)| (day.to_string(), (named.mentions, named.articles))).collect();
            assert_eq!(rows, days, "{seed} {id}");
        }
        for (first, second, counts) in all.pairs.ranked() {
            let [first, second] = [first, second].map(|number| all.entities.get(number).id.to_string());
            let both = counted.iter().filter(|(_, list)| of(list, &first) > 0 && of(list, &second) > 0);
            let sentences = counted.iter().map(|(_, list)| {
                let of_sentence = |id: &str| -> BTreeSet<u64> {
                    let own = list.iter().filter(|mention| mention["entity_id"] == id);
                    own.map(|mention| mention["sentence"].as_u64().unwrap()).collect()
                };
                of_sentence(&first).intersection(&of_sentence(&second)).count()
            });
            assert_eq!(counts.articles as usize, both.count(), "{seed} {first} {second}");
            assert_eq!(counts.sentences as usize, sentences.sum::<usize>(), "{seed} {first} {second}");
        }
        let unlinked: u64 = all.unlinked.iter().map(|group| group.mentions).sum();
        assert_eq!(all.totals.linked + unlinked, all.totals.mentions);
        assert_eq!(all.calendar.periods.values().map(|counts| counts.mentions).sum::<u64>(), all.totals.mentions);
    }
}

#[test]
fn pairs_are_bounded_and_what_is_dropped_is_counted() {
    let mention = |doc: usize, entity: usize| {
        json!({"doc_id": format!("d{doc}"), "field": "text", "start": 0, "end": 1, "text": "x", "type": "PER",
            "score": null, "sentence": 0, "entity_id": format!("e{entity}"),
            "link": {"status": "linked"}})
    };
    // One pair in each article, and as many others that occur once.
    let rare = (0..40).flat_map(|doc| [mention(doc, 0), mention(doc, 1), mention(doc, 2 + doc)]);
    let dir = tempfile::tempdir().unwrap();
    let mut run = files(&dir, &[], &rare.collect::<Vec<_>>());
    run.articles.clear();
    let options = TableOptions { max_pairs: 10, ..TableOptions::default() };
    let pairs = Aggregates::read(&run, &options).unwrap().pairs;
    assert!(pairs.len() <= 10 && pairs.dropped_pairs > 60, "{pairs:?}");
    let strongest = pairs.ranked()[0].2.articles;
    assert!(strongest <= 40 && strongest + pairs.max_undercount >= 40, "{strongest} {}", pairs.max_undercount);
    // An article with more entities than are paired.
    let list: Vec<_> = (0..150).map(|entity| mention(0, entity)).chain([mention(0, 149)]).collect();
    let mut run = files(&dir, &[], &list);
    run.articles.clear();
    let all = Aggregates::read(&run, &TableOptions::default()).unwrap();
    assert_eq!((all.pairs.dropped_entities, all.pairs.len()), (50, 100 * 99 / 2));
    let last = all.entities.find("e149").unwrap();
    assert!(all.pairs.ranked().iter().any(|&(_, second, _)| second == last), "the most mentioned are paired");
    let error = Aggregates::read(&run, &TableOptions { max_pairs: 0, ..options }).unwrap_err();
    assert_eq!(error.setting(), Some("max_pairs"));
}

#[test]
fn rows_that_do_not_belong_together_are_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let (articles, mut mentions) = draw(3);
    mentions.push(json!({"doc_id": "elsewhere", "field": "text", "start": 0, "end": 1, "text": "x", "type": "PER",
        "score": null, "sentence": 0, "link": {"status": "unknown"}}));
    let error = Aggregates::read(&files(&dir, &articles, &mentions), &TableOptions::default()).unwrap_err().to_string();
    assert!(error.contains("m.jsonl:") && error.contains("`elsewhere`"), "{error}");
    let error = Aggregates::read(&files(&dir, &[], &[json!({"doc_id": 1})]), &TableOptions::default()).unwrap_err();
    assert!(error.to_string().contains("m.jsonl:1: the line is not an entry of mentions"), "{error}");
    assert!(RunFiles::find(&[dir.path().into()], &[]).unwrap_err().to_string().contains("no manifest"));
}
