//! One input: a file to read, or standard input.

use std::path::{Path, PathBuf};

use super::format::{Compression, Format};

/// One file to read, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The file; `-` is standard input.
    pub path: PathBuf,
    /// What a text article takes as its id: the path under the directory that was named, or, of a file named
    /// directly, its file name.
    pub name: String,
    /// The format that its name shows, or the user gave; `None` goes by the content.
    pub format: Option<Format>,
    /// Whether the user gave the format: the content is not looked at then.
    pub is_format_given: bool,
    /// The compression that the name tells.
    pub compression: Compression,
    /// Bytes on disk; `None` for pipes.
    pub size: Option<u64>,
}

impl Input {
    /// Standard input.
    pub(super) fn stdin(format: Option<Format>) -> Self {
        let is_format_given = format.is_some();
        let compression = Compression::None;
        Self { path: "-".into(), name: "-".into(), format, is_format_given, compression, size: None }
    }

    /// True for standard input.
    pub fn is_stdin(&self) -> bool {
        is_stdin(&self.path)
    }
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
