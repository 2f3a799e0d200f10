//! `namewire entities import`: dictionaries and plain lists to a table.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use namewire::error::{Error, Result};
use namewire::link::import::{Petrarch, Rows, Tally, delimited};
use namewire::write::{AtomicFile, FileAccess, STDOUT};

use crate::cli::End;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire entities import --from petrarch Phoenix.Countries.actors.txt --out countries.jsonl
  namewire entities import --from csv people.csv --type PER > people.jsonl
Skipped rows are counted on standard error by reason.")]
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
    let inputs = args.files.iter().map(open).collect::<Result<Vec<File>>>()?;
    let tally = match &args.out {
        Some(path) => {
            FileAccess::default().read_all("list", &args.files).write("table", path).check()?;
            let mut file = AtomicFile::create(path)?;
            let tally = import(args, inputs, &mut file)?;
            file.publish()?;
            tally
        }
        None => {
            FileAccess::default().read_all("list", &args.files).write("table", STDOUT).check()?;
            import(args, inputs, &mut stdout().lock())?
        }
    };
    describe(&tally);
    Ok(End::Done)
}

fn import(args: &ImportArgs, inputs: Vec<File>, out: &mut dyn Write) -> Result<Tally> {
    let mut rows = Rows::new(BufWriter::with_capacity(1 << 18, out));
    let mut petrarch = Petrarch::default();
    for (input, path) in inputs.into_iter().zip(&args.files) {
        match args.from {
            Source::Petrarch => petrarch.read(BufReader::with_capacity(1 << 18, input), path, &mut rows)?,
            Source::Csv => delimited(input, path, args.kind.as_deref(), &mut rows)?,
        }
    }
    let tally = rows.finish()?;
    if tally.entities == 0 {
        describe(&tally);
        return Err(Error::config("the files have no entities, so no table is written")
            .help("check --from, and the columns of a list: alias, entity, name, type"));
    }
    Ok(tally)
}

fn describe(tally: &Tally) {
    eprintln!("{} entities, {} aliases", tally.entities, tally.aliases);
    for (reason, (count, first)) in &tally.skipped {
        eprintln!("  skipped {count:>6}  {reason}, first at {first}");
    }
}
