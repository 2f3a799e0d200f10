//! The extensions of output files.

use std::path::Path;

use super::compress::OutputCompression;
use crate::error::{Error, Result};

/// Extensions of formats that other programs expect behind them, and that are not written.
const OTHER_FORMATS: [&str; 25] = [
    "7z", "arrow", "avro", "br", "bz2", "csv", "db", "duckdb", "feather", "html", "ipc", "lz4", "md", "orc", "parquet",
    "pdf", "sqlite", "tar", "tsv", "xls", "xlsx", "xml", "xz", "yaml", "zip",
];

/// Fails if the name of an output asks for a format that is not written.
pub(super) fn check_extension(path: &Path) -> Result<()> {
    let name = if OutputCompression::from_path(path).is_some() { path.with_extension("") } else { path.to_owned() };
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    if OTHER_FORMATS.contains(&&*extension) {
        return Err(Error::config(format!("an output cannot be written as .{extension}"))
            .at(path)
            .help("outputs are JSON Lines: use a name in .jsonl, .jsonl.gz or .jsonl.zst"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_formats_are_refused() {
        for name in ["m.jsonl", "m.ndjson", "m.JSONL.ZST", "m.json.gz", "m", "m.gz", "2026.11", "a.csv/m", ".parquet"] {
            check_extension(Path::new(name)).unwrap();
        }
        for name in ["m.parquet", "m.CSV", "m.csv.gz", "x/m.jsonl.bz2", "m.parquet.zst"] {
            let error = check_extension(Path::new(name)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("JSON Lines"), "{error}");
        }
    }
}
