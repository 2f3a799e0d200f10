//! Entities among one another: ids, relations, and those that may be one.

use ahash::{AHashMap, AHashSet};

use super::{Entry, Findings};
use crate::link::table::spellings::{each_form, is_near};
use crate::link::table::{EntityTable, bare_name};
use crate::link::text::normalise::fold;

/// Relations that lead upwards, so that a circle of them cannot be.
const UPWARD: [&str; 2] = ["part_of", "located_in"];
/// Letters from which on one letter of difference looks like a slip.
const LONG_NAME: usize = 8;

pub(super) fn check(entries: &[Entry], base: Option<&EntityTable>, findings: &mut Findings) {
    let by_id = ids(entries, findings);
    relations(entries, &by_id, base, findings);
    circles(entries, &by_id, findings);
    near_duplicates(entries, findings);
    same_wikidata(entries, findings);
}

fn place(entry: &Entry) -> String {
    format!("{}:{}", entry.file, entry.line)
}

fn ids<'e>(entries: &'e [Entry], findings: &mut Findings) -> AHashMap<&'e str, usize> {
    let mut by_id: AHashMap<&str, usize> = AHashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let first = *by_id.entry(&entry.record.id).or_insert(at);
        if first != at {
            let what = format!("the id `{}` is taken: first at {}", entry.record.id, place(&entries[first]));
            findings.error(
                "duplicate_id",
                entry,
                what,
                "give each entity an id of its own, or put all aliases on one line",
            );
        }
    }
    by_id
}

fn relations(entries: &[Entry], by_id: &AHashMap<&str, usize>, base: Option<&EntityTable>, findings: &mut Findings) {
    let is_known = |id: &str| by_id.contains_key(id) || base.is_some_and(|base| base.find(id).is_some());
    for entry in entries {
        let mut seen = AHashSet::new();
        for relation in &entry.record.relations {
            let (kind, target) = (&relation.kind, &relation.target);
            if !is_known(target) {
                let what = format!("`{}` is {kind} `{target}`, which is not in the table", entry.record.id);
                findings.error("unknown_target", entry, what, "add that entity, or take the relation out");
            } else if *target == entry.record.id {
                let what = format!("`{target}` is {kind} itself");
                findings.warn("self_relation", entry, what, "take the relation out");
            }
            if !seen.insert((kind, target)) {
                let what = format!("`{}` says twice that it is {kind} `{target}`", entry.record.id);
                findings.warn("repeated_relation", entry, what, "take one out");
            }
        }
    }
}

/// Circles of upward relations, each reported once, at its first line.
fn circles(entries: &[Entry], by_id: &AHashMap<&str, usize>, findings: &mut Findings) {
    let up = |at: usize| {
        let relations = entries[at].record.relations.iter().filter(|relation| UPWARD.contains(&relation.kind.as_str()));
        relations.filter_map(|relation| by_id.get(relation.target.as_str()).copied()).filter(move |&to| to != at)
    };
    let mut state = vec![0u8; entries.len()]; // 0 new, 1 on the path, 2 done
    for root in 0..entries.len() {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        let mut path = vec![(root, up(root).collect::<Vec<_>>())];
        while let Some((at, targets)) = path.last_mut() {
            let at = *at;
            match targets.pop() {
                None => {
                    state[at] = 2;
                    path.pop();
                }
                Some(to) if state[to] == 0 => {
                    state[to] = 1;
                    path.push((to, up(to).collect()));
                }
                Some(to) if state[to] == 1 => {
                    let from = path.iter().position(|&(at, _)| at == to).unwrap_or(0);
                    let ids: Vec<&str> = path[from..]
                        .iter()
                        .map(|&(at, _)| entries[at].record.id.as_str())
                        .chain([entries[to].record.id.as_str()])
                        .collect();
                    let what = format!("part_of and located_in go in a circle: {}", ids.join(" -> "));
                    findings.error(
                        "circle",
                        &entries[to],
                        what,
                        "a part lies in its whole, not the other way round: take one out",
                    );
                }
                Some(_) => {}
            }
        }
    }
}

/// Entities of one type whose names are the same after folding, or a letter apart.
fn near_duplicates(entries: &[Entry], findings: &mut Findings) {
    let mut by_name: AHashMap<(String, &str), usize> = AHashMap::new();
    let mut by_form: AHashMap<String, Vec<usize>> = AHashMap::new();
    let names: Vec<String> = entries.iter().map(|entry| fold(bare_name(&entry.record.name))).collect();
    for (at, entry) in entries.iter().enumerate() {
        let name = &names[at];
        let first = *by_name.entry((name.clone(), entry.record.kind.as_str())).or_insert(at);
        if first != at {
            if entries[first].record.id == entry.record.id {
                continue;
            }
            let what = format!(
                "`{}` has the name of `{}` ({})",
                entry.record.id,
                entries[first].record.id,
                place(&entries[first])
            );
            let help = "if they are one, put all aliases on one line; if not, tell them apart in the description";
            findings.warn("same_name", entry, what, help);
            continue;
        }
        if name.len() < LONG_NAME || name.chars().any(|char| char.is_numeric()) {
            continue;
        }
        let mut near: Option<usize> = None;
        each_form(name, |form| {
            let known = by_form.entry(form.to_owned()).or_default();
            let is_twin =
                |other: usize| entries[other].record.kind == entry.record.kind && is_near(name, &names[other]);
            near = near.or_else(|| known.iter().copied().find(|&other| is_twin(other)));
            known.push(at);
        });
        if let Some(other) = near {
            let (left, right) = (&entry.record, &entries[other].record);
            let what = format!(
                "`{}` ({}) is a letter away from `{}` ({}, {})",
                left.id,
                left.name,
                right.id,
                right.name,
                place(&entries[other])
            );
            findings.warn("near_duplicate", entry, what, "if they are one, put all aliases on one line");
        }
    }
}

fn same_wikidata(entries: &[Entry], findings: &mut Findings) {
    let mut first: AHashMap<&str, usize> = AHashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some(wikidata) = entry.record.wikidata.as_deref() else { continue };
        let other = *first.entry(wikidata).or_insert(at);
        if other != at {
            let what = format!(
                "`{}` has the Wikidata id {wikidata} of `{}` ({})",
                entry.record.id,
                entries[other].record.id,
                place(&entries[other])
            );
            findings.warn("same_wikidata", entry, what, "correct one, or put all aliases on one line");
        }
    }
}
