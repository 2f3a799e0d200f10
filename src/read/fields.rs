//! The fields of a JSON record that make an article.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::elasticsearch::Record;
use super::json::{JsonString, Object, kind_of, paragraphs_of, string_of};
use crate::article::Warning;

/// Dotted paths of the fields that make an article; `None` tries the field's usual names in order.
///
/// `article.body.text` descends into objects; a key that contains the dots itself takes precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FieldNames {
    /// The body: `text`, `body`, `content`, `article`, `maintext`. Several fields are joined, in this order, as
    /// paragraphs; none tries the usual names.
    pub text: Vec<String>,
    /// Fields that hold the text as HTML, instead of `text`: a page, or text with tags and character references. The
    /// title is resolved, too.
    pub html: Vec<String>,
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
        let optional = [(&self.id, &ID), (&self.title, &TITLE), (&self.date, &DATE), (&self.lang, &LANG)];
        let mut paths: Vec<&str> = self.text_paths().collect();
        optional.into_iter().for_each(|(named, field)| paths.extend(candidates(named.as_deref(), field.usual)));
        paths
    }

    /// The dotted paths that the user gave.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        let optional = [&self.id, &self.title, &self.date, &self.lang].into_iter().flatten();
        self.named_text().iter().chain(optional).map(String::as_str)
    }

    /// The fields of the text that the user named.
    fn named_text(&self) -> &[String] {
        if self.html.is_empty() { &self.text } else { &self.html }
    }

    /// The dotted paths of the text.
    pub(super) fn text_paths(&self) -> impl Iterator<Item = &str> {
        let named = self.named_text();
        let usual = if named.is_empty() { TEXT } else { &[] };
        named.iter().map(String::as_str).chain(usual.iter().copied())
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

impl Optional {
    /// The first value that `read` understands. Warns where values are there but none is understood, and where the
    /// user named the field and the record lacks it.
    pub(super) fn find<T>(
        &self,
        record: &Record<'_>,
        named: Option<&str>,
        warnings: &mut Vec<Warning>,
        read: impl Fn(&RawValue) -> Option<T>,
    ) -> Option<T> {
        let mut present = candidates(named, self.usual)
            .filter_map(|path| record.get(path))
            .filter(|value| is_filled(value))
            .peekable();
        let first = present.peek().copied();
        let found = present.find_map(read);
        match (&found, first) {
            (None, Some(value)) => warnings.push(Warning::new(self.unreadable, Some(shortened(value)))),
            (None, None) if named.is_some() => warnings.push(Warning::new(self.missing, None)),
            _ => {}
        }
        found
    }
}

const TEXT: &[&str] = &["text", "body", "content", "article", "maintext"];

impl FieldNames {
    /// The body. Of the usual names, that of the first field which is not blank; of fields that the user named, all
    /// that are not. Otherwise, what is wrong.
    pub(super) fn body(&self, record: &Record<'_>) -> Result<JsonString, String> {
        let present: Vec<_> = self.text_paths().filter_map(|path| Some((path, record.get(path)?))).collect();
        if present.is_empty() {
            let (tried, known) = (quoted(self.text_paths()), names(record));
            return Err(format!("no text field: tried {tried}; the record has {known}"));
        }
        let mut body = None::<JsonString>;
        let mut failure = None;
        for (path, value) in present {
            match text_of(value) {
                Ok(part) if self.named_text().is_empty() && !part.text.trim().is_empty() => return Ok(part),
                Ok(part) => body.get_or_insert_default().push_paragraph(&part),
                Err(kind) => failure = failure.or_else(|| Some(not_a_text(path, value, &kind))),
            }
        }
        match failure {
            Some(failure) if body.is_none() || !self.named_text().is_empty() => Err(failure),
            _ => Ok(body.unwrap_or_default()),
        }
    }
}

/// A string, or an array of strings, as one text; null is an empty one. Otherwise, what the value is.
fn text_of(value: &RawValue) -> Result<JsonString, String> {
    if let Some(string) = string_of(value) {
        return Ok(string);
    }
    if kind_of(value) == "null" {
        return Ok(JsonString::default());
    }
    let paragraphs = paragraphs_of(value).ok_or(kind_of(value))?;
    paragraphs.map_err(|kind| format!("an array with {kind} in it"))
}

/// What is wrong with a text field, and which field within it may hold the text.
fn not_a_text(path: &str, value: &RawValue, kind: &str) -> String {
    let object = Object::parse(value.get(), &[]).unwrap_or_default();
    let inner = object.names().next().filter(|name| name.len() <= SHOWN_CHARS);
    let help =
        inner.map_or_else(String::new, |name| format!("; set `text_field` to a field in it, such as `{path}.{name}`"));
    format!("the text field `{path}` is {kind}, not a string{help}")
}

fn candidates<'n>(named: Option<&'n str>, usual: &'static [&'static str]) -> impl Iterator<Item = &'n str> {
    let usual = if named.is_some() { &[] } else { usual };
    named.into_iter().chain(usual.iter().copied())
}

/// The start of a value, as an example for a message.
fn shortened(value: &RawValue) -> String {
    const SHOWN_CHARS: usize = 80;
    value.get().chars().take(SHOWN_CHARS).collect()
}

fn is_filled(value: &RawValue) -> bool {
    kind_of(value) != "null" && string_of(value).is_none_or(|string| !string.text.trim().is_empty())
}

/// Maximum number of characters of a name in a message.
const SHOWN_CHARS: usize = 40;

/// The names of a record's fields for a message, which stays readable whatever the record has.
fn names(record: &Record<'_>) -> String {
    const SHOWN: usize = 12;
    let count = record.names().count();
    if count == 0 {
        return "no fields".into();
    }
    let shorten = |name: &str| name.chars().take(SHOWN_CHARS).collect::<String>();
    let list = quoted(record.names().take(SHOWN).map(shorten));
    match count.saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

fn quoted<S: AsRef<str>>(names: impl Iterator<Item = S>) -> String {
    names.map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::elasticsearch::Parts;
    use super::*;

    fn names(text: &[&str]) -> FieldNames {
        FieldNames { text: text.iter().map(ToString::to_string).collect(), ..FieldNames::default() }
    }

    fn body(record: &Value, named: &[&str]) -> Result<String, String> {
        let (text, names) = (record.to_string(), names(named));
        let record = Record::parse(&Parts::of(&text), &names.paths()).unwrap();
        names.body(&record).map(|body| body.text)
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
            let text = record.to_string();
            let record = Record::parse(&Parts::of(&text), &["title", "headline", "h.main"]).unwrap();
            let mut warned = Vec::new();
            let read = |value: &RawValue| string_of(value).map(|string| string.text);
            assert_eq!(TITLE.find(&record, named, &mut warned, read).as_deref(), found, "{text}");
            let kinds: Vec<_> = warned.iter().map(|warning: &Warning| warning.kind).collect();
            assert_eq!(kinds, warnings, "{text}");
        }
    }

    #[test]
    fn the_body_is_a_string_or_several() {
        for (record, named, expected) in [
            (json!({"text": "A", "body": "B"}), &[][..], Ok("A")),
            (json!({"text": "", "body": "B"}), &[], Ok("B")),
            (json!({"text": null, "body": "B"}), &[], Ok("B")),
            (json!({"content": {"html": ""}, "maintext": "M"}), &[], Ok("M")),
            (json!({"text": ""}), &[], Ok("")),
            (json!({"text": null}), &[], Ok("")),
            (json!({"body": ["A", null, "", "B"]}), &[], Ok("A\n\nB")),
            (json!({"a": "A", "b": ["B", "C"], "c": null}), &["b", "missing", "c", "a"], Ok("B\n\nC\n\nA")),
            (json!({"text": "A", "x": null}), &["x"], Ok("")),
            (
                json!({"body": ["A", 1]}),
                &[],
                Err("the text field `body` is an array with a number in it, not a string"),
            ),
            (json!({"a": "A", "b": 5}), &["a", "b"], Err("the text field `b` is a number, not a string")),
            (json!({"text": "A", "id": 1}), &["x.y"], Err("no text field: tried `x.y`; the record has `id`, `text`")),
            (json!({}), &["x"], Err("no text field: tried `x`; the record has no fields")),
        ] {
            assert_eq!(body(&record, named), expected.map(str::to_owned).map_err(str::to_owned), "{record}");
        }
    }

    #[test]
    fn a_message_stays_short_whatever_the_record_has() {
        let many: serde_json::Map<_, _> = (0..1000).map(|n| (format!("{n}{}", "é".repeat(500)), json!(n))).collect();
        let message = body(&Value::Object(many), &[]).unwrap_err();
        assert!(message.len() < 1500 && message.ends_with(" and 988 more"), "{message}");
    }
}
