//! What a model finds in the text of a gold standard.

use std::path::Path;
use std::sync::Arc;

use namewire::article::{Article, Field};
use namewire::engine::{EngineOptions, Tables};
use namewire::error::{Error, Result};
use namewire::eval::{AnnotatedDocument, Annotation, Corpus, Kinds, Place};
use namewire::read::{ReadOptions, Records, discover};
use namewire::segment::Segmentation;
use namewire::write::AtomicFile;
use namewire::{ExtractedArticle, Namewire};
use serde_json::json;

use super::EvalArgs;

/// The value of `--model` without a folder.
pub(in crate::cli) const BUNDLED: &str = "bundled";

/// What a model found.
pub(super) struct Found {
    pub(super) model: String,
    pub(super) corpus: Corpus,
    /// The types that the model knows.
    pub(super) types: Vec<Arc<str>>,
}

/// Runs the model over the gold's own text.
pub(super) fn predict(args: &EvalArgs, gold: &Corpus, kinds: &mut Kinds) -> Result<Found> {
    let mut options = EngineOptions::default();
    args.model.apply(&mut options)?;
    args.inference.apply(&mut options)?;
    options.model = options.model.filter(|model| model.as_os_str() != BUNDLED);
    if gold.is_tagged() {
        options.segmentation = Segmentation::Lines;
    }
    // Links are needed where the gold has them; a table also changes which mentions there are.
    if gold.has_links || !args.linking.entities.is_empty() {
        args.linking.apply(&mut options);
    } else {
        options.tables = Tables::None;
    }
    let documents = documents(args, gold)?;
    let namewire = Namewire::builder().options(options).build()?;
    let model = namewire.model();
    let types = model.labels.types().iter().filter_map(|kind| kinds.get(kind)).collect();
    let model = format!("{} ({})", model.name, model.graph.variant.file);
    let corpus = run(&namewire, documents, kinds)?;
    Ok(Found { model, corpus, types })
}

/// The texts of the gold standard: its own, or those of `--docs` as `extract` reads them.
fn documents(args: &EvalArgs, gold: &Corpus) -> Result<Vec<Article>> {
    if gold.is_tagged() {
        let article = |(id, text): (&str, &str)| Article { id: id.into(), text: text.into(), ..Article::default() };
        return Ok(texts(gold).map(article).collect());
    }
    let docs = args.docs.as_ref();
    let docs = docs.ok_or_else(|| Error::config("a gold of mentions has no text for --model: give it with --docs"))?;
    let read = ReadOptions::default();
    let records = Records::new(discover(std::slice::from_ref(docs), &read)?, &read);
    let parsed = records.map(|record| record.and_then(|record| record.parse(&read)));
    parsed
        .map(|article| article.map_err(|reject| Error::config(format!("a document of the gold is rejected: {reject}"))))
        .collect()
}

/// The ids and texts of the documents that have text.
fn texts(gold: &Corpus) -> impl Iterator<Item = (&str, &str)> {
    gold.documents.iter().filter_map(|document| {
        let text = document.text.as_ref()?.as_str();
        (!text.trim().is_empty()).then_some((&*document.id, text))
    })
}

/// Writes what a system needs in order to predict on the gold's own text.
pub(super) fn write_texts(gold: &Corpus, path: &Path) -> Result<()> {
    let lines: String = texts(gold).map(|(id, text)| format!("{}\n", json!({"id": id, "text": text}))).collect();
    if lines.is_empty() {
        return Err(Error::config("a gold of mentions has no text to write: give it with --docs"));
    }
    AtomicFile::create(path)?.publish_json(&lines)
}

fn run(namewire: &Namewire, documents: Vec<Article>, kinds: &mut Kinds) -> Result<Corpus> {
    let mut corpus = Corpus { has_ids: true, has_links: namewire.table().is_some(), ..Corpus::default() };
    let place = Place { path: Path::new("model").into(), line: 0 };
    for extracted in namewire.extract_all(documents) {
        let ExtractedArticle { id, mentions, .. } = extracted?;
        let mentions = mentions.into_iter().filter(|mention| mention.field == Field::Text).filter_map(|mention| {
            let kind = kinds.get(&mention.kind)?;
            let (start, end) = (mention.start as u32, mention.end as u32);
            let entity = mention.entity_id.map(Into::into);
            Some(Annotation { start, end, kind, entity, text: Some(mention.text.into()), place: place.clone() })
        });
        let mentions = mentions.collect();
        corpus.documents.push(AnnotatedDocument { id: id.into(), mentions, ..AnnotatedDocument::default() });
    }
    Ok(corpus)
}
