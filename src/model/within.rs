//! Reading the files of a model folder, and no others.
//!
//! A folder from elsewhere may contain links to any file. Files must be in the folder itself or, where it is a snapshot
//! in the cache of a model hub, in the same model's part of that cache: a snapshot there is links to `models--…/blobs`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::onnx_file::{OnnxFile, stays_below};
use crate::error::{Error, ErrorKind, Result};
use crate::mapped_file::MappedFile;

/// Maximum size in bytes of `config.json`, `tokenizer_config.json` and `namewire.json`; ten thousand labels take half a
/// megabyte.
pub(super) const MAX_CONFIG_BYTES: u64 = 16 << 20;
/// Maximum size in bytes of `tokenizer.json`; a vocabulary of a million pieces takes a hundred megabytes.
pub(super) const MAX_TOKENIZER_BYTES: u64 = 256 << 20;

/// What a repository has in place of a large file until Git LFS has fetched it.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// A model folder and the root that its files must be in.
#[derive(Debug)]
pub(super) struct Within<'f> {
    folder: &'f Path,
    root: PathBuf,
}

impl<'f> Within<'f> {
    pub(super) fn new(folder: &'f Path) -> Result<Self> {
        let real = folder.canonicalize().map_err(|error| missing(folder, "", error))?;
        let is_cache =
            |folder: &Path| folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"models--"));
        let root = real.ancestors().find(|ancestor| is_cache(ancestor)).unwrap_or(&real).to_owned();
        Ok(Self { folder, root })
    }

    /// Fails where a file of the folder is a link that leads out of it or not a regular file, such as a pipe.
    pub(super) fn check(&self, file: &str) -> Result<()> {
        let path = self.folder.join(file);
        let real = path.canonicalize().map_err(|error| missing(self.folder, file, error))?;
        if !real.starts_with(&self.root) {
            let what = format!("this file is a link out of the model folder, to {}", real.display());
            return Err(Error::new(ErrorKind::Model, what)
                .at(path)
                .help("copy the file into the folder; a link to the folder as a whole is followed"));
        }
        if !real.is_file() {
            return Err(Error::new(ErrorKind::Model, "this is not a file")
                .at(path)
                .help("remove it from the model folder"));
        }
        Ok(())
    }

    /// A file of the folder, of at most `max_bytes` bytes.
    pub(super) fn read(&self, file: &str, max_bytes: u64) -> Result<Vec<u8>> {
        self.check(file)?;
        let failed = |error| missing(self.folder, file, error);
        let mut bytes = Vec::new();
        let opened = File::open(self.folder.join(file)).map_err(failed)?;
        opened.take(max_bytes + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > max_bytes {
            return Err(Error::new(ErrorKind::Model, format!("this file has more than {max_bytes} bytes"))
                .at(self.folder.join(file))
                .help("no model needs that much: check that it is the right file"));
        }
        self.refuse_pointer(file, &bytes)?;
        Ok(bytes)
    }

    /// As [`Within::read`], as text.
    pub(super) fn read_text(&self, file: &str, max_bytes: u64) -> Result<String> {
        String::from_utf8(self.read(file, max_bytes)?).map_err(|error| {
            Error::new(ErrorKind::Model, "this file is not UTF-8").at(self.folder.join(file)).because(error)
        })
    }

    /// A file of the folder, of any size.
    pub(super) fn map(&self, file: &str) -> Result<MappedFile> {
        self.check(file)?;
        MappedFile::open(&self.folder.join(file)).map_err(|error| missing(self.folder, file, error))
    }

    /// The external data files of an ONNX file. Fails where one is outside the folder.
    pub(super) fn check_graph(&self, file: &str) -> Result<Vec<String>> {
        let path = self.folder.join(file);
        let unusable =
            |why: String| Error::new(ErrorKind::Model, format!("this ONNX model cannot be used: {why}")).at(&path);
        let graph = self.map(file)?;
        self.refuse_pointer(file, &graph)?;
        let beside = Path::new(file).parent().unwrap_or(Path::new(""));
        let mut weights = Vec::new();
        for location in OnnxFile::read(&graph).map_err(|why| unusable(why.to_owned()))?.locations {
            if !stays_below(&location) {
                return Err(unusable(format!("it names weights outside its folder, {location:?}"))
                    .help("weights must be in the folder of the ONNX file or below it"));
            }
            // ONNX Runtime reports files that are missing.
            let beside = beside.join(&location);
            if self.folder.join(&beside).exists() {
                let name = beside.to_string_lossy().into_owned();
                self.refuse_pointer(&name, &self.map(&name)?)?;
                weights.push(name);
            }
        }
        Ok(weights)
    }

    fn refuse_pointer(&self, file: &str, bytes: &[u8]) -> Result<()> {
        if !bytes.starts_with(LFS_POINTER) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Model,
            "this is not the file, but what Git LFS keeps in its place until it is fetched",
        )
        .at(self.folder.join(file))
        .help("run `git lfs pull` in the repository of the model"))
    }
}

pub(super) fn missing(folder: &Path, file: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Model, "cannot read this part of the model")
        .at(folder.join(file))
        .because(error)
        .help("a model folder holds config.json, tokenizer.json and model.onnx or onnx/model*.onnx")
}
