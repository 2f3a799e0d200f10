//! A JSON object as the raw text of the members that are asked for.
//!
//! A parsed value takes up to thirty times the bytes of its text (`[[],[],[],…`), so that one record within the limits
//! could fill the memory of a machine. Here nothing is parsed before it is used: a member that is not asked for is
//! skipped, the others are slices of the record. So numbers keep every digit, and a fault in a field that is not read,
//! such as a lone surrogate or a number out of range, costs nothing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Maximum number of other names that are kept, for messages.
const MAX_OTHER_NAMES: usize = 1000;

/// Between the parts of a text that is an array of strings, or several fields.
const PARAGRAPH_BREAK: &str = "\n\n";

/// An object: those of its members that are wanted, and the names of the others.
#[derive(Debug, Default)]
pub(super) struct Object<'j> {
    wanted: Vec<(Cow<'j, str>, &'j RawValue)>,
    others: Vec<Cow<'j, str>>,
}

impl<'j> Object<'j> {
    /// Reads the members of an object that `paths` name or lead through. Fails where `json` is not exactly one object.
    pub(super) fn parse(json: &'j str, paths: &[&str]) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let object = deserializer.deserialize_map(Members { paths })?;
        deserializer.end()?;
        Ok(object)
    }

    /// The value at a dotted path: that of the member whose name is the whole path, or else the one to which the rest
    /// of the path leads below the member whose name is its start.
    pub(super) fn get(&self, path: &str) -> Option<&'j RawValue> {
        self.member(path).or_else(|| {
            path.match_indices('.').find_map(|(dot, _)| {
                let (outer, inner) = (self.member(&path[..dot])?, &path[dot + 1..]);
                Object::parse(outer.get(), &[inner]).ok()?.get(inner)
            })
        })
    }

    /// The names of all members, wanted ones first.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(|(name, _)| &**name).chain(self.others.iter().map(|name| &**name))
    }

    /// Of several members with one name, the last that is not null.
    fn member(&self, name: &str) -> Option<&'j RawValue> {
        let mut members = self.wanted.iter().filter(|(known, _)| known == name).map(|&(_, value)| value).rev();
        let last = members.clone().next();
        members.find(|value| kind_of(value) != "null").or(last)
    }
}

struct Members<'p> {
    paths: &'p [&'p str],
}

impl Members<'_> {
    fn wants(&self, name: &str) -> bool {
        self.paths
            .iter()
            .any(|path| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Object<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object<'de>, A::Error> {
        let mut object = Object::default();
        while let Some(Name(name)) = members.next_key()? {
            if self.wants(&name) {
                object.wanted.push((name, members.next_value()?));
                continue;
            }
            members.next_value::<IgnoredAny>()?;
            if object.others.len() < MAX_OTHER_NAMES {
                object.others.push(name);
            }
        }
        Ok(object)
    }
}

/// A name, borrowed where it has no escapes.
struct Name<'j>(Cow<'j, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;
        impl<'de> Visitor<'de> for Borrowing {
            type Value = Name<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowing)
    }
}

/// The JSON type of a value, with its article.
pub(super) fn kind_of(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b'{') => "an object",
        _ => "a number",
    }
}

/// A decoded string.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct JsonString {
    pub(super) text: String,
    /// Whether it had a lone surrogate, which became U+FFFD.
    pub(super) is_repaired: bool,
}

/// A string, decoded; `None` for a value of another type.
pub(super) fn string_of(value: &RawValue) -> Option<JsonString> {
    let json = value.get();
    if !json.starts_with('"') {
        return None;
    }
    if let Ok(text) = serde_json::from_str(json) {
        return Some(JsonString { text, is_repaired: false });
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let text = deserializer.deserialize_bytes(LoneSurrogates).ok()?;
    Some(JsonString { text, is_repaired: true })
}

/// Takes the bytes of a string, in which serde_json leaves a lone surrogate as three bytes that are not UTF-8.
struct LoneSurrogates;

impl Visitor<'_> for LoneSurrogates {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            // The first of the three bytes; the other two are chunks of their own.
            if chunk.invalid().first() == Some(&0xED) {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Ok(text)
    }
}

/// The strings of an array as paragraphs of one text; nulls and empty ones are left out. `None` for a value of another
/// type. Otherwise, the type of an element that is no string.
///
/// Nothing is held but the text: an array has many more elements than a record has room for.
pub(super) fn paragraphs_of(value: &RawValue) -> Option<Result<JsonString, &'static str>> {
    let mut paragraphs = Paragraphs { text: JsonString::default(), other: None };
    let mut deserializer = serde_json::Deserializer::from_str(value.get());
    deserializer.deserialize_seq(&mut paragraphs).ok()?;
    Some(paragraphs.other.map_or(Ok(paragraphs.text), Err))
}

struct Paragraphs {
    text: JsonString,
    other: Option<&'static str>,
}

impl<'de> Visitor<'de> for &mut Paragraphs {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&RawValue>()? {
            match string_of(element) {
                Some(string) => self.text.push_paragraph(&string),
                None if kind_of(element) == "null" => {}
                None => self.other = self.other.or(Some(kind_of(element))),
            }
        }
        Ok(())
    }
}

impl JsonString {
    /// Adds a paragraph, if it is not empty.
    pub(super) fn push_paragraph(&mut self, paragraph: &Self) {
        if !self.text.is_empty() && !paragraph.text.is_empty() {
            self.text.push_str(PARAGRAPH_BREAK);
        }
        self.text.push_str(&paragraph.text);
        self.is_repaired |= paragraph.is_repaired;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn paths_descend_and_literal_names_win() {
        for (record, path, expected) in [
            (json!({"a": {"b": {"c": 1}}}), "a.b.c", Some("1")),
            (json!({"a": {"b": 1}, "a.b": 2}), "a.b", Some("2")),
            (json!({"a.b": {"c": 3}}), "a.b.c", Some("3")),
            (json!({"a": {"b.c": 4}}), "a.b.c", Some("4")),
            (json!({"a": null}), "a", Some("null")),
            (json!({"a": [1]}), "a.0", None),
            (json!({"a": "b"}), "a.b", None),
            (json!({}), "..", None),
            (json!({}), "", None),
        ] {
            let text = record.to_string();
            let object = Object::parse(&text, &[path]).unwrap();
            assert_eq!(object.get(path).map(RawValue::get), expected, "{path} in {record}");
        }
    }

    #[test]
    fn faults_of_fields_that_are_not_read_are_harmless() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for other in [r#""\ud83d""#, "1e999", "184467440737095516150", &deep] {
            let text = format!(r#"{{"other": {other}, "text": "x", "text": "y", "text": null}}"#);
            let object = Object::parse(&text, &["text"]).unwrap();
            assert_eq!(object.get("text").unwrap().get(), r#""y""#);
        }
    }

    #[test]
    fn a_lone_surrogate_becomes_one_replacement_character() {
        for (json, text) in [
            (r#""\ud83d""#, "\u{FFFD}"),
            (r#""a\udc00\ud83db""#, "a\u{FFFD}\u{FFFD}b"),
            (r#""é\ud83d\ud83d\ude00""#, "é\u{FFFD}😀"),
            (r#""\ud83d\u00e9""#, "\u{FFFD}é"),
        ] {
            let value = RawValue::from_string(json.to_owned()).unwrap();
            assert_eq!(string_of(&value), Some(JsonString { text: text.to_owned(), is_repaired: true }), "{json}");
        }
        let value = RawValue::from_string(r#""\ud83d\ude00""#.to_owned()).unwrap();
        assert_eq!(string_of(&value), Some(JsonString { text: "😀".to_owned(), is_repaired: false }));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c\\\\\"é]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let key = "[a-c](\\.[a-c]){0,2}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
            ]
        })
    }

    /// The oracle: a look-up in the whole parsed value.
    fn lookup<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
        let object = value.as_object()?;
        object.get(path).or_else(|| {
            path.match_indices('.').find_map(|(dot, _)| lookup(object.get(&path[..dot])?, &path[dot + 1..]))
        })
    }

    proptest! {
        #[test]
        fn paths_find_what_a_parsed_record_has(value in any_json(), path in "[a-c](\\.[a-c]){0,3}") {
            let text = value.to_string();
            match Object::parse(&text, &[&path]) {
                Ok(object) => {
                    let found = object.get(&path).map(|found| serde_json::from_str::<Value>(found.get()).unwrap());
                    prop_assert_eq!(found.as_ref(), lookup(&value, &path));
                }
                Err(_) => prop_assert!(!value.is_object()),
            }
        }
    }
}
