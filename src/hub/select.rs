//! Choosing the files of a repository: one ONNX file that suits the device, and what belongs to it.

use super::FetchOptions;
use super::repository::{RemoteFile, Repository};
use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Remedy, Result};
use crate::model::{Precision, is_called};

/// The files to fetch.
#[derive(Debug)]
pub(super) struct Selection<'r> {
    /// Configuration and tokenizer: small, and checked before the rest.
    pub(super) texts: Vec<&'r RemoteFile>,
    /// The ONNX file.
    pub(super) graph: &'r RemoteFile,
    /// External data of the ONNX file.
    pub(super) weights: Vec<&'r RemoteFile>,
}

/// Files that are fetched besides the graph, and whether a model needs them.
const TEXTS: [(&str, bool); 5] = [
    ("config.json", true),
    ("tokenizer.json", true),
    ("tokenizer_config.json", false),
    ("special_tokens_map.json", false),
    ("namewire.json", false),
];

/// The number format of a graph, by its file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Known(Precision),
    /// Four bits and similar: no device clearly suits them.
    Exotic,
    /// Made for another processor.
    Foreign,
}

/// Chooses the files. Fails where the repository has no suitable ONNX file or no tokenizer.
pub(super) fn select<'r>(repository: &'r Repository, options: &FetchOptions) -> Result<Selection<'r>> {
    let graph = choose(repository, options)?;
    let folder = graph.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut texts = Vec::new();
    for (name, needed) in TEXTS {
        // Exports often have a tokenizer beside the graph where the repository itself has none.
        let beside = format!("{folder}/{name}");
        match repository.file(name).or_else(|| repository.file(&beside)) {
            Some(file) => texts.push(file),
            None if needed => return Err(export(repository, &format!("has no {name}"))),
            None => {}
        }
    }
    let weights = repository.files.iter().filter(|file| holds_weights_of(&file.path, &graph.path)).collect();
    Ok(Selection { texts, graph, weights })
}

fn choose<'r>(repository: &'r Repository, options: &FetchOptions) -> Result<&'r RemoteFile> {
    let all: Vec<&RemoteFile> = repository.files.iter().filter(|file| is_graph(&file.path)).collect();
    if all.is_empty() {
        return Err(export(repository, "has no ONNX file (*.onnx, or onnx/*.onnx)"));
    }
    let list = all.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(", ");
    let refuse = |what: String| {
        Error::new(ErrorKind::Hub, format!("{} {what}", repository.name)).help(format!("the repository has {list}"))
    };
    if let Some(asked) = &options.variant {
        let found = all.into_iter().find(|file| is_called(&file.path, asked));
        return found.ok_or_else(|| refuse(format!("has no variant {asked:?}")));
    }
    let order = Precision::preference(options.device);
    let rank = |file: &&RemoteFile| {
        let place = match kind(&file.path) {
            Kind::Known(precision) => order.iter().position(|known| *known == precision).unwrap_or(order.len()),
            Kind::Exotic => order.len(),
            Kind::Foreign => order.len() + 1,
        };
        // Of several equals the shortest name, as for a folder.
        (place, file.path.len(), file.path.clone())
    };
    let best = all.into_iter().min_by_key(rank).ok_or_else(|| refuse("has no ONNX file".to_owned()))?;
    match kind(&best.path) {
        Kind::Known(Precision::Int8) if options.device == DeviceKind::Gpu => {
            Err(refuse("has only 8-bit files, which are for the CPU".to_owned()))
        }
        Kind::Known(_) => Ok(best),
        Kind::Exotic | Kind::Foreign => {
            Err(refuse("has no ONNX file that clearly suits this device: name a variant".to_owned())
                .with_setting("variant"))
        }
    }
}

fn export(repository: &Repository, what: &str) -> Error {
    let name = &repository.name;
    Error::new(ErrorKind::Hub, format!("{name} {what}"))
        .help("any token-classification model of transformers can be exported to ONNX")
        .with_remedy(Remedy::ExportModel { name: Some(name.clone()) })
}

/// Whether a path is that of a graph in a model folder.
fn is_graph(path: &str) -> bool {
    path.ends_with(".onnx") && !path.strip_prefix("onnx/").unwrap_or(path).contains('/')
}

/// `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data` beside `model.onnx`.
fn holds_weights_of(path: &str, graph: &str) -> bool {
    path.strip_prefix(graph).is_some_and(|end| end.starts_with("_data") || end.starts_with(".data"))
}

fn kind(path: &str) -> Kind {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| name.contains(mark));
    let foreign = if cfg!(target_arch = "x86_64") { &["arm64", "aarch64"][..] } else { &["avx", "x86"] };
    if has(foreign) {
        Kind::Foreign
    } else if has(&["q4", "q2", "q1", "bnb4", "int4"]) {
        Kind::Exotic
    } else if has(&["quantized", "int8", "q8"]) {
        Kind::Known(Precision::Int8)
    } else if has(&["fp16", "float16", "half", "_o4"]) {
        Kind::Known(Precision::Fp16)
    } else {
        Kind::Known(Precision::Fp32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CPU: DeviceKind = DeviceKind::Cpu;
    const GPU: DeviceKind = DeviceKind::Gpu;

    fn repository(paths: &str) -> Repository {
        let files =
            paths.split(' ').map(|path| RemoteFile { path: path.to_owned(), size: None, digest: None }).collect();
        Repository { name: "a/b".to_owned(), commit: "12".repeat(20), licence: None, files }
    }

    fn chosen(paths: &str, options: &FetchOptions) -> std::result::Result<Vec<String>, String> {
        let repository = repository(paths);
        let selection = select(&repository, options).map_err(|error| error.to_string())?;
        let files = selection.texts.iter().chain([&selection.graph]).chain(&selection.weights);
        Ok(files.map(|file| file.path.clone()).collect())
    }

    #[test]
    fn the_graph_suits_the_device() {
        let many = "config.json tokenizer.json onnx/model.onnx onnx/model_fp16.onnx onnx/model_quantized.onnx \
                    onnx/model_q4.onnx onnx/model_q4f16.onnx onnx/model_bnb4.onnx onnx/model_uint8.onnx";
        let graph = |paths: &str, variant: Option<&str>, device| {
            chosen(paths, &FetchOptions { variant: variant.map(str::to_owned), device, labels: None })
                .map(|files| files[2].clone())
        };
        assert_eq!(graph(many, None, GPU).unwrap(), "onnx/model_fp16.onnx");
        assert!(["onnx/model_uint8.onnx", "onnx/model_quantized.onnx"].contains(&&*graph(many, None, CPU).unwrap()));
        for name in ["model_q4", "model_q4.onnx", "onnx/model_q4.onnx"] {
            assert_eq!(graph(many, Some(name), CPU).unwrap(), "onnx/model_q4.onnx");
        }
        assert!(graph(many, Some("model_q9"), CPU).unwrap_err().contains("onnx/model_bnb4.onnx"));
        let parts = "config.json tokenizer.json";
        assert_eq!(graph(&format!("{parts} model.onnx onnx/model_O4.onnx"), None, CPU).unwrap(), "model.onnx");
        assert_eq!(graph(&format!("{parts} model.onnx model_int8.onnx"), None, GPU).unwrap(), "model.onnx");
        assert!(graph(&format!("{parts} model_int8.onnx"), None, GPU).unwrap_err().contains("only 8-bit"));
        assert!(graph(&format!("{parts} model_q4.onnx"), None, CPU).unwrap_err().contains("name a variant"));
    }

    #[test]
    fn what_belongs_to_the_graph_comes_along() {
        let paths = "README.md config.json onnx/config.json onnx/tokenizer.json special_tokens_map.json pytorch_model.bin \
                     onnx/model.onnx onnx/model.onnx_data onnx/model.onnx_data_1 onnx/model.onnx.data \
                     onnx/model_fp16.onnx_data model.onnx_data";
        let files = chosen(paths, &FetchOptions::default()).unwrap();
        assert_eq!(
            files,
            [
                "config.json",
                "onnx/tokenizer.json",
                "special_tokens_map.json",
                "onnx/model.onnx",
                "onnx/model.onnx_data",
                "onnx/model.onnx_data_1",
                "onnx/model.onnx.data"
            ]
        );
    }

    #[test]
    fn a_repository_without_usable_files_needs_an_export() {
        for (paths, what) in [
            ("config.json tokenizer.json model.safetensors", "has no ONNX file"),
            ("config.json tokenizer.json fp16/deep/model.onnx", "has no ONNX file"),
            ("config.json vocab.txt model.onnx", "has no tokenizer.json"),
            ("tokenizer.json model.onnx", "has no config.json"),
        ] {
            let error = select(&repository(paths), &FetchOptions::default()).map(drop).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
            assert_eq!(error.remedy(), Some(&Remedy::ExportModel { name: Some("a/b".to_owned()) }));
        }
    }
}
