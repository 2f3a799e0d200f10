//! Text as the inside of a JSON string.

/// Adds text, in an encoding in which ASCII bytes are ASCII characters.
pub(super) fn push_text(json: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = position_of_escaped(rest) {
        json.extend_from_slice(&rest[..at]);
        push_escape(json, rest[at]);
        rest = &rest[at + 1..];
    }
    json.extend_from_slice(rest);
}

/// Where the first byte is that cannot stand in a JSON string as it is.
pub(super) fn position_of_escaped(text: &[u8]) -> Option<usize> {
    text.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\')
}

/// Adds the escape of such a byte.
pub(super) fn push_escape(json: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => json.extend_from_slice(b"\\\""),
        b'\\' => json.extend_from_slice(b"\\\\"),
        b'\n' => json.extend_from_slice(b"\\n"),
        b'\r' => json.extend_from_slice(b"\\r"),
        b'\t' => json.extend_from_slice(b"\\t"),
        control => json.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_survives(text in "\\PC{0,9}[\0-\u{20}\"\\\\]{0,4}") {
            let mut json = vec![b'"'];
            push_text(&mut json, text.as_bytes());
            json.push(b'"');
            prop_assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), text);
        }
    }
}
