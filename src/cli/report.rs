//! The closing report of a run for people.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use namewire::read::Unread;
use namewire::report::InputFigures;
use namewire::run::{RunSummary, Stopped};

use super::log::{inform, is_json};

/// Prints the report; for programs, as one JSON object.
pub(super) fn show(summary: &RunSummary, out: &Path) {
    if is_json() {
        tracing::info!(report = %summary.to_json(), "done");
    } else {
        inform(&describe(summary, out));
    }
}

/// What a run left that was stopped.
pub(super) fn describe_stop(stopped: &Stopped) -> String {
    match stopped {
        Stopped::Directory { records } => format!("stopped after {records} records"),
        Stopped::Files { partial } => {
            let kept: Vec<String> = partial.iter().map(|path| path.display().to_string()).collect();
            let kept =
                if kept.is_empty() { String::new() } else { format!("; partial output is in {}", kept.join(", ")) };
            format!(
                "stopped{kept}\n  help: single files cannot be resumed; with --shard-size, or an --out that ends in /, \
                 a run can be"
            )
        }
    }
}

fn describe(summary: &RunSummary, out: &Path) -> String {
    let RunSummary { report, written, .. } = summary;
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:>12}  {value}"); // writing to a String cannot fail
    };
    let counts = &written.counts;
    let rejected = match (counts.rejected, &written.rejects) {
        (0, _) => String::new(),
        (count, Some(path)) => format!(", {count} rejected (see {})", path.display()),
        (count, None) => format!(", {count} rejected ({})", list(&report.rejected_by_reason)),
    };
    let skipped = if counts.skipped > 0 { format!(", {} skipped", counts.skipped) } else { String::new() };
    line("articles", format!("{}{rejected}{skipped}", counts.written));
    if written.was_resumed {
        let records = report.records;
        line(
            "resumed",
            format!(
                "{records} of these records were read since; figures below, but for mentions and links, are of them"
            ),
        );
    }
    let duplicates = &written.duplicate_ids;
    if let Some(example) = &duplicates.example {
        let at_least = if duplicates.incomplete { "at least " } else { "" };
        let records = duplicates.records;
        line(
            "duplicates",
            format!("{at_least}{records} records have the id of an earlier one, such as {example:?}; all are kept"),
        );
    }
    if !report.foreign.is_empty() {
        let languages = summary.model_languages.join(", ");
        line("foreign", format!("{} (the model was made for {languages})", list(&report.foreign)));
    }
    if !report.warnings.is_empty() {
        line("warnings", list(&report.warnings));
    }
    for (warning, example) in &report.warning_examples {
        line("such as", format!("{warning}: {example}"));
    }
    if !report.unmatched_fields.is_empty() {
        line("keep", format!("no record had {}", report.unmatched_fields.join(", ")));
    }
    if !report.not_articles.is_empty() {
        line("not articles", list(&report.not_articles));
    }
    if let Some(unread) = unread_files(&report.unread) {
        line("not read", unread);
    }
    line("sentences", report.sentences.to_string());
    line("tokens", format!("{} encoded, {} inferred", report.tokens_encoded, report.tokens_inferred));
    if report.batches_halved > 0 {
        line("memory", format!("batches halved {} times: give a smaller --batch-tokens", report.batches_halved));
    }
    line("mentions", format!("{} ({})", counts.mentions, list(&written.by_type)));
    if summary.has_table {
        line("linked", format!("{:.1}%", 100.0 * counts.linked as f64 / counts.mentions.max(1) as f64));
        let top: Vec<String> =
            summary.top_entities.iter().map(|entity| format!("{} {}", entity.name, entity.mentions)).collect();
        line("top entities", top.join(", "));
    }
    if report.inputs.count > 1 {
        let slow = |input: &InputFigures| format!("{} {:.1} s", input.path, input.seconds);
        let bad = |input: &InputFigures| format!("{} {} of {}", input.path, input.rejected, input.records);
        line("slowest", listed(&report.inputs.slowest, slow));
        if !report.inputs.most_rejected.is_empty() {
            line("rejected", listed(&report.inputs.most_rejected, bad));
        }
    }
    line("speed", format!("{:.0} tokens/s, {:.2} s", report.tokens_per_second(), report.seconds));
    if out.as_os_str() != "-" {
        let shards = if written.manifest.is_some() { format!(" ({} shards)", written.shards) } else { String::new() };
        line("output", format!("{}{shards}", out.display()));
    }
    text
}

fn listed(inputs: &[InputFigures], shown: impl Fn(&InputFigures) -> String) -> String {
    inputs.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// The files in directories that were not read, most frequent kinds first; `None` where all were.
fn unread_files(unread: &Unread) -> Option<String> {
    let mut kinds: Vec<(&str, u64)> = unread.by_extension.iter().map(|(kind, &count)| (kind.as_str(), count)).collect();
    kinds.iter_mut().filter(|(kind, _)| kind.is_empty()).for_each(|(kind, _)| *kind = "without extension");
    kinds.extend([("hidden", unread.hidden), ("outputs of namewire", unread.outputs), ("empty", unread.empty)]);
    kinds.retain(|&(_, count)| count > 0);
    kinds.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let total: u64 = kinds.iter().map(|(_, count)| count).sum();
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let help = if unread.by_extension.is_empty() { "" } else { "; name a file itself with --format to read it" };
    (total > 0).then(|| format!("{total} files: {}{help}", kinds.join(", ")))
}
