//! Flags about model, device and table that several commands share.

use std::path::PathBuf;

use clap::Args;
use namewire::engine::{DeviceChoice, EngineOptions, Tables};
use namewire::error::{Error, Result};
use namewire::link::LinkOptions;

#[derive(Debug, Args)]
#[command(next_help_heading = "Model and device")]
pub(super) struct ModelArgs {
    /// A model folder in the Hugging Face layout: config.json with id2label, tokenizer.json, and model.onnx
    /// or onnx/model*.onnx; or a model of the hub that `namewire model fetch` has downloaded, owner/name[@revision].
    /// Without it, the bundled model for English news.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Which ONNX file of the folder, by name; otherwise the one that suits the device.
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Maximum number of tokens that the model sees at once, special tokens included; not more than it was made for.
    #[arg(long, value_name = "TOKENS")]
    pub window: Option<usize>,
    /// The model's labels in the order of its logits, in place of those of config.json: O,B-PER,I-PER,… or a file
    /// with one a line.
    #[arg(long, value_name = "LIST")]
    pub labels: Option<String>,
    /// Where to compute: cpu, cuda, cuda:N, or auto (a GPU where ONNX Runtime can use one, else the CPU).
    #[arg(long, default_value_t)]
    pub device: DeviceChoice,
    /// Maximum megabytes of GPU memory for weights and batches of all sessions together [default: what they need].
    #[arg(long, value_name = "MB")]
    pub gpu_memory: Option<usize>,
    /// The ONNX Runtime library, or its folder. Otherwise: ORT_DYLIB_PATH, the folder that scripts/setup
    /// (for a GPU: scripts/setup_gpu) makes, the folder of this program, the onnxruntime package of Python.
    #[arg(long, value_name = "FILE")]
    pub ort_lib: Option<PathBuf>,
}

impl ModelArgs {
    /// Applies these flags.
    pub(super) fn apply(&self, options: &mut EngineOptions) -> Result<()> {
        options.model.clone_from(&self.model);
        options.variant.clone_from(&self.variant);
        options.window = self.window;
        options.labels = self.labels.as_deref().map(read_labels).transpose()?;
        options.device = self.device;
        options.gpu_memory = self.gpu_memory.map(|megabytes| megabytes << 20);
        options.ort_library.clone_from(&self.ort_lib);
        Ok(())
    }

    /// The file of `--labels`, if it names one.
    pub(super) fn labels_file(&self) -> Option<PathBuf> {
        self.labels.as_ref().map(PathBuf::from).filter(|path| path.is_file())
    }
}

/// The names of a list with commas, or the lines of the file of that name.
pub(super) fn read_labels(list: &str) -> Result<Vec<String>> {
    let path = std::path::Path::new(list);
    let text = if path.is_file() {
        std::fs::read_to_string(path).map_err(|error| Error::opening(path, error))?
    } else {
        list.replace(',', "\n")
    };
    let names: Vec<String> = text.trim_end().lines().map(|name| name.trim().to_owned()).collect();
    if names.len() < 2 || names.iter().any(String::is_empty) {
        let what = format!(
            "--labels {list}: there is no such file, and a list needs two names or more, none empty; \
             for example --labels O,B-PER,I-PER, in the order of the logits"
        );
        return Err(Error::config(what));
    }
    Ok(names)
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Linking")]
pub(super) struct LinkingArgs {
    /// Entity tables; several are one table. "none" writes mentions without links [default: the starter
    /// table, compiled in].
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub entities: Vec<PathBuf>,
    /// Do not link misspelt names (Davutoglou) to the one entity whose name is a letter away.
    #[arg(long)]
    pub no_fuzzy: bool,
    /// Minimum score of a link: a mention below it is ambiguous, with its entity as candidate.
    #[arg(long, value_name = "0..1", default_value_t = 0.0)]
    pub link_threshold: f32,
    /// How many times the best candidate must outweigh the next; below it, the mention is ambiguous. With 1, every name
    /// that has a candidate is linked.
    #[arg(long, value_name = "TIMES", default_value_t = LinkOptions::default().margin)]
    pub link_margin: f32,
    /// Keep names inside web addresses, e-mail addresses and handles as mentions.
    #[arg(long)]
    pub keep_addresses: bool,
}

impl LinkingArgs {
    /// Applies these flags.
    pub(super) fn apply(&self, options: &mut EngineOptions) {
        options.tables = tables(&self.entities);
        options.linking.fuzzy = !self.no_fuzzy;
        options.linking.link_threshold = self.link_threshold;
        options.linking.margin = self.link_margin;
        options.linking.keep_addresses = self.keep_addresses;
    }
}

/// The tables that `--entities` names.
pub(super) fn tables(entities: &[PathBuf]) -> Tables {
    match entities {
        [] => Tables::Starter,
        [only] if only.as_os_str() == "none" => Tables::None,
        files => Tables::Files(files.to_vec()),
    }
}
