//! Documents as Elasticsearch exports them: within `_source`, or in a bulk file after the line of an action.

use std::io;

use serde_json::value::RawValue;

use super::cut::{Cut, Cutter};
use super::json::{Object, kind_of};

/// The member of an exported object that holds the document.
pub(super) const WRAPPER: &str = "_source";

/// The actions that are followed by a document, and the one that is not.
const ACTIONS: [&str; 4] = ["index", "create", "update", "delete"];
/// Maximum length of an action.
const MAX_ACTION_BYTES: usize = 4096;

/// Joins each action of a bulk file with the document after it, as two lines of one record.
pub(super) struct Bulk<C> {
    objects: C,
    /// An action that came where a document was expected.
    next: Option<Cut>,
    /// Maximum length of a record.
    limit: usize,
}

impl<C: Cutter> Bulk<C> {
    /// Takes `objects`, of at most `limit` bytes each.
    pub(super) fn new(objects: C, limit: usize) -> Self {
        Self { objects, next: None, limit }
    }
}

impl<C: Cutter> Cutter for Bulk<C> {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        let first = match self.next.take() {
            Some(action) => action,
            None => match self.objects.next_cut()? {
                Ok(object) => object,
                failure => return Some(failure),
            },
        };
        if action_of(&first.bytes).is_none_or(|(name, _)| name == "delete") {
            return Some(Ok(first));
        }
        Some(match self.objects.next_cut() {
            None => Ok(first),
            Some(Ok(document)) if action_of(&document.bytes).is_some() => {
                self.next = Some(document);
                Ok(first)
            }
            Some(Ok(document)) => Ok(first.joined(document, self.limit)),
            Some(Err((document, error))) => Err((first.joined(document, self.limit), error)),
        })
    }
}

/// The action that an object is, if it is one: its name, and what it says of the document.
fn action_of(object: &[u8]) -> Option<(&str, &RawValue)> {
    if object.len() > MAX_ACTION_BYTES || !may_be_action(object) {
        return None;
    }
    let object = Object::parse(std::str::from_utf8(object).ok()?, &ACTIONS).ok()?;
    let (name, said) = ACTIONS.iter().find_map(|&name| Some((name, object.get(name)?)))?;
    let is_metadata = |name: &str| name.starts_with('_') || METADATA.contains(&name);
    let said_names = Object::parse(said.get(), &[]).ok()?;
    (object.names().count() == 1 && said_names.names().all(is_metadata)).then_some((name, said))
}

/// What an action may say of a document besides `_index`, `_id` and such.
const METADATA: [&str; 9] = [
    "routing",
    "version",
    "version_type",
    "parent",
    "pipeline",
    "op_type",
    "require_alias",
    "retry_on_conflict",
    "dynamic_templates",
];

/// Whether an object starts with the name of an action.
fn may_be_action(object: &[u8]) -> bool {
    let name = object.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let Some(name) = name.and_then(|name| name.strip_prefix(b"\"")) else { return false };
    ACTIONS.iter().any(|action| name.strip_prefix(action.as_bytes()).is_some_and(|rest| rest.starts_with(b"\"")))
}

/// A JSON record: a document, and what is said of it in the object around it or the action before it.
#[derive(Debug)]
pub(super) struct Record<'j> {
    document: Object<'j>,
    envelope: Option<Object<'j>>,
}

/// The parts of a record that may be joined from two lines.
#[derive(Debug)]
pub(super) struct Parts<'j> {
    /// What the action says of the document.
    pub(super) action: Option<&'j RawValue>,
    /// The object itself; empty after an action without a document.
    pub(super) object: &'j str,
    /// Line ends before `object`.
    pub(super) lines_before: usize,
}

impl<'j> Parts<'j> {
    /// Separates the document from the action before it.
    pub(super) fn of(json: &'j str) -> Self {
        let whole = Self { action: None, object: json, lines_before: 0 };
        if !may_be_action(json.as_bytes()) {
            return whole;
        }
        let mut values = serde_json::Deserializer::from_str(json).into_iter::<&RawValue>();
        let Some(Ok(first)) = values.next() else { return whole };
        match action_of(first.get().as_bytes()) {
            Some((_, said)) => {
                let (action, object) = json.split_at(values.byte_offset());
                Self { action: Some(said), object, lines_before: action.matches('\n').count() }
            }
            None => whole,
        }
    }
}

impl<'j> Record<'j> {
    /// Reads the fields of an object, or of the document in it, that `paths` name. Fails where it is not exactly one
    /// object.
    pub(super) fn parse(parts: &Parts<'j>, paths: &[&str]) -> serde_json::Result<Self> {
        let outer = Object::parse(parts.object, &[paths, &[WRAPPER]].concat())?;
        if let Some(action) = parts.action {
            return Ok(Self { document: outer, envelope: Some(Object::parse(action.get(), paths)?) });
        }
        match outer.get(WRAPPER).filter(|source| kind_of(source) == "an object") {
            Some(source) => Ok(Self { document: Object::parse(source.get(), paths)?, envelope: Some(outer) }),
            None => Ok(Self { document: outer, envelope: None }),
        }
    }

    /// The value at a dotted path: that of the document, or else of what is around it.
    pub(super) fn get(&self, path: &str) -> Option<&'j RawValue> {
        self.document.get(path).or_else(|| self.envelope.as_ref()?.get(path))
    }

    /// The names of the document's fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.document.names()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Lines(std::str::Lines<'static>);

    impl Cutter for Lines {
        fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
            let bytes = self.0.next()?.as_bytes().to_vec();
            Some(Ok(Cut { size: bytes.len() as u64, bytes, ..Cut::default() }))
        }
    }

    fn joined(lines: &'static str) -> Vec<String> {
        let mut bulk = Bulk::new(Lines(lines.lines()), 1000);
        std::iter::from_fn(|| bulk.next_cut()).map(|cut| String::from_utf8(cut.unwrap().bytes).unwrap()).collect()
    }

    #[test]
    fn an_action_and_its_document_are_one_record() {
        for (lines, records) in [
            ("{\"index\":{\"_id\":\"1\"}}\n{\"text\":\"a\"}\n{\"create\":{}}\n{\"text\":\"b\"}", 2),
            ("{\"delete\":{\"_id\":\"1\"}}\n{\"text\":\"a\"}", 2),
            ("{\"index\":{\"_id\":\"1\"}}\n{\"index\":{\"_id\":\"2\"}}\n{\"text\":\"a\"}", 2),
            ("{\"text\":\"a\"}\n{\"index\":{\"_id\":\"1\"}}", 2),
            ("{\"index\":{\"name\":\"DAX\"}}\n{\"text\":\"a\"}", 2),
            ("{\"index\":{\"_id\":\"1\"},\"text\":\"a\"}\n{\"text\":\"b\"}", 2),
            ("{\"index\":5}\n{\"text\":\"b\"}", 2),
        ] {
            assert_eq!(joined(lines).len(), records, "{lines}");
            assert_eq!(joined(lines).join("\n"), lines);
        }
    }

    #[test]
    fn fields_are_those_of_the_document_first() {
        for json in [
            r#"{"_index": "news", "_id": "7", "_source": {"text": "a", "x": {"y": 1}}}"#,
            "{\"index\": {\"_index\": \"news\", \"_id\": \"7\"}}\n{\"text\": \"a\", \"x\": {\"y\": 1}}",
        ] {
            let record = Record::parse(&Parts::of(json), &["text", "_id", "_index", "x.y", "z"]).unwrap();
            let found = |path: &str| record.get(path).map_or("-", RawValue::get);
            assert_eq!(["text", "_id", "_index", "x.y", "z"].map(found), ["\"a\"", "\"7\"", "\"news\"", "1", "-"]);
            assert_eq!(record.names().collect::<Vec<_>>(), ["text", "x"]);
        }
        assert!(Record::parse(&Parts::of("{\"index\": {}}"), &[]).is_err());
        let record = Record::parse(&Parts::of(r#"{"_source": "a wire", "text": "b"}"#), &["text"]).unwrap();
        assert_eq!(record.get("text").unwrap().get(), "\"b\"");
    }
}
