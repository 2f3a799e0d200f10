//! What the user named, as a list of files to read.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::{BufRead, ErrorKind as Io, IsTerminal, Read};
use std::path::{Path, PathBuf};

use super::format::{Compression, Format, by_extension, known_extensions, known_formats};
use super::input::{Input, is_stdin};
use super::names::make_unique;
use super::options::ReadOptions;
use super::own_outputs::{Owner, of_shards, owner, parquet_owner};
use super::paths::shown;
use super::sniff;
use super::source::start_of;
use super::unread::Unread;
use super::wide::Wide;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of a file or of standard input that are looked at before the run begins.
const LOOK_BYTES: u64 = 1024;

/// The inputs of a run, and the files of directories that are none.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The inputs, in order.
    pub inputs: Vec<Input>,
    /// What was found in directories and is not read.
    pub unread: Unread,
}

/// Lists the inputs behind what the user named: [`find_inputs`] where there is neither a list nor an output.
///
/// # Errors
///
/// Those of [`find_inputs`].
pub fn discover(paths: &[PathBuf], options: &ReadOptions) -> Result<Vec<Input>> {
    find_inputs(paths, &[], &[], options).map(|found| found.inputs)
}

/// Lists the inputs behind what the user named, `paths`, followed by those of a list of theirs, `listed`: files,
/// directories and `-`, in the order given. A path named twice is read twice. `outputs` are the files that the run
/// writes: what an earlier run has written to them is no input, whatever they are called.
///
/// Directories are searched to any depth, symbolic links followed, each directory read once however many
/// links lead to it. Their files come in byte order of the path below the directory. Hidden files, files
/// without a known extension (whatever its case) and outputs of namewire are counted, not read. A directory below that
/// cannot be listed is rejected by name when it is reached.
///
/// Texts are named by their path below the directory that was named, or by their file name; where two inputs would have
/// one name, by as much more of the path as tells them apart.
///
/// A pipe may be named, a device may not: most of them have no end. A list may be long and older than the files: a path
/// of it that does not exist is rejected by name when it is reached.
///
/// # Errors
///
/// Fails where nothing is named, a path of `paths` does not exist, a path is a device, a directory cannot be listed or
/// has no articles, a file's extension is unknown and `options.format` is not set, a file of `paths` or standard input
/// holds something else than text or JSON, or `-` is named twice.
pub fn find_inputs(paths: &[PathBuf], listed: &[PathBuf], outputs: &[PathBuf], options: &ReadOptions) -> Result<Found> {
    if paths.is_empty() && listed.is_empty() {
        return Err(
            Error::new(ErrorKind::Input, "no input").help("name files or directories, or `-` for standard input")
        );
    }
    if paths.iter().chain(listed).filter(|path| is_stdin(path)).count() > 1 {
        return Err(Error::new(ErrorKind::Input, "standard input can be read only once").at("-"));
    }
    let outputs: HashSet<PathBuf> = outputs.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut found = Found::default();
    for (at, path) in paths.iter().chain(listed).enumerate() {
        let is_listed = at >= paths.len();
        if is_stdin(path) {
            refuse_foreign_stdin(options)?;
            found.inputs.push(Input::stdin(options.format));
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Directory { root: path, outputs: &outputs }.search(&mut found)?,
            Ok(metadata) => {
                let input = file(path, Some(&metadata), options.format)?;
                if metadata.is_file() && !is_listed {
                    refuse_foreign(&input, options)?;
                }
                found.inputs.push(input);
            }
            Err(error) if error.kind() == Io::NotFound => {
                if !is_listed {
                    return Err(Error::new(ErrorKind::Input, "no such file or directory").at(path));
                }
                found.inputs.push(file(path, None, options.format.or(Some(Format::Text)))?);
            }
            Err(error) => return Err(Error::reading(path, error)),
        }
    }
    make_unique(&mut found.inputs);
    Ok(found)
}

/// A file named directly: its extension must be known, or its format given.
fn file(path: &Path, metadata: Option<&Metadata>, given: Option<Format>) -> Result<Input> {
    if metadata.is_some_and(|metadata| is_endless(path, metadata)) {
        return Err(Error::new(ErrorKind::Input, "this is a device, not a file of articles").at(path));
    }
    let name = shown(Path::new(path.file_name().unwrap_or(path.as_os_str())));
    let (by_name, compression) = by_extension(&name);
    if let Some(foreign) = sniff::by_name(&name).filter(|_| given.is_none()) {
        let what = format!("this is {}, which is not read", foreign.what);
        return Err(Error::new(ErrorKind::Input, what).at(path).help(foreign.help));
    }
    let Some(format) = given.or(by_name) else {
        let help = format!("{}; or set `format` to {}", known_extensions(), known_formats());
        return Err(Error::new(ErrorKind::Input, "unknown kind of file").at(path).help(help).with_setting("format"));
    };
    let size = metadata.map_or(Some(0), |metadata| metadata.is_file().then_some(metadata.len()));
    let is_format_given = given.is_some();
    Ok(Input { path: path.into(), name, format: Some(format), is_format_given, compression, size })
}

/// Fails where a file holds something that is not read, as its first bytes show. That it cannot be read shows later.
fn refuse_foreign(input: &Input, options: &ReadOptions) -> Result<()> {
    let mut head = Vec::new();
    let read = fs::File::open(&input.path).and_then(|file| file.take(LOOK_BYTES).read_to_end(&mut head));
    if read.is_err() {
        return Ok(());
    }
    let head = start_of(&head, LOOK_BYTES);
    refuse(&head, input.format, input.is_format_given, false)
        .and_then(|()| refuse_unknown_xml(&head, input.format, options))
        .map_err(|error| error.at(&input.path))
}

/// Fails where standard input holds something that is not read, as far as its first bytes are there already.
fn refuse_foreign_stdin(options: &ReadOptions) -> Result<()> {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return Ok(());
    }
    // What is buffered here is read again by whoever reads standard input.
    let head = start_of(stdin.fill_buf().unwrap_or_default(), LOOK_BYTES);
    refuse(&head, options.format, options.format.is_some(), true)
        .and_then(|()| refuse_unknown_xml(&head, options.format, options))
        .map_err(|error| error.at("-"))
}

fn refuse(head: &[u8], format: Option<Format>, is_given: bool, is_stream: bool) -> Result<()> {
    let is_other = Wide::of(head).is_some() || Compression::of_content(head) != Compression::None;
    let container = sniff::container(head);
    let foreign = if is_other {
        None
    } else if let Some(container) = container.filter(|container| !is_given || format == Some(*container)) {
        sniff::in_stream(container).err().filter(|_| is_stream)
    } else if is_given || format.is_some_and(|format| format != Format::Text) {
        sniff::binary(head)
    } else {
        sniff::content(head).err()
    };
    match foreign {
        Some(foreign) => {
            Err(Error::new(ErrorKind::Input, format!("this is {}, which is not read", foreign.what)).help(foreign.help))
        }
        None => Ok(()),
    }
}

/// Fails where a document is XML whose records have to be named, and are not.
fn refuse_unknown_xml(head: &[u8], format: Option<Format>, options: &ReadOptions) -> Result<()> {
    let is_xml = match format {
        Some(Format::Text) | None => sniff::content(head) == Ok(Format::Xml),
        Some(format) => format == Format::Xml && (options.format.is_some() || sniff::content(head) != Ok(Format::Html)),
    };
    match sniff::unknown_xml(head).filter(|_| is_xml && options.record.is_none()) {
        Some(foreign) => Err(Error::new(ErrorKind::Input, format!("this is {}", foreign.what))
            .help(foreign.help)
            .with_setting("record")),
        None => Ok(()),
    }
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

/// A directory that was named.
struct Directory<'d> {
    root: &'d Path,
    outputs: &'d HashSet<PathBuf>,
}

impl Directory<'_> {
    fn search(&self, found: &mut Found) -> Result<()> {
        let (mut inputs, mut empty) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        let mut waiting = vec![self.root.to_path_buf()];
        while let Some(folder) = waiting.pop() {
            let canonical = folder.canonicalize().map_err(|error| Error::reading(&folder, error));
            if canonical.as_ref().is_ok_and(|canonical| !seen.insert(canonical.clone())) {
                continue;
            }
            let entries = match canonical.and_then(|_| entries(&folder)) {
                Ok(entries) => entries,
                Err(error) if folder == self.root => return Err(error),
                // Opening it will fail as listing it did, which gives a reject.
                Err(_) => {
                    inputs.push(self.input(folder, Some(Format::Text), Compression::None, 0));
                    continue;
                }
            };
            let own = of_shards(&folder);
            let mut folders = Vec::new();
            for path in entries {
                let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
                match fs::metadata(&path) {
                    _ if is_hidden => found.unread.hidden += 1,
                    Ok(metadata) if metadata.is_dir() => folders.push(path),
                    Ok(metadata) if !metadata.is_file() => {}
                    _ if own.contains(&path) => found.unread.outputs += 1,
                    metadata => {
                        let size = metadata.map_or(0, |metadata| metadata.len());
                        match self.found(path, size, &mut found.unread) {
                            // Without a single byte, what is called compressed is broken.
                            Some((input, Owner::Nobody)) if size > 0 || input.compression == Compression::None => {
                                empty.push(input);
                            }
                            Some((input, _)) => inputs.push(input),
                            None => {}
                        }
                    }
                }
            }
            waiting.extend(folders.into_iter().rev());
        }
        if inputs.is_empty() {
            inputs = empty;
        } else {
            found.unread.empty += empty.len() as u64;
        }
        if inputs.is_empty() {
            return Err(Error::new(ErrorKind::Input, "no articles in this directory")
                .at(self.root)
                .help(known_extensions()));
        }
        inputs.sort_by(|a, b| self.below(&a.path).as_os_str().cmp(self.below(&b.path).as_os_str()));
        found.inputs.append(&mut inputs);
        Ok(())
    }

    /// A file, if its extension is known and it is no output, and whether it is empty JSON. A broken link is one, too:
    /// it is rejected by name when it is reached.
    fn found(&self, path: PathBuf, size: u64, unread: &mut Unread) -> Option<(Input, Owner)> {
        let name = shown(Path::new(path.file_name()?));
        let (format, compression) = by_extension(&name);
        let Some(format) = format else {
            unread.count(&name);
            return None;
        };
        let is_output = path.canonicalize().is_ok_and(|path| self.outputs.contains(&path));
        let owner = match format {
            Format::Parquet => parquet_owner(&path),
            Format::Json => owner(&path),
            _ if is_output => owner(&path),
            _ => Owner::Other,
        };
        if owner == Owner::Namewire || (is_output && owner == Owner::Nobody) {
            unread.outputs += 1;
            return None;
        }
        Some((self.input(path, Some(format), compression, size), owner))
    }

    fn input(&self, path: PathBuf, format: Option<Format>, compression: Compression, size: u64) -> Input {
        let name = shown(self.below(&path));
        Input { path, name, format, is_format_given: false, compression, size: Some(size) }
    }

    fn below<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(self.root).unwrap_or(path)
    }
}

/// The entries of a directory in the order of their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::reading(folder, error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>();
    if let Ok(paths) = &mut paths {
        paths.sort();
    }
    paths.map_err(failed)
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
