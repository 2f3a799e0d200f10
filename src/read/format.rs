//! Formats and compressions, by name and by extension.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What a message says of the extensions that are read.
pub(super) const KNOWN: &str = "known are .txt, .jsonl and .ndjson, each also with .gz or .zst";

/// How articles are stored in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Format {
    /// One article, the whole input being its text.
    #[serde(rename = "text")]
    Text,
    /// One article a line, each a JSON object.
    #[serde(rename = "jsonl")]
    Jsonl,
}

/// How an input is compressed, by its name. Data that is recognised as compressed is decompressed whatever its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not compressed.
    #[default]
    None,
    /// gzip, of one or more members.
    Gzip,
    /// Zstandard, of one or more frames, with windows of up to 128 MiB.
    Zstd,
}

impl FromStr for Format {
    type Err = Error;

    /// Reads `text` or `jsonl`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "text" => Ok(Self::Text),
            "jsonl" => Ok(Self::Jsonl),
            _ => {
                Err(Error::new(ErrorKind::Config, format!("unknown format `{name}`")).help("known are jsonl and text"))
            }
        }
    }
}

/// The format and compression that a file name states.
pub(super) fn by_extension(name: &str) -> (Option<Format>, Compression) {
    let (stem, compression) = if has_extension(name, ".gz") {
        (&name[..name.len() - ".gz".len()], Compression::Gzip)
    } else if has_extension(name, ".zst") {
        (&name[..name.len() - ".zst".len()], Compression::Zstd)
    } else {
        (name, Compression::None)
    };
    let format = if has_extension(stem, ".txt") {
        Some(Format::Text)
    } else if has_extension(stem, ".jsonl") || has_extension(stem, ".ndjson") {
        Some(Format::Jsonl)
    } else {
        None
    };
    (format, compression)
}

pub(super) fn has_extension(name: &str, extension: &str) -> bool {
    let start = name.len().saturating_sub(extension.len());
    name.as_bytes()[start..].eq_ignore_ascii_case(extension.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_format_and_compression() {
        use {Compression as C, Format as F};
        for (name, expected) in [
            ("a.txt", (Some(F::Text), C::None)),
            ("a.b.JSONL.gz", (Some(F::Jsonl), C::Gzip)),
            ("a.ndjson.zst", (Some(F::Jsonl), C::Zstd)),
            ("a.txt.GZ", (Some(F::Text), C::Gzip)),
            ("dump.gz", (None, C::Gzip)),
            ("a.json", (None, C::None)),
            ("é", (None, C::None)),
            ("", (None, C::None)),
        ] {
            assert_eq!(by_extension(name), expected, "{name}");
        }
    }

    #[test]
    fn formats_have_names() {
        assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Jsonl);
        assert_eq!(serde_json::to_string(&Format::Jsonl).unwrap(), "\"jsonl\"");
        assert!("csv".parse::<Format>().unwrap_err().to_string().contains("known are jsonl and text"));
    }
}
