//! Aliases: shared ones, ones that everyday words look like, and ones that no text can reach.

use ahash::{AHashMap, AHashSet};
use jiff::civil::Date;

use super::{Entry, Findings};
use crate::link::table::record::{AliasRecord, CaseRule};
use crate::link::table::row::MAX_WORDS;
use crate::link::table::{bare_name, read_date};
use crate::link::text::lists;
use crate::link::text::normalise::{exact, fold};

/// One alias with its entity.
struct Use<'e> {
    entry: &'e Entry,
    text: &'e str,
    /// Nothing for the name.
    alias: Option<&'e AliasRecord>,
    from: Option<Date>,
    to: Option<Date>,
}

impl Use<'_> {
    fn is_exact(&self) -> bool {
        self.alias.is_some_and(|alias| alias.case == CaseRule::Exact)
    }

    fn is_dated(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }
}

pub(super) fn check(entries: &[Entry], findings: &mut Findings) {
    let mut by_key: AHashMap<String, Vec<Use<'_>>> = AHashMap::new();
    for entry in entries {
        let mut seen: AHashMap<String, bool> = AHashMap::new();
        let name = bare_name(&entry.record.name);
        let uses = std::iter::once((name, None))
            .chain(entry.record.aliases.iter().map(|alias| (alias.text.as_str(), Some(alias))));
        for (text, alias) in uses {
            let key = fold(text);
            if key.is_empty() {
                continue;
            }
            let has_rules = alias.is_some_and(AliasRecord::has_rules);
            // An alias that repeats the name gives it rules; two with rules may be of different times.
            let before = seen.insert(exact(text), has_rules || alias.is_none());
            if before.is_some_and(|had_rules| !has_rules || !had_rules) {
                let what = format!("`{text}` stands twice in `{}` (the name is an alias by itself)", entry.record.id);
                findings.warn("repeated_alias", entry, what, "remove one").alias = Some(text.to_owned());
            }
            let usage = usage(entry, text, alias);
            check_text(&usage, &key, findings);
            by_key.entry(key).or_default().push(usage);
        }
    }
    let mut shared: Vec<(String, Vec<Use<'_>>)> = by_key.into_iter().collect();
    shared.sort_by(|left, right| left.0.cmp(&right.0));
    shared.iter().for_each(|(_, uses)| check_shared(uses, findings));
}

/// An alias with the time in which it is valid: its own, else that of its entity.
fn usage<'e>(entry: &'e Entry, text: &'e str, alias: Option<&'e AliasRecord>) -> Use<'e> {
    let record = &entry.record;
    let own = |pick: fn(&AliasRecord) -> Option<&String>| alias.and_then(pick);
    let first = |text: &String| read_date(text).map(|date| date.first);
    let last = |text: &String| read_date(text).map(|date| date.last);
    Use {
        entry,
        text,
        alias,
        from: own(|alias| alias.valid_from.as_ref()).or(record.valid_from.as_ref()).and_then(first),
        to: own(|alias| alias.valid_to.as_ref()).or(record.valid_to.as_ref()).and_then(last),
    }
}

/// What an alias looks like by itself.
fn check_text(usage: &Use<'_>, key: &str, findings: &mut Findings) {
    let text = usage.text;
    let mut warn = |code, what, help| findings.warn(code, usage.entry, what, help).alias = Some(text.to_owned());
    let letters = key.chars().filter(|char| char.is_alphanumeric()).count();
    if letters < 3 && !usage.is_exact() {
        let what = format!("`{text}` is too short for folding: any {letters} letters like it may match");
        warn("short_alias", what, "write {\"text\": …, \"case\": \"exact\"}");
    } else if !key.contains(' ') && lists::is_common_word(key) && !usage.is_exact() && !is_lower(text) {
        let what = format!("`{text}` is a common English word in another case");
        warn("common_word", what, "write {\"text\": …, \"case\": \"exact\"}, or add `requires`");
    } else if lists::is_common_word(key) && is_lower(text) {
        let what = format!("`{text}` is a common English word, and would match wherever it stands");
        warn("common_word", what, "take it out, or write the name with its capital");
    }
    let words = key.split(' ').count();
    if words > MAX_WORDS {
        let what = format!("`{text}` is unreachable: names have at most {MAX_WORDS} words");
        warn("unreachable", what, "shorten it");
    }
    let outside = |from: &Option<Date>, to: &Option<Date>| from.zip(*to).is_some_and(|(from, to)| from > to);
    if usage.alias.is_some() && outside(&usage.from, &usage.to) {
        let what = format!("`{text}` is valid only while its entity is not");
        warn("date_gap", what, "correct the dates of the alias or of the entity");
    }
}

fn is_lower(text: &str) -> bool {
    !text.chars().any(char::is_uppercase)
}

/// What is to be said of one alias of several entities.
fn check_shared(uses: &[Use<'_>], findings: &mut Findings) {
    let mut entities: Vec<&Use<'_>> = Vec::new();
    for usage in uses {
        if !entities.iter().any(|other| other.entry.record.id == usage.entry.record.id) {
            entities.push(usage);
        }
    }
    let [first, others @ ..] = &entities[..] else { return };
    if others.is_empty() {
        return;
    }
    let others: Vec<String> = others
        .iter()
        .map(|usage| format!("`{}` ({}:{})", usage.entry.record.id, usage.entry.file, usage.entry.line))
        .collect();
    let (decider, help) = decider(uses, &entities);
    let what =
        format!("`{}` of `{}` is an alias of {} too: {decider}", first.text, first.entry.record.id, others.join(", "));
    findings.warn("shared_alias", first.entry, what, help).alias = Some(first.text.to_owned());
    let total: f32 = uses.iter().filter_map(|usage| usage.alias?.prior).sum();
    if total > 1.001 {
        let what = format!("the priors of `{}` add up to {total:.2}", first.text);
        let help = "a prior is a share of the uses of the alias: together they are at most 1";
        findings.warn("priors_sum", first.entry, what, help).alias = Some(first.text.to_owned());
    }
    // The years of a life say little about who is meant; dates of an alias, or of a body, are there to decide.
    let says_much = |usage: &&Use<'_>| {
        let of_alias = usage.alias.is_some_and(|alias| alias.valid_from.is_some() || alias.valid_to.is_some());
        of_alias || !lists::is_person(&usage.entry.record.kind)
    };
    if entities.iter().all(|usage| usage.is_dated()) && entities.iter().any(says_much) {
        check_dates(&entities, findings);
    }
}

/// What would decide between the entities, and what to do where it is not enough.
fn decider(uses: &[Use<'_>], entities: &[&Use<'_>]) -> (String, &'static str) {
    let is_told =
        |usage: &Use<'_>| usage.alias.is_some_and(|alias| !alias.requires.is_empty() || !alias.excludes.is_empty());
    let apart = |left: &Use<'_>, right: &Use<'_>| {
        let before = |left: &Use<'_>, right: &Use<'_>| left.to.zip(right.from).is_some_and(|(to, from)| to < from);
        before(left, right) || before(right, left)
    };
    let pairs = || {
        entities.iter().enumerate().flat_map(|(at, left)| entities[at + 1..].iter().map(move |right| (*left, *right)))
    };
    let keep = "nothing needs doing where that is meant";
    let kinds: AHashSet<&str> = entities.iter().map(|usage| usage.entry.record.kind.as_str()).collect();
    if pairs().all(|(left, right)| apart(left, right)) {
        return ("the article's date decides".into(), keep);
    }
    if pairs().all(|(left, right)| {
        left.is_exact() != right.is_exact() || exact(left.text) != exact(right.text) && left.is_exact()
    }) {
        return ("the capitals decide".into(), keep);
    }
    if uses.iter().filter(|usage| is_told(usage)).count() + 1 >= entities.len() {
        return ("words of the article decide (requires, excludes)".into(), keep);
    }
    let mut priors: Vec<f32> =
        entities.iter().map(|usage| usage.alias.and_then(|alias| alias.prior).unwrap_or(0.5)).collect();
    priors.sort_by(|left, right| right.total_cmp(left));
    if priors[0] >= 1.5 * priors[1] {
        return (format!("the prior decides ({} against {}) where the article does not", priors[0], priors[1]), keep);
    }
    if is_city_and_region(entities) {
        return ("a word for the region decides (\"province\"), else it is the city".into(), keep);
    }
    if kinds.len() == entities.len() && kinds.iter().any(|kind| lists::is_person(kind)) {
        return ("only the model's type and the rest of the article decide".into(), "add priors, requires or dates");
    }
    ("only the rest of the article decides; without it, mentions are ambiguous".into(), "add priors, requires or dates")
}

fn is_city_and_region(entities: &[&Use<'_>]) -> bool {
    let is_region = |usage: &&Use<'_>| {
        let head = usage.entry.record.name.rsplit(' ').next().unwrap_or_default().to_lowercase();
        lists::region_head(&head).is_some()
    };
    let is_place = |usage: &&Use<'_>| lists::is_place(&usage.entry.record.kind);
    entities.len() == 2
        && entities.iter().all(is_place)
        && entities.iter().filter(|usage| is_region(usage)).count() == 1
}

/// Gaps and overlaps between the times of entities that follow one another under one name.
fn check_dates(entities: &[&Use<'_>], findings: &mut Findings) {
    let mut by_time: Vec<&Use<'_>> = entities.to_vec();
    by_time.sort_by_key(|usage| (usage.from, usage.to));
    for pair in by_time.windows(2) {
        let (left, right) = (pair[0], pair[1]);
        let (ids, text) = ((&left.entry.record.id, &right.entry.record.id), right.text);
        let end = left.to.unwrap_or(Date::MAX);
        let Some(start) = right.from else { continue };
        let next = end.tomorrow().unwrap_or(Date::MAX);
        if start <= end {
            let what = format!(
                "the times of `{text}` overlap: `{}` until {}, `{}` from {start}",
                ids.0,
                shown(left.to),
                ids.1
            );
            findings.warn("date_overlap", right.entry, what, "correct the dates, or add priors for the time of both");
        } else if start > next && left.alias.is_some_and(|alias| alias.valid_to.is_some()) {
            let what = format!("`{text}` is nobody between {end} (`{}`) and {start} (`{}`)", ids.0, ids.1);
            findings.warn("date_gap", right.entry, what, "close the gap, or add the entity of that time");
        }
    }
}

fn shown(date: Option<Date>) -> String {
    date.map_or("today".to_owned(), |date| date.to_string())
}
