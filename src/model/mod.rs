//! A model in the Hugging Face layout, opened and checked: a folder, or a snapshot in the hub's cache.
//!
//! `config.json` names the labels, `tokenizer.json` makes the tokens, `model.onnx` (or one of its variants
//! under `onnx/`) computes. `namewire.json`, where there is one, adds what those files do not say: the
//! window that the model was trained for, its languages, its terms.

mod bundled;
mod catalogue;
mod external;
mod folder;
mod labels;
mod limits;
mod tokenizer;
mod within;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

pub use catalogue::{Claim, KnownModel, known};
#[cfg(feature = "hub")]
pub(crate) use folder::is_called;
pub use folder::{Precision, Variant};
pub use labels::{LabelSet, Scheme};
pub(crate) use labels::{Position, parse_tag};
pub use tokenizer::Tokenizer;

use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Result};
use crate::hub::{HubCache, HubName, Snapshot};

/// A token-classification model, ready for a backend.
#[derive(Debug)]
pub struct Model {
    /// What to call it in reports.
    pub name: String,
    /// Labels in the order of the logits.
    pub labels: LabelSet,
    /// Text to token ids.
    pub tokenizer: Tokenizer,
    /// Most tokens per window, the special ones included.
    pub window: usize,
    /// The ONNX graph.
    pub graph: Graph,
    /// Numbers per token that a layer passes on, where `config.json` says.
    pub hidden_size: Option<usize>,
    /// What `config.json` says of the architecture (`bert`, `roberta`, …).
    pub architecture: String,
    /// What the model card says.
    pub card: Card,
    /// Where it was found.
    pub origin: Origin,
    /// The variants that the folder offers, the chosen one among them.
    pub variants: Vec<Variant>,
    /// Name and SHA-256 of each file that was used, in hexadecimal.
    pub hashes: Vec<(String, String)>,
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into the program.
    Bundled,
    /// A folder.
    Folder(PathBuf),
    /// The hub's cache.
    Hub(Snapshot),
}

impl Origin {
    /// What a model is called that does not say so itself.
    fn name(&self) -> String {
        match self {
            Self::Bundled => "bundled".to_owned(),
            Self::Hub(snapshot) => snapshot.name.clone(),
            Self::Folder(folder) => folder
                .file_name()
                .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned()),
        }
    }

    /// The commit, where the model is one of the hub's.
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
    /// Which variant it is.
    pub variant: Variant,
    /// Its bytes, or where to read them.
    pub source: GraphSource,
}

/// Where a graph's bytes are.
#[derive(Debug)]
pub enum GraphSource {
    /// In the program itself.
    Memory(&'static [u8]),
    /// In a file; weights may lie beside it as external data.
    File(PathBuf),
}

/// What a model card says beyond the Hugging Face files (`namewire.json`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// A short name.
    pub name: Option<String>,
    /// The terms of weights and training data.
    pub licence: Option<String>,
    /// ISO 639-1 codes of the languages that it was trained for.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Most tokens per window that it was trained for, the special ones included.
    pub window: Option<usize>,
}

/// How to open a model.
#[derive(Clone, Debug, Default)]
pub struct ModelOptions {
    /// Which ONNX file, by file name or stem; otherwise the one that suits the device.
    pub variant: Option<String>,
    /// The device that it will run on, which decides the precision: 8-bit integers on a CPU, half precision on a GPU.
    pub device: DeviceKind,
    /// A window other than the usual one, not longer than the model was made for.
    pub window: Option<usize>,
    /// Label names in the order of the logits, in place of those of `config.json`.
    pub labels: Option<Vec<String>>,
}

impl Model {
    /// Opens a model folder. Fails, naming the file, where something is missing or does not fit.
    pub fn open(folder: impl Into<PathBuf>, options: &ModelOptions) -> Result<Self> {
        let folder = folder.into();
        folder::open(Origin::Folder(folder.clone()), folder, options)
    }

    /// Opens a model of the hub from the cache on this machine.
    pub fn open_snapshot(snapshot: Snapshot, options: &ModelOptions) -> Result<Self> {
        let (folder, licence) = (snapshot.folder.clone(), snapshot.licence.clone());
        let mut model = folder::open(Origin::Hub(snapshot), folder, options)?;
        model.card.licence = model.card.licence.or(licence);
        Ok(model)
    }

    /// Opens what a user named: a folder, or, where there is none of that name, a model `owner/name[@revision]` in the
    /// hub's cache. Downloads nothing.
    pub fn open_named(name: &Path, options: &ModelOptions) -> Result<Self> {
        match name.to_str().and_then(|text| text.parse::<HubName>().ok()).filter(|_| !name.exists()) {
            Some(name) => Self::open_snapshot(HubCache::from_environment().find(&name)?, options),
            None => Self::open(name, options),
        }
    }

    /// The model that was compiled into the program.
    pub fn bundled(options: &ModelOptions) -> Result<Self> {
        bundled::open(options)
    }

    /// Most content tokens per window: the window less the special tokens.
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
    /// Some files say -1 for none, here and below.
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
    fn assemble(self, name: String, graph: Graph, origin: Origin, options: &ModelOptions) -> Result<Model> {
        let config: HubConfig = parse_json("config.json", self.config)?;
        let card: Card = self.card.map(|text| parse_json("namewire.json", text)).transpose()?.unwrap_or_default();
        let labels = LabelSet::new(label_names(&config, options.labels.as_deref())?)?;
        // Like every reader of that file: what it does not say in the expected form, it does not say.
        let notes: Value =
            self.tokenizer_config.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
        let tokenizer = Tokenizer::new(self.tokenizer, |vocabulary| limits::padding(&config, &notes, vocabulary))?;
        if let Some(rows) = config.vocab_size.filter(|&rows| tokenizer.highest_id() as usize >= rows) {
            let what = format!(
                "the tokenizer does not fit the model: tokenizer.json has ids up to {}, config.json a vocabulary of {rows}",
                tokenizer.highest_id()
            );
            return Err(Error::new(ErrorKind::Model, what).help("take tokenizer.json and config.json from one model"));
        }
        let window = limits::window(&config, &notes, &card, options.window)?;
        if window < tokenizer.special_tokens() + 8 {
            return Err(Error::new(ErrorKind::Config, format!("a window of {window} tokens leaves no room for text")));
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

/// Fails where the text of a `config.json` is not that of a model whose labels make a tag set.
#[cfg(feature = "hub")]
pub(crate) fn check_labels(config: &str, given: Option<&[String]>) -> Result<()> {
    parse_json::<HubConfig>("config.json", config)
        .and_then(|config| label_names(&config, given))
        .and_then(LabelSet::new)
        .map(drop)
}

/// `id2label` in the order of its ids, which must be 0, 1, 2, … without a gap; or the names given instead, as many.
fn label_names(config: &HubConfig, given: Option<&[String]>) -> Result<Vec<String>> {
    let known = config.id2label.len();
    if let Some(names) = given {
        if known != 0 && known != names.len() {
            let what = format!("{} labels are given, but `id2label` in config.json has {known}", names.len());
            return Err(Error::config(what).help("name every label, in the order of the logits"));
        }
        return Ok(names.to_vec());
    }
    let gap = || Error::new(ErrorKind::Model, "`id2label` in config.json does not number its labels 0, 1, 2, …");
    let names: Option<Vec<String>> = (0..known).map(|id| config.id2label.get(&id.to_string()).cloned()).collect();
    let names = names.ok_or_else(gap)?;
    if names.is_empty() {
        return Err(Error::new(
            ErrorKind::Model,
            "config.json has no `id2label`: this is no token-classification model",
        )
        .help(labels::ADVICE));
    }
    Ok(names)
}
