//! What the user named, as a list of files to read.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};

use super::format::{Compression, Format, KNOWN, by_extension, has_extension};
use super::input::{Input, is_stdin};
use super::options::ReadOptions;
use crate::error::{Error, ErrorKind, Result};

/// Lists the inputs behind what the user named: files, directories and `-`, in the order given. A path named
/// twice is read twice.
///
/// Directories are searched to any depth, symbolic links followed, each directory read once however many
/// links lead to it. Their files come in byte order of the path below the directory; hidden ones, those
/// without a known extension (whatever its case), and what is not a file are skipped. A directory below that
/// cannot be listed is rejected by name when it is reached.
///
/// A pipe may be named, a device may not: most of them have no end.
///
/// # Errors
///
/// Fails where nothing is named, a path does not exist or is a device, a directory cannot be listed or has no
/// articles, a file's extension is unknown and `options.format` is not set, or `-` is named twice.
pub fn discover(paths: &[PathBuf], options: &ReadOptions) -> Result<Vec<Input>> {
    discover_listed(paths, &[], options)
}

/// [`discover`] for what the user named, followed by the paths of a list. A list may be long and older than the
/// files: a path of it that does not exist is rejected by name when it is reached.
///
/// # Errors
///
/// Those of [`discover`], except for paths of the list that do not exist.
pub fn discover_listed(paths: &[PathBuf], listed: &[PathBuf], options: &ReadOptions) -> Result<Vec<Input>> {
    if paths.is_empty() && listed.is_empty() {
        return Err(
            Error::new(ErrorKind::Input, "no input").help("name files or directories, or `-` for standard input")
        );
    }
    if paths.iter().chain(listed).filter(|path| is_stdin(path)).count() > 1 {
        return Err(Error::new(ErrorKind::Input, "standard input can be read only once").at("-"));
    }
    let mut inputs = Vec::new();
    for (at, path) in paths.iter().chain(listed).enumerate() {
        if is_stdin(path) {
            inputs.push(stdin(options.format));
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => inputs.append(&mut directory(path)?),
            Ok(metadata) => inputs.push(file(path, Some(&metadata), options.format)?),
            Err(error) if error.kind() == Io::NotFound => {
                if at < paths.len() {
                    return Err(Error::new(ErrorKind::Input, "no such file or directory").at(path));
                }
                inputs.push(file(path, None, options.format.or(Some(Format::Text)))?);
            }
            Err(error) => return Err(Error::reading(path, error)),
        }
    }
    Ok(inputs)
}

fn stdin(format: Option<Format>) -> Input {
    Input { path: "-".into(), name: "-".into(), format, compression: Compression::None, size: None }
}

/// A file named directly: its extension must be known, or its format given.
fn file(path: &Path, metadata: Option<&Metadata>, format: Option<Format>) -> Result<Input> {
    if metadata.is_some_and(|metadata| is_endless(path, metadata)) {
        return Err(Error::new(ErrorKind::Input, "this is a device, not a file of articles").at(path));
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let (by_name, compression) = by_extension(&name);
    let Some(format) = format.or(by_name) else {
        let help = if has_extension(&name, ".json") {
            "convert an array to lines with `jq -c '.[]'`; if each line is an object already, set `format` to `jsonl`"
                .into()
        } else {
            format!("{KNOWN}; or set `format` to `jsonl` or `text`")
        };
        return Err(Error::new(ErrorKind::Input, "unknown kind of file").at(path).help(help).with_setting("format"));
    };
    Ok(Input { path: path.into(), name, format: Some(format), compression, size: metadata.map_or(Some(0), size) })
}

/// True for devices, except those that stand for a stream that the process was started with.
#[cfg(unix)]
fn is_endless(path: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    let inherited = ["/dev/stdin", "/dev/fd", "/dev/tty", "/dev/null", "/proc/self/fd"];
    (kind.is_block_device() || kind.is_char_device()) && !inherited.iter().any(|stream| path.starts_with(stream))
}

#[cfg(not(unix))]
fn is_endless(_: &Path, _: &Metadata) -> bool {
    false
}

fn directory(root: &Path) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let canonical = folder.canonicalize().map_err(|error| Error::reading(&folder, error));
        if canonical.as_ref().is_ok_and(|canonical| !seen.insert(canonical.clone())) {
            continue;
        }
        let entries = match canonical.and_then(|_| visible_entries(&folder)) {
            Ok(entries) => entries,
            Err(error) if folder == root => return Err(error),
            // Opening it will fail as listing it did, which gives a reject.
            Err(_) => {
                let name = String::from_utf8_lossy(below(root, &folder)).into_owned();
                let compression = Compression::None;
                inputs.push(Input { path: folder, name, format: Some(Format::Text), compression, size: Some(0) });
                continue;
            }
        };
        let mut folders = Vec::new();
        for path in entries {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => folders.push(path),
                Ok(metadata) if !metadata.is_file() => {}
                metadata => inputs.extend(found(root, path, metadata.map_or(0, |metadata| metadata.len()))),
            }
        }
        waiting.extend(folders.into_iter().rev());
    }
    if inputs.is_empty() {
        return Err(Error::new(ErrorKind::Input, "no articles in this directory").at(root).help(KNOWN));
    }
    inputs.sort_by(|a, b| below(root, &a.path).cmp(below(root, &b.path)));
    Ok(inputs)
}

/// The entries of a directory in the order of their names.
fn visible_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::reading(folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// A file found in `root`, if its extension is known. A broken link is one, too: it is rejected by name when it is
/// reached.
fn found(root: &Path, path: PathBuf, size: u64) -> Option<Input> {
    let name = String::from_utf8_lossy(below(root, &path)).into_owned();
    let (format, compression) = by_extension(&name);
    format.is_some().then_some(Input { path, name, format, compression, size: Some(size) })
}

fn below<'p>(root: &Path, path: &'p Path) -> &'p [u8] {
    path.strip_prefix(root).unwrap_or(path).as_os_str().as_encoded_bytes()
}

fn size(metadata: &Metadata) -> Option<u64> {
    metadata.is_file().then_some(metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "four").unwrap();
        }
        root
    }

    fn names(paths: &[PathBuf]) -> Vec<String> {
        discover(paths, &ReadOptions::default()).unwrap().into_iter().map(|input| input.name).collect()
    }

    fn failure(paths: &[PathBuf]) -> String {
        discover(paths, &ReadOptions::default()).unwrap_err().to_string()
    }

    #[test]
    fn directories_come_in_byte_order_without_hidden_and_unknown_files() {
        let root = tree(&["b.jsonl", "a/z.txt", "a-z.txt", "a/.hidden.txt", ".git/x.txt", "notes.md", "a/b/c.txt.gz"]);
        assert_eq!(names(&[root.path().into()]), ["a-z.txt", "a/b/c.txt.gz", "a/z.txt", "b.jsonl"]);
    }

    #[test]
    fn what_is_named_twice_is_read_twice() {
        let root = tree(&["a/b.txt"]);
        let file = root.path().join("a/b.txt");
        assert_eq!(names(&[file.clone(), root.path().into(), "-".into(), file]), ["b.txt", "a/b.txt", "-", "b.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_broken_ones_are_kept_for_rejection() {
        use std::os::unix::fs::symlink;
        let (root, other) = (tree(&["a/x.txt"]), tree(&["y.txt"]));
        symlink(root.path(), root.path().join("a/loop")).unwrap();
        symlink(root.path().join("a"), root.path().join("again")).unwrap();
        symlink(other.path(), root.path().join("other")).unwrap();
        symlink("nowhere", root.path().join("gone.txt")).unwrap();
        assert_eq!(names(&[root.path().into()]), ["a/x.txt", "gone.txt", "other/y.txt"]);
    }

    #[test]
    fn a_given_format_overrides_the_name_of_a_file_but_not_of_those_in_directories() {
        let root = tree(&["dump", "a.txt"]);
        let options = ReadOptions { format: Some(Format::Jsonl), ..ReadOptions::default() };
        let paths = [root.path().join("dump"), root.path().join("a.txt"), "-".into(), root.path().into()];
        let formats: Vec<_> = discover(&paths, &options).unwrap().iter().map(|input| input.format.unwrap()).collect();
        assert_eq!(formats, [Format::Jsonl, Format::Jsonl, Format::Jsonl, Format::Text]);
    }

    #[test]
    fn a_request_that_cannot_stand_fails_at_once() {
        let root = tree(&["a.json", "b.csv", "empty/.keep"]);
        let at = |name: &str| root.path().join(name);
        for (paths, message) in [
            (vec![], "no input"),
            (vec![at("b.txt")], "b.txt: no such file or directory"),
            (vec![at("empty")], "empty: no articles in this directory\n  help: known are .txt"),
            (vec![at("b.csv")], "b.csv: unknown kind of file\n  help: known are .txt"),
            (vec![at("a.json")], "convert an array to lines with `jq -c '.[]'`"),
            (vec!["-".into(), "-".into()], "standard input can be read only once"),
        ] {
            let failure = failure(&paths);
            assert!(failure.contains(message), "{failure}");
        }
    }
}
