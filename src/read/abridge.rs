//! JSON records that are too long to be held, without the values of the fields that are not read.
//!
//! What is left is a JSON object of the same fields, in which strings, arrays and objects that nobody asks for are empty.

use memchr::memchr2;

/// Maximum length of a field's name that is compared with the wanted ones.
const MAX_NAME_BYTES: usize = 1024;

/// The dotted paths of the fields that are read.
#[derive(Clone, Debug, Default)]
pub(super) struct WantedFields(Vec<String>);

impl WantedFields {
    /// `paths`, in the record itself or in the document that it wraps in one of the `wrappers`.
    pub(super) fn new<'p>(paths: impl IntoIterator<Item = &'p str>, wrapper: &str) -> Self {
        Self(paths.into_iter().flat_map(|path| [path.to_owned(), format!("{wrapper}.{path}")]).collect())
    }
}

/// Goes through the bytes of one object and passes on those that are needed.
#[derive(Debug)]
pub(super) struct Abridging<'w> {
    /// For each open object on the way to wanted fields, what is left of their paths.
    open: Vec<Vec<&'w str>>,
    state: State<'w>,
    wanted: &'w WantedFields,
}

#[derive(Debug)]
enum State<'w> {
    /// Before the object.
    Start,
    /// Within an object, before a name.
    Names,
    /// Within a name, with its bytes so far.
    Name { name: Vec<u8>, is_escaped: bool },
    /// Between a name and its value.
    Colon(Fate<'w>),
    /// Within a value.
    Value { is_kept: bool, within: Within },
    /// Within a number, `true`, `false` or `null`; it is kept in any case.
    Word,
    /// After the object.
    End,
    /// Other text came after the object.
    Failed,
}

/// What happens to a value.
#[derive(Debug)]
enum Fate<'w> {
    Keep,
    Empty,
    /// The rest of the paths that lead through it, where it is an object.
    Enter(Vec<&'w str>),
}

/// A place within a value.
#[derive(Clone, Copy, Debug, Default)]
struct Within {
    /// Open brackets.
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl<'w> Abridging<'w> {
    pub(super) fn new(wanted: &'w WantedFields) -> Self {
        Self { open: Vec::new(), state: State::Start, wanted }
    }

    /// True where there is more than one object, so that what was kept is not all that is needed.
    pub(super) fn is_failed(&self) -> bool {
        matches!(self.state, State::Failed)
    }

    /// Takes further bytes, and gives those that are needed to `keep`: never more than were taken so far.
    pub(super) fn scan(&mut self, bytes: &[u8], keep: &mut dyn FnMut(&[u8])) {
        let mut at = 0;
        while at < bytes.len() {
            at += match &mut self.state {
                State::Value { is_kept, within } => {
                    let (used, has_ended) = within.scan(&bytes[at..]);
                    let part = &bytes[at..at + used];
                    match (*is_kept, has_ended) {
                        (true, _) => keep(part),
                        (false, true) => keep(&part[used - 1..]),
                        (false, false) => {}
                    }
                    if has_ended {
                        self.state = State::Names;
                    }
                    used
                }
                _ => {
                    let is_used = self.step(bytes[at]);
                    if is_used {
                        keep(&bytes[at..=at]);
                    }
                    usize::from(is_used)
                }
            };
        }
    }

    /// Takes one byte outside of values. False where it belongs to what comes after a word.
    fn step(&mut self, byte: u8) -> bool {
        match (&mut self.state, byte) {
            (State::Start, b'{') => self.enter(self.wanted.0.iter().map(String::as_str).collect()),
            (State::Names, b'"') => self.state = State::Name { name: Vec::new(), is_escaped: false },
            (State::Names, b'}') => {
                self.open.pop();
                if self.open.is_empty() {
                    self.state = State::End;
                }
            }
            (State::Name { name, is_escaped: false }, b'"') => {
                let fate = fate(name, self.open.last().map_or(&[], Vec::as_slice));
                self.state = State::Colon(fate);
            }
            (State::Name { name, is_escaped }, _) => {
                *is_escaped = byte == b'\\' && !*is_escaped;
                if name.len() < MAX_NAME_BYTES {
                    name.push(byte);
                }
            }
            (State::Colon(_), b':' | b' ' | b'\t' | b'\r' | b'\n') => {}
            (State::Colon(fate), b'{') if matches!(fate, Fate::Enter(_)) => {
                if let Fate::Enter(rest) = std::mem::replace(fate, Fate::Empty) {
                    self.enter(rest);
                }
            }
            (State::Colon(fate), b'"' | b'[' | b'{') => {
                let is_kept = matches!(fate, Fate::Keep);
                self.state = State::Value { is_kept, within: Within::after(byte) };
            }
            (State::Colon(_), _) => self.state = State::Word,
            (State::Word, b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n') => {
                self.state = State::Names;
                return false;
            }
            (State::End, b' ' | b'\t' | b'\r' | b'\n' | b',') => {}
            (State::End, _) => self.state = State::Failed,
            _ => {}
        }
        true
    }

    fn enter(&mut self, paths: Vec<&'w str>) {
        self.open.push(paths);
        self.state = State::Names;
    }
}

/// What happens to the value of a name, as it is written, in an object from which `paths` lead on.
fn fate<'w>(name: &[u8], paths: &[&'w str]) -> Fate<'w> {
    let quoted = [b"\"", name, b"\""].concat();
    let Ok(name) = serde_json::from_slice::<String>(&quoted) else { return Fate::Empty };
    if paths.contains(&&*name) {
        return Fate::Keep;
    }
    let below = |path: &&'w str| path.strip_prefix(&*name).and_then(|rest| rest.strip_prefix('.'));
    let rest: Vec<&str> = paths.iter().filter_map(below).collect();
    if rest.is_empty() { Fate::Empty } else { Fate::Enter(rest) }
}

impl Within {
    /// After the first byte of a string, an array or an object.
    fn after(first: u8) -> Self {
        let in_string = first == b'"';
        Self { depth: u32::from(!in_string), in_string, is_escaped: false }
    }

    /// How many bytes belong to the value, and whether it ends with them.
    fn scan(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string && !self.is_escaped {
                let Some(found) = memchr2(b'"', b'\\', &bytes[at..]) else { break };
                at += found;
            }
            match bytes[at] {
                _ if self.is_escaped => self.is_escaped = false,
                b'"' => self.in_string = !self.in_string,
                b'\\' => self.is_escaped = self.in_string,
                b'[' | b'{' if !self.in_string => self.depth += 1,
                b']' | b'}' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
            if self.depth == 0 && !self.in_string {
                return (at, true);
            }
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::json::Object;
    use super::*;

    fn abridged(json: &str, paths: &[&str], block: usize) -> Option<String> {
        let wanted = WantedFields::new(paths.iter().copied(), "_source");
        let (mut abridging, mut kept) = (Abridging::new(&wanted), Vec::new());
        json.as_bytes().chunks(block).for_each(|part| abridging.scan(part, &mut |part| kept.extend_from_slice(part)));
        (!abridging.is_failed()).then(|| String::from_utf8(kept).unwrap())
    }

    #[test]
    fn values_that_are_not_read_become_empty() {
        for (json, expected) in [
            (r#"{"text": "a\"b", "x": "c\"d", "n": 12}, "#, Some(r#"{"text": "a\"b", "x": "", "n": 12}, "#)),
            (r#"{"x": [1, {"y": "]"}], "te\u0078t": {"z": [2]}}"#, Some(r#"{"x": [], "te\u0078t": {"z": [2]}}"#)),
            (r#"{"a": {"b": "1", "c": "2"}, "d": {"b": "3"}}"#, Some(r#"{"a": {"b": "1", "c": ""}, "d": {}}"#)),
            (r#"{"a": "x", "a.b": "y"}"#, Some(r#"{"a": "", "a.b": "y"}"#)),
            (r#"{"_source": {"text": "a", "x": {"text": "b"}}}"#, Some(r#"{"_source": {"text": "a", "x": {}}}"#)),
            ("\u{FEFF}{\"x\": \"a\"", Some("\u{FEFF}{\"x\": \"\"")),
            ("{\"x\": \"a", Some("{\"x\": \"")),
            (r#"{"x": "a"} {"text": "b"}"#, None),
        ] {
            for block in 1..5 {
                assert_eq!(abridged(json, &["text", "a.b"], block).as_deref(), expected, "{json}");
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![any::<Option<i32>>().prop_map(Value::from), "[a\\\\\"{}\\[\\]é]{0,4}".prop_map(Value::from)];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-c](\\.[a-c])?", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect()))
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_stays(value in any_json(), path in "[a-c](\\.[a-c]){0,2}", block in 1usize..9) {
            prop_assume!(value.is_object());
            let json = value.to_string();
            let kept = abridged(&json, &[&path], block).unwrap();
            prop_assert!(kept.len() <= json.len());
            let at = |json: &str| Object::parse(json, &[&path]).unwrap().get(&path).map(|found| found.get().to_owned());
            prop_assert_eq!(at(&kept), at(&json), "{}", kept);
        }

        #[test]
        fn no_more_is_kept_than_was_taken(json in "[\\[\\]{}:,\"a0 .\\\\\n-]{0,24}", block in 1usize..9) {
            prop_assert!(abridged(&json, &["a"], block).is_none_or(|kept| kept.len() <= json.len()));
        }
    }
}
