//! ONNX Runtime: the only file that knows its crate.

use std::path::Path;
use std::sync::OnceLock;

use ndarray::{Array3, Ix3};
use ort::ep::{self, ExecutionProvider};
use ort::session::{Session, SessionInputValue, builder::GraphOptimizationLevel};
use ort::value::{TensorElementType, TensorRef, ValueType};
use serde::Serialize;

use super::library::{Library, find_library, library_version};
use super::{Backend, Logits};
use crate::batch::Batch;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{GraphSource, Model};

/// Where a session computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The processor.
    Cpu,
    /// The CUDA device of this number.
    Cuda(u32),
}

/// How sessions are made.
#[derive(Clone, Copy, Debug)]
pub struct OnnxOptions {
    /// Where to compute.
    pub device: Device,
    /// Threads inside one session; parallelism is the number of sessions.
    pub threads: usize,
}

/// ONNX Runtime, loaded. A process can load it once.
#[derive(Debug)]
pub struct Runtime {
    environment: ort::environment::Environment,
    /// Which library it is.
    pub library: Library,
    /// Its version, such as `1.31.1`.
    pub version: String,
}

static RUNTIME: OnceLock<std::result::Result<Runtime, String>> = OnceLock::new();

impl Runtime {
    /// Finds and loads the library; later calls return what the first one loaded. Nothing of ONNX Runtime may
    /// be touched before, so that everything here starts from this value.
    pub fn load(flag: Option<&Path>) -> Result<&'static Self> {
        let library = find_library(flag)?;
        let path = library.path.clone();
        let loaded = RUNTIME.get_or_init(|| Self::load_now(library).map_err(|error| with_causes(&*error)));
        loaded.as_ref().map_err(|message| {
            Error::new(ErrorKind::Runtime, format!("ONNX Runtime cannot be loaded: {message}"))
                .at(path)
                .help("`scripts/setup` installs a fitting version; `namewire doctor` shows what is there")
        })
    }

    fn load_now(library: Library) -> std::result::Result<Self, Box<dyn std::error::Error>> {
        let version = library_version(&library.path)?;
        let environment = ort::init_from(&library.path)?.with_name("namewire").with_telemetry(false).build()?;
        environment.set_log_level(ort::logging::LogLevel::Error);
        Ok(Self { environment, library, version })
    }

    /// The execution providers that this build of ONNX Runtime offers, best first.
    pub fn providers(&self) -> Vec<&'static str> {
        let cuda = ep::CUDA::default().is_listed().then_some("CUDA");
        cuda.into_iter().chain(["CPU"]).collect()
    }

    /// Fails where this build cannot compute on `device`: nothing is computed elsewhere instead.
    fn check(&self, device: Device) -> Result<()> {
        if device == Device::Cpu || ep::CUDA::default().is_listed() {
            return Ok(());
        }
        let what = format!("this ONNX Runtime ({}) is a build for the CPU, without CUDA", self.version);
        Err(Error::new(ErrorKind::Runtime, what).at(&self.library.path).help(format!(
            "`pip install onnxruntime-gpu=={}` and name its library with --ort-lib, or leave --device out",
            self.version
        )))
    }

    /// What the library says of how it was built.
    pub fn build_info(&self) -> &'static str {
        ort::info()
    }

    /// The device for `auto`: the first GPU where this library can use one.
    pub fn best_device(&self) -> Device {
        if ep::CUDA::default().is_listed() { Device::Cuda(0) } else { Device::Cpu }
    }
}

/// An error and what it comes from, which the loader's own message leaves out.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

trait Listed {
    fn is_listed(&self) -> bool;
}

impl<P: ExecutionProvider> Listed for P {
    fn is_listed(&self) -> bool {
        P::is_available().unwrap_or(false)
    }
}

/// Name, number format and shape of an input or output; `-1` where the size is free.
#[derive(Clone, Debug, Serialize)]
pub struct TensorInfo {
    /// The tensor's name in the graph.
    pub name: String,
    /// Its element type.
    pub element: String,
    /// Its axes.
    pub shape: Vec<i64>,
}

/// One session of a model.
#[derive(Debug)]
pub struct OnnxBackend {
    session: Session,
    inputs: Vec<InputKind>,
    narrow: bool,
    output: String,
    labels: usize,
    /// Token type ids: one segment only, so zeros.
    zeros: Vec<i64>,
}

/// What the graph wants on an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InputKind {
    Ids,
    Mask,
    Types,
}

impl InputKind {
    const ALL: [(InputKind, &'static str); 3] =
        [(Self::Ids, "input_ids"), (Self::Mask, "attention_mask"), (Self::Types, "token_type_ids")];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

impl OnnxBackend {
    /// Makes a session and tries it on a few tokens, so that a model whose parts do not fit fails here.
    pub fn new(runtime: &Runtime, model: &Model, options: OnnxOptions) -> Result<Self> {
        runtime.check(options.device)?;
        let session = open_session(runtime, model, options).map_err(|error| unusable(model, error))?;
        let wrong = |what: String| unusable(model, what);
        let mut inputs = Vec::new();
        for input in session.inputs() {
            inputs.push(InputKind::of(input.name()).ok_or_else(|| {
                let known = InputKind::ALL.map(|(_, name)| name).join(", ");
                wrong(format!("it has an input {:?}, but only {known} can be given", input.name()))
            })?);
        }
        let elements: Vec<_> = session.inputs().iter().map(|input| element_type(input.dtype())).collect();
        let narrow = match elements.first() {
            Some(Some(TensorElementType::Int64)) => false,
            Some(Some(TensorElementType::Int32)) => true,
            _ => return Err(wrong(format!("its inputs are {elements:?}, not int64 or int32"))),
        };
        let mut outputs = session.outputs().iter().map(ort::value::Outlet::name);
        let output = outputs.clone().find(|name| *name == "logits").or_else(|| outputs.next());
        let output = output.ok_or_else(|| wrong("it has no output".to_owned()))?.to_owned();
        let mut backend = Self { session, inputs, narrow, output, labels: model.labels.len(), zeros: Vec::new() };
        backend.try_out(model)?;
        Ok(backend)
    }

    /// The graph's inputs and outputs.
    pub fn tensors(&self) -> (Vec<TensorInfo>, Vec<TensorInfo>) {
        let describe = |outlets: &[ort::value::Outlet]| outlets.iter().map(tensor_info).collect();
        (describe(self.session.inputs()), describe(self.session.outputs()))
    }

    /// One row with the lowest and the highest token id: the logits must have one column per label.
    fn try_out(&mut self, model: &Model) -> Result<()> {
        let tokenizer = &model.tokenizer;
        let content = [0, tokenizer.highest_id()];
        let frame = tokenizer.prefix().iter().chain(&content).chain(tokenizer.suffix());
        let ids: Vec<i64> = frame.map(|&id| i64::from(id)).collect();
        let batch = Batch { rows: 1, width: ids.len(), mask: vec![1; ids.len()], ids };
        let logits = self.infer(&batch).map_err(|error| {
            unusable(model, format!("a trial with token ids 0 and {} failed: {error}", tokenizer.highest_id()))
                .help("take tokenizer.json and the ONNX file from one model")
        })?;
        let (found, expected) = (logits.view().dim(), (1, batch.width, self.labels));
        if found != expected {
            let what = format!(
                "its logits are {found:?} [batch, token, label] where config.json names {} labels, which needs {expected:?}",
                self.labels
            );
            return Err(unusable(model, what));
        }
        Ok(())
    }

    fn run(&mut self, batch: &Batch) -> ort::Result<Array3<f32>> {
        let shape = [batch.rows, batch.width];
        self.zeros.resize(batch.ids.len().max(self.zeros.len()), 0);
        let data = |kind: InputKind| match kind {
            InputKind::Ids => &batch.ids[..],
            InputKind::Mask => &batch.mask[..],
            InputKind::Types => &self.zeros[..batch.ids.len()],
        };
        // The few models that take 32-bit inputs pay for a copy.
        let narrow: Vec<Vec<i32>> = match self.narrow {
            true => self.inputs.iter().map(|&kind| data(kind).iter().map(|&id| id as i32).collect()).collect(),
            false => Vec::new(),
        };
        let mut values: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(self.inputs.len());
        for (index, &kind) in self.inputs.iter().enumerate() {
            let value = match narrow.get(index) {
                Some(narrow) => TensorRef::from_array_view((shape, &narrow[..]))?.into(),
                None => TensorRef::from_array_view((shape, data(kind)))?.into(),
            };
            values.push((kind.name(), value));
        }
        let outputs = self.session.run(values)?;
        let logits = &outputs[self.output.as_str()];
        let three_axes = |error| ort::Error::new(format!("the logits are not [batch, token, label]: {error}"));
        if *logits.data_type_or_undefined() == TensorElementType::Float16 {
            let halves = logits.try_extract_array::<half::f16>()?;
            return halves.mapv(half::f16::to_f32).into_dimensionality::<Ix3>().map_err(three_axes);
        }
        let view = logits.try_extract_array::<f32>()?;
        Ok(view.into_dimensionality::<Ix3>().map_err(three_axes)?.to_owned())
    }
}

impl Backend for OnnxBackend {
    fn infer(&mut self, batch: &Batch) -> Result<Logits> {
        let shape = (batch.rows, batch.width);
        self.run(batch).map(Logits::new).map_err(|error| {
            Error::new(ErrorKind::Runtime, format!("inference failed on a batch of {shape:?} [row, token]"))
                .because(error.to_string())
        })
    }
}

trait DataType {
    fn data_type_or_undefined(&self) -> &TensorElementType;
}

impl DataType for ort::value::DynValue {
    fn data_type_or_undefined(&self) -> &TensorElementType {
        match self.dtype() {
            ValueType::Tensor { ty, .. } => ty,
            _ => &TensorElementType::Undefined,
        }
    }
}

fn open_session(runtime: &Runtime, model: &Model, options: OnnxOptions) -> ort::Result<Session> {
    let mut builder = Session::builder(&runtime.environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(options.threads)?
        .with_inter_threads(1)?
        // A session waits on its own thread only: spinning would burn the cores of its neighbours.
        .with_intra_op_spinning(false)?
        // This fused kernel of the CPU is ten times slower than the two that it replaces.
        .with_disabled_optimizers("SkipLayerNormFusion")?
        // Plans of memory are kept per shape, and shapes vary without end.
        .with_memory_pattern(false)?;
    if let Device::Cuda(index) = options.device {
        let cuda = ep::CUDA::default().with_device_id(index as i32).build().error_on_failure();
        builder = builder.with_execution_providers([cuda])?;
    }
    match &model.graph.source {
        GraphSource::Memory(bytes) => builder.commit_from_memory(bytes),
        GraphSource::File(path) => builder.commit_from_file(path),
    }
}

fn unusable(model: &Model, why: impl std::fmt::Display) -> Error {
    let file = match &model.graph.source {
        GraphSource::Memory(_) => Path::new("bundled").join(&model.graph.variant.file),
        GraphSource::File(path) => path.clone(),
    };
    Error::new(ErrorKind::Model, format!("this ONNX model cannot be used: {why}")).at(file)
}

fn element_type(value: &ValueType) -> Option<TensorElementType> {
    match value {
        ValueType::Tensor { ty, .. } => Some(*ty),
        _ => None,
    }
}

fn tensor_info(outlet: &ort::value::Outlet) -> TensorInfo {
    match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => TensorInfo {
            name: outlet.name().to_owned(),
            element: ty.to_string(),
            shape: shape.iter().copied().collect(),
        },
        other => TensorInfo { name: outlet.name().to_owned(), element: format!("{other:?}"), shape: Vec::new() },
    }
}
