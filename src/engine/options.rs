//! The settings of an engine, each with its default.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::device::DeviceChoice;
use crate::config::Config;
use crate::decode::Rule;
use crate::error::{Error, Result};
use crate::hub::{model_folder, open_model};
use crate::infer::{Device, DeviceKind};
use crate::link::LinkOptions;
use crate::model::{Model, ModelOptions};
use crate::segment::Segmentation;
use crate::write::FileAccess;

/// What finds and links mentions: model, device, tables, and how they are used. Plain data, without handles; checked by
/// [`Engine::open`](super::Engine::open).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EngineOptions {
    /// A model folder, or a model of the hub by name (`owner/name[@revision]`); `None`: the bundled model.
    pub model: Option<PathBuf>,
    /// Which ONNX file of the model, by name; `None`: the one that suits the device.
    pub variant: Option<String>,
    /// Maximum number of tokens that the model sees at once, special tokens included; `None`: what it was made for.
    pub window: Option<usize>,
    /// The model's BIO labels in the order of its logits; `None`: those of its `config.json`.
    pub labels: Option<Vec<String>>,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Maximum bytes of GPU memory for all sessions together; `None`: what they need.
    pub gpu_memory: Option<usize>,
    /// The ONNX Runtime library, or its folder; `None`: see [`find_library`](crate::infer::find_library).
    pub ort_library: Option<PathBuf>,
    /// Sessions that infer at the same time; `None`: one per core on a CPU, two on a GPU. Does not change the output.
    pub workers: Option<usize>,
    /// The entity tables.
    pub tables: Tables,
    /// How mentions are linked.
    pub linking: LinkOptions,
    /// How scores become mentions.
    pub rule: Rule,
    /// Where sentences come from.
    pub segmentation: Segmentation,
    /// Maximum number of padded tokens in a batch; `None`: 512 on a CPU, by the model's width on a GPU.
    pub batch_tokens: Option<usize>,
    /// Maximum number of windows in a batch; `None`: 64 on a CPU, 4096 on a GPU.
    pub batch_rows: Option<usize>,
    /// Maximum number of articles that are batched together; `None`: 128 on a CPU, 1024 on a GPU.
    pub chunk_articles: Option<usize>,
    /// Whether equal sentences are computed once.
    pub dedup: bool,
}

/// Where entities come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tables {
    /// The table of the news of the Middle East that is compiled in.
    #[default]
    Starter,
    /// Mentions are not linked.
    None,
    /// Table files; several are one table.
    Files(Vec<PathBuf>),
}

impl Default for EngineOptions {
    fn default() -> Self {
        let Config { rule, segmentation, dedup, .. } = Config::default();
        Self {
            model: None,
            variant: None,
            window: None,
            labels: None,
            device: DeviceChoice::default(),
            gpu_memory: None,
            ort_library: None,
            workers: None,
            tables: Tables::default(),
            linking: LinkOptions::default(),
            rule,
            segmentation,
            batch_tokens: None,
            batch_rows: None,
            chunk_articles: None,
            dedup,
        }
    }
}

impl EngineOptions {
    /// Fails on the first setting that is impossible whatever the model.
    pub(super) fn validate(&self) -> Result<()> {
        let counts = [
            ("workers", self.workers),
            ("batch_tokens", self.batch_tokens),
            ("batch_rows", self.batch_rows),
            ("chunk_articles", self.chunk_articles),
        ];
        if let Some((setting, _)) = counts.into_iter().find(|(_, count)| *count == Some(0)) {
            return Err(Error::invalid(setting, "must be at least 1"));
        }
        if !(self.linking.margin >= 1.0 && self.linking.margin.is_finite()) {
            return Err(Error::invalid("link_margin", "must be a number of times, 1 or more"));
        }
        if !(0.0..=1.0).contains(&self.linking.link_threshold) {
            return Err(Error::invalid("link_threshold", "must be a score, from 0 to 1"));
        }
        Ok(())
    }

    /// Adds the files that are read: tables, model and runtime library.
    pub fn add_files(&self, access: &mut FileAccess) {
        if let Tables::Files(files) = &self.tables {
            access.read_all("table", files);
        }
        if let Some(folder) = self.model.as_deref().and_then(model_folder) {
            access.read_directory("model", &folder);
        }
        access.read_all("runtime library", &self.ort_library);
    }

    /// Opens the model that these settings name, for `device`.
    pub fn open_model(&self, device: Device) -> Result<Model> {
        let options = ModelOptions {
            variant: self.variant.clone(),
            device: device.kind(),
            window: self.window,
            labels: self.labels.clone(),
        };
        self.model.as_deref().map_or_else(|| Model::bundled(&options), |name: &Path| open_model(name, &options))
    }

    /// How many sessions to open: on a GPU two, so that one copies while the other computes.
    pub(super) fn workers_on(&self, device: Device) -> usize {
        self.workers.unwrap_or_else(|| match device.kind() {
            DeviceKind::Cpu => crate::config::available_cores(),
            _ => 2,
        })
    }

    /// Applies what depends on the device and the model, and then what is set.
    pub(super) fn apply(&self, config: &mut Config, device: Device, model: &Model) {
        if device != Device::Cpu {
            config.for_gpu(model.hidden_size);
        }
        let set = |limit: &mut usize, setting: Option<usize>| *limit = setting.unwrap_or(*limit);
        set(&mut config.batch.tokens, self.batch_tokens);
        set(&mut config.batch.rows, self.batch_rows);
        set(&mut config.chunk.articles, self.chunk_articles);
        config.rule = self.rule;
        config.keep_addresses = self.linking.keep_addresses;
        config.segmentation = self.segmentation;
        config.dedup = self.dedup;
        config.languages.known.clone_from(&model.card.languages);
    }
}
