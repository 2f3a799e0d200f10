//! The default model, compiled in.

use super::{Model, ModelOptions};
use crate::error::Result;

#[cfg(bundled_model)]
pub(super) fn open(options: &ModelOptions) -> Result<Model> {
    use super::{EmbeddedGraph, Graph, GraphSource, ModelOrigin, Parts, Variant};
    use crate::device::DeviceKind;
    use crate::error::{Error, ErrorKind, Remedy};

    macro_rules! file {
        ($path:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/minilm-l6-news-ner/", $path))
        };
    }
    static GRAPH: &[u8] = file!("onnx/model_quantized.onnx");
    static TOKENIZER: &[u8] = file!("tokenizer.json");
    static CONFIG: &[u8] = file!("config.json");
    static TOKENIZER_CONFIG: &[u8] = file!("tokenizer_config.json");
    static CARD: &[u8] = file!("namewire.json");

    let graph = EmbeddedGraph::new(GRAPH)
        .map_err(|why| Error::new(ErrorKind::Model, format!("the bundled model cannot be read: {why}")))?;
    let mut variant = Variant::new("onnx/model_quantized.onnx", &graph.model);
    variant.bytes = GRAPH.len() as u64;
    if options.device == DeviceKind::Gpu || options.variant.as_ref().is_some_and(|asked| !variant.is_called(asked)) {
        return Err(Error::new(ErrorKind::Model, "the bundled model has only its 8-bit variant, made for the CPU")
            .help("for a GPU, name a model with model_fp16.onnx or model.onnx; the bundled one can be converted")
            .with_setting("model")
            .with_remedy(Remedy::ConvertToHalf { folder: Some("models/minilm-l6-news-ner".into()) }));
    }
    let text = |bytes: &'static [u8]| String::from_utf8_lossy(bytes);
    let (config, tokenizer_config, card) = (text(CONFIG), text(TOKENIZER_CONFIG), text(CARD));
    let parts =
        Parts { config: &config, tokenizer: TOKENIZER, tokenizer_config: Some(&tokenizer_config), card: Some(&card) };
    let graph = Graph { variant, source: GraphSource::Memory(graph) };
    let mut model = parts.assemble(ModelOrigin::Bundled.name(), graph, ModelOrigin::Bundled, options)?;
    // The build script has computed them.
    let hashes = [
        ("onnx/model_quantized.onnx", env!("GRAPH_SHA256")),
        ("tokenizer.json", env!("TOKENIZER_SHA256")),
        ("config.json", env!("CONFIG_SHA256")),
    ];
    model.hashes = hashes.map(|(name, hash)| (name.to_owned(), hash.to_owned())).to_vec();
    Ok(model)
}

#[cfg(not(bundled_model))]
pub(super) fn open(_options: &ModelOptions) -> Result<Model> {
    use crate::error::{Error, ErrorKind};
    Err(Error::new(ErrorKind::Model, "this build has no bundled model")
        .help("name a model folder or a fetched model, or build from the repository, which has the model")
        .with_setting("model"))
}
