//! What the bytes of a run's output depend on, as its manifest states it.

use std::path::{Path, PathBuf};

use namewire::error::{Error, Result};
use namewire::hash::{sha256, sha256_file};
use namewire::read::Input;
use namewire::write::{Identity, InputIdentity};
use serde_json::{Map, Value, json};

use super::extract::ExtractArgs;
use super::session::{STARTER_NAME, STARTER_TABLE};
use super::summary::{Setting, decoding_of};

/// The identity of a run. What does not change the output (workers, threads, progress) is not in it.
pub(super) fn identity(
    setting: &Setting<'_>,
    inputs: &[Input],
    args: &ExtractArgs,
    has_spans: bool,
) -> Result<Identity> {
    let (config, model) = (setting.pipeline.config(), setting.pipeline.model());
    let read = &config.read;
    let hashes: Map<String, Value> = model.hashes.iter().map(|(file, hash)| (file.clone(), json!(hash))).collect();
    let [aggregation, decoding, agreement] = decoding_of(config.rule);
    let mut settings = json!({
        "retry": !args.retry.is_empty(),
        "fields": {
            "text": read.fields.text, "id": read.fields.id, "title": read.fields.title, "date": read.fields.date,
            "lang": read.fields.lang,
        },
        "keep": read.keep,
        "format": read.format.map(|format| format!("{format:?}").to_lowercase()),
        "max_article_bytes": read.max_article_bytes, "memory": args.limits.memory,
        "max_article_mb": args.reading.max_article_mb,
        "limit": read.selection.limit,
        "sample": read.selection.sample.map(|sample| json!({"fraction": sample.fraction, "seed": sample.seed})),
        "max_ratio": read.expansion.ratio, "max_unpacked": read.expansion.bytes,
        "only_lang": config.languages.only,
        "device": setting.device,
        "batch_tokens": config.batch.tokens, "batch_rows": config.batch.rows,
        "equal_lengths": config.batch.equal_lengths,
        "chunk_articles": config.chunk.articles, "chunk_bytes": config.chunk.bytes, "shard_size": config.chunk.shard,
        "dedup": config.dedup,
        "aggregation": aggregation, "decoding": decoding, "agreement": agreement,
        "spans": has_spans,
        "fuzzy": !args.linking.no_fuzzy,
    });
    if let (Value::Object(settings), Value::Object(writing)) = (&mut settings, args.writing.identity()) {
        settings.extend(writing);
    }
    let made_with = json!({
        "versions": {"namewire": env!("CARGO_PKG_VERSION"), "onnxruntime": setting.runtime.version},
        "settings": settings,
        "model": {
            "name": model.name, "variant": model.graph.variant.file, "window": model.window, "sha256": hashes,
            "labels": model.labels.names(),
        },
        "tables": tables(&args.linking.entities)?,
    });
    let Value::Object(made_with) = made_with else { return Ok(Identity::default()) };
    Ok(Identity { made_with, inputs: inputs.iter().map(input_identity).collect() })
}

fn input_identity(input: &Input) -> InputIdentity {
    let meta = std::fs::metadata(&input.path).ok().filter(|meta| meta.is_file() && !input.is_stdin());
    let modified = meta.and_then(|meta| jiff::Timestamp::try_from(meta.modified().ok()?).ok());
    InputIdentity {
        path: input.path.display().to_string(),
        size: input.size,
        modified: modified.map(|time| time.to_string()),
    }
}

/// Path and hash of each table: evidence names the path.
fn tables(entities: &[PathBuf]) -> Result<Value> {
    let of_file = |path: &PathBuf| {
        let hash = sha256_file(path).map_err(|error| Error::opening(path, error))?;
        Ok(json!({"path": path.display().to_string(), "sha256": hash}))
    };
    match entities {
        [] => Ok(json!([{"path": STARTER_NAME, "sha256": sha256(STARTER_TABLE.as_bytes())}])),
        [only] if only == Path::new("none") => Ok(json!([])),
        files => files.iter().map(of_file).collect(),
    }
}
