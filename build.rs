//! What is known of the files that are compiled in: whether the bundled model is there, and SHA-256 hashes, which a run
//! would otherwise compute at its start.
//!
//! The package for the registry is too small to contain the bundled model: a build without it has no default model, and
//! says so when it is asked for it.

use std::fmt::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The files of the bundled model, and the environment variables with their hashes.
const MODEL: [(&str, &str); 3] = [
    ("models/minilm-l6-news-ner/onnx/model_quantized.onnx", "GRAPH_SHA256"),
    ("models/minilm-l6-news-ner/tokenizer.json", "TOKENIZER_SHA256"),
    ("models/minilm-l6-news-ner/config.json", "CONFIG_SHA256"),
];

/// The files of the starter table, and the environment variables with their hashes.
const STARTER_TABLE: [(&str, &str); 2] =
    [("seeds/entities.jsonl", "SEEDS_ENTITIES_SHA256"), ("seeds/world.jsonl", "SEEDS_WORLD_SHA256")];

fn main() -> std::io::Result<()> {
    println!("cargo::rustc-check-cfg=cfg(bundled_model)");
    let mut table = Sha256::new();
    for (file, variable) in STARTER_TABLE {
        let bytes = read(file)?;
        table.update(&bytes);
        set(variable, Sha256::digest(&bytes).as_slice());
    }
    set("STARTER_TABLE_SHA256", table.finalize().as_slice());

    let [(graph, _), ..] = MODEL;
    println!("cargo::rerun-if-changed={graph}");
    if std::env::var_os("CARGO_FEATURE_BUNDLED_MODEL").is_none() {
        return Ok(());
    }
    if !Path::new(graph).is_file() {
        println!("cargo::warning=there is no {graph}: this build has no default model, so runs need --model");
        return Ok(());
    }
    for (file, variable) in MODEL {
        set(variable, Sha256::digest(read(file)?).as_slice());
    }
    println!("cargo::rustc-cfg=bundled_model");
    Ok(())
}

fn read(file: &str) -> std::io::Result<Vec<u8>> {
    println!("cargo::rerun-if-changed={file}");
    std::fs::read(file)
}

/// Sets an environment variable of the compiler to a hash in hexadecimal.
fn set(variable: &str, hash: &[u8]) {
    let hex = hash.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    });
    println!("cargo::rustc-env={variable}={hex}");
}
