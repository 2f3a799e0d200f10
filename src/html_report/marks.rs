//! Mentions as a report shows them: a place in a text, the entity, and the reason of the link.

use ahash::AHashMap;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::tables::{MentionRow, Text};

/// Texts that occur often, each kept once.
#[derive(Debug, Default)]
pub(super) struct Texts {
    numbers: AHashMap<String, u32>,
    list: Vec<String>,
}

impl Texts {
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.list.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.list.push(text.to_owned());
        number
    }

    pub(super) fn list(self) -> Vec<String> {
        self.list
    }

    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.list.clear();
    }
}

/// A mention in a text: start and end, the numbers of type and reason among the texts, the rank of the entity or -1,
/// and the model's score in percent or -1. Start and end are code points until [`to_utf16`] has converted them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Mark(pub(super) usize, pub(super) usize, pub(super) u32, pub(super) i32, pub(super) u32, i32);

impl Mark {
    /// The mark of a mention. Its reason is a number of `reasons`, as [`raw_reason`] writes it, until [`Mark::explained`].
    pub(super) fn of(mention: &MentionRow<'_>, rank: Option<u32>, texts: &mut Texts, reasons: &mut Texts) -> Self {
        let why = reasons.number(&raw_reason(mention));
        let score = mention.score.map_or(-1, |score| (score * 100.0).round() as i32);
        let rank = rank.map_or(-1, |rank| rank as i32);
        Self(mention.start, mention.end, texts.number(&mention.kind), rank, why, score)
    }

    /// The same mention at another place.
    pub(super) fn at(self, start: usize, end: usize) -> Self {
        Self(start, end, self.2, self.3, self.4, self.5)
    }

    /// The same mark with its reason among the texts of the page.
    pub(super) fn explained(self, texts: &mut Texts, reasons: &Texts) -> Self {
        let why = texts.number(&reason(&reasons.list[self.4 as usize]));
        Self(self.0, self.1, self.2, self.3, why, self.5)
    }
}

/// Why a mention has its entity, or none: `status|method|reason|name|evidence`, the evidence as JSON. Most reasons are
/// never shown, so that they are written in words only when they are.
fn raw_reason(mention: &MentionRow<'_>) -> String {
    let link = &mention.link;
    let text = |text: &Option<Text<'_>>| text.as_ref().map_or(String::new(), |text| text.0.replace('|', "/"));
    let evidence = link.evidence.map_or("", RawValue::get);
    let [method, reason, name] = [&link.method, &link.reason, &mention.entity_name].map(text);
    format!("{}|{method}|{reason}|{name}|{evidence}", link.status.replace('|', "/"))
}

/// The same for the page, which knows the words for statuses, methods and reasons: with the evidence in words.
fn reason(raw: &str) -> String {
    let at = raw.match_indices('|').nth(3).map_or(raw.len(), |(at, _)| at + 1);
    let (start, evidence) = raw.split_at(at);
    let evidence = serde_json::from_str::<Value>(evidence).map_or(String::new(), |evidence| {
        let [alias, table, text, field] =
            ["alias", "table", "text", "field"].map(|key| evidence[key].as_str().unwrap_or_default());
        if table.is_empty() {
            format!("“{text}” in the {field}")
        } else {
            format!("“{alias}”, {table}:{}", evidence["line"])
        }
    });
    format!("{start}{evidence}")
}

/// Converts marks from code points to UTF-16 code units, which JavaScript counts in. Marks that lie outside are
/// dropped.
pub(super) fn to_utf16(text: &str, marks: &mut Vec<Mark>) {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut unit = 0;
    for char in text.chars() {
        units.push(unit);
        unit += char.len_utf16();
    }
    units.push(unit);
    marks.retain_mut(|mark| match (units.get(mark.0), units.get(mark.1)) {
        (Some(&start), Some(&end)) if start < end => {
            (mark.0, mark.1) = (start, end);
            true
        }
        _ => false,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_utf16() {
        let mut marks = vec![Mark(0, 1, 0, 0, 0, 0), Mark(2, 4, 0, 0, 0, 0), Mark(3, 9, 0, 0, 0, 0)];
        to_utf16("😀 aé", &mut marks);
        assert_eq!(marks, [Mark(0, 2, 0, 0, 0, 0), Mark(3, 5, 0, 0, 0, 0)]);
    }
}
