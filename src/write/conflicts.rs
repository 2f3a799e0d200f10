//! Makes sure that no output replaces a file that the same command reads.
//!
//! Files are compared by device and inode, so links, `..` and different spellings of a path do not matter, and by
//! directory and name, so files that do not exist yet are compared as well. Devices and pipes never conflict: they are
//! not replaced.

use std::fmt;
use std::path::{Path, PathBuf};

use ahash::{AHashMap, AHashSet};

use super::extension::check_extension;
use super::paths::{Destination, OutputPaths};
use super::row_file::{dir_of, follow_links, is_special, temporary_of};
use super::shard_dir::{is_run_file, run_files};
use crate::error::{Error, Result};

/// Standard output as a file, which a redirection may have made one that is read.
pub const STDOUT: &str = "/dev/stdout";

/// The files that a command reads and those that it writes, each with a role for messages, such as `input`.
#[derive(Clone, Debug, Default)]
pub struct FileAccess {
    reads: Vec<File>,
    writes: Vec<File>,
    shards: Option<PathBuf>,
}

/// A file of a command.
#[derive(Clone, Debug)]
struct File {
    role: &'static str,
    path: PathBuf,
    /// Not one of the formats of a run.
    is_other: bool,
}

impl File {
    fn new(role: &'static str, path: impl Into<PathBuf>) -> Self {
        Self { role, path: path.into(), is_other: false }
    }
}

impl FileAccess {
    /// Adds a file that is read. Standard input (`-`) and what does not exist are allowed.
    pub fn read(&mut self, role: &'static str, path: impl Into<PathBuf>) -> &mut Self {
        self.reads.push(File::new(role, path));
        self
    }

    /// Adds files that are read.
    pub fn read_all<P: Into<PathBuf>>(&mut self, role: &'static str, paths: impl IntoIterator<Item = P>) -> &mut Self {
        self.reads.extend(paths.into_iter().map(|path| File::new(role, path)));
        self
    }

    /// Adds all files below a directory that is read, such as that of a model.
    pub fn read_directory(&mut self, role: &'static str, directory: &Path) -> &mut Self {
        self.read_all(role, files_below(directory))
    }

    /// Adds a file that is written.
    pub fn write(&mut self, role: &'static str, path: impl Into<PathBuf>) -> &mut Self {
        self.writes.push(File::new(role, path));
        self
    }

    /// Adds a file that is written in another format than a run's, whatever its extension.
    pub fn write_other(&mut self, role: &'static str, path: impl Into<PathBuf>) -> &mut Self {
        self.writes.push(File { is_other: true, ..File::new(role, path) });
        self
    }

    /// Adds files that are written.
    pub fn write_all<P: Into<PathBuf>>(&mut self, role: &'static str, paths: impl IntoIterator<Item = P>) -> &mut Self {
        self.writes.extend(paths.into_iter().map(|path| File::new(role, path)));
        self
    }

    /// Adds the output files of a run.
    pub fn write_outputs(&mut self, paths: &OutputPaths) -> &mut Self {
        match &paths.mentions {
            Destination::File(path) => self.write("mentions", path),
            Destination::Stdout => self.write("standard output", STDOUT),
        };
        let rest = [
            ("articles", &paths.articles),
            ("spans", &paths.spans),
            ("rejects", &paths.rejects),
            ("summary", &paths.summary),
        ];
        rest.into_iter().fold(self, |access, (role, path)| access.write_all(role, path))
    }

    /// Adds the files of a directory of shards.
    pub fn write_shards(&mut self, directory: &Path) -> &mut Self {
        self.shards = Some(directory.to_owned());
        self
    }

    /// The files that are replaced: neither devices nor pipes.
    fn outputs(&self) -> impl Iterator<Item = &File> {
        self.writes.iter().filter(|output| !is_special(&output.path))
    }

    /// Checks all files before any is opened for writing.
    ///
    /// # Errors
    ///
    /// Fails if an output would replace a file that is read, if two outputs are the same file, or if an output has the
    /// extension of a format that is not written.
    pub fn check(&self) -> Result<()> {
        let mut dirs = Directories::default();
        let shards = self.shards.as_deref().map(|dir| ShardFiles::of(dir, &mut dirs));
        let mut outputs: AHashMap<Place, &File> = AHashMap::new();
        for output in self.outputs() {
            let places = output.places_written(&mut dirs);
            let same = places.iter().find_map(|place| outputs.get(place));
            if let Some(other) = same {
                return Err(are_one_file(&other.to_string(), output));
            }
            if let Some(shards) = shards.as_ref().filter(|shards| shards.contain(&places)) {
                return Err(are_one_file(&shards.to_string(), output));
            }
            outputs.extend(places.into_iter().map(|place| (place, output)));
        }
        for read in self.reads.iter().filter(|read| read.path.as_os_str() != "-" && !is_special(&read.path)) {
            let places = places_of(&read.path, &mut dirs);
            if let Some(output) = places.iter().find_map(|place| outputs.get(place)) {
                return Err(would_replace(&output.to_string(), read));
            }
            if let Some(shards) = shards.as_ref().filter(|shards| shards.contain(&places)) {
                return Err(would_replace(&shards.to_string(), read));
            }
        }
        self.outputs()
            .filter(|output| !output.is_other)
            .try_for_each(|output| check_extension(output.role, &output.path))
    }
}

/// The files below a directory; none where it cannot be listed.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    const MAX_DEPTH: usize = 4;
    let (mut files, mut pending) = (Vec::new(), vec![(directory.to_owned(), 0)]);
    while let Some((dir, depth)) = pending.pop() {
        for path in std::fs::read_dir(&dir).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if !path.is_dir() {
                files.push(path);
            } else if depth < MAX_DEPTH {
                pending.push((path, depth + 1));
            }
        }
    }
    files
}

/// True if two paths lead to one file, or would if it existed.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let mut dirs = Directories::default();
    let places = places_of(one, &mut dirs);
    places_of(other, &mut dirs).iter().any(|place| places.contains(place))
}

fn would_replace(output: &str, read: &File) -> Error {
    Error::config(format!("{output} would replace {read}, which is read")).help("choose another name for the output")
}

fn are_one_file(output: &str, other: &File) -> Error {
    Error::config(format!("two outputs are the same file: {output} and {other}"))
        .help("choose another name for one of them")
}

/// What two names of one file have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// The real path of the directory, and the name in it.
    Name(PathBuf),
    /// Device and inode.
    Node(u64, u64),
}

impl File {
    /// The places of an output: its name, the file that a link of this name leads to, and the temporary file.
    fn places_written(&self, dirs: &mut Directories) -> Vec<Place> {
        let target = follow_links(&self.path);
        let mut places = places_of(&self.path, dirs);
        places.extend(places_of(&temporary_of(&target), dirs));
        places.extend(places_of(&target, dirs));
        places
    }
}

impl fmt::Display for File {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the {} {}", self.role, self.path.display())
    }
}

fn places_of(path: &Path, dirs: &mut Directories) -> Vec<Place> {
    let name = path.file_name().map(|name| Place::Name(dirs.real(dir_of(path)).join(name)));
    name.into_iter().chain(node_of(path)).collect()
}

#[cfg(unix)]
fn node_of(path: &Path) -> Option<Place> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|meta| Place::Node(meta.dev(), meta.ino()))
}

/// Elsewhere the standard library tells no inodes; the real path tells links and spellings apart, but not hard links.
#[cfg(not(unix))]
fn node_of(path: &Path) -> Option<Place> {
    path.canonicalize().ok().map(Place::Name)
}

/// Real paths of directories, each looked up once: inputs are many, their directories few.
#[derive(Debug, Default)]
struct Directories(AHashMap<PathBuf, PathBuf>);

impl Directories {
    /// The real path; of a directory that does not exist yet, that of the nearest one that does, with the rest.
    fn real(&mut self, dir: &Path) -> PathBuf {
        if let Some(real) = self.0.get(dir) {
            return real.clone();
        }
        let real = dir.canonicalize().unwrap_or_else(|_| match (dir.parent(), dir.file_name()) {
            (Some(parent), Some(name)) => {
                let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
                self.real(parent).join(name)
            }
            _ => dir.to_owned(),
        });
        self.0.insert(dir.to_owned(), real.clone());
        real
    }
}

/// The files of a directory of shards, those to come included.
struct ShardFiles {
    given: PathBuf,
    real: PathBuf,
    existing: AHashSet<Place>,
}

impl ShardFiles {
    fn of(given: &Path, dirs: &mut Directories) -> Self {
        let names = run_files(given).unwrap_or_default();
        let existing = names.iter().filter_map(|name| node_of(&given.join(name))).collect();
        Self { given: given.to_owned(), real: dirs.real(given), existing }
    }

    fn contain(&self, places: &[Place]) -> bool {
        places.iter().any(|place| match place {
            Place::Name(path) => {
                let name = path.file_name().and_then(|name| name.to_str());
                path.parent() == Some(&self.real) && name.is_some_and(is_run_file)
            }
            Place::Node(..) => self.existing.contains(place),
        })
    }
}

impl fmt::Display for ShardFiles {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the directory of shards {}", self.given.display())
    }
}

#[cfg(test)]
#[path = "conflicts_tests.rs"]
mod tests;
