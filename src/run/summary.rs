//! The summary of a run: what it did, what it wrote, and what it was made with.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::identity::rule_settings;
use super::sink::Written;
use crate::engine::Engine;
use crate::link::{EntityIx, Linker};
use crate::report::RunReport;
use crate::write::Rendered;

/// Entities in the summary.
const MAX_TOP_ENTITIES: usize = 10;

/// How often entities were mentioned in what this process has written.
#[derive(Debug, Default)]
pub(super) struct EntityCounts(HashMap<EntityIx, u64>);

/// An entity and its mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopEntity {
    /// Its id in the table.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How often it was mentioned.
    pub mentions: u64,
}

/// The summary of a complete run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunSummary {
    /// What this process did: of a run that was resumed, the part since then.
    pub report: RunReport,
    /// What the whole run has written.
    pub written: Written,
    /// The most mentioned entities of this process, by count, then in the order of the table; empty without a table.
    pub top_entities: Vec<TopEntity>,
    /// The languages that the model was made for, as ISO 639-1 codes.
    pub model_languages: Vec<String>,
    /// Whether mentions were linked to a table.
    pub has_table: bool,
    /// Model, table, settings and versions, as the JSON summary has them.
    made_with: Map<String, Value>,
}

impl EntityCounts {
    pub(super) fn count(&mut self, rendered: &Rendered) {
        for entity in rendered.written.iter().filter_map(|mention| mention.entity) {
            *self.0.entry(entity).or_default() += 1;
        }
    }

    fn top(&self, linker: Option<&Linker>) -> Vec<TopEntity> {
        let Some(linker) = linker else { return Vec::new() };
        let mut counts: Vec<(EntityIx, u64)> = self.0.iter().map(|(&entity, &count)| (entity, count)).collect();
        counts.sort_by_key(|&(entity, count)| (std::cmp::Reverse(count), entity));
        let named = counts.into_iter().take(MAX_TOP_ENTITIES).map(|(entity, mentions)| {
            let entity = linker.table().entity(entity);
            TopEntity { id: entity.id.to_string(), name: entity.name.to_string(), mentions }
        });
        named.collect()
    }
}

impl RunSummary {
    pub(super) fn new(report: RunReport, written: Written, entities: &EntityCounts, engine: &Engine) -> Self {
        let linker = engine.pipeline.linker();
        Self {
            report,
            written,
            top_entities: entities.top(linker),
            model_languages: engine.pipeline.model().card.languages.clone(),
            has_table: linker.is_some(),
            made_with: made_with(engine),
        }
    }

    /// The summary as one JSON object, as the summary file has it.
    pub fn to_json(&self) -> Value {
        let Self { report, written, top_entities, made_with, .. } = self;
        let top: Vec<Value> = top_entities
            .iter()
            .map(|TopEntity { id, name, mentions }| json!({"entity_id": id, "entity_name": name, "mentions": mentions}))
            .collect();
        let mut summary = json!({
            "schema_version": 1,
            "run": report,
            "resumed": written.was_resumed,
            "written": {
                "records": written.counts.records, "articles": written.counts.written,
                "rejected": written.counts.rejected, "skipped": written.counts.skipped,
                "mentions": written.counts.mentions, "linked": written.counts.linked,
                "by_type": written.by_type, "duplicate_ids": written.duplicate_ids, "top_entities": top,
            },
            "files": written.files,
            "manifest": written.manifest.as_ref().map(|path| path.display().to_string()),
            "tokens_per_second": report.tokens_per_second(),
        });
        if let Value::Object(summary) = &mut summary {
            summary.extend(made_with.clone());
        }
        summary
    }

    /// The text of the summary file.
    pub(super) fn to_text(&self) -> String {
        format!("{:#}\n", self.to_json())
    }
}

fn made_with(engine: &Engine) -> Map<String, Value> {
    let (pipeline, config) = (&engine.pipeline, engine.pipeline.config());
    let model = pipeline.model();
    let hashes: Map<String, Value> = model.hashes.iter().map(|(file, hash)| (file.clone(), json!(hash))).collect();
    let table = pipeline.linker().map(Linker::table);
    let table =
        table.map(|table| json!({"entities": table.len(), "aliases": table.alias_count(), "sha256": table.sha256()}));
    let [aggregation, decoding, consistency] = rule_settings(config.rule);
    let mut made_with = Map::new();
    made_with.insert(
        "model".to_owned(),
        json!({
            "name": model.name, "commit": model.origin.commit(), "variant": model.graph.variant.file,
            "window": model.window, "sha256": hashes,
        }),
    );
    made_with.insert("table".to_owned(), json!(table));
    made_with.insert(
        "configuration".to_owned(),
        json!({
            "device": engine.device, "workers": pipeline.sessions(), "host_threads": config.host_threads,
            "batch_tokens": config.batch.tokens, "batch_rows": config.batch.rows,
            "equal_lengths": config.batch.equal_lengths, "chunk_articles": config.chunk.articles,
            "chunk_bytes": config.chunk.bytes, "aggregation": aggregation, "decoding": decoding,
            "agreement": consistency,
        }),
    );
    made_with.insert(
        "versions".to_owned(),
        json!({"namewire": env!("CARGO_PKG_VERSION"), "onnxruntime": engine.onnxruntime}),
    );
    made_with
}
