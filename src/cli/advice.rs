//! What to type about an error of the library, which names settings and remedies but neither flags nor commands.

use namewire::error::{Error, Remedy};

/// Flags by the setting that they give.
const FLAGS: &[(&str, &str)] = &[
    ("articles_text", "--articles FILE with --articles-text"),
    ("batch_rows", "--batch-rows N"),
    ("batch_tokens", "--batch-tokens N"),
    ("chunk_articles", "--chunk-articles N"),
    ("delimiter", "--delimiter CHAR"),
    ("device", "--device cpu|cuda|cuda:N|auto"),
    ("docs", "--docs FILE"),
    ("existing", "--resume to resume the run, --overwrite to replace it"),
    ("format", "--format FORMAT"),
    ("gold_format", "--format columns|sentences|mentions"),
    ("gpu_memory", "--gpu-memory MB"),
    ("labels", "--labels O,B-PER,I-PER,… or --labels FILE with one a line"),
    ("limit", "--limit N"),
    ("link_margin", "--link-margin TIMES"),
    ("link_threshold", "--link-threshold 0..1"),
    ("max_article_bytes", "--max-article-mb MB"),
    ("max_ratio", "--max-ratio TIMES"),
    ("memory", "--memory SIZE"),
    ("min_score", "--min-score 0..1"),
    ("model", "--model MODEL"),
    ("ort_library", "--ort-lib FILE"),
    ("part", "--part K/N"),
    ("record", "--record ELEMENT"),
    ("retry", "--retry REJECTS…"),
    ("sample", "--sample 0..1"),
    ("shard_size", "--shard-size ARTICLES"),
    ("stall_timeout", "--stall-timeout SECONDS"),
    ("tag_column", "--column N"),
    ("tag_scheme", "--scheme NAME"),
    ("token_column", "--token-column N"),
    ("types", "--types TYPE,…"),
    ("variant", "--variant NAME"),
    ("window", "--window TOKENS"),
    ("workers", "--workers N"),
];

/// What to type, where this program has a flag or a command for it.
pub(super) fn advice(error: &Error) -> Option<String> {
    let flag = error.setting().and_then(|setting| FLAGS.iter().find(|(known, _)| *known == setting));
    let parts: Vec<String> =
        error.remedy().map(command).into_iter().chain(flag.map(|(_, flag)| (*flag).to_owned())).collect();
    (!parts.is_empty()).then(|| parts.join("; or "))
}

fn command(remedy: &Remedy) -> String {
    match remedy {
        Remedy::InstallRuntime => "`scripts/setup` in the repository".to_owned(),
        Remedy::InstallGpuRuntime => "`scripts/setup_gpu` in the repository".to_owned(),
        Remedy::ExportModel { name } => {
            format!("`scripts/export_onnx {}` writes a folder for --model", name.as_deref().unwrap_or("MODEL"))
        }
        Remedy::ConvertToHalf { folder } => {
            let folder = folder.as_ref().map_or("FOLDER".to_owned(), |folder| folder.display().to_string());
            format!("`scripts/make_fp16 {folder}`")
        }
        Remedy::FetchModel { name, variant: None } => format!("`namewire model fetch {name}`"),
        Remedy::FetchModel { name, variant: Some(variant) } => {
            format!("`namewire model fetch {name} --variant {variant}`")
        }
        Remedy::FetchGpuModel { name } => format!("`namewire model fetch {name} --device cuda`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_sorted_and_named_by_their_flags() {
        assert!(FLAGS.is_sorted());
        let error = Error::config("no such device").with_setting("device");
        assert_eq!(advice(&error).as_deref(), Some("--device cpu|cuda|cuda:N|auto"));
        assert_eq!(advice(&Error::config("x").with_setting("unknown")), None);
        let command = command(&Remedy::FetchModel { name: "a/b".to_owned(), variant: Some("model".to_owned()) });
        assert_eq!(command, "`namewire model fetch a/b --variant model`");
    }
}
