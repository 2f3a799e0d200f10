//! Formats and compressions, by name and by extension.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

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
    /// A table with separated columns, one article a row.
    #[serde(rename = "csv", alias = "tsv")]
    Csv,
    /// A Parquet file, one article a row.
    #[serde(rename = "parquet")]
    Parquet,
    /// A web archive, WARC (with WET) or ARC: one article for each page and each text.
    #[serde(rename = "warc", alias = "wet", alias = "arc")]
    Warc,
    /// XML: NITF, NewsML-G2, RSS, Atom, a dump of MediaWiki, or any other with a name for its records.
    #[serde(rename = "xml")]
    Xml,
    /// A tar archive of inputs.
    #[serde(rename = "tar")]
    Tar,
    /// A zip archive of inputs.
    #[serde(rename = "zip")]
    Zip,
    /// A web page, one article.
    #[serde(rename = "html")]
    Html,
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
    /// bzip2, of one or more streams.
    Bzip2,
    /// xz, of one or more streams.
    Xz,
    /// LZ4, of one or more frames.
    Lz4,
}

/// The formats, with the names that users give them and the extensions of their files.
const FORMATS: &[(Format, &[&str], &[&str])] = &[
    (Format::Text, &["text"], &[".txt", ".text"]),
    (Format::Json, &["jsonl", "json"], &[".jsonl", ".ndjson", ".jl", ".json"]),
    (Format::Csv, &["csv", "tsv"], &[".csv", ".tsv"]),
    (Format::Parquet, &["parquet"], &[".parquet"]),
    (Format::Warc, &["warc", "wet", "arc"], &[".warc", ".wet", ".arc"]),
    (Format::Xml, &["xml"], &[".xml", ".rss", ".atom", ".nitf"]),
    (Format::Tar, &["tar"], &[".tar"]),
    (Format::Zip, &["zip"], &[".zip"]),
    (Format::Html, &["html"], &[".html", ".htm", ".xhtml"]),
];

const COMPRESSIONS: &[(Compression, &str)] = &[
    (Compression::Gzip, ".gz"),
    (Compression::Zstd, ".zst"),
    (Compression::Bzip2, ".bz2"),
    (Compression::Xz, ".xz"),
    (Compression::Lz4, ".lz4"),
];

/// Compressed tar archives under one extension.
const PACKED_TARS: &[(Compression, &str)] = &[
    (Compression::Gzip, ".tgz"),
    (Compression::Zstd, ".tzst"),
    (Compression::Bzip2, ".tbz2"),
    (Compression::Bzip2, ".tbz"),
    (Compression::Xz, ".txz"),
];

impl Format {
    /// The name that users give it.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|(format, ..)| *format == self).map_or("", |(_, names, _)| names[0])
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Reads the name of a format, such as `text` or `jsonl`.
    fn from_str(name: &str) -> Result<Self> {
        let found = FORMATS.iter().find(|(_, names, _)| names.contains(&name));
        found.map(|&(format, ..)| format).ok_or_else(|| {
            Error::new(ErrorKind::Config, format!("unknown format `{name}`"))
                .help(format!("known are {}", known_formats()))
        })
    }
}

/// The names of the formats, for messages.
pub(super) fn known_formats() -> String {
    listed(FORMATS.iter().map(|(_, names, _)| names[0]))
}

/// The extensions that are read, for messages.
pub(super) fn known_extensions() -> String {
    let extensions = listed(FORMATS.iter().flat_map(|(.., extensions)| *extensions).copied());
    let compressed = COMPRESSIONS.iter().map(|(_, extension)| *extension).collect::<Vec<_>>().join(", ");
    format!("known are {extensions}, each also with one of {compressed}")
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<_> = names.collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The format and compression that a file name states.
pub(super) fn by_extension(name: &str) -> (Option<Format>, Compression) {
    if let Some(&(compression, _)) = PACKED_TARS.iter().find(|(_, extension)| has_extension(name, extension)) {
        return (Some(Format::Tar), compression);
    }
    let packed = COMPRESSIONS.iter().find(|(_, extension)| has_extension(name, extension));
    let (stem, compression) = packed.map_or((name, Compression::None), |&(compression, extension)| {
        (&name[..name.len() - extension.len()], compression)
    });
    let is_of = |(.., extensions): &&(Format, &[&str], &[&str])| {
        extensions.iter().any(|extension| has_extension(stem, extension))
    };
    (FORMATS.iter().find(is_of).map(|&(format, ..)| format), compression)
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
            ("a.csv", (Some(F::Csv), C::None)),
            ("a.tar.bz2", (Some(F::Tar), C::Bzip2)),
            ("a.TGZ", (Some(F::Tar), C::Gzip)),
            ("a.zip", (Some(F::Zip), C::None)),
            ("a.parquet", (Some(F::Parquet), C::None)),
            ("a.TSV.xz", (Some(F::Csv), C::Xz)),
            ("a.b.TXT.bz2", (Some(F::Text), C::Bzip2)),
            ("a.txt.xz", (Some(F::Text), C::Xz)),
            ("a.jsonl.lz4", (Some(F::Json), C::Lz4)),
            ("a.html", (Some(F::Html), C::None)),
            ("a.b.HTM.gz", (Some(F::Html), C::Gzip)),
            ("a.pdf", (None, C::None)),
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
        let message = "pdf".parse::<Format>().unwrap_err().to_string();
        assert!(message.contains("known are text, jsonl, csv, parquet, warc, xml, tar, zip and html"), "{message}");
        for (format, names, _) in FORMATS {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
            assert!(names.iter().all(|name| name.parse::<Format>().unwrap() == *format));
        }
    }
}
