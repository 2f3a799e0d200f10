//! `namewire entities build`: tables of any size in one file that opens at once.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use namewire::error::{Error, Result};
use namewire::link::import::{self, Row, Source};
use namewire::link::{BuildOptions, Built, TableBuilder};
use namewire::read::open_stored;
use namewire::write::{AtomicFile, FileAccess, OutputCompression};

use super::import::WhatArgs;
use crate::cli::End;
use crate::cli::size::parse_size;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire entities build wikidata.jsonl --tier background --out base.nwt
  namewire entities build --from geonames cities500.txt admin1CodesASCII.txt \\
      countryInfo.txt --out places.nwt
  namewire extract news/ --entities base.nwt my.jsonl --out mentions.jsonl
What is left out is counted on standard error by rule.")]
pub(crate) struct BuildArgs {
    /// Tables as JSON Lines, compressed or not. A later one may extend or remove entities of an earlier one.
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// The compiled table.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Where the sources come from, if they are not tables: they are imported on the way.
    #[arg(long, value_enum)]
    from: Option<Source>,
    #[command(flatten)]
    what: WhatArgs,
    /// Leave out entities with a lower popularity.
    #[arg(long, value_name = "N", default_value_t = 0.0)]
    min_popularity: f32,
    /// A list of words, one a line, that are no names by themselves in the languages of your texts. Those of English are
    /// known.
    #[arg(long, value_name = "FILE")]
    common_words: Option<PathBuf>,
    /// Memory for sorting; beyond it, files beside the table are used.
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "400M")]
    memory: u64,
}

pub(crate) fn run(args: &BuildArgs) -> Result<End> {
    if OutputCompression::from_path(&args.out).is_some() {
        return Err(Error::config("a compiled table is not compressed, since it is read in place")
            .help("give a name without .gz or .zst"));
    }
    let lists: Vec<PathBuf> = args.common_words.iter().cloned().collect();
    FileAccess::default()
        .read_all("source", &args.sources)
        .read_all("list", &lists)
        .write("table", &args.out)
        .check()?;
    let scratch = Scratch::create(&args.out)?;
    let options = BuildOptions {
        memory: usize::try_from(args.memory).unwrap_or(usize::MAX),
        tier: args.what.tier.unwrap_or_default(),
        common_words: args.common_words.as_deref().map(read_words).transpose()?.unwrap_or_default(),
        min_popularity: args.min_popularity,
    };
    let mut builder = TableBuilder::new(&scratch.0, options);
    let progress = Progress::new();
    match args.from {
        Some(from) => import(from, args, &mut builder)?,
        None => {
            for path in &args.sources {
                let source = open_stored(path).map_err(|error| Error::opening(path, error))?;
                progress.show(&format!("reading {}", path.display()));
                builder.add(&path.display().to_string(), progress.count(source))?;
            }
        }
    }
    let mut file = AtomicFile::create(&args.out)?;
    progress.show("compiling");
    let built = builder.finish(progress.count_written(&mut file), &args.out.display().to_string())?;
    file.publish()?;
    progress.end();
    describe(&built);
    Ok(End::Done)
}

/// The words of a list, one a line.
fn read_words(path: &Path) -> Result<Vec<String>> {
    let words = std::fs::read_to_string(path).map_err(|error| Error::opening(path, error))?;
    Ok(words.lines().map(|word| word.trim().to_owned()).collect())
}

/// Imports the files of a source, whose rows are numbered: files that add to others have no rows of their own.
fn import(source: Source, args: &BuildArgs, builder: &mut TableBuilder) -> Result<()> {
    let options = args.what.options(source)?;
    let names: Vec<String> = args.sources.iter().map(|path| path.display().to_string()).collect();
    let file = builder.source(&names.join(" + "));
    let mut number = 0;
    let tally = import::import(source, &args.sources, &options, &mut |row: &Row| {
        number += 1;
        let row =
            serde_json::to_vec(row).map_err(|error| Error::config(format!("a row cannot be written: {error}")))?;
        builder.add_row(file, number, row)
    })?;
    builder.add_rows(file)?;
    super::import::describe(&tally, options.terms_of(source).as_deref());
    Ok(())
}

/// What the work is at, on a terminal.
struct Progress(ProgressBar);

impl Progress {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}  {bytes}  {bytes_per_sec}  {elapsed}");
        // Hidden where standard error is no terminal.
        let bar = ProgressBar::new_spinner();
        Self(style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)))
    }

    fn show(&self, what: &str) {
        self.0.set_message(what.to_owned());
        self.0.reset();
    }

    fn count(&self, source: impl BufRead) -> impl BufRead {
        self.0.wrap_read(source)
    }

    fn count_written(&self, out: impl Write) -> impl Write {
        self.0.wrap_write(out)
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// A folder for sorting, which goes when the work is done or has failed.
struct Scratch(PathBuf);

impl Scratch {
    fn create(out: &Path) -> Result<Self> {
        let mut path = out.as_os_str().to_owned();
        path.push(".sorting");
        let path = PathBuf::from(path);
        std::fs::create_dir(&path).map_err(|error| {
            Error::writing(&path, error).help("delete this folder if an earlier build was interrupted")
        })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it; what stays is named when the next build begins.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn describe(built: &Built) {
    let Built { entities, aliases, bytes, .. } = built;
    eprintln!("{entities} entities, {aliases} aliases, {:.1} MB", *bytes as f64 / 1e6);
    for (rule, (count, name)) in &built.dropped {
        eprintln!("  left out {count:>9} names by the rule {rule}, such as “{name}”");
    }
    for (count, what) in [
        (built.weak, "names link in their own case only, and never by themselves"),
        (built.missing, "relations to entities that no source has were left out"),
        (built.unpopular, "entities below the lowest popularity were left out"),
    ] {
        if count > 0 {
            eprintln!("  {count:>18} {what}");
        }
    }
}
