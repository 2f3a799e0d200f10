//! Flags about inputs and outputs that several commands share.

use std::path::PathBuf;

use clap::Args;
use namewire::error::{Error, Result};
use namewire::page::PageMode;
use namewire::read::{ExpansionLimits, Format, MAX_ARTICLE_BYTES, ReadOptions, TextEncoding};
use namewire::run::{OutputOptions, Target};
use namewire::write::{OutputCompression, OutputFormat};

use super::size::parse_size;

#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadingArgs {
    /// Dotted path of the text in a JSON record; several are joined as paragraphs [default: text, body, content, article
    /// or maintext].
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    text_field: Vec<String>,
    /// Dotted path of a field that holds the text as HTML, a page or a part of one, instead of --text-field; tags and
    /// character references are resolved, those of the title too.
    #[arg(long, value_name = "FIELD", value_delimiter = ',', conflicts_with = "text_field")]
    html_field: Vec<String>,
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
    /// The format of standard input and of the named files, whatever their names: text, jsonl, csv, parquet, html, warc,
    /// xml, tar or zip.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// For XML other than feeds, NITF, NewsML-G2 and dumps of MediaWiki: the name of the element that is an article.
    #[arg(long, value_name = "ELEMENT")]
    record: Option<String>,
    /// What separates the columns of tables (CSV): one character, or tab [default: by the first line].
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    delimiter: Option<char>,
    /// Tables (CSV) have no names of columns in their first row: fields are numbers, as in --text-field 3.
    #[arg(long)]
    no_header: bool,
    /// Which text of web pages is extracted: main (the article), precise (its paragraphs and headings only), fast
    /// (without a look at the wording) or all.
    #[arg(long, value_name = "MODE", default_value_t)]
    html: PageMode,
    /// The encoding of the text: a name such as windows-1254, or auto, which guesses where it is not UTF-8. UTF-16 and
    /// UTF-32 are recognised in any case.
    #[arg(long, value_name = "NAME", default_value_t)]
    encoding: TextEncoding,
    /// Open Zstandard files with windows of up to 2 to this power of bytes, as `zstd --long` takes it.
    #[arg(long, value_name = "LOG", default_value_t = ReadOptions::default().zstd_window_log,
          value_parser = clap::value_parser!(u32).range(10..=31))]
    zstd_window: u32,
    /// Maximum megabytes of text in one article; longer ones are rejected.
    #[arg(long, value_name = "MB", default_value_t = MAX_ARTICLE_BYTES >> 20)]
    max_article_mb: usize,
    /// Stop reading a compressed input that expands more than so many times, once it has given 64 MiB.
    #[arg(long, value_name = "TIMES", default_value_t = ExpansionLimits::default().ratio)]
    max_ratio: u64,
    /// Stop reading a compressed input that expands to more than this (50GB) [default: as much as --max-ratio allows].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_unpacked: Option<u64>,
    /// Process articles in these languages only (ISO 639-1 codes, such as en). Others are counted and skipped.
    #[arg(long, value_name = "LANG", value_delimiter = ',')]
    only_lang: Vec<String>,
}

impl ReadingArgs {
    /// The settings that these flags give.
    pub(super) fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.fields.text.clone_from(&self.text_field);
        options.fields.html.clone_from(&self.html_field);
        options.fields.id.clone_from(&self.id_field);
        options.fields.title.clone_from(&self.title_field);
        options.fields.date.clone_from(&self.date_field);
        options.fields.lang.clone_from(&self.lang_field);
        options.keep.clone_from(&self.keep);
        options.max_article_bytes = self.max_article_mb << 20;
        options.format = self.format;
        options.record.clone_from(&self.record);
        options.csv.delimiter = self.delimiter;
        options.csv.has_header = !self.no_header;
        options.html = self.html;
        options.encoding = self.encoding;
        options.zstd_window_log = self.zstd_window;
        options.expansion.ratio = self.max_ratio;
        options.expansion.bytes = self.max_unpacked;
        options
    }

    /// The languages whose articles are processed.
    pub(super) fn languages(&self) -> &[String] {
        &self.only_lang
    }
}

fn parse_delimiter(text: &str) -> std::result::Result<char, String> {
    let mut chars = text.chars();
    match (text, chars.next(), chars.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(char), None) if char.is_ascii() && !matches!(char, '"' | '\r' | '\n') => Ok(char),
        _ => Err("expected one ASCII character other than a quote, or `tab`".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(super) struct WritingArgs {
    /// Where to write the mentions, one JSON object a line; - for standard output. A name that ends in .gz or .zst is
    /// compressed; one that ends in .parquet gets columns.
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Also write one line per article, with or without mentions.
    #[arg(long, value_name = "FILE")]
    articles: Option<PathBuf>,
    /// Add title and text to the lines of --articles: what the offsets of mentions refer to.
    #[arg(long)]
    articles_text: bool,
    /// Where records that could not be processed go, one line each with the reason [default: beside the
    /// output, as FILE.rejects.jsonl].
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Compression of outputs whose names have no .gz or .zst: gz or zst.
    #[arg(long, value_name = "HOW")]
    compress: Option<OutputCompression>,
    /// Store mentions and articles as jsonl or parquet, where the name of a file does not say; in a directory, always.
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    output_format: OutputFormat,
    /// Minimum score of mentions; those that only the table found have none, and stay.
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
    /// Applies these flags, but for the path of the mentions.
    pub(super) fn apply(&self, output: &mut OutputOptions) {
        output.compress = self.compress.unwrap_or_default();
        output.format = self.output_format;
        output.min_score = self.min_score;
        output.types.clone_from(&self.types);
        output.context = self.context;
        output.articles_text = self.articles_text;
    }

    /// Single files, as these flags and `--spans` name them.
    pub(super) fn files(&self, spans: Option<PathBuf>) -> Target {
        let (articles, rejects) = (self.articles.clone(), self.rejects.clone());
        Target::Files { mentions: self.out.clone(), articles, spans, rejects }
    }

    /// Fails where flags name files that a directory of shards holds itself.
    pub(super) fn check_directory(&self) -> Result<()> {
        let named = [("--articles", &self.articles), ("--rejects", &self.rejects)];
        match named.into_iter().find(|(_, file)| file.is_some()) {
            Some((flag, _)) => {
                Err(Error::config(format!("a directory always holds its articles and rejects: leave {flag} out")))
            }
            None => Ok(()),
        }
    }
}
