//! Fields that are copied from a record to its mentions, as JSON text.

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Maximum depth of a value: programs that read the output have limits of their own.
const MAX_DEPTH: usize = 100;

/// Names and JSON values, in order. Numbers keep the digits that they were written with.
#[derive(Clone, Debug, Default)]
pub struct Meta(Vec<(String, Box<RawValue>)>);

impl Meta {
    /// Adds a value; one of the same name is replaced.
    pub fn insert(&mut self, name: impl Into<String>, value: &Value) {
        // A value that was parsed is JSON.
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.set(name.into(), raw);
        }
    }

    /// Adds the JSON text of a value, compacted to one line. Returns false, and adds nothing, where it is nested too
    /// deeply.
    pub(crate) fn insert_raw(&mut self, name: &str, value: &RawValue) -> bool {
        let Some(compact) = compacted(value.get()).and_then(|json| RawValue::from_string(json).ok()) else {
            return false;
        };
        self.set(name.to_owned(), compact);
        true
    }

    fn set(&mut self, name: String, value: Box<RawValue>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value));
    }

    /// The JSON text of a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, json)| json)
    }

    /// Names and JSON texts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.get()))
    }

    /// True where there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Meta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Valid JSON without white space between tokens, its strings with no more escapes than they need. `None` where it is
/// nested too deeply.
fn compacted(json: &str) -> Option<String> {
    let mut compact = String::with_capacity(json.len());
    let (mut rest, mut depth) = (json, 0usize);
    while let Some(first) = rest.bytes().next() {
        let mut taken = 1;
        match first {
            b'"' => {
                let string: Option<serde_json::Result<String>> =
                    serde_json::Deserializer::from_str(rest).into_iter().next();
                taken = string_len(rest);
                match string {
                    Some(Ok(text)) => compact.push_str(&serde_json::to_string(&text).ok()?),
                    // A lone surrogate has no other form.
                    _ => compact.push_str(&rest[..taken]),
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                match first {
                    b'[' | b'{' => depth += 1,
                    b']' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                compact.push(first as char);
            }
        }
        if depth > MAX_DEPTH {
            return None;
        }
        rest = &rest[taken..];
    }
    Some(compact)
}

/// The length of the string that `json` starts with, its quotes included.
fn string_len(json: &str) -> usize {
    let mut is_escaped = false;
    let end = json.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(json.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        let mut meta = Meta::default();
        for (name, number) in [("a", "184467440737095516150"), ("b", "1.10"), ("c", "36.20210999999999"), ("d", "1E3")]
        {
            assert!(meta.insert_raw(name, &raw(number)));
        }
        meta.insert("e", &json!([1, {"x": "y"}]));
        meta.insert("a", &json!(2));
        assert_eq!(
            serde_json::to_string(&meta).unwrap(),
            r#"{"b":1.10,"c":36.20210999999999,"d":1E3,"e":[1,{"x":"y"}],"a":2}"#
        );
    }

    #[test]
    fn a_value_is_written_on_one_line() {
        assert_eq!(
            compacted("{\n  \"a b\" : [ 1.0,\t\"\\u00e9\\n\\ud83d\" ]\r\n}").unwrap(),
            r#"{"a b":[1.0,"\u00e9\n\ud83d"]}"#
        );
        assert_eq!(compacted(r#""\u00e9\/\" ""#).unwrap(), r#""é/\" ""#);
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(compacted(&deep(MAX_DEPTH)).is_some() && compacted(&deep(MAX_DEPTH + 1)).is_none());
    }

    proptest! {
        #[test]
        fn compacting_is_what_parsing_and_writing_gives(text in "[a-zé\\\\\"\n\u{1}]{0,9}", number in any::<i64>()) {
            let value = json!({"k": [text, number, {"n": null}], "t": true});
            prop_assert_eq!(compacted(&serde_json::to_string_pretty(&value).unwrap()), Some(value.to_string()));
        }
    }
}
