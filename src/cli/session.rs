//! Flags about model, device and table that several commands share.

use std::path::PathBuf;

use clap::Args;
use namewire::error::{Error, Result};
use namewire::hub::open_model;
use namewire::infer::{Backend, CapitalsBackend, Device, DeviceKind, OnnxBackend, OnnxOptions, Runtime};
use namewire::link::{EntityTable, LinkOptions, Linker};
use namewire::model::{Model, ModelOptions};

/// What errors and evidence call the starter table.
pub(super) const STARTER_NAME: &str = "seeds/entities.jsonl";
/// The starter table, compiled in.
pub(super) const STARTER_TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/entities.jsonl"));

#[derive(Debug, Args)]
#[command(next_help_heading = "Model and device")]
pub(super) struct ModelArgs {
    /// A model folder in the Hugging Face layout: config.json with id2label, tokenizer.json, and model.onnx
    /// or onnx/model*.onnx; or a model of the hub that `namewire model fetch` brought, owner/name[@revision].
    /// Without it, the bundled model for English news.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Which ONNX file of the folder, by name; otherwise the one that suits the device.
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Most tokens that the model sees at once, special tokens included; not more than it was made for.
    #[arg(long, value_name = "TOKENS")]
    pub window: Option<usize>,
    /// The model's labels in the order of its logits, in place of those of config.json: O,B-PER,I-PER,… or a file
    /// with one a line.
    #[arg(long, value_name = "LIST")]
    pub labels: Option<String>,
    /// Where to compute: cpu, cuda, cuda:N, or auto (a GPU where ONNX Runtime can use one, else the CPU).
    #[arg(long, default_value = "cpu", value_parser = parse_device)]
    pub device: DeviceChoice,
    /// Most megabytes of GPU memory for weights and batches of all sessions together [default: what they need].
    #[arg(long, value_name = "MB")]
    pub gpu_memory: Option<usize>,
    /// The ONNX Runtime library, or its folder. Otherwise: ORT_DYLIB_PATH, the folder that scripts/setup
    /// (for a GPU: scripts/setup_gpu) makes, the folder of this program, the onnxruntime package of Python.
    #[arg(long, value_name = "FILE")]
    pub ort_lib: Option<PathBuf>,
}

/// What `--device` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceChoice {
    Auto,
    Exactly(Device),
    /// No model: capitalised words are names. For tests of everything else, which would take hours with a model.
    Stub,
}

pub(super) fn parse_device(text: &str) -> std::result::Result<DeviceChoice, String> {
    let cuda = |number: &str| number.parse().map(Device::Cuda).map_err(|_| format!("{number:?} is no device number"));
    match text.split_once(':') {
        None if text == "cpu" => Ok(DeviceChoice::Exactly(Device::Cpu)),
        None if text == "auto" => Ok(DeviceChoice::Auto),
        // Left out of the help and of the message below.
        None if text == "stub" => Ok(DeviceChoice::Stub),
        None if text == "cuda" => Ok(DeviceChoice::Exactly(Device::Cuda(0))),
        Some(("cuda", number)) => cuda(number).map(DeviceChoice::Exactly),
        _ => Err("give cpu, cuda, cuda:N or auto".to_owned()),
    }
}

impl ModelArgs {
    /// Opens the model; the variant goes by the device.
    pub(super) fn open_model(&self, device: Device) -> Result<Model> {
        let options = self.model_options(device)?;
        match &self.model {
            Some(name) => open_model(name, &options),
            None => Model::bundled(&options),
        }
    }

    /// What the flags say of a model.
    pub(super) fn model_options(&self, device: Device) -> Result<ModelOptions> {
        Ok(ModelOptions {
            variant: self.variant.clone(),
            device: device.kind(),
            window: self.window,
            labels: self.labels.as_deref().map(read_labels).transpose()?,
        })
    }

    /// Loads ONNX Runtime and settles the device.
    pub(super) fn open_runtime(&self) -> Result<(&'static Runtime, Device)> {
        let kind = match self.device {
            DeviceChoice::Exactly(device) => device.kind(),
            DeviceChoice::Auto => DeviceKind::Gpu,
            DeviceChoice::Stub => DeviceKind::Cpu,
        };
        let runtime = Runtime::load(self.ort_lib.as_deref(), kind)?;
        let device = match self.device {
            DeviceChoice::Exactly(device) => device,
            DeviceChoice::Stub => {
                tracing::warn!("--device stub: no model is run, every capitalised word is a name");
                Device::Cpu
            }
            DeviceChoice::Auto => {
                let (device, why) = runtime.best_device();
                tracing::warn!("--device auto: computing on {}: {why}", describe(device));
                device
            }
        };
        Ok((runtime, device))
    }

    /// One backend per worker.
    pub(super) fn open_backends(
        &self,
        runtime: &'static Runtime,
        model: &Model,
        device: Device,
        workers: usize,
    ) -> Result<Vec<Box<dyn Backend>>> {
        let stub = || Box::new(CapitalsBackend::new(&model.tokenizer, &model.labels)) as Box<dyn Backend>;
        match self.device {
            DeviceChoice::Stub => Ok((0..workers).map(|_| stub()).collect()),
            _ => open_sessions(runtime, model, self.options(device), workers),
        }
    }

    /// What reports call the device.
    pub(super) fn describe(&self, device: Device) -> String {
        if self.device == DeviceChoice::Stub { "stub".to_owned() } else { describe(device) }
    }

    /// How sessions are made. On a CPU each has one thread: more sessions beat wider ones.
    pub(super) fn options(&self, device: Device) -> OnnxOptions {
        OnnxOptions { device, threads: 1, gpu_memory: self.gpu_memory.map(|megabytes| megabytes << 20) }
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
        return Err(misuse(what));
    }
    Ok(names)
}

/// Sessions that share the memory that `options` allow.
pub(super) fn open_sessions(
    runtime: &'static Runtime,
    model: &Model,
    options: OnnxOptions,
    count: usize,
) -> Result<Vec<Box<dyn Backend>>> {
    let options = OnnxOptions { gpu_memory: options.gpu_memory.map(|bytes| bytes / count.max(1)), ..options };
    (0..count).map(|_| Ok(Box::new(OnnxBackend::new(runtime, model, options)?) as Box<dyn Backend>)).collect()
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Linking")]
pub(super) struct LinkingArgs {
    /// Entity tables; several are one table. "none" writes mentions without links [default: the starter
    /// table, compiled in from seeds/entities.jsonl].
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub entities: Vec<PathBuf>,
    /// Do not link misspelt names (Davutoglou) to the one entity whose name is a letter away.
    #[arg(long)]
    pub no_fuzzy: bool,
}

impl LinkingArgs {
    /// The linker over the tables that `--entities` names: none, the starter table, or files.
    pub(super) fn open_linker(&self) -> Result<Option<Linker>> {
        let options = LinkOptions { fuzzy: !self.no_fuzzy, ..LinkOptions::default() };
        Ok(open_table(&self.entities)?.map(|table| Linker::new(table, options)))
    }
}

/// The entity table of these files; without any, the starter table.
pub(super) fn open_table(entities: &[PathBuf]) -> Result<Option<EntityTable>> {
    match entities {
        [] => EntityTable::parse(&[(STARTER_NAME, STARTER_TABLE)]).map(Some),
        [only] if only.as_os_str() == "none" => Ok(None),
        files => EntityTable::load(files).map(Some),
    }
}

pub(super) fn describe(device: Device) -> String {
    device.to_string()
}

/// A flag that asks for something impossible.
pub(super) fn misuse(what: impl Into<String>) -> Error {
    Error::config(what)
}
