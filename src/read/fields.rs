//! The fields of a JSON record that make an article.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Dotted paths of the fields that make an article; `None` tries the field's usual names in order.
///
/// `article.body.text` descends into objects; a key that contains the dots itself takes precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FieldNames {
    /// The body: `text`, `body`, `content`, `article`, `maintext`.
    pub text: Option<String>,
    /// The id: `id`, `doc_id`, `_id`, `uuid`, `url`.
    pub id: Option<String>,
    /// The headline: `title`, `headline`.
    pub title: Option<String>,
    /// The day of publication: `date`, `published`, `date_publish`, `published_at`, `pub_date`, `timestamp`.
    pub date: Option<String>,
    /// The language: `lang`, `language`.
    pub lang: Option<String>,
}

impl FieldNames {
    /// The dotted paths of all fields, the usual names included where none is given.
    pub(super) fn paths(&self) -> Vec<&str> {
        fn of<'n>(named: &'n Option<String>, usual: &'static [&'static str]) -> Vec<&'n str> {
            candidates(named.as_deref(), usual).collect()
        }
        let optional = [(&self.id, &ID), (&self.title, &TITLE), (&self.date, &DATE), (&self.lang, &LANG)];
        let mut paths = of(&self.text, TEXT);
        optional.into_iter().for_each(|(named, field)| paths.extend(of(named, field.usual)));
        paths
    }
}

/// A field that a record may do without.
pub(super) struct Optional {
    usual: &'static [&'static str],
    missing: &'static str,
    unreadable: &'static str,
}

pub(super) const ID: Optional =
    Optional { usual: &["id", "doc_id", "_id", "uuid", "url"], missing: "id_missing", unreadable: "id_unreadable" };

pub(super) const TITLE: Optional =
    Optional { usual: &["title", "headline"], missing: "title_missing", unreadable: "title_unreadable" };

pub(super) const DATE: Optional = Optional {
    usual: &["date", "published", "date_publish", "published_at", "pub_date", "timestamp"],
    missing: "date_missing",
    unreadable: "date_unreadable",
};

pub(super) const LANG: Optional =
    Optional { usual: &["lang", "language"], missing: "lang_missing", unreadable: "lang_unreadable" };

const TEXT: &[&str] = &["text", "body", "content", "article", "maintext"];

impl Optional {
    /// The first value that `read` understands. Warns where values are there but none is understood, and
    /// where the user named the field and the record lacks it.
    pub(super) fn find<T>(
        &self,
        record: &Map<String, Value>,
        named: Option<&str>,
        warnings: &mut Vec<&'static str>,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let mut present =
            candidates(named, self.usual).filter_map(|path| lookup(record, path)).filter(is_filled).peekable();
        let missing = present.peek().is_none();
        let found = present.find_map(read);
        match (&found, missing) {
            (None, false) => warnings.push(self.unreadable),
            (None, true) if named.is_some() => warnings.push(self.missing),
            _ => {}
        }
        found
    }
}

/// The body: the first string that is not blank, else a blank one. Otherwise, what is wrong.
pub(super) fn find_text<'r>(record: &'r Map<String, Value>, named: Option<&str>) -> Result<&'r str, String> {
    let present = || candidates(named, TEXT).filter_map(|path| Some((path, lookup(record, path)?)));
    let strings = || present().filter_map(|(_, value)| value.as_str());
    if let Some(text) = strings().find(|text| !text.trim().is_empty()).or_else(|| strings().next()) {
        return Ok(text);
    }
    Err(match present().next() {
        Some((path, value)) => format!("the text field `{path}` is {}, not a string", kind_of(value)),
        None => format!("no text field: tried {}; the record has {}", quoted(candidates(named, TEXT)), keys(record)),
    })
}

/// The value at a dotted path: that of the key which is the whole path, or else what the rest of the path leads
/// to below the key that is its start.
pub(super) fn lookup<'r>(record: &'r Map<String, Value>, path: &str) -> Option<&'r Value> {
    record.get(path).or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| lookup(record.get(&path[..dot])?.as_object()?, &path[dot + 1..]))
    })
}

/// A value's JSON type, with its article.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn candidates<'n>(named: Option<&'n str>, usual: &'static [&'static str]) -> impl Iterator<Item = &'n str> {
    let usual = if named.is_some() { &[] } else { usual };
    named.into_iter().chain(usual.iter().copied())
}

fn is_filled(value: &&Value) -> bool {
    !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
}

/// The keys of a record for a message, which stays readable whatever the record has.
fn keys(record: &Map<String, Value>) -> String {
    const SHOWN: usize = 12;
    const SHOWN_CHARS: usize = 40;
    if record.is_empty() {
        return "no fields".into();
    }
    let shorten = |key: &String| key.chars().take(SHOWN_CHARS).collect::<String>();
    let list = quoted(record.keys().take(SHOWN).map(shorten));
    match record.len().saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

fn quoted<S: AsRef<str>>(names: impl Iterator<Item = S>) -> String {
    names.map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn paths_descend_and_literal_keys_win() {
        for (record, path, expected) in [
            (json!({"a": {"b": {"c": 1}}}), "a.b.c", Some(json!(1))),
            (json!({"a": {"b": 1}, "a.b": 2}), "a.b", Some(json!(2))),
            (json!({"a.b": {"c": 3}}), "a.b.c", Some(json!(3))),
            (json!({"a": {"b.c": 4}}), "a.b.c", Some(json!(4))),
            (json!({"a": null}), "a", Some(json!(null))),
            (json!({"a": [1]}), "a.0", None),
            (json!({"a": "b"}), "a.b", None),
            (json!({}), "..", None),
            (json!({}), "", None),
        ] {
            assert_eq!(lookup(&object(record.clone()), path), expected.as_ref(), "{path} in {record}");
        }
    }

    #[test]
    fn the_first_field_that_can_be_read_is_taken() {
        for (record, named, found, warnings) in [
            (json!({"title": "A", "headline": "B"}), None, Some("A"), &[][..]),
            (json!({"title": null, "headline": "B"}), None, Some("B"), &[]),
            (json!({"title": " ", "headline": "B"}), None, Some("B"), &[]),
            (json!({"title": 3, "headline": "B"}), None, Some("B"), &[]),
            (json!({"title": 3}), None, None, &["title_unreadable"]),
            (json!({"title": ""}), None, None, &[]),
            (json!({"title": "A", "h": {"main": "B"}}), Some("h.main"), Some("B"), &[]),
            (json!({"title": "A"}), Some("h.main"), None, &["title_missing"]),
        ] {
            let mut warned = Vec::new();
            let read = |value: &Value| value.as_str().map(str::to_owned);
            assert_eq!(TITLE.find(&object(record.clone()), named, &mut warned, read).as_deref(), found, "{record}");
            assert_eq!(warned, warnings, "{record}");
        }
    }

    #[test]
    fn a_missing_text_says_what_was_tried_and_what_is_there() {
        for (record, named, expected) in [
            (json!({"text": "A", "body": "B"}), None, Ok("A")),
            (json!({"text": "", "body": "B"}), None, Ok("B")),
            (json!({"content": {"html": ""}, "maintext": "M"}), None, Ok("M")),
            (json!({"text": ""}), None, Ok("")),
            (json!({"body": ["A"]}), None, Err("the text field `body` is an array, not a string")),
            (json!({"text": "A", "x": null}), Some("x"), Err("the text field `x` is null, not a string")),
            (
                json!({"text": "A", "id": 1}),
                Some("x.y"),
                Err("no text field: tried `x.y`; the record has `text`, `id`"),
            ),
            (json!({}), Some("x"), Err("no text field: tried `x`; the record has no fields")),
        ] {
            assert_eq!(find_text(&object(record.clone()), named), expected.map_err(str::to_owned), "{record}");
        }
    }

    #[test]
    fn a_message_stays_short_whatever_the_record_has() {
        let many: Map<_, _> = (0..1000).map(|n| (format!("{n}{}", "é".repeat(500)), json!(n))).collect();
        let message = find_text(&many, None).unwrap_err();
        assert!(message.len() < 1500 && message.ends_with(" and 988 more"), "{message}");
    }
}
