//! The error type of the crate: what went wrong, where, and what to do about it.
//!
//! A single bad article does not end a run: it becomes a [`crate::read::Reject`].
//!
//! Messages are written for callers of the library: they name settings (`max_article_bytes`), never flags or scripts
//! of one front end. [`Error::setting`] and [`Error::remedy`] say the same to programs, so that a front end can add
//! what its users type.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of anything that can end a run.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration asks for something impossible.
    Config,
    /// An input cannot be opened, or holds no articles at all.
    Input,
    /// An output cannot be written.
    Output,
    /// The reader of the output closed the pipe; the command line ends without a message.
    ClosedPipe,
    /// A model folder is incomplete, or its parts do not fit together.
    Model,
    /// A model could not be fetched from the hub.
    Hub,
    /// An entity table has an invalid line.
    Table,
    /// The runtime is missing or unsuitable, or inference failed.
    Runtime,
    /// The device has no memory for a batch. The batch is halved and tried again before this ends a run.
    OutOfMemory,
    /// A worker did not finish in time.
    Stalled,
    /// An article cannot be processed; other articles can.
    Article,
    /// An invariant of the program does not hold: a bug.
    Internal,
}

/// What would put an error right, where that is more than another setting. A front end names its command for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Install ONNX Runtime.
    InstallRuntime,
    /// Install the GPU build of ONNX Runtime and the CUDA libraries.
    InstallGpuRuntime,
    /// Export a model to ONNX.
    ExportModel {
        /// `owner/name` on the hub, where it is known.
        name: Option<String>,
    },
    /// Convert a model to half precision.
    ConvertToHalf {
        /// Its folder, where it is known.
        folder: Option<PathBuf>,
    },
    /// Fetch a model from the hub.
    FetchModel {
        /// `owner/name[@revision]`.
        name: String,
        /// The ONNX file to fetch, where not the default one.
        variant: Option<String>,
    },
    /// Fetch the files of a model that suit a GPU.
    FetchGpuModel {
        /// `owner/name[@revision]`.
        name: String,
    },
}

/// An error that ends a run.
#[derive(Debug)]
pub struct Error(Box<Details>);

/// What an error says; on the heap, so that a `Result` is small.
#[derive(Debug)]
struct Details {
    kind: ErrorKind,
    what: String,
    path: Option<PathBuf>,
    line: Option<u64>,
    help: Option<String>,
    setting: Option<&'static str>,
    remedy: Option<Remedy>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        let (what, path, line, help, setting, remedy, source) = (what.into(), None, None, None, None, None, None);
        Self(Box::new(Details { kind, what, path, line, help, setting, remedy, source }))
    }

    /// A setting that asks for something impossible.
    pub fn config(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, what)
    }

    /// For a [`Backend`](crate::infer::Backend): the device has no memory for the batch. The batch is halved and
    /// tried again, down to single rows.
    pub fn out_of_memory(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::OutOfMemory, what)
    }

    /// For a [`Backend`](crate::infer::Backend): inference failed. This ends the run.
    pub fn inference(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Runtime, what)
    }

    /// A setting whose value is impossible: `what` completes a sentence that begins with its name.
    pub(crate) fn invalid(setting: &'static str, what: impl fmt::Display) -> Self {
        Self::config(format!("{setting} {what}")).with_setting(setting)
    }

    /// A fault of the program.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, what).help("this is a fault of namewire; please report it with the input")
    }

    pub(crate) fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.0.path = Some(path.as_ref().to_path_buf());
        self
    }

    pub(crate) fn line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Adds what to do about it, in words.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Names the setting that would have to change, as [`Error::setting`] returns it.
    pub fn with_setting(mut self, setting: &'static str) -> Self {
        self.0.setting = Some(setting);
        self
    }

    pub(crate) fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.0.remedy = Some(remedy);
        self
    }

    /// Adds the cause.
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The failure of writing `path`; a closed pipe has a kind of its own, since it is not a fault.
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

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file that the error is about.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The line in that file, counted from 1.
    pub fn line_number(&self) -> Option<u64> {
        self.0.line
    }

    /// The setting that would have to change, by its name in the options: `ort_library`, `labels`.
    pub fn setting(&self) -> Option<&'static str> {
        self.0.setting
    }

    /// What would put it right, where that is more than another setting.
    pub fn remedy(&self) -> Option<&Remedy> {
        self.0.remedy.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            write!(out, "{}", path.display())?;
            if let Some(line) = self.0.line {
                write!(out, ":{line}")?;
            }
            write!(out, ": ")?;
        }
        write!(out, "{}", self.0.what)?;
        if let Some(source) = &self.0.source {
            write!(out, ": {source}")?;
        }
        if let Some(help) = &self.0.help {
            write!(out, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
