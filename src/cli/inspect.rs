//! `namewire model inspect`: what a model folder holds.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::hub::open_model;
use namewire::infer::{Device, OnnxBackend, OnnxOptions, Runtime, TensorInfo};
use namewire::model::{Model, ModelOptions, ModelOrigin};

use super::engine::read_labels;
use super::{End, print};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire model inspect
  namewire model inspect models/bert-base-NER --variant model_quantized
  namewire model inspect dslim/bert-base-NER")]
pub(super) struct InspectArgs {
    /// The model folder, or a fetched model of the hub, owner/name[@revision] [default: the bundled model].
    model: Option<PathBuf>,
    /// Which ONNX file of the folder.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The model's labels, in place of those of config.json: O,B-PER,I-PER,… or a file of them.
    #[arg(long, value_name = "LIST")]
    labels: Option<String>,
    /// The ONNX Runtime library, or its folder.
    #[arg(long, value_name = "FILE")]
    ort_lib: Option<PathBuf>,
}

pub(super) fn run(args: &InspectArgs) -> Result<End> {
    let labels = args.labels.as_deref().map(read_labels).transpose()?;
    let options = ModelOptions { variant: args.variant.clone(), labels, ..ModelOptions::default() };
    let model = match &args.model {
        Some(name) => open_model(name, &options)?,
        None => Model::bundled(&options)?,
    };
    let runtime = Runtime::load(args.ort_lib.as_deref(), Device::Cpu.kind())?;
    let backend = OnnxBackend::new(runtime, &model, OnnxOptions { device: Device::Cpu, threads: 1, gpu_memory: None })?;
    print(&describe(&model, &backend))?;
    Ok(End::Done)
}

fn describe(model: &Model, backend: &OnnxBackend) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:>10}  {value}"); // writing to a String cannot fail
    };
    line("name", model.name.clone());
    line(
        "from",
        match &model.origin {
            ModelOrigin::Bundled => "compiled into this program".to_owned(),
            ModelOrigin::Folder(folder) => folder.display().to_string(),
            ModelOrigin::Hub(snapshot) => format!("the hub's cache, {}", snapshot.folder.display()),
        },
    );
    if let Some(commit) = model.origin.commit() {
        line("commit", commit.to_owned());
    }
    line("kind", model.architecture.clone());
    line("labels", format!("{} ({:?})", model.labels.names().join(" "), model.labels.scheme()));
    line("tokenizer", format!("{}, ids up to {}", model.tokenizer.kind(), model.tokenizer.highest_id()));
    line("window", format!("{} tokens, {} of them special", model.window, model.tokenizer.special_tokens()));
    line(
        "languages",
        if model.card.languages.is_empty() { "not stated".to_owned() } else { model.card.languages.join(", ") },
    );
    line("licence", model.card.licence.clone().unwrap_or_else(|| "not stated".to_owned()));
    let (inputs, outputs) = backend.tensors();
    inputs.iter().for_each(|tensor| line("input", describe_tensor(tensor)));
    outputs.iter().for_each(|tensor| line("output", describe_tensor(tensor)));
    for variant in &model.variants {
        let chosen = if *variant == model.graph.variant { ", chosen" } else { "" };
        let size = variant.bytes as f64 / 1e6;
        line("variant", format!("{} ({:?}, {size:.1} MB{chosen})", variant.file, variant.precision));
    }
    model.hashes.iter().for_each(|(file, hash)| line("sha256", format!("{hash}  {file}")));
    text
}

fn describe_tensor(tensor: &TensorInfo) -> String {
    let axes: Vec<String> =
        tensor.shape.iter().map(|&size| if size < 0 { "?".to_owned() } else { size.to_string() }).collect();
    format!("{} {} [{}]", tensor.name, tensor.element, axes.join(", "))
}
