//! Flags about inputs and outputs that several commands share.

use std::path::{Path, PathBuf};

use clap::Args;
use namewire::config::Config;
use namewire::error::Result;
use namewire::read::{ExpansionLimits, Format, MAX_ARTICLE_BYTES, ReadOptions};
use namewire::write::{Destination, LineOptions, OutputCompression, OutputPaths};
use serde_json::{Value, json};

use super::session::misuse;
use super::size::parse_size;

#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadingArgs {
    /// Dotted path of the text in a JSON record [default: text, body, content, article or maintext].
    #[arg(long, value_name = "FIELD")]
    text_field: Option<String>,
    /// Dotted path of the id [default: id, doc_id, _id, uuid or url; else path#line].
    #[arg(long, value_name = "FIELD")]
    id_field: Option<String>,
    /// Dotted path of the headline, which is searched too [default: title or headline].
    #[arg(long, value_name = "FIELD")]
    title_field: Option<String>,
    /// Dotted path of the date: ISO, RFC 2822, Unix time, or a common newsroom form [default: date,
    /// published, date_publish, published_at, pub_date or timestamp].
    #[arg(long, value_name = "FIELD")]
    date_field: Option<String>,
    /// Dotted path of the language code [default: lang or language].
    #[arg(long, value_name = "FIELD")]
    lang_field: Option<String>,
    /// Copy these fields of the record into each mention's "meta".
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    keep: Vec<String>,
    /// What standard input and the named files are, whatever they are called: text or jsonl.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Most megabytes of text in one article; longer ones are set aside.
    #[arg(long, value_name = "MB", default_value_t = MAX_ARTICLE_BYTES >> 20)]
    pub(super) max_article_mb: usize,
    /// Give up a compressed input that expands more than so many times, once it has given 64 MiB.
    #[arg(long, value_name = "TIMES", default_value_t = ExpansionLimits::default().ratio)]
    max_ratio: u64,
    /// Give up a compressed input that expands to more than this (50GB) [default: as much as --max-ratio allows].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_unpacked: Option<u64>,
    /// Process articles in these languages only (ISO 639-1 codes, such as en). Others are counted and left out.
    #[arg(long, value_name = "LANG", value_delimiter = ',')]
    only_lang: Vec<String>,
}

impl ReadingArgs {
    /// Sets what concerns reading.
    pub(super) fn apply(&self, config: &mut Config) -> Result<()> {
        if self.max_article_mb == 0 {
            return Err(misuse("--max-article-mb must be at least 1"));
        }
        if self.max_ratio == 0 {
            return Err(misuse("--max-ratio must be at least 1"));
        }
        let ReadOptions { fields, keep, max_article_bytes, format, expansion, .. } = &mut config.read;
        fields.text.clone_from(&self.text_field);
        fields.id.clone_from(&self.id_field);
        fields.title.clone_from(&self.title_field);
        fields.date.clone_from(&self.date_field);
        fields.lang.clone_from(&self.lang_field);
        keep.clone_from(&self.keep);
        *max_article_bytes = self.max_article_mb << 20;
        *format = self.format;
        *expansion = ExpansionLimits { ratio: self.max_ratio, bytes: self.max_unpacked };
        config.languages.only = self.only_lang.clone();
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct WritingArgs {
    /// Where to write the mentions, one JSON object a line; - for standard output. A name that ends in .gz or .zst is
    /// compressed.
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Also write one line per article, with or without mentions.
    #[arg(long, value_name = "FILE")]
    articles: Option<PathBuf>,
    /// Where records that could not be processed go, one line each with the reason [default: beside the
    /// output, as FILE.rejects.jsonl].
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Compress outputs whose names do not tell: gz or zst.
    #[arg(long, value_name = "HOW")]
    compress: Option<OutputCompression>,
    /// Write mentions that the model is at least this sure of; what the table alone found stays.
    #[arg(long, value_name = "0..1", default_value_t = 0.0)]
    min_score: f32,
    /// Write these types only, such as PER,ORG.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Add the sentence to each mention.
    #[arg(long)]
    context: bool,
    /// No progress bar and no closing report.
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl WritingArgs {
    pub(super) fn lines(&self, articles: bool, spans: bool) -> Result<LineOptions> {
        if !(0.0..=1.0).contains(&self.min_score) {
            return Err(misuse("--min-score is a probability, from 0 to 1"));
        }
        Ok(LineOptions {
            min_score: self.min_score,
            types: self.types.iter().cloned().collect(),
            context: self.context,
            articles,
            spans,
        })
    }

    /// Whether one line per article is asked for.
    pub(super) fn with_articles(&self) -> bool {
        self.articles.is_some()
    }

    /// How outputs are compressed whose names do not tell.
    pub(super) fn encoding(&self) -> OutputCompression {
        self.compress.unwrap_or_default()
    }

    /// Fails where flags name files that a directory of shards holds itself.
    pub(super) fn check_directory(&self) -> Result<()> {
        let named = [("--articles", &self.articles), ("--rejects", &self.rejects)];
        match named.into_iter().find(|(_, file)| file.is_some()) {
            Some((flag, _)) => {
                Err(misuse(format!("a directory holds its articles and rejects itself: leave {flag} out")))
            }
            None => Ok(()),
        }
    }

    /// What these flags change in the output.
    pub(super) fn identity(&self) -> Value {
        // As text: a number with a fraction may not come back from JSON to the last bit.
        let min_score = self.min_score.to_string();
        json!({"min_score": min_score, "types": self.types, "context": self.context, "compress": self.encoding()})
    }

    pub(super) fn paths(&self, spans: Option<PathBuf>, summary: Option<PathBuf>) -> OutputPaths {
        let mentions = match self.out.as_os_str() == "-" {
            true => Destination::Stdout,
            false => Destination::File(followed(&self.out)),
        };
        let beside = |out: &Path| {
            let encoding = OutputCompression::from_path(out).unwrap_or_default();
            let stem = if encoding == OutputCompression::Plain { out.file_name() } else { out.file_stem() };
            let mut name = stem?.to_os_string();
            name.push(format!(".rejects.jsonl{}", encoding.suffix()));
            Some(out.with_file_name(name))
        };
        let is_file =
            mentions != Destination::Stdout && !std::fs::metadata(&self.out).is_ok_and(|meta| !meta.is_file());
        let rejects = self.rejects.clone().or_else(|| is_file.then(|| beside(&self.out)).flatten());
        let follow = |path: Option<PathBuf>| path.as_deref().map(followed);
        OutputPaths {
            mentions,
            articles: follow(self.articles.clone()),
            spans: follow(spans),
            rejects: follow(rejects),
            summary: follow(summary),
            compression: self.encoding(),
        }
    }
}

/// Where an output that is named by a symbolic link goes: to the file behind it, as any program that opens the link
/// would write. The link itself stays; renaming onto it would replace it.
fn followed(path: &Path) -> PathBuf {
    let mut real = path.to_path_buf();
    // Devices and pipes are written as they are; their links may lead to nothing that has a path.
    if std::fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return real;
    }
    // As many links as systems follow.
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&real) else { break };
        real = real.parent().unwrap_or(Path::new("")).join(target);
    }
    real
}
