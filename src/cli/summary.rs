//! What is said of a run at its end: a few lines for people, one JSON object for programs.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Write};
use std::path::Path;

use namewire::decode::Rule;
use namewire::infer::Runtime;
use namewire::link::{EntityIx, Linker};
use namewire::pipeline::Pipeline;
use namewire::report::{InputFigures, RunReport};
use namewire::write::Rendered;
use serde_json::{Value, json};

use super::target::Wrote;

/// Entities that the summary names.
const TOP: usize = 10;

/// How often entities were mentioned in what this process has written.
#[derive(Debug, Default)]
pub(super) struct Summary {
    by_entity: HashMap<EntityIx, u64>,
}

/// What a run was made with.
pub(super) struct Setting<'r> {
    pub runtime: &'r Runtime,
    pub device: String,
    pub workers: usize,
    pub pipeline: &'r Pipeline,
}

impl Summary {
    pub(super) fn count(&mut self, rendered: &Rendered) {
        for entity in rendered.written.iter().filter_map(|mention| mention.entity) {
            *self.by_entity.entry(entity).or_default() += 1;
        }
    }

    /// The most mentioned entities, by count, then by id.
    fn top(&self, linker: Option<&Linker>) -> Vec<(String, String, u64)> {
        let Some(linker) = linker else { return Vec::new() };
        let mut counts: Vec<_> = self.by_entity.iter().map(|(&entity, &count)| (entity, count)).collect();
        counts.sort_by_key(|&(entity, count)| (std::cmp::Reverse(count), entity));
        let named = counts.into_iter().take(TOP).map(|(entity, count)| {
            let entity = linker.table().entity(entity);
            (entity.id.to_string(), entity.name.to_string(), count)
        });
        named.collect()
    }

    /// The summary for programs.
    pub(super) fn text(&self, report: &RunReport, wrote: &Wrote, setting: &Setting<'_>) -> String {
        format!("{:#}\n", self.json(report, wrote, setting))
    }

    /// The same as a value.
    pub(super) fn json(&self, report: &RunReport, wrote: &Wrote, setting: &Setting<'_>) -> Value {
        let (model, linker) = (setting.pipeline.model(), setting.pipeline.linker());
        let config = setting.pipeline.config();
        let [aggregation, decoding, agreement] = decoding_of(config.rule);
        let top: Vec<Value> = self
            .top(linker)
            .into_iter()
            .map(|(id, name, mentions)| json!({"entity_id": id, "entity_name": name, "mentions": mentions}))
            .collect();
        let hashes: serde_json::Map<String, Value> =
            model.hashes.iter().map(|(file, hash)| (file.clone(), json!(hash))).collect();
        json!({
            "schema_version": 1,
            // What this process did; of a run that was resumed, the part since then.
            "run": report,
            "resumed": wrote.was_resumed,
            // What the whole run has written.
            "written": {
                "records": wrote.counts.records, "articles": wrote.counts.written, "rejected": wrote.counts.rejected,
                "skipped": wrote.counts.skipped, "mentions": wrote.counts.mentions, "linked": wrote.counts.linked,
                "by_type": wrote.by_type, "duplicate_ids": wrote.duplicate_ids, "top_entities": top,
            },
            "files": wrote.files,
            "manifest": wrote.manifest.as_ref().map(|(path, _)| path.display().to_string()),
            "tokens_per_second": report.tokens_per_second(),
            "model": {"name": model.name, "commit": model.origin.commit(), "variant": model.graph.variant.file, "window": model.window, "sha256": hashes},
            "table": linker.map(|linker| json!({"entities": linker.table().len(), "aliases": linker.table().alias_count(), "sha256": linker.table().sha256()})),
            "configuration": {
                "device": setting.device, "workers": setting.workers, "host_threads": config.host_threads,
                "batch_tokens": config.batch.tokens, "batch_rows": config.batch.rows,
                "equal_lengths": config.batch.equal_lengths, "chunk_articles": config.chunk.articles, "chunk_bytes": config.chunk.bytes,
                "aggregation": aggregation, "decoding": decoding, "agreement": agreement,
            },
            "versions": {"namewire": env!("CARGO_PKG_VERSION"), "onnxruntime": setting.runtime.version},
        })
    }

    /// A closing report for people.
    pub(super) fn describe(&self, report: &RunReport, wrote: &Wrote, setting: &Setting<'_>, out: &Path) -> String {
        let mut text = String::new();
        let linker = setting.pipeline.linker();
        let mut line = |label: &str, value: String| {
            let _ = writeln!(text, "{label:>12}  {value}"); // writing to a String cannot fail
        };
        let counts = &wrote.counts;
        let set_aside = match (counts.rejected, &wrote.rejects) {
            (0, _) => String::new(),
            (count, Some(path)) => format!(", {count} set aside (see {})", path.display()),
            (count, None) => format!(", {count} set aside ({})", list(&report.rejected_by_reason)),
        };
        let skipped = if counts.skipped > 0 { format!(", {} skipped", counts.skipped) } else { String::new() };
        line("articles", format!("{}{set_aside}{skipped}", counts.written));
        if wrote.was_resumed {
            line(
                "resumed",
                format!(
                    "{} of these records were read since; figures below but mentions and links are of them",
                    report.records
                ),
            );
        }
        let duplicates = &wrote.duplicate_ids;
        if let Some(example) = &duplicates.example {
            let at_least = if duplicates.incomplete { "at least " } else { "" };
            let records = duplicates.records;
            line(
                "duplicates",
                format!("{at_least}{records} records have the id of an earlier one, such as {example:?}; all are kept"),
            );
        }
        if !report.foreign.is_empty() {
            line(
                "foreign",
                format!(
                    "{} (the model was made for {})",
                    list(&report.foreign),
                    setting.pipeline.model().card.languages.join(", ")
                ),
            );
        }
        if !report.warnings.is_empty() {
            line("warnings", list(&report.warnings));
        }
        line("sentences", report.sentences.to_string());
        line("tokens", format!("{} encoded, {} inferred", report.tokens_encoded, report.tokens_inferred));
        if report.batches_halved > 0 {
            line("memory", format!("batches halved {} times: give a smaller --batch-tokens", report.batches_halved));
        }
        line("mentions", format!("{} ({})", counts.mentions, list(&wrote.by_type)));
        if linker.is_some() {
            line("linked", format!("{:.1}%", 100.0 * counts.linked as f64 / counts.mentions.max(1) as f64));
            let top: Vec<String> = self.top(linker).iter().map(|(_, name, count)| format!("{name} {count}")).collect();
            line("top entities", top.join(", "));
        }
        if report.inputs.count > 1 {
            let slow = |input: &InputFigures| format!("{} {:.1} s", input.path, input.seconds);
            let bad = |input: &InputFigures| format!("{} {} of {}", input.path, input.rejected, input.records);
            line("slowest", listed(&report.inputs.slowest, slow));
            if !report.inputs.most_rejected.is_empty() {
                line("set aside", listed(&report.inputs.most_rejected, bad));
            }
        }
        line("speed", format!("{:.0} tokens/s, {:.2} s", report.tokens_per_second(), report.seconds));
        if out.as_os_str() != "-" {
            let shards = wrote.manifest.as_ref().map_or(String::new(), |(_, shards)| format!(" ({shards} shards)"));
            line("output", format!("{}{shards}", out.display()));
        }
        text
    }
}

/// What `--aggregation`, `--decode` and `--no-agreement` make of a rule: two names, and true or false.
pub(super) fn decoding_of(rule: Rule) -> [Value; 3] {
    let name = |choice: &dyn Debug| json!(format!("{choice:?}").to_lowercase());
    match rule {
        Rule::Words { aggregation, decoding, consistency } => [name(&aggregation), name(&decoding), json!(consistency)],
        Rule::Transformers(strategy) => [json!(format!("hf-{strategy:?}").to_lowercase()), Value::Null, Value::Null],
    }
}

fn listed(inputs: &[InputFigures], shown: impl Fn(&InputFigures) -> String) -> String {
    inputs.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
