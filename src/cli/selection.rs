//! Flags that choose what is read.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use namewire::error::{Error, Result};
use namewire::read::{Part, Sample, Selection};

/// Which records of the inputs are taken.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectionArgs {
    /// Stop after so many records.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Take a random sample of this fraction of the records: the same ones each time.
    #[arg(long, value_name = "0..1")]
    sample: Option<f64>,
    /// Take part K of N of the records, dealt in blocks of 64: the outputs of all parts together are those of one run.
    #[arg(long, value_name = "K/N")]
    part: Option<Part>,
}

impl SelectionArgs {
    /// The selection that these flags give.
    pub(super) fn selection(&self, seed: u64) -> Selection {
        let sample = self.sample.map(|fraction| Sample { fraction, seed });
        Selection { limit: self.limit, sample, part: self.part }
    }
}

/// Inputs that are not named on the command line, and the seed of a sample.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct ListArgs {
    /// Read the paths of further inputs from this file, one a line; - for standard input. One that does not
    /// exist is rejected.
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// The paths of --files-from end with a NUL character, as `find -print0` writes them.
    #[arg(short = '0', long = "null", requires = "files_from")]
    null: bool,
    /// Another seed gives another --sample.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sample")]
    pub(super) seed: u64,
}

impl ListArgs {
    /// The paths that `--files-from` lists, beside those that are named.
    pub(super) fn listed(&self, named: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let Some(list) = &self.files_from else { return Ok(Vec::new()) };
        let paths = split(&read_list(list)?, self.null)?;
        if is_stdin(list) && named.iter().chain(&paths).any(|path| is_stdin(path)) {
            return Err(Error::config("standard input cannot be both the list of --files-from and an input"));
        }
        if paths.is_empty() && named.is_empty() {
            return Err(Error::config(format!("--files-from: {} names no file", list.display())));
        }
        Ok(paths)
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read_list(list: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if is_stdin(list) {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(list).map(|read| bytes = read)
    };
    read.map(|()| bytes).map_err(|error| Error::opening(list, error))
}

/// The paths of a list; empty ones are ignored.
fn split(list: &[u8], null: bool) -> Result<Vec<PathBuf>> {
    let separator = if null { b'\0' } else { b'\n' };
    let lines = list.split(|&byte| byte == separator);
    let lines = lines.map(|line| if null { line } else { line.strip_suffix(b"\r").unwrap_or(line) });
    lines.filter(|line| !line.is_empty()).map(path_of).collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::ffi::OsStr::from_bytes(bytes).into())
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Result<PathBuf> {
    let path = std::str::from_utf8(bytes).map_err(|_| Error::config("--files-from: a path is not UTF-8"))?;
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_their_paths_with_new_lines_or_nul() {
        let paths = |list: &[u8], null| -> Vec<String> {
            split(list, null).unwrap().iter().map(|path| path.display().to_string()).collect()
        };
        assert_eq!(paths(b"a.txt\r\n\nb c.jsonl\n", false), ["a.txt", "b c.jsonl"]);
        assert_eq!(paths(b"a\nb.txt\0c.txt", true), ["a\nb.txt", "c.txt"]);
        assert!(paths(b"", false).is_empty());
    }
}
