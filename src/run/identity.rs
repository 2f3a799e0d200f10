//! What the bytes of a run's output depend on, as its manifest states it.
//!
//! Every struct of settings is taken apart field by field, so that a new setting does not compile until it is decided
//! whether it changes the output.

use serde_json::{Map, Value, json};

use super::options::{InputOptions, LimitOptions, OutputOptions, RunOptions, Target};
use crate::config::Config;
use crate::decode::Rule;
use crate::engine::{Engine, EngineOptions, Tables, table_identities};
use crate::error::Result;
use crate::link::LinkOptions;
use crate::model::Model;
use crate::page::PageMode;
use crate::read::{CsvOptions, ExpansionLimits, FieldNames, Input, ReadOptions, Selection, shown};
use crate::segment::Segmentation;
use crate::write::{Identity, InputIdentity, OutputFormat};

/// The identity of a run. What does not change the output (workers, threads, progress) is not in it.
pub(super) fn identity(options: &RunOptions, engine: &Engine, inputs: &[Input]) -> Result<Identity> {
    let mut made_with = engine_identity(&options.engine, engine)?;
    made_with.insert("settings".to_owned(), Value::Object(settings(options, engine)));
    Ok(Identity { made_with, inputs: inputs.iter().map(input_identity).collect() })
}

/// What the mentions of an engine depend on besides the articles: versions, settings, and the hashes of model and tables.
///
/// # Errors
///
/// Fails where a table cannot be read any more.
pub fn engine_identity(options: &EngineOptions, engine: &Engine) -> Result<Map<String, Value>> {
    let mut identity = Map::new();
    let versions = json!({"namewire": env!("CARGO_PKG_VERSION"), "onnxruntime": engine.onnxruntime});
    identity.insert("versions".to_owned(), versions);
    let settings: Map<_, _> =
        engine_settings(options, engine).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    identity.insert("settings".to_owned(), Value::Object(settings));
    identity.insert("model".to_owned(), model_identity(engine.pipeline.model()));
    identity.insert("tables".to_owned(), table_identities(&options.tables)?);
    Ok(identity)
}

fn model_identity(model: &Model) -> Value {
    let hashes: Map<String, Value> = model.hashes.iter().map(|(file, hash)| (file.clone(), json!(hash))).collect();
    json!({
        "name": model.name, "variant": model.graph.variant.file, "window": model.window,
        "capitalised_names": model.card.capitalised_names, "truecase": model.card.truecase,
        "sha256": hashes, "labels": model.labels.names(),
    })
}

/// What the footer of a Parquet file says of the run that wrote it.
pub(super) fn footer(made_with: Map<String, Value>) -> Vec<(String, String)> {
    vec![("namewire".to_owned(), Value::Object(made_with).to_string())]
}

/// The same for mentions that were linked again.
pub(super) fn relinked_footer(model: &Model, tables: &Tables) -> Result<Vec<(String, String)>> {
    let mut made_with = Map::new();
    made_with.insert("versions".to_owned(), json!({"namewire": env!("CARGO_PKG_VERSION")}));
    made_with.insert("model".to_owned(), model_identity(model));
    made_with.insert("tables".to_owned(), table_identities(tables)?);
    Ok(footer(made_with))
}

fn settings(options: &RunOptions, engine: &Engine) -> Map<String, Value> {
    let RunOptions { inputs, read, languages, engine: engine_options, output, limits } = options;
    // The inputs themselves are listed in the manifest; of a retry they are rejects files, read in another way.
    let InputOptions { paths: _, listed: _, retry, setting_files: _ } = inputs;
    let LimitOptions { memory, stall_timeout: _ } = limits;
    let mut settings = Map::new();
    // A setting that is off is left out, as manifests of earlier versions do with settings they do not know.
    let mut set = |key: &str, value: Value| drop(settings.insert(key.to_owned(), value));
    set("retry", json!(!retry.is_empty()));
    for (key, value) in read_settings(read, engine.pipeline.config()) {
        set(key, value);
    }
    set("memory", json!(memory));
    set("only_lang", json!(languages));
    for (key, value) in engine_settings(engine_options, engine) {
        set(key, value);
    }
    for (key, value) in output_settings(output) {
        set(key, value);
    }
    settings
}

fn read_settings(read: &ReadOptions, config: &Config) -> Vec<(&'static str, Value)> {
    let ReadOptions {
        fields,
        keep,
        max_article_bytes,
        format,
        csv,
        html,
        record,
        encoding,
        expansion,
        zstd_window_log,
        selection,
    } = read;
    let FieldNames { text, html: html_fields, id, title, date, lang } = fields;
    let CsvOptions { delimiter, has_header } = csv;
    let ExpansionLimits { ratio, bytes } = expansion;
    let Selection { limit, sample, part } = selection;
    vec![
        (
            "fields",
            json!({"text": (!text.is_empty()).then(|| text.join(",")), "id": id, "title": title, "date": date, "lang": lang}),
        ),
        ("keep", json!(keep)),
        ("format", json!(format)),
        ("delimiter", json!(delimiter)),
        ("no_header", json!((!has_header).then_some(true))),
        ("record", json!(record)),
        // What was asked for, and what a limit on memory leaves of it.
        ("max_article_mb", json!(max_article_bytes >> 20)),
        ("max_article_bytes", json!(config.read.max_article_bytes)),
        ("limit", json!(limit)),
        ("sample", json!(sample.map(|sample| json!({"fraction": sample.fraction, "seed": sample.seed})))),
        ("part", json!(part.map(|part| format!("{}/{}", part.number, part.of)))),
        ("max_ratio", json!(ratio)),
        ("max_unpacked", json!(bytes)),
        ("html", json!((*html != PageMode::default()).then_some(html))),
        ("html_fields", json!((!html_fields.is_empty()).then_some(html_fields))),
        ("encoding", json!(encoding)),
        ("zstd_window", json!(zstd_window_log)),
    ]
}

fn engine_settings(options: &EngineOptions, engine: &Engine) -> Vec<(&'static str, Value)> {
    let EngineOptions {
        // The manifest has the hashes of the model and of the tables.
        model: _,
        variant: _,
        window: _,
        labels: _,
        tables: _,
        // The device is listed as it was chosen, and sizes as the pipeline uses them.
        device: _,
        batch_tokens: _,
        batch_rows: _,
        chunk_articles: _,
        // These do not change the output.
        gpu_memory: _,
        ort_library: _,
        workers: _,
        linking,
        rule,
        segmentation,
        dedup,
    } = options;
    let LinkOptions { add_missed, types_from_table, margin, link_threshold, keep_addresses, fuzzy } = linking;
    let Config { batch, chunk, .. } = engine.pipeline.config();
    let [aggregation, decoding, consistency] = rule_settings(*rule);
    vec![
        ("device", json!(engine.device)),
        ("batch_tokens", json!(batch.tokens)),
        ("batch_rows", json!(batch.rows)),
        ("equal_lengths", json!(batch.equal_lengths)),
        ("chunk_articles", json!(chunk.articles)),
        ("chunk_bytes", json!(chunk.bytes)),
        ("shard_size", json!(chunk.shard)),
        ("dedup", json!(dedup)),
        ("aggregation", aggregation),
        ("decoding", decoding),
        ("agreement", consistency),
        ("add_missed", json!(add_missed)),
        ("types_from_table", json!(types_from_table)),
        ("margin", json!(margin.to_string())),
        ("link_threshold", json!(link_threshold.to_string())),
        ("keep_addresses", json!(keep_addresses)),
        ("fuzzy", json!(fuzzy)),
        ("segmentation", json!((*segmentation != Segmentation::default()).then_some(segmentation))),
    ]
}

fn output_settings(output: &OutputOptions) -> Vec<(&'static str, Value)> {
    let OutputOptions { target, summary: _, compress, min_score, types, context, articles_text, format } = output;
    let spans = match target {
        Target::Files { mentions: _, articles: _, spans, rejects: _ } => spans.is_some(),
        Target::Directory { path: _, shard_size: _, spans, existing: _ } => *spans,
    };
    vec![
        ("spans", json!(spans)),
        // As text: a number with a fraction may not survive JSON to the last bit.
        ("min_score", json!(min_score.to_string())),
        ("types", json!(types)),
        ("context", json!(context)),
        ("articles_text", json!(articles_text.then_some(true))),
        ("compress", json!(compress)),
        ("output_format", json!(output_format(target, *format))),
    ]
}

/// JSON Lines, which need no mention, or the format that differs from them.
fn output_format(target: &Target, format: OutputFormat) -> Option<OutputFormat> {
    Some(target.mentions_format(format)).filter(|&format| format != OutputFormat::default())
}

/// The names of aggregation and decoding, and whether labels are made consistent over the document.
pub(super) fn rule_settings(rule: Rule) -> [Value; 3] {
    match rule {
        Rule::Words { aggregation, decoding, consistency } => [json!(aggregation), json!(decoding), json!(consistency)],
        Rule::Transformers(strategy) => [json!(strategy), Value::Null, Value::Null],
    }
}

fn input_identity(input: &Input) -> InputIdentity {
    let meta = std::fs::metadata(&input.path).ok().filter(|meta| meta.is_file() && !input.is_stdin());
    let modified = meta.and_then(|meta| jiff::Timestamp::try_from(meta.modified().ok()?).ok());
    InputIdentity { path: shown(&input.path), size: input.size, modified: modified.map(|time| time.to_string()) }
}
