//! A file of rows, as lines or as columns: counted, compressed and hashed, under a temporary name until it is complete.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::columns::{Columns, ParquetContent, ParquetEncoder, Schema, article_schema};
use super::compress::{Encoder, OutputCompression};
use super::disk::{Disk, DiskFile, Unsynced};
use super::format::OutputFormat;
use super::lines::{ArticleRow, Rendered};
use crate::error::{Error, Result};
use crate::hash::hex;

/// The kinds of files whose rows may be columns.
const MENTIONS: &str = "mentions";
const ARTICLES: &str = "articles";

/// Name, size and hash of a finished file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its file name; in a manifest, relative to the manifest's directory.
    pub name: String,
    /// Number of rows, which of JSON are lines.
    pub lines: u64,
    /// Size in bytes, after compression.
    pub bytes: u64,
    /// SHA-256 of these bytes, in hexadecimal.
    pub sha256: String,
}

impl FileFacts {
    /// Whether it is a Parquet file.
    pub(super) fn has_columns(&self) -> bool {
        OutputFormat::from_path(Path::new(&self.name)) == Some(OutputFormat::Parquet)
    }
}

/// How the rows of a file are stored.
#[derive(Debug)]
pub(super) enum RowFormat<'f> {
    /// As lines.
    Lines(OutputCompression),
    /// As columns, with a footer of names and values.
    Parquet { schema: Schema, footer: &'f [(String, String)] },
}

impl<'f> RowFormat<'f> {
    /// The format of the files of one kind: only mentions and articles have columns.
    pub(super) fn of(
        kind: &str,
        format: OutputFormat,
        compression: OutputCompression,
        parquet: &'f ParquetContent,
    ) -> Self {
        let schema = match (format, kind) {
            (OutputFormat::Parquet, MENTIONS) => parquet.mentions.schema(),
            (OutputFormat::Parquet, ARTICLES) => article_schema(),
            _ => return Self::Lines(compression),
        };
        Self::Parquet { schema, footer: &parquet.footer }
    }

    /// The ending of a file's name.
    pub(super) fn ending(&self) -> String {
        match self {
            Self::Lines(compression) => format!(".jsonl{}", compression.suffix()),
            Self::Parquet { .. } => ".parquet".to_owned(),
        }
    }
}

enum RowEncoder {
    Lines(Box<Encoder<HashingWriter>>),
    Parquet(Box<ParquetEncoder<HashingWriter>>),
}

/// A file of rows that is being written. Unless it is published or kept, dropping it removes it.
#[derive(Debug)]
pub(super) struct RowFile {
    // Declared before `temporary`, so that the file is closed before it is removed.
    to: Option<RowEncoder>,
    temporary: Option<TemporaryFile>,
    path: PathBuf,
    rows: u64,
    facts: Option<FileFacts>,
}

impl RowFile {
    /// Creates the temporary file for `path`. A device or a pipe is opened as it is: a rename would replace it.
    pub(super) fn create(disk: &Arc<dyn Disk>, path: &Path, format: RowFormat<'_>) -> Result<Self> {
        let failed = |error| Error::writing(path, error).help("check that its directory exists and is writable");
        if is_special(path) {
            let file = File::create(path).map_err(failed)?;
            return Self::new(Box::new(Unsynced(file)), None, path, format);
        }
        let temporary = TemporaryFile { path: temporary_of(path), disk: Arc::clone(disk) };
        let file = match disk.create(&temporary.path) {
            Ok(file) => file,
            Err(error) => {
                temporary.release();
                return Err(failed(error));
            }
        };
        Self::new(file, Some(temporary), path, format)
    }

    pub(super) fn stdout(format: RowFormat<'_>) -> Result<Self> {
        Self::new(Box::new(Unsynced(io::stdout())), None, Path::new("-"), format)
    }

    fn new(
        file: Box<dyn DiskFile>,
        temporary: Option<TemporaryFile>,
        path: &Path,
        format: RowFormat<'_>,
    ) -> Result<Self> {
        let writer = HashingWriter { to: BufWriter::with_capacity(1 << 18, file), bytes: 0, hasher: Sha256::new() };
        let to = RowEncoder::new(writer, &format).map_err(|error| Error::writing(path, error))?;
        Ok(Self { to: Some(to), temporary, path: path.to_owned(), rows: 0, facts: None })
    }

    /// Adds lines to a file of lines.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<()> {
        self.rows += memchr::memchr_iter(b'\n', lines).count() as u64;
        let written = match &mut self.to {
            Some(RowEncoder::Lines(to)) => to.write_all(lines),
            Some(RowEncoder::Parquet(_)) => Err(io::Error::other("lines for a file of columns")),
            None => closed(),
        };
        written.map_err(|error| Error::writing(&self.path, error))
    }

    /// Adds the mentions of a record.
    pub(super) fn write_mentions(&mut self, rendered: &Rendered) -> Result<()> {
        if self.has_columns() { self.write_columns(&rendered.mention_columns) } else { self.write(&rendered.mentions) }
    }

    /// Adds an article.
    pub(super) fn write_article(&mut self, row: &ArticleRow, copy_of: Option<&str>) -> Result<()> {
        if self.has_columns() { self.write_columns(&row.columns(copy_of)) } else { self.write(&row.line(copy_of)?) }
    }

    /// Adds rows to a file of columns.
    fn write_columns(&mut self, columns: &Columns) -> Result<()> {
        self.rows += columns.rows() as u64;
        let written = match &mut self.to {
            Some(RowEncoder::Parquet(to)) => to.write(columns),
            Some(RowEncoder::Lines(_)) => Err(io::Error::other("columns for a file of lines")),
            None => closed(),
        };
        written.map_err(|error| Error::writing(&self.path, error))
    }

    fn has_columns(&self) -> bool {
        matches!(self.to, Some(RowEncoder::Parquet(_)))
    }

    /// Number of rows written.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The temporary file; none for a device, a pipe or standard output.
    pub(super) fn temporary_path(&self) -> Option<&Path> {
        self.temporary.as_ref().map(|temporary| &*temporary.path)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.facts.is_some()
    }

    /// Ends the file and syncs it. Further calls return the same facts.
    pub(super) fn close(&mut self) -> Result<FileFacts> {
        if let Some(facts) = &self.facts {
            return Ok(facts.clone());
        }
        let encoder = self.to.take().map_or_else(closed, Ok);
        let synced = encoder.and_then(RowEncoder::finish).and_then(HashingWriter::sync);
        let (bytes, sha256) = synced.map_err(|error| Error::writing(&self.path, error))?;
        let name = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned();
        let facts = FileFacts { name, lines: self.rows, bytes, sha256 };
        Ok(self.facts.insert(facts).clone())
    }

    /// Gives the closed file its final name, which becomes durable when its directory is synced. Returns whether there was
    /// anything to rename.
    pub(super) fn publish(&mut self) -> Result<bool> {
        let Some(temporary) = self.temporary.take() else { return Ok(false) };
        let renamed = temporary.disk.rename(&temporary.path, &self.path);
        renamed.map_err(|error| Error::writing(&self.path, error))?;
        temporary.release();
        Ok(true)
    }

    /// Closes the file and leaves it under its temporary name, which is returned.
    pub(super) fn keep_partial(mut self) -> Result<Option<PathBuf>> {
        self.close()?;
        Ok(self.temporary.take().map(TemporaryFile::release))
    }
}

impl RowEncoder {
    fn new(to: HashingWriter, format: &RowFormat<'_>) -> io::Result<Self> {
        match format {
            RowFormat::Lines(compression) => {
                Encoder::new(to, *compression).map(|encoder| Self::Lines(Box::new(encoder)))
            }
            RowFormat::Parquet { schema, footer } => {
                ParquetEncoder::new(to, schema, footer).map(|encoder| Self::Parquet(Box::new(encoder)))
            }
        }
    }

    fn finish(self) -> io::Result<HashingWriter> {
        match self {
            Self::Lines(encoder) => encoder.finish(),
            Self::Parquet(encoder) => encoder.finish(),
        }
    }
}

impl fmt::Debug for RowEncoder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines(encoder) => encoder.fmt(out),
            Self::Parquet(_) => out.write_str("Parquet"),
        }
    }
}

/// The directory of a file.
pub(super) fn dir_of(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// The name of a file until it is complete.
pub(super) fn temporary_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

/// The file that a path leads to, which need not exist: a program that opens a link writes the file behind it, whereas
/// renaming a finished file to the link's name would replace the link. The path of a device or a pipe is returned as it is.
pub fn follow_links(path: &Path) -> PathBuf {
    const MAX_LINKS: usize = 40; // as on Linux
    let mut target = path.to_path_buf();
    if is_special(path) {
        return target;
    }
    for _ in 0..MAX_LINKS {
        let Ok(next) = std::fs::read_link(&target) else { break };
        target = dir_of(&target).join(next);
    }
    target
}

/// True for a device, a pipe or a directory: it is not replaced by renaming.
pub(super) fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| !meta.is_file())
}

fn closed<T>() -> io::Result<T> {
    Err(io::Error::other("the file is closed"))
}

/// A temporary file, removed when this is dropped.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

impl TemporaryFile {
    pub(super) fn new(path: PathBuf, disk: &Arc<dyn Disk>) -> Self {
        Self { path, disk: Arc::clone(disk) }
    }

    /// Leaves the file in place.
    pub(super) fn release(mut self) -> PathBuf {
        std::mem::take(&mut self.path)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = self.disk.remove(&self.path); // the run has already failed; a later one replaces the file
        }
    }
}

/// Counts and hashes the bytes on their way to the disk.
struct HashingWriter {
    to: BufWriter<Box<dyn DiskFile>>,
    bytes: u64,
    hasher: Sha256,
}

impl HashingWriter {
    /// Makes everything durable. Returns the number of bytes and their hash.
    fn sync(mut self) -> io::Result<(u64, String)> {
        self.to.flush()?;
        self.to.get_mut().sync()?;
        Ok((self.bytes, hex(&self.hasher.finalize())))
    }
}

impl Write for HashingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.bytes += count as u64;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
