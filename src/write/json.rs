//! JSON text that every reader splits into the same lines.
//!
//! JSON allows U+0085, U+2028 and U+2029 within strings, but many programs take them for line ends, such as Python's
//! `str.splitlines`. They are written as escapes.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// Appends a value as one line of JSON, with its line end.
pub(super) fn push_line(to: &mut Vec<u8>, line: &impl Serialize) -> Result<()> {
    let start = to.len();
    serde_json::to_writer(&mut *to, line)
        .map_err(|error| Error::new(ErrorKind::Internal, "a line cannot be written as JSON").because(error))?;
    replace_line_ends(&mut to[start..]);
    escape_separators(to, start);
    to.push(b'\n');
    Ok(())
}

/// JSON text in whose strings U+0085, U+2028 and U+2029 are escapes.
pub fn escaped(json: &str) -> String {
    json.replace('\u{85}', r"\u0085").replace('\u{2028}', r"\u2028").replace('\u{2029}', r"\u2029")
}

/// Replaces line ends by spaces. They can only occur between tokens, in values that are copied from the input as they are.
fn replace_line_ends(mut json: &mut [u8]) {
    while let Some(at) = memchr::memchr2(b'\n', b'\r', json) {
        json[at] = b' ';
        json = &mut json[at + 1..];
    }
}

/// Escapes U+0085, U+2028 and U+2029 in the JSON text from `start` on. They can only occur in its strings.
pub(super) fn escape_separators(json: &mut Vec<u8>, start: usize) {
    let Some((at, ..)) = next_separator(&json[start..]) else { return };
    let tail = json.split_off(start + at);
    let mut rest = &tail[..];
    while let Some((at, length, escape)) = next_separator(rest) {
        json.extend_from_slice(&rest[..at]);
        json.extend_from_slice(escape);
        rest = &rest[at + length..];
    }
    json.extend_from_slice(rest);
}

/// Offset and length of the first separator, and its escape.
fn next_separator(text: &[u8]) -> Option<(usize, usize, &'static [u8])> {
    memchr::memchr2_iter(0xC2, 0xE2, text).find_map(|at| match &text[at..] {
        [0xC2, 0x85, ..] => Some((at, 2, &br"\u0085"[..])),
        [0xE2, 0x80, 0xA8, ..] => Some((at, 3, &br"\u2028"[..])),
        [0xE2, 0x80, 0xA9, ..] => Some((at, 3, &br"\u2029"[..])),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_several_lines_becomes_one_line() {
        let mut json = b"{\"a\":[1,\r\n 2.50]}".to_vec();
        replace_line_ends(&mut json);
        assert_eq!(json, b"{\"a\":[1,   2.50]}");
    }

    #[test]
    fn line_separators_are_escaped() {
        for (text, json) in [
            ("", r#""""#),
            ("plain – “quoted” £ \u{2027}\u{202a}\u{86}", "\"plain – “quoted” £ \u{2027}\u{202a}\u{86}\""),
            ("\u{2028}", r#""\u2028""#),
            ("a\u{85}b\u{2029}\u{2028}“c", r#""a\u0085b\u2029\u2028“c""#),
            ("\n\u{b}\u{c}\r\u{1c}\u{1e}", r#""\n\u000b\f\r\u001c\u001e""#),
        ] {
            let mut line = "\u{2028}".as_bytes().to_vec();
            push_line(&mut line, &text).unwrap();
            let line = String::from_utf8(line).unwrap();
            assert_eq!(line, format!("\u{2028}{json}\n"), "earlier bytes stay as they are");
            assert_eq!(serde_json::from_str::<String>(&line[3..]).unwrap(), text);
            assert_eq!(escaped(&serde_json::to_string(text).unwrap()), json);
        }
    }
}
