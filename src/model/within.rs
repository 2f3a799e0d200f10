//! A model folder opens no files but its own.
//!
//! A folder that came from somewhere else may hold links to anywhere. Files are used that lie in the folder itself, or,
//! where it is a snapshot in the cache of a model hub, in the same model's part of that cache: there, a snapshot is made
//! of links to `models--…/blobs`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::external;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of the longest `config.json`, `tokenizer_config.json` and `namewire.json`: a label list of ten thousand
/// entries has half a megabyte.
pub(super) const CONFIG_BYTES: u64 = 16 << 20;
/// Bytes of the longest `tokenizer.json`: a vocabulary of a million pieces has a hundred megabytes.
pub(super) const TOKENIZER_BYTES: u64 = 256 << 20;

/// A folder, and where its files may be.
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

    /// Fails where a file of the folder is a link that leads out of it, or no file: a pipe would be read for ever.
    pub(super) fn check(&self, file: &str) -> Result<()> {
        let path = self.folder.join(file);
        let real = path.canonicalize().map_err(|error| missing(self.folder, file, error))?;
        if real.starts_with(&self.root) && !real.is_file() {
            return Err(Error::new(ErrorKind::Model, "this is not a file")
                .at(path)
                .help("remove it from the model folder"));
        }
        match real.starts_with(&self.root) {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Model,
                format!("this file is a link out of the model folder, to {}", real.display()),
            )
            .at(path)
            .help("copy the file into the folder; a link to the folder as a whole is followed")),
        }
    }

    /// A file of the folder, if it has at most `most` bytes.
    pub(super) fn read(&self, file: &str, most: u64) -> Result<Vec<u8>> {
        self.check(file)?;
        let failed = |error| missing(self.folder, file, error);
        let mut bytes = Vec::new();
        let opened = File::open(self.folder.join(file)).map_err(failed)?;
        opened.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > most {
            return Err(Error::new(ErrorKind::Model, format!("this file has more than {most} bytes"))
                .at(self.folder.join(file))
                .help("no model needs as much; is it the file that it should be?"));
        }
        Ok(bytes)
    }

    /// The same as text.
    pub(super) fn read_text(&self, file: &str, most: u64) -> Result<String> {
        String::from_utf8(self.read(file, most)?).map_err(|error| {
            Error::new(ErrorKind::Model, "this file is not UTF-8").at(self.folder.join(file)).because(error)
        })
    }

    /// The files beside an ONNX file that hold its weights. Fails where one is a link out of the folder or lies outside.
    pub(super) fn check_graph(&self, file: &str) -> Result<Vec<String>> {
        self.check(file)?;
        let path = self.folder.join(file);
        let unusable =
            |why: String| Error::new(ErrorKind::Model, format!("this ONNX model cannot be used: {why}")).at(&path);
        let graph = std::fs::read(&path).map_err(|error| missing(self.folder, file, error))?;
        let beside = Path::new(file).parent().unwrap_or(Path::new(""));
        let mut weights = Vec::new();
        for location in external::locations(&graph).map_err(|why| unusable(why.to_owned()))? {
            if !external::stays_below(&location) {
                return Err(unusable(format!("it names weights outside its folder, {location:?}"))
                    .help("weights must lie beside the ONNX file or below it"));
            }
            // What is not there, ONNX Runtime will say in its own words.
            let beside = beside.join(&location);
            if self.folder.join(&beside).exists() {
                let name = beside.to_string_lossy().into_owned();
                self.check(&name)?;
                weights.push(name);
            }
        }
        Ok(weights)
    }
}

pub(super) fn missing(folder: &Path, file: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Model, "cannot read this part of the model")
        .at(folder.join(file))
        .because(error)
        .help("a model folder holds config.json, tokenizer.json and model.onnx or onnx/model*.onnx")
}
