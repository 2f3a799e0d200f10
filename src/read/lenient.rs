//! JSON as programs write it that are not strict: what to make of it where strict parsing fails.

use std::borrow::Cow;

use memchr::memchr2;

/// Rewrites what other programs write as JSON and the standard does not allow: `NaN`, `Infinity` and `-Infinity`
/// become `null`; numbers with leading zeros, which are ids more often than not, become strings; control characters
/// within strings become escapes. `None` where there is nothing of the kind.
pub(super) fn relaxed(json: &str) -> Option<String> {
    let mut relaxed = String::with_capacity(json.len() + 16);
    let (mut rest, mut is_changed) = (json, false);
    while let Some(first) = rest.chars().next() {
        let (token, replacement) = match first {
            '"' => string(rest),
            '-' | '0'..='9' | 'a'..='z' | 'A'..='Z' => word(rest),
            _ => (&rest[..first.len_utf8()], None),
        };
        is_changed |= replacement.is_some();
        relaxed.push_str(replacement.as_deref().unwrap_or(token));
        rest = &rest[token.len()..];
    }
    is_changed.then_some(relaxed)
}

/// A string with its quotes, and its replacement where it has control characters.
fn string(json: &str) -> (&str, Option<Cow<'static, str>>) {
    let bytes = json.as_bytes();
    let mut end = 1;
    loop {
        match memchr2(b'"', b'\\', &bytes[end..]) {
            Some(at) if bytes[end + at] == b'\\' => end = (end + at + 2).min(bytes.len()),
            Some(at) => break end += at + 1,
            None => break end = bytes.len(),
        }
    }
    // An escaped character may have more than one byte.
    let token = &json[..json.ceil_char_boundary(end)];
    if !token.bytes().any(|byte| byte < b' ') {
        return (token, None);
    }
    let mut escaped = String::with_capacity(token.len() + 8);
    for char in token.chars() {
        match char {
            '\0'..='\u{1F}' => escaped.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => escaped.push(char),
        }
    }
    (token, Some(escaped.into()))
}

/// A number or a literal, and its replacement where it is not JSON.
fn word(json: &str) -> (&str, Option<Cow<'static, str>>) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
    let end = json.bytes().position(|byte| !is_part(byte)).unwrap_or(json.len());
    let token = &json[..end];
    let replacement = match token {
        "NaN" | "Infinity" | "-Infinity" => Some("null".into()),
        _ if token.len() > 1 && token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("\"{token}\"").into())
        }
        _ => None,
    };
    (token, replacement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_becomes_json() {
        for (json, expected) in [
            (r#"{"a": NaN, "b": -Infinity}"#, Some(r#"{"a": null, "b": null}"#)),
            (r#"{"id": 007}"#, Some(r#"{"id": "007"}"#)),
            ("{\"a\": \"x\ty\"}", Some(r#"{"a": "x\u0009y"}"#)),
            (r#"{"a": "NaN \" NaN", "b": 0, "c": -0.5e3}"#, None),
            ("{\"a\": \"\\é", None),
            ("{\"a\": \"\\", None),
            ("", None),
        ] {
            assert_eq!(relaxed(json).as_deref(), expected, "{json}");
        }
    }
}
