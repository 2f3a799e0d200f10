//! What is wrong with a line by itself.

use std::sync::Arc;

use super::{Entry, Findings, Severity};
use crate::link::table::read_date;
use crate::link::table::record::{AliasRecord, EntityRecord};
use crate::link::text::normalise::fold;

/// Reads the lines of one file; those that are no entities become findings.
pub(super) fn read(file: &Arc<str>, bytes: &[u8], entries: &mut Vec<Entry>, findings: &mut Findings) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1u32..) {
        let mut broken = |code, what, help| {
            findings.add_line(Severity::Error, code, (file, number), None, what, help);
        };
        let Ok(line) = std::str::from_utf8(line) else {
            broken("not_utf8", "the line is not valid UTF-8".into(), "save the table as UTF-8");
            continue;
        };
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<EntityRecord>(line) {
            Ok(record) => {
                let entry = Entry { record, file: file.clone(), line: number };
                check(&entry, findings);
                entries.push(entry);
            }
            Err(error) => {
                let help = "one JSON object per line: {\"id\":…, \"name\":…, \"type\":…, \"aliases\":[…]}";
                broken("not_an_entity", format!("the line is not an entity: {error}"), help);
            }
        }
    }
}

fn check(entry: &Entry, findings: &mut Findings) {
    let record = &entry.record;
    for (key, value) in [("id", &record.id), ("name", &record.name), ("type", &record.kind)] {
        if value.trim().is_empty() && (key == "id" || !record.is_partial()) {
            findings.error("empty_field", entry, format!("`{key}` is empty"), "write it, or take the line out");
        }
    }
    if !record.name.trim().is_empty() && fold(&record.name).is_empty() {
        let what = format!("the name `{}` has no letter or digit", record.name);
        findings.error("no_letters", entry, what, "write the name by which the entity is known");
    }
    period(entry, "the entity", (&record.valid_from, &record.valid_to), findings);
    for alias in &record.aliases {
        check_alias(entry, alias, findings);
    }
}

fn check_alias(entry: &Entry, alias: &AliasRecord, findings: &mut Findings) {
    let text = &alias.text;
    if fold(text).is_empty() {
        let what = format!("the alias `{text}` has no letter or digit");
        findings.error("no_letters", entry, what, "take it out").alias = Some(text.clone());
    }
    if let Some(prior) = alias.prior.filter(|prior| !(*prior > 0.0 && *prior <= 1.0)) {
        let help = "a prior is the share of uses of this alias that mean this entity";
        let what = format!("the prior {prior} of alias `{text}` is not in (0, 1]");
        findings.error("bad_prior", entry, what, help).alias = Some(text.clone());
    }
    period(entry, &format!("the alias `{text}`"), (&alias.valid_from, &alias.valid_to), findings);
    let folded = |words: &[String]| words.iter().map(|word| fold(word)).collect::<Vec<_>>();
    let (requires, excludes) = (folded(&alias.requires), folded(&alias.excludes));
    if let Some(word) = requires.iter().chain(&excludes).position(String::is_empty) {
        let word = alias.requires.iter().chain(&alias.excludes).nth(word).map_or("", String::as_str);
        let what = format!("the alias `{text}` has a rule about `{word}`, which no text holds");
        findings.warn("empty_rule", entry, what, "write a word of articles").alias = Some(text.clone());
    }
    if !requires.is_empty() && requires.iter().all(|word| excludes.contains(word)) {
        let what = format!("the alias `{text}` requires only what it excludes: it is never taken");
        findings.warn("unreachable", entry, what, "take one of the rules out").alias = Some(text.clone());
    }
}

/// Dates that cannot be read, and ends before beginnings.
fn period(entry: &Entry, whose: &str, (from, to): (&Option<String>, &Option<String>), findings: &mut Findings) {
    let mut read = |key: &str, text: &Option<String>| {
        let text = text.as_deref()?;
        let date = read_date(text);
        if date.is_none() {
            let what = format!("`{key}` of {whose} is not a date: `{text}`");
            findings.error("bad_date", entry, what, "write YYYY, YYYY-MM or YYYY-MM-DD");
        }
        date
    };
    let (first, last) = (read("valid_from", from), read("valid_to", to));
    if let Some((first, last)) = first.zip(last).filter(|(first, last)| first.first > last.last) {
        let what = format!("`valid_from` of {whose}, {}, is after `valid_to`, {}", first.first, last.last);
        findings.error("bad_period", entry, what, "exchange them, or correct one");
    }
}
