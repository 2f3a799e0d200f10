//! The extensions of output files.

use std::path::Path;

use super::compress::OutputCompression;
use crate::error::{Error, Result};

/// The outputs that may be Parquet files.
const PARQUET_ROLES: [&str; 2] = ["mentions", "articles"];
/// Extensions of formats that other programs expect behind them, and that are not written.
const OTHER_FORMATS: [&str; 24] = [
    "7z", "arrow", "avro", "br", "bz2", "csv", "db", "duckdb", "feather", "html", "ipc", "lz4", "md", "orc", "pdf",
    "sqlite", "tar", "tsv", "xls", "xlsx", "xml", "xz", "yaml", "zip",
];

/// Fails if the name of an output asks for a format that is not written. `role` is the kind of output: only mentions and
/// articles are written as Parquet.
pub(super) fn check_extension(role: &str, path: &Path) -> Result<()> {
    let compression = OutputCompression::from_path(path);
    let name = if compression.is_some() { path.with_extension("") } else { path.to_owned() };
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let refused = |what: String, help: &str| Err(Error::config(what).at(path).help(help));
    let is_parquet = extension == "parquet";
    if is_parquet && compression.is_some() {
        return refused("a Parquet file is compressed inside".to_owned(), "use a name that ends in .parquet");
    }
    if is_parquet && !PARQUET_ROLES.contains(&role) {
        let help = "mentions and articles can be; use a name in .jsonl, .jsonl.gz or .jsonl.zst here";
        return refused(format!("{role} cannot be written as Parquet"), help);
    }
    if OTHER_FORMATS.contains(&&*extension) {
        let help = "outputs are JSON Lines or Parquet: use a name in .jsonl, .jsonl.gz, .jsonl.zst or .parquet";
        return refused(format!("an output cannot be written as .{extension}"), help);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_formats_are_refused() {
        for name in ["m.jsonl", "m.ndjson", "m.JSONL.ZST", "m.json.gz", "m", "m.gz", "2026.11", "a.csv/m", ".parquet"] {
            check_extension("spans", Path::new(name)).unwrap();
        }
        for name in ["m.CSV", "m.csv.gz", "x/m.jsonl.bz2"] {
            let error = check_extension("mentions", Path::new(name)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("JSON Lines"), "{error}");
        }
    }

    #[test]
    fn mentions_and_articles_may_be_parquet() {
        let check = |role, name: &str| check_extension(role, Path::new(name)).map_err(|error| error.to_string());
        assert_eq!(check("mentions", "m.parquet").and(check("articles", "A.PARQUET")), Ok(()));
        assert!(check("spans", "s.parquet").unwrap_err().contains("spans cannot be written as Parquet"));
        assert!(check("mentions", "m.parquet.zst").unwrap_err().contains("compressed inside"));
    }
}
