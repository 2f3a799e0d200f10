//! Paths as text, and back.
//!
//! Names of files need not be UTF-8. As text, each byte that is not is written `\\xHH`; so is the backslash of a name
//! that would read like one. All other names are text as they are.

use std::path::{Path, PathBuf};

/// A path as text, from which [`path_of`] makes the same path.
pub(crate) fn shown(path: &Path) -> String {
    path_shown(path.as_os_str().as_encoded_bytes())
}

/// A path as text, from the bytes that an archive has.
pub(super) fn path_shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if unescaped(bytes).len() == bytes.len() => text.to_owned(),
        _ => escaped(bytes),
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "\\x5C"));
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
    }
    text
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let byte = match rest {
            [b'\\', b'x', high, low, ..] => digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        rest = if byte.is_some() { &rest[4..] } else { after };
        bytes.push(byte.unwrap_or(first));
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The path that was written as text.
#[cfg(unix)]
pub(crate) fn path_of(text: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(unescaped(text.as_bytes())).into()
}

/// The path that was written as text.
#[cfg(not(unix))]
pub(crate) fn path_of(text: &str) -> PathBuf {
    String::from_utf8(unescaped(text.as_bytes())).unwrap_or_else(|_| text.to_owned()).into()
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for (name, text) in [
            (&b"a/b\\c.txt"[..], "a/b\\c.txt"),
            ("é.txt".as_bytes(), "é.txt"),
            (b"caf\xE8.txt", "caf\\xE8.txt"),
            (b"caf\\xE8.txt", "caf\\x5CxE8.txt"),
            (b"\\\xFF", "\\x5C\\xFF"),
        ] {
            assert_eq!(shown(Path::new(OsStr::from_bytes(name))), text);
        }
    }

    proptest! {
        #[test]
        fn every_path_comes_back(name in prop::collection::vec(prop_oneof![Just(b'\\'), Just(b'x'), Just(b'5'), Just(b'C'), any::<u8>()], 0..9)) {
            let path = Path::new(OsStr::from_bytes(&name));
            prop_assert_eq!(path_of(&shown(path)), path);
        }
    }
}
