//! The record of what was fetched and verified: a short file in the hub's cache.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// The fetched files of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchManifest {
    /// The repository: `owner/name`.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// The licence that the model card states.
    pub licence: Option<String>,
    /// The files, by path.
    pub files: Vec<ManifestFile>,
}

/// One file that was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Path in the repository.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// The hash by which git names the file, where that is what the hub states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_sha1: Option<String>,
}

impl FetchManifest {
    /// Reads a manifest; `None` where it cannot be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// This manifest with the further files of an earlier one of the same commit.
    #[cfg(feature = "hub")]
    pub(super) fn with(mut self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier.filter(|earlier| earlier.commit == self.commit) else { return self };
        let known: Vec<String> = self.files.iter().map(|file| file.path.clone()).collect();
        self.licence = self.licence.or(earlier.licence);
        self.files.extend(earlier.files.into_iter().filter(|file| !known.contains(&file.path)));
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self
    }
}
