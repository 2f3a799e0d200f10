//! A line of JSON to the few fields of it that anybody asked for.
//!
//! A parsed value takes up to thirty times the bytes of its text (`[[],[],[],…`), so that one line within the limits
//! could fill the memory of a machine. What nobody asked for is checked and passed over, arrays are never entered in
//! search of a field, and what is copied to every mention has a bound of its own.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Bytes of all fields that one record may have copied to its mentions.
const KEPT_BYTES: usize = 64 << 10;
/// Names of other fields that are remembered, for messages.
const OTHER_NAMES: usize = 1000;

/// The fields of a record, as far as they are asked for.
#[derive(Debug)]
pub(super) struct Pruned {
    /// The record, or a value that is none. Arrays that are not kept are empty; fields that nobody asked for are null.
    pub(super) value: Value,
    /// False where the kept fields were too large to be held.
    pub(super) keeps: bool,
}

/// Reads one line. `fields` are dotted paths of which the value matters, `keep` those whose value is wanted whole.
pub(super) fn parse(line: &str, fields: &[&str], keep: &[String]) -> serde_json::Result<Pruned> {
    let left = Cell::new(Some(KEPT_BYTES));
    let paths = fields.iter().map(|path| Path { rest: Some(path), whole: false });
    let paths = paths.chain(keep.iter().map(|path| Path { rest: Some(path), whole: true })).collect();
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let value = Wanted { paths, left: &left, is_record: true }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(Pruned { value, keeps: left.get().is_some() })
}

/// A path that leads to or through a value.
#[derive(Clone, Copy)]
struct Path<'p> {
    /// What of it lies below; `None` where it ends here.
    rest: Option<&'p str>,
    whole: bool,
}

impl<'p> Path<'p> {
    /// The path below `key`, if it goes that way.
    fn below(self, key: &str) -> Option<Self> {
        let after = self.rest?.strip_prefix(key)?;
        let rest = if after.is_empty() { None } else { Some(after.strip_prefix('.')?) };
        Some(Self { rest, ..self })
    }
}

/// Reads a value to which some paths lead.
struct Wanted<'p, 'l> {
    paths: Vec<Path<'p>>,
    /// What is left of the bytes that may be kept; `None` once they were not enough.
    left: &'l Cell<Option<usize>>,
    is_record: bool,
}

impl Wanted<'_, '_> {
    fn is_whole(&self) -> bool {
        self.paths.iter().any(|path| path.rest.is_none() && path.whole)
    }

    /// Takes bytes for something that is kept whole; false where there are none left.
    fn keep(&self, bytes: usize) -> bool {
        if self.is_whole() {
            self.left.set(self.left.get().and_then(|left| left.checked_sub(bytes + size_of::<Value>())));
        }
        self.left.get().is_some()
    }

    fn scalar<V: Into<Value>>(self, value: V) -> Value {
        self.keep(0);
        value.into()
    }
}

impl<'de> DeserializeSeed<'de> for Wanted<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_, '_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(self.scalar(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(self.scalar(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(self.scalar(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(self.scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        let is_field = self.paths.iter().any(|path| path.rest.is_none() && !path.whole);
        let has_room = self.keep(text.len());
        // What only leads further is no string that anybody reads.
        let is_read = is_field || (self.is_whole() && has_room) || self.is_record;
        Ok(Value::String(if is_read { text.to_owned() } else { String::new() }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let whole = self.is_whole();
        let mut array = Vec::new();
        while whole && self.keep(0) {
            let paths = vec![Path { rest: None, whole: true }];
            let Some(item) = items.next_element_seed(Wanted { paths, left: self.left, is_record: false })? else {
                return Ok(Value::Array(array));
            };
            array.push(item);
        }
        while items.next_element_seed(Passed)?.is_some() {}
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let whole = self.is_whole();
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let mut paths: Vec<Path<'_>> = self.paths.iter().filter_map(|path| path.below(&key)).collect();
            if whole && self.keep(key.len()) {
                paths.push(Path { rest: None, whole: true });
            }
            if !paths.is_empty() {
                let value = entries.next_value_seed(Wanted { paths, left: self.left, is_record: false })?;
                object.insert(key, value);
                continue;
            }
            entries.next_value_seed(Passed)?;
            if self.is_record && object.len() < OTHER_NAMES {
                object.entry(key).or_insert(Value::Null);
            }
        }
        Ok(Value::Object(object))
    }
}

/// Reads a value that nobody asked for: checks it, within the depth that every other value has, and holds nothing.
struct Passed;

impl<'de> DeserializeSeed<'de> for Passed {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Passed {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key_seed(Self)?.is_some() {
            entries.next_value_seed(Self)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::fields::lookup;
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_held() {
        let line = json!({
            "text": "T", "more": {"deep": [1, 2]}, "a": {"b": "B", "c": [1], "d": "D"}, "a.b": 7, "k": {"l": [1, {"m": "M"}]},
            "list": [[1], [2]],
        });
        let pruned = parse(&line.to_string(), &["text", "a.b", "list"], &["k.l".to_owned()]).unwrap();
        let expected = json!({
            "text": "T", "more": null, "a": {"b": "B"}, "a.b": 7, "k": {"l": [1, {"m": "M"}]}, "list": [],
        });
        assert_eq!((pruned.value, pruned.keeps), (expected, true));
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let keep = ["k".to_owned()];
        for large in [json!("x".repeat(KEPT_BYTES)), json!(vec![0; 10_000]), json!({"a": vec![json!({}); 5000]})] {
            let pruned = parse(&json!({"text": "T", "k": large}).to_string(), &["text"], &keep).unwrap();
            assert_eq!((&pruned.value["text"], pruned.keeps), (&json!("T"), false));
            assert!(pruned.value.to_string().len() < KEPT_BYTES);
        }
        assert!(parse(&json!({"k": vec![0; 100]}).to_string(), &[], &keep).unwrap().keeps);
    }

    #[test]
    fn depth_is_bounded_everywhere() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for field in ["text", "other", "k"] {
                let deep = format!("{{\"{field}\": {}0{}}}", open.repeat(100_000), close.repeat(100_000));
                let error = parse(&deep, &["text"], &["k".to_owned()]).unwrap_err();
                assert!(error.to_string().contains("recursion limit exceeded"), "{error}");
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c\\\\\"é]{0,3}".prop_map(Value::from),
            any::<f32>().prop_map(|number| json!(number))
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let key = "[a-c](\\.[a-c]){0,2}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
            ]
        })
    }

    proptest! {
        /// The same as parsing everything, for all that is looked up.
        #[test]
        fn lookups_find_what_a_whole_record_has(value in any_json(), field in "[a-c](\\.[a-c]){0,3}", keep in "[a-c](\\.[a-c]){0,3}") {
            let pruned = parse(&value.to_string(), &[&field], std::slice::from_ref(&keep)).unwrap();
            prop_assert!(pruned.keeps);
            if let (Value::Object(whole), Value::Object(part)) = (&value, &pruned.value) {
                prop_assert_eq!(lookup(whole, &keep), lookup(part, &keep));
                let (expected, found) = (lookup(whole, &field), lookup(part, &field));
                match expected {
                    Some(Value::Array(_)) => prop_assert!(found.is_some_and(Value::is_array)),
                    Some(Value::Object(_)) => prop_assert!(found.is_some_and(Value::is_object)),
                    _ => prop_assert_eq!(expected, found),
                }
            } else {
                prop_assert_eq!(value.is_array(), pruned.value.is_array());
            }
        }

        #[test]
        fn lines_that_are_no_json_fail_in_the_same_words(line in "[\\[\\]{}:,\"a0 .\\\\-]{0,12}") {
            let (whole, part) = (serde_json::from_str::<Value>(&line), parse(&line, &["a"], &[]));
            prop_assert_eq!(whole.err().map(|error| error.to_string()), part.err().map(|error| error.to_string()));
        }
    }
}
