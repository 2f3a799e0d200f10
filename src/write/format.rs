//! The format of the rows of mentions and articles.

use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::compress::OutputCompression;
use crate::error::{Error, Result};

/// How mentions and articles are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OutputFormat {
    /// One JSON object a line.
    #[default]
    #[serde(rename = "jsonl")]
    JsonLines,
    /// Columns, in the flat form that `docs/output.md` lists.
    #[serde(rename = "parquet")]
    Parquet,
}

impl OutputFormat {
    /// The format that the name of a file asks for; `None` where it does not say.
    pub fn from_path(path: &Path) -> Option<Self> {
        let uncompressed = OutputCompression::from_path(path).map(|_| path.with_extension(""));
        let name = uncompressed.as_deref().unwrap_or(path);
        match name.extension()?.to_str()?.to_lowercase().as_str() {
            "parquet" => Some(Self::Parquet),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

impl FromStr for OutputFormat {
    type Err = Error;

    /// Parses `jsonl` or `parquet`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "jsonl" => Ok(Self::JsonLines),
            "parquet" => Ok(Self::Parquet),
            _ => Err(Error::config(format!("unknown output format `{name}`")).help("use jsonl or parquet")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format() {
        for (name, format) in [
            ("m.parquet", Some(OutputFormat::Parquet)),
            ("x/M.PARQUET", Some(OutputFormat::Parquet)),
            ("m.jsonl.gz", Some(OutputFormat::JsonLines)),
            ("m.ndjson", Some(OutputFormat::JsonLines)),
            ("mentions", None),
            ("m.out", None),
            ("-", None),
        ] {
            assert_eq!(OutputFormat::from_path(Path::new(name)), format, "{name}");
        }
    }
}
