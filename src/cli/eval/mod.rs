//! `namewire eval`: mentions and links compared with a gold standard.

mod figures;
mod predict;
mod table;

use std::path::{Path, PathBuf};

use clap::Args;
use namewire::engine::EngineOptions;
use namewire::error::{Error, Result};
use namewire::eval::{
    Aligned, Bootstrap, Corpus, GoldFormat, Kinds, MatchOptions, TagOptions, TagScheme, evaluate, read_catalogue,
    read_documents, read_zones, types,
};
use namewire::write::{AtomicFile, FileAccess};

use self::figures::{Figures, Predictions};
pub(super) use self::predict::BUNDLED;
use self::predict::Found;
use super::engine::{LinkingArgs, ModelArgs};
use super::inference::InferenceArgs;
use super::{End, print, print_json};

#[derive(Debug, Args)]
#[command(after_help = "Formats, told by the content, each also as .gz or .zst:
  columns    a token a line, its tag the last column (--column); blank lines between sentences,
             -DOCSTART- between documents
  sentences  JSON Lines: {\"doc\", \"sentences\": [{\"text\", \"tokens\": [[start, end]], \"labels\"}]}
  mentions   JSON Lines: doc (or doc_id), start, end, type, entity (or entity_id), as extract writes
             them; offsets are code points of the text, mentions of titles are left out

Tags are read as seqeval reads them in its strict mode: what is ill formed under the scheme is no
entity. --scheme lenient is seqeval's default mode. Types are compared in capitals.

Where the gold is tokens, --model gets each sentence as one, its tokens joined by spaces, or its
text; predictions as mentions refer to the text that --text-out writes.

Examples:
  namewire eval --gold test.conll --pred predicted.conll
  namewire eval --gold test.conll.gz --model models/bert-base-NER --map GPE=LOC
  namewire eval --gold gold.jsonl --docs docs.jsonl --ignore zones.jsonl --pred mentions.jsonl
  namewire eval --gold gold.jsonl --pred new.jsonl --compare old.jsonl --json -")]
pub(super) struct EvalArgs {
    /// The gold standard: mentions, or tagged tokens.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    gold: Vec<PathBuf>,
    /// Predictions, in any of the formats; - for standard input. Or --model, to predict now.
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    pred: Option<PathBuf>,
    /// Other predictions for the same gold: how much better the first are, and how surely.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// The documents of a gold of mentions, JSON Lines with id and text: exactly these are scored.
    #[arg(long, value_name = "FILE")]
    docs: Option<PathBuf>,
    /// Ignore zones, JSON Lines with doc, start and end: what overlaps one and is no gold span does not count.
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// The catalogue of entities, JSON Lines with id: a predicted entity outside it counts as none.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Linking accuracy only over mentions whose type is right too.
    #[arg(long)]
    typed_linking: bool,
    /// End to end also asks for the right type.
    #[arg(long)]
    typed_e2e: bool,
    /// The format of the gold files, whatever their content looks like: columns, sentences or mentions.
    #[arg(long, value_name = "FORMAT")]
    gold_format: Option<GoldFormat>,
    /// How tags are written: iob1, iob2 (bio), iobes (bioes, bilou), io or lenient [default: by the tags].
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<TagScheme>,
    /// Which column is the tag, from 1 [default: the last].
    #[arg(long, value_name = "N")]
    column: Option<usize>,
    /// The same, of the predictions [default: as of the gold].
    #[arg(long, value_name = "N")]
    pred_column: Option<usize>,
    /// Which column is the token, from 1 [default: the first].
    #[arg(long, value_name = "N")]
    token_column: Option<usize>,
    /// Count one type as another, in gold and predictions (GPE=LOC), or not at all (DATE=).
    #[arg(long, value_name = "FROM=TO", value_delimiter = ',')]
    map: Vec<String>,
    /// How many of the most frequent errors to show.
    #[arg(long, value_name = "N", default_value_t = 20)]
    errors: usize,
    /// How often documents are resampled for the 95% bootstrap intervals; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    resamples: usize,
    /// Seed of the bootstrap.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write all figures as one JSON object; - for standard output, instead of the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the texts of the gold, JSON Lines with id and text, for other systems to predict on.
    #[arg(long, value_name = "FILE")]
    text_out: Option<PathBuf>,
    #[command(flatten)]
    linking: LinkingArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    inference: InferenceArgs,
}

impl EvalArgs {
    /// Checks that no output replaces a file that is read.
    fn check_files(&self) -> Result<()> {
        let mut access = FileAccess::default();
        let mut engine = EngineOptions::default();
        self.linking.apply(&mut engine);
        engine.model.clone_from(&self.model.model);
        engine.add_files(&mut access);
        access.read_all("gold", &self.gold).read_all("predictions", self.pred.iter().chain(&self.compare));
        access.read_all("documents", &self.docs).read_all("ignore zones", &self.ignore);
        access.read_all("catalogue", &self.catalogue).read_all("labels", self.model.labels_file());
        access.write_all("texts", &self.text_out);
        access.write_all("figures", self.json.iter().filter(|path| path.as_os_str() != "-"));
        access.check()
    }

    fn matching(&self, gold: &Corpus) -> MatchOptions {
        MatchOptions { links: gold.has_links, typed_linking: self.typed_linking, typed_end_to_end: self.typed_e2e }
    }
}

pub(super) fn run(args: &EvalArgs) -> Result<End> {
    if args.pred.is_none() && args.model.model.is_none() && args.text_out.is_none() {
        return Err(Error::config("what is to be evaluated? Give --pred FILE or --model"));
    }
    if [args.column, args.pred_column, args.token_column].contains(&Some(0)) {
        return Err(Error::config("columns are counted from 1"));
    }
    args.check_files()?;
    let mut kinds = Kinds::new(&args.map)?;
    let gold = read_gold(args, &mut kinds)?;
    if let Some(path) = &args.text_out {
        predict::write_texts(&gold, path)?;
    }
    let catalogue = args.catalogue.as_deref().map(read_catalogue).transpose()?;
    let zones = args.ignore.as_deref().map(read_zones).transpose()?.unwrap_or_default();
    let (name, corpus, model_types) = match &args.pred {
        Some(path) => (path.display().to_string(), read_predictions(args, path, &mut kinds)?, None),
        None if args.model.model.is_none() => return Ok(End::Done),
        None => {
            let Found { model, corpus, types } = predict::predict(args, &gold, &mut kinds)?;
            (model, corpus, Some(types))
        }
    };
    let mut predictions = Predictions::new(name, &corpus);
    let aligned = gold.align(corpus, catalogue.as_ref())?;
    let compared = match &args.compare {
        None => None,
        Some(path) => Some(gold.align(read_predictions(args, path, &mut kinds)?, catalogue.as_ref())?),
    };
    predictions.add_counts(&aligned, model_types, kinds.unused());
    let types = types(&gold, [&aligned].into_iter().chain(&compared));
    let judge = |aligned: &Aligned| evaluate(&gold, aligned, &types, &zones, args.matching(&gold));
    let other = args.compare.as_ref().map(|path| path.display().to_string()).zip(compared.as_ref().map(judge));
    let bootstrap = Bootstrap { resamples: args.resamples, seed: args.seed };
    let figures = Figures::new((&args.gold[..], &gold), predictions, judge(&aligned), other, bootstrap, args.errors);
    match args.json.as_deref() {
        Some(path) if path.as_os_str() == "-" => print_json(&figures.json_text()),
        path => {
            path.map(|path| write_json(&figures, path)).transpose()?;
            print(&figures.table())
        }
    }
}

fn read_gold(args: &EvalArgs, kinds: &mut Kinds) -> Result<Corpus> {
    let options = TagOptions { scheme: args.scheme, tag_column: args.column, token_column: args.token_column };
    let mut gold = Corpus::read(&args.gold, args.gold_format, options, kinds)?;
    if let Some(path) = &args.docs {
        gold.set_documents(read_documents(path)?)?;
    }
    gold.check_gold()?;
    Ok(gold)
}

fn read_predictions(args: &EvalArgs, path: &Path, kinds: &mut Kinds) -> Result<Corpus> {
    let tag_column = args.pred_column.or(args.column);
    let options = TagOptions { scheme: args.scheme, tag_column, token_column: args.token_column };
    Corpus::read(&[path.to_path_buf()], None, options, kinds)
}

fn write_json(figures: &Figures, path: &Path) -> Result<()> {
    AtomicFile::create(path)?.publish_json(&figures.json_text())
}
