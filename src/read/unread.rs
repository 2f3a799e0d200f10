//! What was found and is not read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

/// Files found in directories, and members of archives, that are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unread {
    /// How many of each extension that is not known, in lower case, with its dot; those without one as an empty string.
    pub by_extension: BTreeMap<String, u64>,
    /// Hidden files and directories.
    pub hidden: u64,
    /// Outputs of this or an earlier run.
    pub outputs: u64,
    /// Empty files of JSON, beside files that are not empty: they may be outputs.
    pub empty: u64,
}

impl Unread {
    /// Counts a file of unknown kind.
    pub(super) fn count(&mut self, name: &str) {
        let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let extension = if extension.is_empty() { extension } else { format!(".{extension}") };
        *self.by_extension.entry(extension).or_default() += 1;
    }

    /// Adds what was counted elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        for (extension, count) in &other.by_extension {
            *self.by_extension.entry(extension.clone()).or_default() += count;
        }
        self.hidden += other.hidden;
        self.outputs += other.outputs;
        self.empty += other.empty;
    }
}
