//! Sets the cfg `bundled_model` where the feature `bundled-model` is on and the model is there. The package for the
//! registry is too small to contain it: such a build has no default model, and says so when it is asked for it.

use std::path::Path;

fn main() {
    let graph = "models/minilm-l6-news-ner/onnx/model_quantized.onnx";
    println!("cargo::rustc-check-cfg=cfg(bundled_model)");
    println!("cargo::rerun-if-changed={graph}");
    if std::env::var_os("CARGO_FEATURE_BUNDLED_MODEL").is_none() {
        return;
    }
    if Path::new(graph).is_file() {
        println!("cargo::rustc-cfg=bundled_model");
    } else {
        println!("cargo::warning=there is no {graph}: this build has no default model, so runs need --model");
    }
}
