//! One error type for whatever stops a run: what went wrong, where, and what to do about it.
//!
//! A single bad article is not an error in this sense: it becomes a [`crate::read::Reject`].

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of anything that can stop a run.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing stopped the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration asks for something impossible.
    Config,
    /// An input cannot be opened, or holds no articles at all.
    Input,
    /// An output cannot be written.
    Output,
    /// The reader of our output has gone; the command line ends quietly.
    ClosedPipe,
    /// A model folder is incomplete, or its parts do not fit together.
    Model,
    /// A model could not be fetched from the hub.
    Hub,
    /// An entity table has a line that cannot stand.
    Table,
    /// ONNX Runtime is missing, unfit, or failed.
    Runtime,
    /// The device has no memory for a batch. Smaller batches are tried before this ends a run.
    OutOfMemory,
    /// A worker does not come back.
    Stalled,
    /// A stage broke one of the program's own promises.
    Internal,
}

/// An error that ends a run, with its place and, where there is one, the way out.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    what: String,
    path: Option<PathBuf>,
    line: Option<u64>,
    help: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), path: None, line: None, help: None, source: None }
    }

    /// A setting that asks for something impossible.
    pub fn config(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, what)
    }

    pub(crate) fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_path_buf());
        self
    }

    pub(crate) fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The failure of writing `path`; a closed pipe is told apart, since it is not a fault.
    pub fn writing(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        let kind = match source.kind() {
            std::io::ErrorKind::BrokenPipe => ErrorKind::ClosedPipe,
            _ => ErrorKind::Output,
        };
        Self::new(kind, "cannot write the output").at(path).because(source)
    }

    /// The failure of opening `path`, a file that the user named.
    pub fn opening(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Input, "cannot open the file").at(path).because(source)
    }

    /// The failure of reading `path`.
    pub(crate) fn reading(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Input, "cannot read the input").at(path).because(source)
    }

    /// What kind of thing stopped the run.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The file that the error is about.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The line in that file, counted from 1.
    pub fn line_number(&self) -> Option<u64> {
        self.line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(out, "{}", path.display())?;
            if let Some(line) = self.line {
                write!(out, ":{line}")?;
            }
            write!(out, ": ")?;
        }
        write!(out, "{}", self.what)?;
        if let Some(source) = &self.source {
            write!(out, ": {source}")?;
        }
        if let Some(help) = &self.help {
            write!(out, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
