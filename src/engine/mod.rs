//! Everything that finds and links mentions, opened: ONNX Runtime, the model, its sessions, the entity tables.
//!
//! [`EngineOptions`] say what to open. The facade, runs, `explain`, `eval` and `bench` all start here, so that whatever
//! is wrong with model, device or tables shows before the first article is read.

mod device;
mod options;
mod tables;

pub use device::DeviceChoice;
pub use options::{EngineOptions, Tables};
pub(crate) use tables::table_identities;
pub use tables::table_text;

use crate::config::Config;
use crate::error::Result;
use crate::infer::{Backend, CapitalsBackend, Device, DeviceKind, OnnxBackend, OnnxOptions, Runtime};
use crate::link::{EntityTable, Linker};
use crate::model::Model;
use crate::pipeline::Pipeline;

/// Parts that a program brings itself, in place of what [`EngineOptions`] would open.
#[derive(Default)]
pub struct Parts {
    /// A model, in place of the one that the options name.
    pub model: Option<Model>,
    /// An entity table, in place of the tables that the options name.
    pub table: Option<EntityTable>,
    /// Backends, in place of sessions of ONNX Runtime, which is then never loaded.
    pub backends: Vec<Box<dyn Backend>>,
}

/// An opened engine.
pub struct Engine {
    /// Model, sessions and linker, ready to process articles.
    pub pipeline: Pipeline,
    /// The version of ONNX Runtime; `None` where the program brought its own backends.
    pub onnxruntime: Option<String>,
    /// The device in use: `cpu`, `cuda:N`, `stub` or `custom`.
    pub device: String,
}

impl Engine {
    /// Opens the engine. `config` holds the settings of the pipeline that are not the engine's.
    ///
    /// # Errors
    ///
    /// Fails where a setting is impossible, or where ONNX Runtime, the model, a table or the device cannot be used.
    pub fn open(options: &EngineOptions, parts: Parts, mut config: Config) -> Result<Self> {
        options.validate()?;
        let Parts { model, table, backends } = parts;
        // The table is read while the sessions open: each takes a good part of the start.
        let (table, inference) = std::thread::scope(|scope| {
            let table = scope.spawn(|| table.map_or_else(|| options.tables.open(), |table| Ok(Some(table))));
            let inference = Inference::open(options, model, backends);
            (table.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), inference)
        });
        let table = table?;
        let Inference { opened, model, backends } = inference?;
        let linker = table.map(|table| Linker::new(table, options.linking.clone()).with_types(model.labels.types()));
        let device = opened.map_or(Device::Cpu, |(_, device)| device);
        options.apply(&mut config, device, &model);
        let name = if opened.is_some() { options.device.name_of(device) } else { "custom".to_owned() };
        let onnxruntime = opened.map(|(runtime, _)| runtime.version.clone());
        Ok(Self { pipeline: Pipeline::new(model, linker, backends, config)?, onnxruntime, device: name })
    }

    /// The same model, sessions and tables with other settings of the pipeline. Nothing is opened again.
    pub fn with_config(&self, config: Config) -> Result<Self> {
        let pipeline = self.pipeline.with_config(config)?;
        Ok(Self { pipeline, onnxruntime: self.onnxruntime.clone(), device: self.device.clone() })
    }
}

/// A model with what computes it.
struct Inference {
    /// The runtime and the device, unless the program brought its own backends.
    opened: Option<(&'static Runtime, Device)>,
    model: Model,
    backends: Vec<Box<dyn Backend>>,
}

impl Inference {
    fn open(options: &EngineOptions, model: Option<Model>, backends: Vec<Box<dyn Backend>>) -> Result<Self> {
        let opened = if backends.is_empty() { Some(open_runtime(options)?) } else { None };
        let device = opened.map_or(Device::Cpu, |(_, device)| device);
        let model = model.map_or_else(|| options.open_model(device), Ok)?;
        let backends = match opened {
            Some((runtime, device)) => open_backends(options, runtime, &model, device)?,
            None => backends,
        };
        Ok(Self { opened, model, backends })
    }
}

/// Loads ONNX Runtime and chooses the device.
pub fn open_runtime(options: &EngineOptions) -> Result<(&'static Runtime, Device)> {
    let kind = match options.device {
        DeviceChoice::Exactly(device) => device.kind(),
        DeviceChoice::Stub => DeviceKind::Cpu,
        DeviceChoice::Auto => DeviceKind::Gpu,
    };
    let runtime = Runtime::load(options.ort_library.as_deref(), kind)?;
    let device = match options.device {
        DeviceChoice::Exactly(device) => device,
        DeviceChoice::Stub => {
            tracing::warn!("device stub: no model is run, every capitalised word is a name");
            Device::Cpu
        }
        DeviceChoice::Auto => {
            let (device, why) = runtime.best_device();
            tracing::warn!("device auto: computing on {}: {why}", DeviceChoice::Exactly(device));
            device
        }
    };
    Ok((runtime, device))
}

/// One backend per worker.
fn open_backends(
    options: &EngineOptions,
    runtime: &'static Runtime,
    model: &Model,
    device: Device,
) -> Result<Vec<Box<dyn Backend>>> {
    let workers = options.workers_on(device);
    if options.device == DeviceChoice::Stub {
        let stub = || Box::new(CapitalsBackend::new(&model.tokenizer, &model.labels)) as Box<dyn Backend>;
        return Ok((0..workers).map(|_| stub()).collect());
    }
    // On a CPU each session has one thread: more sessions beat wider ones.
    let onnx = OnnxOptions { device, threads: 1, gpu_memory: options.gpu_memory };
    open_sessions(runtime, model, onnx, workers)
}

/// Sessions that share the GPU memory that `options` allow.
pub fn open_sessions(
    runtime: &'static Runtime,
    model: &Model,
    options: OnnxOptions,
    count: usize,
) -> Result<Vec<Box<dyn Backend>>> {
    let options = OnnxOptions { gpu_memory: options.gpu_memory.map(|bytes| bytes / count.max(1)), ..options };
    (0..count).map(|_| Ok(Box::new(OnnxBackend::new(runtime, model, options)?) as Box<dyn Backend>)).collect()
}
