//! What a model finds in the text of a gold standard.

use std::path::Path;
use std::sync::Arc;

use namewire::article::{Field, Origin};
use namewire::config::Config;
use namewire::error::{Error, Result};
use namewire::eval::{AnnotatedDocument, Annotation, Corpus, Kinds, Place};
use namewire::link::EntityTable;
use namewire::mentions::{ArticleMentions, RecordOutcome};
use namewire::model::Model;
use namewire::outcome::Outcome;
use namewire::pipeline::Pipeline;
use namewire::read::{Format, RawRecord, Records, Reject, discover};
use namewire::segment::Segmentation;
use namewire::span::CodePoints;
use serde_json::json;

use super::EvalArgs;
use crate::cli::session::misuse;

/// What `--model` without a folder stands for.
pub(in crate::cli) const BUNDLED: &str = "bundled";

type Source = Box<dyn Iterator<Item = std::result::Result<RawRecord, Reject>> + Send>;

/// What a model found.
pub(super) struct Found {
    pub(super) model: String,
    pub(super) corpus: Corpus,
    /// The types that the model knows.
    pub(super) types: Vec<Arc<str>>,
}

/// Runs the model over the gold's own text.
pub(super) fn predict(args: &EvalArgs, gold: &Corpus, kinds: &mut Kinds) -> Result<Found> {
    let mut config = Config::default();
    args.inference.apply(&mut config)?;
    if gold.is_tagged() {
        config.segmentation = Segmentation::Lines;
    }
    let records = source(args, gold, &config)?;
    // Links are asked for where the gold has them; a table also changes which mentions there are.
    let linker = match gold.has_links || !args.linking.entities.is_empty() {
        true => args.linking.open_linker()?,
        false => None,
    };
    let (runtime, device) = args.model.open_runtime()?;
    let model = match args.model.model.as_deref() {
        Some(folder) if folder.as_os_str() != BUNDLED => args.model.open_model(device)?,
        _ => Model::bundled(&args.model.model_options(device)?)?,
    };
    args.inference.settle(&mut config, device, &model);
    let workers = args.inference.workers(device);
    let backends = args.model.open_backends(runtime, &model, device, workers)?;
    let pipeline = Pipeline::new(model, linker, backends, config)?;
    let model = format!("{} ({})", pipeline.model().name, pipeline.model().graph.variant.file);
    let corpus = run(&pipeline, records, kinds)?;
    let types = pipeline.model().labels.types().iter().filter_map(|kind| kinds.get(kind)).collect();
    Ok(Found { model, corpus, types })
}

/// The texts of the gold standard as records: its own, or those of `--docs` as `extract` reads them.
fn source(args: &EvalArgs, gold: &Corpus, config: &Config) -> Result<Source> {
    if !gold.is_tagged() {
        let docs = args.docs.as_ref();
        let docs = docs.ok_or_else(|| misuse("a gold of mentions has no text for --model: give it with --docs"))?;
        let inputs = discover(std::slice::from_ref(docs), &config.read)?;
        return Ok(Box::new(Records::new(inputs, &config.read)));
    }
    let records: Vec<RawRecord> = texts(gold)
        .map(|(number, line)| RawRecord {
            origin: Origin { path: "gold".into(), line: Some(number), byte: 0, input: 0 },
            name: "gold".into(),
            format: Format::Jsonl,
            bytes: line.into_bytes(),
        })
        .collect();
    Ok(Box::new(records.into_iter().map(Ok)))
}

/// The documents with text, numbered, as lines of JSON.
fn texts(gold: &Corpus) -> impl Iterator<Item = (u64, String)> {
    gold.documents.iter().zip(1..).filter_map(|(document, number)| {
        let text = document.text.as_ref()?.as_str();
        (!text.trim().is_empty()).then(|| (number, json!({"id": *document.id, "text": text}).to_string()))
    })
}

/// Writes what a system needs in order to predict on the gold's own text.
pub(super) fn write_texts(gold: &Corpus, path: &Path) -> Result<()> {
    let lines: String = texts(gold).map(|(_, line)| line + "\n").collect();
    if lines.is_empty() {
        return Err(misuse("a gold of mentions has no text to write: give it with --docs"));
    }
    std::fs::write(path, lines).map_err(|error| Error::writing(path, error))
}

/// A mention before its type is mapped.
struct Raw {
    span: std::ops::Range<usize>,
    label: Arc<str>,
    entity: Option<Arc<str>>,
    text: Box<str>,
}

fn run(pipeline: &Pipeline, records: Source, kinds: &mut Kinds) -> Result<Corpus> {
    let table = pipeline.linker().map(namewire::link::Linker::table);
    let mut corpus = Corpus { has_ids: true, has_links: table.is_some(), ..Corpus::default() };
    let place = Place { path: Path::new("model").into(), line: 0 };
    let render = |outcome: &RecordOutcome<'_>| match outcome {
        Outcome::Processed(done) => Ok((done.article.id.clone(), found(done, table))),
        Outcome::Rejected(reject) => Err(Error::config(format!("a document of the gold cannot be read: {reject}"))),
        Outcome::Skipped(skipped) => Ok((skipped.article.id.clone(), Vec::new())),
    };
    pipeline.run(records, &pipeline.handle(), render, |(id, found)| {
        let mention = |Raw { span, label, entity, text }| {
            let kind = kinds.get(&label)?;
            let (start, end) = (span.start as u32, span.end as u32);
            Some(Annotation { start, end, kind, entity, text: Some(text), place: place.clone() })
        };
        let mentions = found.into_iter().filter_map(mention).collect();
        corpus.documents.push(AnnotatedDocument { id: id.into(), mentions, ..AnnotatedDocument::default() });
        Ok(())
    })?;
    Ok(corpus)
}

/// The mentions in the text of an article.
fn found(done: &ArticleMentions<'_>, table: Option<&EntityTable>) -> Vec<Raw> {
    let text = done.article.field(Field::Text);
    let mut points = CodePoints::new(text);
    let mentions = done.mentions.iter().filter(|mention| mention.field == Field::Text);
    mentions
        .map(|mention| Raw {
            span: points.range(mention.span),
            label: Arc::clone(&mention.kind),
            entity: mention.link.entity.zip(table).map(|(entity, table)| Arc::clone(&table.entity(entity).id)),
            text: mention.span.slice(text).into(),
        })
        .collect()
}
