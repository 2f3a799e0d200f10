//! Formats and compressions, by name and by extension.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What a message says of the extensions that are read.
pub(super) const KNOWN: &str = "known are .txt, .text, .jsonl, .ndjson, .jl and .json, each also with .gz or .zst";

/// How articles are stored in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Format {
    /// One article, the whole input being its text.
    #[serde(rename = "text")]
    Text,
    /// JSON objects, one an article: on lines of their own, in an array, or one after another.
    #[serde(rename = "jsonl", alias = "json")]
    Json,
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
    /// Zstandard, of one or more frames, with windows of up to [`zstd_window_log`](super::ReadOptions::zstd_window_log).
    Zstd,
}

impl FromStr for Format {
    type Err = Error;

    /// Reads `text`, `jsonl` or `json`, which is the same.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "text" => Ok(Self::Text),
            "jsonl" | "json" => Ok(Self::Json),
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
    let is_any = |extensions: &[&str]| extensions.iter().any(|extension| has_extension(stem, extension));
    let format = if is_any(&[".txt", ".text"]) {
        Some(Format::Text)
    } else if is_any(&[".jsonl", ".ndjson", ".jl", ".json"]) {
        Some(Format::Json)
    } else {
        None
    };
    (format, compression)
}

fn has_extension(name: &str, extension: &str) -> bool {
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
            ("a.b.JSONL.gz", (Some(F::Json), C::Gzip)),
            ("a.ndjson.zst", (Some(F::Json), C::Zstd)),
            ("a.txt.GZ", (Some(F::Text), C::Gzip)),
            ("dump.gz", (None, C::Gzip)),
            ("a.json", (Some(F::Json), C::None)),
            ("a.jl.gz", (Some(F::Json), C::Gzip)),
            ("a.TEXT", (Some(F::Text), C::None)),
            ("a.csv", (None, C::None)),
            ("é", (None, C::None)),
            ("", (None, C::None)),
        ] {
            assert_eq!(by_extension(name), expected, "{name}");
        }
    }

    #[test]
    fn formats_have_names() {
        assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Json);
        assert_eq!(serde_json::to_string(&Format::Json).unwrap(), "\"jsonl\"");
        assert!("csv".parse::<Format>().unwrap_err().to_string().contains("known are jsonl and text"));
    }
}
