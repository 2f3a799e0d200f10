//! Finding the files of a model folder, and the ONNX file that suits the device.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::onnx_file::OnnxFile;
use super::within::{MAX_CONFIG_BYTES, MAX_TOKENIZER_BYTES, Within, missing};
use super::{Graph, GraphSource, Model, ModelOptions, ModelOrigin, Parts};
use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Remedy, Result};
use crate::hash::sha256_file;

/// One ONNX file of a model folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// Path below the folder.
    pub file: String,
    /// Number format of its weights, as far as the file shows.
    pub precision: Precision,
    /// Size of the file in bytes; external data not included.
    pub bytes: u64,
    /// Whether activations are quantised with scales taken from the whole batch.
    dynamic_scales: bool,
}

/// The number format that a graph mainly computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 8-bit integer products.
    Int8,
    /// Half precision.
    Fp16,
    /// Anything else, nearly always single precision.
    Fp32,
}

impl Variant {
    pub(super) fn new(file: &str, graph: &[u8]) -> Self {
        // A file that is none is only an error where it is chosen.
        let operators = OnnxFile::read(graph).unwrap_or_default().operators;
        let has = |name: &str| operators.iter().any(|operator| operator.contains(name));
        Self {
            file: file.to_owned(),
            precision: precision(file, has),
            bytes: graph.len() as u64,
            dynamic_scales: has("DynamicQuantize"),
        }
    }

    /// True where a row of a batch is computed as if it were alone. Scales that are taken from the whole batch, as
    /// dynamic quantisation does, make it depend on its neighbours.
    pub fn rows_are_independent(&self) -> bool {
        !self.dynamic_scales
    }

    /// True where `asked` is this file's path, name or stem.
    pub(super) fn is_called(&self, asked: &str) -> bool {
        is_called(&self.file, asked)
    }
}

impl Precision {
    /// What suits a device, best first: 8-bit integers on a CPU, half precision on a GPU.
    pub(crate) fn preference(device: DeviceKind) -> [Self; 3] {
        match device {
            DeviceKind::Cpu => [Self::Int8, Self::Fp32, Self::Fp16],
            DeviceKind::Gpu => [Self::Fp16, Self::Fp32, Self::Int8],
        }
    }
}

/// True where `asked` is a file's path, name or stem.
pub(crate) fn is_called(file: &str, asked: &str) -> bool {
    let path = Path::new(file);
    let matches = |part: Option<&std::ffi::OsStr>| part.is_some_and(|part| part == asked);
    file == asked || matches(path.file_name()) || matches(path.file_stem())
}

/// 8-bit products are recognised by their operators in the graph, half precision by the name of the file, since any
/// graph may have a few half-precision constants.
fn precision(file: &str, has_operator: impl Fn(&str) -> bool) -> Precision {
    if ["MatMulInteger", "QLinearMatMul", "DynamicQuantize", "QAttention"].into_iter().any(has_operator) {
        Precision::Int8
    } else if ["fp16", "float16", "half"].iter().any(|mark| file.contains(mark)) {
        Precision::Fp16
    } else {
        Precision::Fp32
    }
}

/// Opens the folder of a model that is not compiled in.
pub(super) fn open(origin: ModelOrigin, folder: PathBuf, options: &ModelOptions) -> Result<Model> {
    if !folder.is_dir() {
        return Err(Error::new(ErrorKind::Model, "there is no such model folder")
            .at(&folder)
            .help("give a folder with config.json, tokenizer.json and model.onnx"));
    }
    let within = Within::new(&folder)?;
    let (config_file, tokenizer_file) = (part(&folder, "config.json"), part(&folder, "tokenizer.json"));
    let config = within.read_text(&config_file, MAX_CONFIG_BYTES)?;
    let tokenizer = within.read(&tokenizer_file, MAX_TOKENIZER_BYTES)?;
    let optional = |file: &str| {
        let file = part(&folder, file);
        let exists = folder.join(&file).exists();
        exists.then(|| within.read_text(&file, MAX_CONFIG_BYTES)).transpose()
    };
    let (tokenizer_config, card) = (optional("tokenizer_config.json")?, optional("namewire.json")?);
    let variants = find_variants(&folder, &within)?;
    let variant = choose(&origin, &folder, &variants, options)?.clone();
    let weights = within.check_graph(&variant.file)?;
    let graph_path = folder.join(&variant.file);
    let parts = Parts {
        config: &config,
        tokenizer: &tokenizer,
        tokenizer_config: tokenizer_config.as_deref(),
        card: card.as_deref(),
    };
    let graph = Graph { variant, source: GraphSource::File(graph_path) };
    let mut model = parts
        .assemble(origin.name(), graph, origin, options)
        .map_err(|error| if error.path().is_none() { error.at(&folder) } else { error })?;
    model.variants = variants;
    let parts = [model.graph.variant.file.clone(), tokenizer_file, config_file];
    for file in parts.into_iter().chain(weights) {
        let hash = sha256_file(&folder.join(&file)).map_err(|error| missing(&folder, &file, error))?;
        model.hashes.push((file, hash));
    }
    Ok(model)
}

/// The path of a part of the model: in the folder, or in its `onnx` folder, where some exports put it.
fn part(folder: &Path, file: &str) -> String {
    let beside = format!("onnx/{file}");
    if !folder.join(file).exists() && folder.join(&beside).exists() { beside } else { file.to_owned() }
}

/// All `*.onnx` files in the folder and its `onnx` folder, by name.
fn find_variants(folder: &Path, within: &Within<'_>) -> Result<Vec<Variant>> {
    let mut variants = Vec::new();
    for place in ["", "onnx"] {
        let Ok(entries) = std::fs::read_dir(folder.join(place)) else { continue };
        for path in
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "onnx"))
        {
            let below = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            variants.push(Variant::new(&below, &within.map(&below)?));
        }
    }
    variants.sort_by(|a, b| a.file.cmp(&b.file));
    if variants.is_empty() {
        return Err(Error::new(ErrorKind::Model, "the model folder has no ONNX file")
            .at(folder)
            .help("export the model to ONNX, as model.onnx in the folder or in its `onnx` folder"));
    }
    Ok(variants)
}

/// The requested variant, or the one that suits the device: 8-bit integers on a CPU, half precision on a GPU.
fn choose<'v>(
    origin: &ModelOrigin,
    folder: &Path,
    variants: &'v [Variant],
    options: &ModelOptions,
) -> Result<&'v Variant> {
    let list = || variants.iter().map(|variant| variant.file.as_str()).collect::<Vec<_>>().join(", ");
    let chosen = match &options.variant {
        Some(asked) => variants.iter().find(|variant| variant.is_called(asked)).ok_or_else(|| {
            let error = Error::new(ErrorKind::Model, format!("there is no variant {asked:?}"))
                .at(folder)
                .help(format!("the folder has {}", list()))
                .with_setting("variant");
            match origin {
                ModelOrigin::Hub(snapshot) => {
                    error.with_remedy(Remedy::FetchModel { name: snapshot.revision(), variant: Some(asked.clone()) })
                }
                ModelOrigin::Bundled | ModelOrigin::Folder(_) => error,
            }
        })?,
        None => {
            let order = Precision::preference(options.device);
            let rank = |variant: &&Variant| order.iter().position(|precision| *precision == variant.precision);
            // Of several equals the shortest name: "model_quantized.onnx" before "model_q4f16_block.onnx".
            variants.iter().min_by_key(|variant| (rank(variant), variant.file.len())).unwrap_or(&variants[0])
        }
    };
    if options.device == DeviceKind::Gpu && chosen.precision == Precision::Int8 {
        let what = "8-bit integer products are for the CPU; a GPU is slower with them";
        let remedy = match origin {
            ModelOrigin::Hub(snapshot) => Remedy::FetchGpuModel { name: snapshot.revision() },
            ModelOrigin::Bundled | ModelOrigin::Folder(_) => Remedy::ConvertToHalf { folder: Some(folder.to_owned()) },
        };
        return Err(Error::new(ErrorKind::Model, what)
            .at(folder.join(&chosen.file))
            .help(format!("a GPU needs half or single precision; the folder has {}", list()))
            .with_remedy(remedy));
    }
    Ok(chosen)
}
