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

use std::thread::ScopedJoinHandle;

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

/// An opened engine. Clones share what it holds.
#[derive(Clone)]
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
        let (table, inference) = both(
            || table.map_or_else(|| options.tables.open(), |table| Ok(Some(table))),
            || Inference::open(options, model, backends),
        );
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
        if !backends.is_empty() {
            let model = model.map_or_else(|| options.open_model(Device::Cpu), Ok)?;
            return Ok(Self { opened: None, model, backends });
        }
        let open_model = |device| model.map_or_else(|| options.open_model(device), Ok);
        let (opened, model) = match options.device.known() {
            // The model is read while the runtime loads.
            Some(device) => {
                let (model, opened) = both(|| open_model(device), || open_runtime(options));
                (opened?, model?)
            }
            None => {
                let opened = open_runtime(options)?;
                (opened, open_model(opened.1)?)
            }
        };
        let (runtime, device) = opened;
        let backends = open_backends(options, runtime, &model, device)?;
        Ok(Self { opened: Some(opened), model, backends })
    }
}

/// Does two things at the same time, the first on a thread of its own: a process that was forked lacks those of `rayon`.
fn both<A: Send, B>(first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (joined(first), second)
    })
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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

/// Sessions that share the GPU memory that `options` allow. On a CPU they are opened at the same time.
pub fn open_sessions(
    runtime: &'static Runtime,
    model: &Model,
    options: OnnxOptions,
    count: usize,
) -> Result<Vec<Box<dyn Backend>>> {
    let options = OnnxOptions { gpu_memory: options.gpu_memory.map(|bytes| bytes / count.max(1)), ..options };
    let open = || Ok(Box::new(OnnxBackend::new(runtime, model, options)?) as Box<dyn Backend>);
    if options.device != Device::Cpu {
        return (0..count).map(|_| open()).collect();
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(joined).collect()
    })
}
