//! `namewire extract`: articles in, linked mentions out.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use namewire::config::{Config, LanguageRule, available_cores};
use namewire::decode::{Aggregation, Decoding};
use namewire::error::Result;
use namewire::infer::Device;
use namewire::link::{LinkOptions, Linker};
use namewire::pipeline::Pipeline;
use namewire::read::{FieldNames, Format, MAX_ARTICLE_BYTES, ReadOptions, Records, discover};
use namewire::write::{Destination, LineOptions, OutputPaths, Outputs, render};

use super::progress::Progress;
use super::session::{ModelArgs, describe, misuse, open_backends, open_table};
use super::summary::Summary;
use super::{End, say};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire extract news/ --out mentions.jsonl
  namewire extract dump.jsonl.gz --text-field body --keep url,source --out mentions.jsonl
  cat story.txt | namewire extract - --out -
  namewire extract news/ --entities none --types PER,ORG --min-score 0.8 --out people.jsonl
  namewire extract news/ --entities seeds/entities.jsonl my-people.jsonl --out mentions.jsonl")]
pub(super) struct ExtractArgs {
    /// Files (.txt, .jsonl, .ndjson, each also as .gz or .zst), directories of such files, or - for
    /// standard input.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Where to write the mentions, one JSON object a line; - for standard output.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Also write one line per article, with or without mentions.
    #[arg(long, value_name = "FILE")]
    articles: Option<PathBuf>,
    /// Also write what the model alone found, before tables and links.
    #[arg(long, value_name = "FILE")]
    spans: Option<PathBuf>,
    /// Where records that could not be processed go, one line each with the reason [default: beside the
    /// output, as FILE.rejects.jsonl].
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Write counts, stage times, versions and hashes as one JSON object.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Entity tables; several are one table. "none" writes mentions without links [default: the starter
    /// table, compiled in from seeds/entities.jsonl].
    #[arg(long, value_name = "FILE", num_args = 1..)]
    entities: Vec<PathBuf>,
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
    quiet: bool,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    inference: InferenceArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
struct ReadingArgs {
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
    max_article_mb: usize,
    /// Process articles in these languages only (ISO 639-1 codes, such as en). Others are counted and left out.
    #[arg(long, value_name = "LANG", value_delimiter = ',')]
    only_lang: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Inference")]
struct InferenceArgs {
    /// Sessions that infer at the same time [default: one per core on a CPU, two on a GPU]. Does not change
    /// the output.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Most padded tokens in a batch.
    #[arg(long, value_name = "N", default_value_t = Config::default().batch.tokens)]
    batch_tokens: usize,
    /// Most sentences in a batch; 1 makes a sentence's scores independent of its neighbours.
    #[arg(long, value_name = "N", default_value_t = Config::default().batch.rows)]
    batch_rows: usize,
    /// Compute equal sentences each time anew. Does not change the output of a model whose scores do not
    /// depend on the batch.
    #[arg(long)]
    no_dedup: bool,
    /// Articles that are sorted and batched together.
    #[arg(long, value_name = "N", default_value_t = Config::default().chunk.articles)]
    chunk_articles: usize,
    /// How the tokens of a word vote on its label.
    #[arg(long, value_enum, default_value_t)]
    aggregation: AggregationArg,
    /// The best legal sequence of labels (viterbi), or each word's best label (greedy).
    #[arg(long, value_enum, default_value_t)]
    decode: DecodingArg,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum AggregationArg {
    #[default]
    First,
    Max,
    Average,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DecodingArg {
    #[default]
    Viterbi,
    Greedy,
}

pub(super) fn run(args: &ExtractArgs) -> Result<End> {
    let mut config = args.config()?;
    let lines = args.lines()?;
    let inputs = discover(&args.inputs, &config.read)?;
    // Whatever may be wrong with model, table or outputs shows before the first article is read.
    let table = open_table(&args.entities)?;
    let (runtime, device) = args.model.open_runtime()?;
    let model = args.model.open_model(device)?;
    config.languages.known = model.card.languages.clone();
    let workers = args.inference.workers.unwrap_or(match device {
        Device::Cpu => available_cores(),
        Device::Cuda(_) => 2,
    });
    let backends = open_backends(runtime, &model, device, workers)?;
    let linker = table.map(|table| Linker::new(table, LinkOptions::default()));
    let pipeline = Pipeline::new(model, linker, backends, config)?;
    let mut outputs = Outputs::create(&args.outputs())?;

    let records = Records::new(inputs, &pipeline.config().read);
    let progress = Progress::start(args.quiet, records.progress(), pipeline.counters());
    let mut summary = Summary::default();
    let table = pipeline.linker().map(Linker::table);
    let report = pipeline.run(
        records,
        |outcome| render(outcome, table, &lines),
        |rendered| {
            summary.count(&rendered);
            outputs.write(&rendered)
        },
    );
    progress.stop();
    let report = report?;
    let setting = super::summary::Setting { runtime, device: describe(device), workers, pipeline: &pipeline };
    outputs.write_summary(&summary.text(&report, &setting))?;
    let rejects = outputs.finish()?;
    if !args.quiet {
        say(&summary.describe(&report, &setting, &args.out, rejects.as_deref()));
    }
    Ok(if report.rejected > 0 { End::SetAside } else { End::Done })
}

impl ExtractArgs {
    fn config(&self) -> Result<Config> {
        let reading = &self.reading;
        let mut config = Config {
            read: ReadOptions {
                fields: FieldNames {
                    text: reading.text_field.clone(),
                    id: reading.id_field.clone(),
                    title: reading.title_field.clone(),
                    date: reading.date_field.clone(),
                    lang: reading.lang_field.clone(),
                },
                keep: reading.keep.clone(),
                max_article_bytes: reading.max_article_mb << 20,
                format: reading.format,
            },
            languages: LanguageRule { known: Vec::new(), only: reading.only_lang.clone() },
            aggregation: self.inference.aggregation.into(),
            decoding: self.inference.decode.into(),
            ..Config::default()
        };
        config.batch.tokens = self.inference.batch_tokens;
        config.batch.rows = self.inference.batch_rows;
        config.dedup = !self.inference.no_dedup;
        config.chunk.articles = self.inference.chunk_articles;
        let counts = [
            ("--workers", self.inference.workers.unwrap_or(1)),
            ("--batch-tokens", self.inference.batch_tokens),
            ("--batch-rows", self.inference.batch_rows),
            ("--chunk-articles", self.inference.chunk_articles),
            ("--max-article-mb", reading.max_article_mb),
        ];
        match counts.iter().find(|(_, count)| *count == 0) {
            Some((flag, _)) => Err(misuse(format!("{flag} must be at least 1"))),
            None => Ok(config),
        }
    }

    fn lines(&self) -> Result<LineOptions> {
        if !(0.0..=1.0).contains(&self.min_score) {
            return Err(misuse("--min-score is a probability, from 0 to 1"));
        }
        Ok(LineOptions {
            min_score: self.min_score,
            types: self.types.iter().cloned().collect::<HashSet<_>>(),
            context: self.context,
            articles: self.articles.is_some(),
            spans: self.spans.is_some(),
        })
    }

    fn outputs(&self) -> OutputPaths {
        let mentions = match self.out.as_os_str() == "-" {
            true => Destination::Stdout,
            false => Destination::File(self.out.clone()),
        };
        let beside = |out: &Path| {
            let mut name = out.file_name()?.to_os_string();
            name.push(".rejects.jsonl");
            Some(out.with_file_name(name))
        };
        let is_file =
            mentions != Destination::Stdout && !std::fs::metadata(&self.out).is_ok_and(|meta| !meta.is_file());
        let rejects = self.rejects.clone().or_else(|| is_file.then(|| beside(&self.out)).flatten());
        let [articles, spans, summary] = [&self.articles, &self.spans, &self.summary].map(Clone::clone);
        OutputPaths { mentions, articles, spans, rejects, summary }
    }
}

impl From<AggregationArg> for Aggregation {
    fn from(arg: AggregationArg) -> Self {
        match arg {
            AggregationArg::First => Self::First,
            AggregationArg::Max => Self::Max,
            AggregationArg::Average => Self::Average,
        }
    }
}

impl From<DecodingArg> for Decoding {
    fn from(arg: DecodingArg) -> Self {
        match arg {
            DecodingArg::Viterbi => Self::Viterbi,
            DecodingArg::Greedy => Self::Greedy,
        }
    }
}
