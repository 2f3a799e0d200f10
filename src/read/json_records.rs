//! The JSON format: objects on lines of their own, in an array, or one after another.

use std::collections::VecDeque;
use std::io;

use super::cut::{Cut, Cutter};
use super::json_scan::{ObjectScan, Scanned, may_hold_several};
use super::json_values::JsonValues;
use super::lines::Lines;
use super::options::JsonLimits;
use super::stream::Reader;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How objects lie in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each on a line of its own, so that a broken one ends with its line.
    Lines,
    /// In any other way.
    Values,
}

impl Layout {
    /// The layout of an input that starts with `head`; `None` where that takes more of it.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let start = head.iter().position(|byte| !b" \t\r\n\xEF\xBB\xBF".contains(byte))?;
        let head = &head[start..];
        match head[0] {
            b'[' => return Some(Self::Values),
            b'{' => {}
            _ => return Some(Self::Lines),
        }
        // A line that does not end with its object: the next object is on it, or this one is on several.
        let line = head.iter().position(|&byte| byte == b'\n').map(|end| &head[..end]);
        match (ObjectScan::default().scan(line.unwrap_or(head)), line) {
            (Scanned::End(end), _) => {
                let next = head[end..].iter().position(|byte| !b" \t,".contains(byte)).map(|next| &head[end + next..]);
                match next? {
                    [b'\r', b'\n', ..] | [b'\n', ..] => Some(Self::Lines),
                    [b'\r'] => None,
                    [b'\r', ..] | [b'{', ..] => Some(Self::Values),
                    _ => Some(Self::Lines),
                }
            }
            (Scanned::Broken(_), _) => Some(Self::Lines),
            (Scanned::All, None) => None,
            (Scanned::All, Some(line)) => {
                let last = line.trim_ascii_end().last();
                Some(if last.is_some_and(|last| b"{[,:".contains(last)) { Self::Values } else { Self::Lines })
            }
        }
    }
}

/// Cuts JSON of either layout.
pub(super) enum JsonRecords {
    /// With the objects that are left of a line that held several.
    Lines {
        lines: Lines<Reader>,
        rest: VecDeque<Cut>,
        limits: JsonLimits,
    },
    Values(JsonValues<Reader>),
}

impl JsonRecords {
    /// Reads objects within `limits`; `byte` is where in the input `reader` stands.
    pub(super) fn new(reader: Reader, byte: u64, limits: JsonLimits, layout: Layout) -> Self {
        match layout {
            Layout::Lines => {
                Self::Lines { lines: Lines::new(reader, byte, limits.clone()), rest: VecDeque::new(), limits }
            }
            Layout::Values => Self::Values(JsonValues::new(reader, 1, byte, limits)),
        }
    }
}

impl Cutter for JsonRecords {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        let (lines, rest, limits) = match self {
            Self::Values(values) => return values.next(),
            Self::Lines { lines, rest, limits } => (lines, rest, limits),
        };
        loop {
            if let Some(cut) = rest.pop_front() {
                return Some(Ok(cut));
            }
            match lines.next()? {
                Ok(line) if line.is_over(limits.bytes) => return Some(Ok(line)),
                Ok(line) if !line.is_abridged && may_hold_several(&line.bytes) => {
                    *rest = objects_of(line, limits);
                }
                Ok(line) => {
                    if let Some(line) = stripped(line) {
                        return Some(Ok(line));
                    }
                }
                failure => return Some(failure),
            }
        }
    }
}

/// The objects of a line, each with its place. A line that holds one alone is not changed.
fn objects_of(line: Cut, limits: &JsonLimits) -> VecDeque<Cut> {
    let number = line.line.unwrap_or(1);
    let objects: VecDeque<Cut> =
        JsonValues::new(&*line.bytes, number, line.byte, limits.clone()).filter_map(Result::ok).collect();
    if objects.len() > 1 { objects } else { stripped(line).into_iter().collect() }
}

/// A line without byte order marks before it, which concatenated files have, and without the comma that separates the
/// elements of an array. `None` where nothing is left but a bracket of the array.
fn stripped(mut line: Cut) -> Option<Cut> {
    while let Some(rest) = line.bytes.strip_prefix(BYTE_ORDER_MARK) {
        line.bytes = rest.to_vec();
        line.byte += BYTE_ORDER_MARK.len() as u64;
    }
    let object = line.bytes.trim_ascii_end();
    if let Some(object) = object.strip_suffix(b",") {
        line.bytes.truncate(object.len());
    }
    if !line.is_abridged {
        line.size = line.bytes.len() as u64;
    }
    (!matches!(line.bytes.trim_ascii(), b"" | b"[" | b"]")).then_some(line)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use proptest::prelude::*;

    use super::*;

    /// What comes of an input: `line.nth@byte record`.
    fn records(json: &str) -> Vec<String> {
        let layout = Layout::of(json.as_bytes()).unwrap_or(Layout::Lines);
        let limits = JsonLimits { bytes: 1000, ..JsonLimits::default() };
        let mut records = JsonRecords::new(Box::new(BufReader::new(Cursor::new(json.to_owned()))), 0, limits, layout);
        std::iter::from_fn(|| records.next_cut())
            .map(|cut| {
                let cut = cut.unwrap();
                let text = String::from_utf8(cut.bytes).unwrap();
                format!("{}.{}@{} {text}", cut.line.unwrap(), cut.nth, cut.byte)
            })
            .collect()
    }

    #[test]
    fn the_first_object_tells_the_layout() {
        use Layout::{Lines, Values};
        for (head, layout) in [
            ("{\"a\": 1}\n{", Some(Lines)),
            ("{\"a\": 1},\r\n{", Some(Lines)),
            ("\u{FEFF}\n [", Some(Values)),
            ("{\"a\": 1}{", Some(Values)),
            ("{\"a\": 1}\r{", Some(Values)),
            ("{\n  \"a\": 1", Some(Values)),
            ("{\"a\": 1,\n", Some(Values)),
            ("{\"a\": \"x\n{\"a\"", Some(Lines)),
            ("text", Some(Lines)),
            ("{\"a\": 1", None),
            ("{\"a\": 1}", None),
            (" ", None),
        ] {
            assert_eq!(Layout::of(head.as_bytes()), layout, "{head:?}");
        }
    }

    #[test]
    fn lines_may_have_marks_commas_brackets_and_several_objects() {
        let json = "{\"n\": 1},\n\u{FEFF}{\"n\": 2}\n{\"n\": 3}\u{FEFF}{\"n\": 4}\n]\n{\"n\": \"}{\"}\n";
        let expected = [
            "1.0@0 {\"n\": 1}",
            "2.0@13 {\"n\": 2}",
            "3.0@22 {\"n\": 3}",
            "3.1@33 {\"n\": 4}",
            "5.0@44 {\"n\": \"}{\"}",
        ];
        assert_eq!(records(json), expected);
    }

    #[test]
    fn a_broken_object_costs_itself_alone_in_every_layout() {
        for json in ["{\"n\": 1}\n{\"n\": \n{\"n\": 3}\n", "[{\"n\": 1},\n{\"n\": \"2,\n{\"n\": 3}\n]"] {
            let found = records(json);
            assert_eq!(found.len(), 3, "{found:?}");
            assert!(found[2].ends_with("{\"n\": 3}"), "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn every_layout_gives_the_same_objects(
            values in prop::collection::vec(("[a-z{}\\[\\],é]{0,9}", any::<i32>()), 1..6),
        ) {
            let values: Vec<_> = values.into_iter().map(|(text, n)| serde_json::json!({"t": text, "n": [{"m": n}]})).collect();
            let joined = |between: &str| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(between);
            let array = serde_json::Value::from(values.clone());
            for json in [
                joined("\n"), joined("\r\n"), joined("\r"), joined(""), joined(",\n"), joined("\n\u{FEFF}"),
                array.to_string(), serde_json::to_string_pretty(&array).unwrap(), format!("[\n{}\n]\n", joined(",\n")),
            ] {
                let found: Vec<serde_json::Value> = records(&json)
                    .iter()
                    .map(|record| serde_json::from_str(record.split_once(' ').unwrap().1).unwrap())
                    .collect();
                prop_assert_eq!(&found, &values, "{:?}", json);
            }
        }
    }
}
