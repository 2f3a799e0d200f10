//! `namewire entities import`: dictionaries and plain lists to a table.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use namewire::error::{Error, Result};
use namewire::link::import::{Petrarch, Rows, Tally, delimited};

use crate::cli::End;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire entities import --from petrarch Phoenix.Countries.actors.txt --out countries.jsonl
  namewire entities import --from csv people.csv --type PER > people.jsonl
What was left out, and why, is counted on standard error.")]
pub(crate) struct ImportArgs {
    /// What the files are: dictionaries of PETRARCH or TABARI, or lists with a header (alias, entity, name, type,
    /// valid_from, valid_to) between commas, semicolons or tabs.
    #[arg(long, value_enum)]
    from: Source,
    /// The files; together they are one table.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the table [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The type of entities of a list that state none.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Source {
    Petrarch,
    Csv,
}

pub(crate) fn run(args: &ImportArgs) -> Result<End> {
    let open = |path: &PathBuf| File::open(path).map_err(|error| Error::opening(path, error));
    // All inputs are there before an output is made.
    let inputs = args.files.iter().map(open).collect::<Result<Vec<File>>>()?;
    let out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(File::create(path).map_err(|error| Error::writing(path, error))?),
        None => Box::new(stdout().lock()),
    };
    let mut rows = Rows::new(BufWriter::with_capacity(1 << 18, out));
    let mut petrarch = Petrarch::default();
    for (input, path) in inputs.into_iter().zip(&args.files) {
        match args.from {
            Source::Petrarch => petrarch.read(BufReader::with_capacity(1 << 18, input), path, &mut rows)?,
            Source::Csv => delimited(input, path, args.kind.as_deref(), &mut rows)?,
        }
    }
    describe(&rows.finish()?);
    Ok(End::Done)
}

fn describe(tally: &Tally) {
    eprintln!("{} entities, {} aliases", tally.entities, tally.aliases);
    for (reason, (count, first)) in &tally.skipped {
        eprintln!("  left out {count:>6}  {reason}, first at {first}");
    }
}
