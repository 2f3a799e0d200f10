//! Sessions of ONNX Runtime. Only this file, `signature`, `weights`, `runtime` and `cuda` know its crate.

use std::path::Path;

use ndarray::{Array3, Ix3};
use ort::session::{Session, SessionInputValue, builder::GraphOptimizationLevel, builder::SessionBuilder};
use ort::value::{DynValue, Tensor, TensorElementType, TensorRef, ValueType};
use serde::Serialize;

use super::cuda::{self, Bound};
use super::placement::{Placement, Profile};
use super::runtime::Runtime;
use super::signature::{Input, InputKind, Signature};
use super::weights::{self, BorrowedWeights};
use super::{Backend, Logits};
use crate::batch::Batch;
use crate::device::Device;
use crate::error::{Error, ErrorKind, Remedy, Result};
use crate::model::{GraphSource, Model, ModelOrigin};

/// How sessions are made.
#[derive(Clone, Copy, Debug)]
pub struct OnnxOptions {
    /// Where to compute.
    pub device: Device,
    /// Threads inside one session; parallelism is the number of sessions.
    pub threads: usize,
    /// Maximum size of the session's arena on a GPU, in bytes; `None`: as much as its batches need.
    pub gpu_memory: Option<usize>,
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
    /// What the session borrows: declared after it, so that it is dropped later.
    _weights: BorrowedWeights,
    /// Pinned memory, on a GPU.
    bound: Option<Bound>,
    signature: Signature,
    labels: usize,
    /// Token type ids: one segment only, so zeros.
    zeros: Vec<i64>,
}

impl OnnxBackend {
    /// Opens a session and runs it on a few tokens.
    ///
    /// # Errors
    ///
    /// Fails where the runtime cannot compute on the device, where ONNX Runtime does not accept the graph, where graph,
    /// tokenizer and labels do not fit together, and, on a GPU, where a matrix product would run on the CPU.
    pub fn new(runtime: &Runtime, model: &Model, options: OnnxOptions) -> Result<Self> {
        runtime.check(options.device)?;
        let profile = if options.device == Device::Cpu { None } else { Some(Profile::new()?) };
        Self::open(runtime, model, options, profile)
    }

    fn open(runtime: &Runtime, model: &Model, options: OnnxOptions, profile: Option<Profile>) -> Result<Self> {
        let (session, weights) = open_session(runtime, model, options, profile.as_ref()).map_err(|error| {
            let error = error.to_string();
            match cuda::advice(&error).filter(|_| options.device != Device::Cpu) {
                Some((help, remedy)) => {
                    let error = Error::new(ErrorKind::Runtime, "CUDA cannot be used").because(error).help(help);
                    remedy.into_iter().fold(error, Error::with_remedy)
                }
                None => unusable(model, error),
            }
        })?;
        let labels = model.labels.len();
        let signature = Signature::read(&session, labels)
            .map_err(|(why, help)| unusable(model, why).help(help).with_remedy(export(model)))?;
        let bound = match options.device {
            Device::Cpu => None,
            // Without pinned memory the results are the same and copies are slower.
            Device::Cuda(device) => Bound::pinned(&session, device, &signature.output)
                .inspect_err(|error| tracing::warn!("no pinned memory, copies are slower: {error}"))
                .ok(),
        };
        let mut backend = Self { session, _weights: weights, bound, signature, labels, zeros: Vec::new() };
        backend.try_out(model)?;
        if let Some(profile) = profile {
            backend.check_placement(&profile).map_err(|why| {
                unusable(model, why)
                    .help("export the model in half precision with standard operators")
                    .with_remedy(Remedy::ConvertToHalf { folder: model.origin.folder().map(Path::to_owned) })
            })?;
        }
        Ok(backend)
    }

    /// On a GPU: checks that no heavy node ran on the CPU in the trial. Ends profiling.
    fn check_placement(&mut self, profile: &Profile) -> std::result::Result<(), String> {
        let file = self.session.end_profiling().map_err(|error| error.to_string())?;
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"));
        profile.remove();
        Placement::read(&text?)?.check()
    }

    /// The graph's inputs and outputs.
    pub fn tensors(&self) -> (Vec<TensorInfo>, Vec<TensorInfo>) {
        let describe = |outlets: &[ort::value::Outlet]| outlets.iter().map(tensor_info).collect();
        (describe(self.session.inputs()), describe(self.session.outputs()))
    }

    /// Runs one row with the lowest and the highest token id: the logits must have one column per label.
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
            return Err(unusable(model, what)
                .help("config.json, or the setting labels, must name as many labels as the model has")
                .with_setting("labels"));
        }
        Ok(())
    }

    fn run(&mut self, batch: &Batch) -> ort::Result<Array3<f32>> {
        let shape = [batch.rows, batch.width];
        self.zeros.resize(batch.ids.len().max(self.zeros.len()), 0);
        let Self { session, bound, signature, zeros, .. } = self;
        let data = |kind: InputKind| match kind {
            InputKind::Ids => &batch.ids[..],
            InputKind::Mask => &batch.mask[..],
            InputKind::Types => &zeros[..batch.ids.len()],
        };
        // The few models with 32-bit inputs need a copy.
        let narrowed = |kind: InputKind| data(kind).iter().map(|&id| id as i32);
        if let Some(bound) = bound {
            for &Input { kind, narrow } in &signature.inputs {
                if narrow {
                    bound.set(kind.name(), shape, narrowed(kind))?;
                } else {
                    bound.set(kind.name(), shape, data(kind).iter().copied())?;
                }
            }
            return bound.run(session, to_array);
        }
        let mut values: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(signature.inputs.len());
        for &Input { kind, narrow } in &signature.inputs {
            let value = if narrow {
                Tensor::from_array((shape, narrowed(kind).collect::<Vec<i32>>()))?.into()
            } else {
                TensorRef::from_array_view((shape, data(kind)))?.into()
            };
            values.push((kind.name(), value));
        }
        to_array(&session.run(values)?[signature.output.as_str()])
    }
}

/// Copies logits of either precision into an array.
fn to_array(logits: &DynValue) -> ort::Result<Array3<f32>> {
    let three_axes = |error| ort::Error::new(format!("the logits are not [batch, token, label]: {error}"));
    if element_type(logits.dtype()) == Some(TensorElementType::Float16) {
        let halves = logits.try_extract_array::<half::f16>()?;
        return halves.mapv(half::f16::to_f32).into_dimensionality::<Ix3>().map_err(three_axes);
    }
    let view = logits.try_extract_array::<f32>()?;
    Ok(view.into_dimensionality::<Ix3>().map_err(three_axes)?.to_owned())
}

impl Backend for OnnxBackend {
    fn infer(&mut self, batch: &Batch) -> Result<Logits> {
        let shape = (batch.rows, batch.width);
        self.run(batch).map(Logits::new).map_err(|error| {
            let error = error.to_string();
            let kind = if cuda::is_out_of_memory(&error) { ErrorKind::OutOfMemory } else { ErrorKind::Runtime };
            Error::new(kind, format!("inference failed on a batch of {shape:?} [row, token]")).because(error)
        })
    }
}

fn open_session(
    runtime: &Runtime,
    model: &Model,
    options: OnnxOptions,
    profile: Option<&Profile>,
) -> ort::Result<(Session, BorrowedWeights)> {
    let mut builder = session_builder(runtime, options)?;
    if let Some(profile) = profile {
        builder = builder.with_profiling(profile.prefix())?;
    }
    match &model.graph.source {
        GraphSource::Memory(graph) => {
            let weights = weights::lend(&graph.weights, &mut builder)?;
            Ok((builder.commit_from_memory(&graph.model)?, weights))
        }
        GraphSource::File(path) => Ok((builder.commit_from_file(path)?, BorrowedWeights::default())),
    }
}

fn session_builder(runtime: &Runtime, options: OnnxOptions) -> ort::Result<SessionBuilder> {
    let builder = Session::builder(&runtime.environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(options.threads)?
        .with_inter_threads(1)?
        // Spinning would take processor time from the other sessions.
        .with_intra_op_spinning(false)?
        // Memory patterns are kept per shape, and there is no limit to the shapes that occur.
        .with_memory_pattern(false)?;
    Ok(match options.device {
        // On the CPU this fused kernel is ten times slower than the two that it replaces; on a GPU it is not.
        Device::Cpu => builder.with_disabled_optimizers("SkipLayerNormFusion")?,
        Device::Cuda(index) => builder.with_execution_providers([cuda::provider(index, options.gpu_memory)])?,
    })
}

/// What exports the model again.
fn export(model: &Model) -> Remedy {
    let name = match &model.origin {
        ModelOrigin::Hub(snapshot) => Some(snapshot.name.clone()),
        ModelOrigin::Bundled | ModelOrigin::Folder(_) => None,
    };
    Remedy::ExportModel { name }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOptions;

    const OPTIONS: OnnxOptions = OnnxOptions { device: Device::Cpu, threads: 1, gpu_memory: None };

    fn tiny() -> Model {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny");
        Model::open(folder, &ModelOptions::default()).unwrap()
    }

    /// As on a GPU, in ordinary memory.
    #[test]
    fn bound_tensors_give_the_same_logits() {
        let (runtime, model) = (Runtime::load(None, Device::Cpu.kind()).unwrap(), tiny());
        let mut plain = OnnxBackend::new(runtime, &model, OPTIONS).unwrap();
        let mut bound = OnnxBackend::new(runtime, &model, OPTIONS).unwrap();
        bound.bound = Some(Bound::unpinned(&bound.session, &bound.signature.output).unwrap());
        // Shapes grow and shrink: what is bound must be the last batch, not an earlier one.
        for (rows, width) in [(2, 9), (5, 30), (1, 4), (3, 9)] {
            let ids = (0..(rows * width) as i64).map(|id| 4 + id * 7 % 90).collect();
            let mask = (0..rows * width).map(|cell| i64::from(cell % width < 4 + cell / width)).collect();
            let batch = Batch { rows, width, ids, mask };
            assert_eq!(plain.infer(&batch).unwrap().view(), bound.infer(&batch).unwrap().view());
        }
    }

    #[cfg(bundled_model)]
    #[test]
    fn weights_in_place_give_the_logits_of_the_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/minilm-l6-news-ner");
        let options = ModelOptions::default();
        let runtime = Runtime::load(None, Device::Cpu.kind()).unwrap();
        let [embedded, file] = [Model::bundled(&options), Model::open(folder, &options)].map(|model| {
            let model = model.unwrap();
            let mut backend = OnnxBackend::new(runtime, &model, OPTIONS).unwrap();
            let ids = (0..40).map(|place| place * 1301 % i64::from(model.tokenizer.highest_id())).collect();
            let batch = Batch { rows: 2, width: 20, ids, mask: vec![1; 40] };
            (backend.infer(&batch).unwrap(), model.graph.variant.clone(), model.hashes)
        });
        assert_eq!(embedded.0.view(), file.0.view());
        assert_eq!((embedded.1, embedded.2), (file.1, file.2));
    }

    /// On a CPU every heavy node runs on the CPU: the check for GPUs must find that in a real profile.
    #[test]
    fn heavy_nodes_on_the_cpu_are_found_in_a_real_profile() {
        let (runtime, profile) = (Runtime::load(None, Device::Cpu.kind()).unwrap(), Profile::new().unwrap());
        let folder = profile.prefix().parent().unwrap().to_owned();
        let error = OnnxBackend::open(runtime, &tiny(), OPTIONS, Some(profile)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Model);
        for part in ["heavy nodes were placed on the CPU", "MatMul"] {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert!(matches!(error.remedy(), Some(Remedy::ConvertToHalf { folder: Some(_) })));
        assert!(!folder.exists());
    }
}
