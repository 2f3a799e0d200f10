//! A model in the Hugging Face layout, opened and checked: a folder, or a snapshot in the hub's cache.
//!
//! `config.json` names the labels, `tokenizer.json` makes the tokens, `model.onnx` (or one of its variants
//! under `onnx/`) computes. `namewire.json` is optional and adds what those files do not have: the
//! window that the model was trained for, its languages, its licence.

mod bundled;
mod catalogue;
mod embedded;
mod folder;
mod labels;
mod limits;
mod onnx_file;
mod protobuf;
mod tokenizer;
mod within;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

pub use catalogue::{Claim, KnownModel, known};
pub use embedded::{EmbeddedGraph, Weight};
#[cfg(feature = "hub")]
pub(crate) use folder::is_called;
pub use folder::{Precision, Variant};
pub use labels::{LabelSet, Scheme};
pub(crate) use labels::{Position, parse_tag};
pub use tokenizer::{Encoder, Tokenizer};

use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Result};

/// A token-classification model, ready for a backend.
#[derive(Debug)]
pub struct Model {
    /// Its name in reports.
    pub name: String,
    /// Labels in the order of the logits.
    pub labels: LabelSet,
    /// Text to token ids.
    pub tokenizer: Tokenizer,
    /// Maximum number of tokens per window, special tokens included.
    pub window: usize,
    /// The ONNX graph.
    pub graph: Graph,
    /// Width of the hidden states, where `config.json` gives it.
    pub hidden_size: Option<usize>,
    /// The architecture by `config.json` (`bert`, `roberta`, …).
    pub architecture: String,
    /// The model card, from `namewire.json`.
    pub card: Card,
    /// Where it comes from.
    pub origin: ModelOrigin,
    /// All variants in the folder, the chosen one among them.
    pub variants: Vec<Variant>,
    /// Name and SHA-256, in hexadecimal, of each file that was used.
    pub hashes: Vec<(String, String)>,
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelOrigin {
    /// Compiled into the program.
    Bundled,
    /// A folder.
    Folder(PathBuf),
    /// The hub's cache.
    Hub(Snapshot),
}

/// A model in the hub's cache: the files of one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The repository: `owner/name`.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// The folder with the files.
    pub folder: PathBuf,
    /// The licence, where namewire fetched the model and its card states one.
    pub licence: Option<String>,
}

impl Snapshot {
    /// `owner/name@commit`.
    pub fn revision(&self) -> String {
        format!("{}@{}", self.name, self.commit)
    }
}

impl ModelOrigin {
    /// The name of a model whose card gives none.
    fn name(&self) -> String {
        match self {
            Self::Bundled => "bundled".to_owned(),
            Self::Hub(snapshot) => snapshot.name.clone(),
            Self::Folder(folder) => folder
                .file_name()
                .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned()),
        }
    }

    /// The folder of its files; `None` for the bundled model.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Bundled => None,
            Self::Folder(folder) => Some(folder),
            Self::Hub(snapshot) => Some(&snapshot.folder),
        }
    }

    /// The commit of a model of the hub.
    pub fn commit(&self) -> Option<&str> {
        match self {
            Self::Hub(snapshot) => Some(&snapshot.commit),
            _ => None,
        }
    }
}

/// The graph that computes logits.
#[derive(Debug)]
pub struct Graph {
    /// Its variant.
    pub variant: Variant,
    /// Its bytes, or where to read them.
    pub source: GraphSource,
}

/// Where a graph's bytes are.
#[derive(Debug)]
pub enum GraphSource {
    /// In the program itself.
    Memory(EmbeddedGraph),
    /// In a file; weights may be beside it as external data.
    File(PathBuf),
}

/// What `namewire.json` adds to the Hugging Face files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// A short name.
    pub name: Option<String>,
    /// The licence of weights and training data.
    pub licence: Option<String>,
    /// ISO 639-1 codes of the languages that it was trained for.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Tokens per window that it was trained for, special tokens included.
    pub window: Option<usize>,
    /// Names have a capital letter in these languages: in a sentence with capitals, what has none is no name.
    #[serde(default)]
    pub capitalised_names: bool,
    /// It reads a sentence in capitals, and an article without any, in title case: it finds more names so.
    #[serde(default)]
    pub truecase: bool,
}

/// How to open a model.
#[derive(Clone, Debug, Default)]
pub struct ModelOptions {
    /// The ONNX file, by path, file name or stem; `None`: the one that suits the device.
    pub variant: Option<String>,
    /// The device that it will run on, which decides the precision: 8-bit integers on a CPU, half precision on a GPU.
    pub device: DeviceKind,
    /// Maximum number of tokens per window, special tokens included; not more than the model was made for.
    pub window: Option<usize>,
    /// Label names in the order of the logits, instead of those of `config.json`.
    pub labels: Option<Vec<String>>,
}

impl Model {
    /// Opens a model folder.
    ///
    /// # Errors
    ///
    /// Fails, with the file, where a part is missing, unreadable or does not fit the others.
    pub fn open(folder: impl Into<PathBuf>, options: &ModelOptions) -> Result<Self> {
        let folder = folder.into();
        folder::open(ModelOrigin::Folder(folder.clone()), folder, options)
    }

    /// Opens a model from the hub's cache.
    pub fn open_snapshot(snapshot: Snapshot, options: &ModelOptions) -> Result<Self> {
        let (folder, licence) = (snapshot.folder.clone(), snapshot.licence.clone());
        let mut model = folder::open(ModelOrigin::Hub(snapshot), folder, options)?;
        model.card.licence = model.card.licence.or(licence);
        Ok(model)
    }

    /// The model that is compiled into the program.
    pub fn bundled(options: &ModelOptions) -> Result<Self> {
        bundled::open(options)
    }

    /// Maximum number of tokens per window without the special tokens.
    pub fn content_window(&self) -> usize {
        self.window - self.tokenizer.special_tokens()
    }
}

/// The parts of `config.json` that matter here.
#[derive(Debug, Default, Deserialize)]
struct HubConfig {
    #[serde(default)]
    id2label: std::collections::BTreeMap<String, String>,
    model_type: Option<String>,
    vocab_size: Option<usize>,
    hidden_size: Option<usize>,
    /// What DistilBERT calls its hidden size.
    dim: Option<usize>,
    /// Some files have -1 for none, here and below.
    max_position_embeddings: Option<i64>,
    pad_token_id: Option<i64>,
}

/// Everything but the graph, from the text of the files.
struct Parts<'t> {
    config: &'t str,
    tokenizer: &'t [u8],
    tokenizer_config: Option<&'t str>,
    card: Option<&'t str>,
}

impl Parts<'_> {
    fn assemble(self, name: String, graph: Graph, origin: ModelOrigin, options: &ModelOptions) -> Result<Model> {
        let config: HubConfig = parse_json("config.json", self.config)?;
        let card: Card = self.card.map(|text| parse_json("namewire.json", text)).transpose()?.unwrap_or_default();
        let labels = LabelSet::new(label_names(&config, options.labels.as_deref())?)?;
        // As every reader of that file does: what is not in the expected form is ignored.
        let notes: Value =
            self.tokenizer_config.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
        let tokenizer = Tokenizer::new(self.tokenizer, |vocabulary| limits::padding(&config, &notes, vocabulary))?;
        if let Some(rows) = config.vocab_size.filter(|&rows| tokenizer.highest_id() as usize >= rows) {
            let what = format!(
                "the tokenizer does not fit the model: tokenizer.json has ids up to {}, config.json a vocabulary of {rows}",
                tokenizer.highest_id()
            );
            return Err(
                Error::new(ErrorKind::Model, what).help("take tokenizer.json and config.json from the same model")
            );
        }
        let window = limits::window(&config, &notes, &card, options.window)?;
        if window < tokenizer.special_tokens() + 8 {
            let what = format!("a window of {window} tokens leaves no room for text");
            return Err(Error::config(what).with_setting("window"));
        }
        Ok(Model {
            name: card.name.clone().unwrap_or(name),
            labels,
            tokenizer,
            window,
            variants: vec![graph.variant.clone()],
            graph,
            hidden_size: config.hidden_size.or(config.dim),
            architecture: config.model_type.unwrap_or_else(|| "unknown".to_owned()),
            card,
            origin,
            hashes: Vec::new(),
        })
    }
}

fn parse_json<'t, T: Deserialize<'t>>(file: &str, text: &'t str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::new(ErrorKind::Model, format!("{file} cannot be read")).because(error))
}

/// Fails where a `config.json` is not that of a token-classification model with usable labels.
#[cfg(feature = "hub")]
pub(crate) fn check_labels(config: &str, given: Option<&[String]>) -> Result<()> {
    parse_json::<HubConfig>("config.json", config)
        .and_then(|config| label_names(&config, given))
        .and_then(LabelSet::new)
        .map(drop)
}

/// The given names, else `id2label` in the order of its ids, which must be 0, 1, 2, … without a gap.
fn label_names(config: &HubConfig, given: Option<&[String]>) -> Result<Vec<String>> {
    let known = config.id2label.len();
    if let Some(names) = given {
        if known != 0 && known != names.len() {
            let what = format!("{} labels are given, but `id2label` in config.json has {known}", names.len());
            return Err(Error::config(what)
                .help("name every label, in the order of the logits")
                .with_setting("labels"));
        }
        return Ok(names.to_vec());
    }
    let gap = || Error::new(ErrorKind::Model, "`id2label` in config.json does not number its labels 0, 1, 2, …");
    let names: Option<Vec<String>> = (0..known).map(|id| config.id2label.get(&id.to_string()).cloned()).collect();
    let names = names.ok_or_else(gap)?;
    if names.is_empty() {
        let what = "config.json has no `id2label`: it is not a token-classification model, or its labels have no names";
        return Err(labels::name_them(what.to_owned()));
    }
    Ok(names)
}
