//! `namewire entities import`: dictionaries, lists and the files of large sources to a table.

use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

use clap::Args;
use namewire::error::{Error, Result};
use namewire::link::Tier;
use namewire::link::import::{self, ImportOptions, Row, Source, Tally};
use namewire::write::{AtomicFile, FileAccess, STDOUT};

use crate::cli::End;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire entities import --from csv people.csv --type PER > people.jsonl
  namewire entities import --from geonames cities500.txt admin1CodesASCII.txt \\
      countryInfo.txt --out places.jsonl
  namewire entities import --from wikidata latest-all.json.gz --languages en,de \\
      --min-sitelinks 5 --out wikidata.jsonl
What is left out is counted on standard error by reason, each with an example.")]
pub(crate) struct ImportArgs {
    /// Where the files come from.
    #[arg(long, value_enum)]
    from: Source,
    /// The files, which may be compressed; together they are one table.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the table [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    what: WhatArgs,
}

/// What is taken from the files.
#[derive(Debug, Args)]
pub(crate) struct WhatArgs {
    /// The type of entities of a list that state none.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// What the table may do with the entities [default: curated for csv and petrarch, else background].
    #[arg(long, value_enum)]
    pub(crate) tier: Option<Tier>,
    /// Languages of names, best first: en,de; `all` takes all [default: en for Wikidata, else all].
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    languages: Vec<String>,
    /// GeoNames: feature classes, such as A,P,S. Wikidata: a file of classes and their types (Q515, a tab, LOC).
    #[arg(long, value_name = "CLASSES")]
    classes: Option<String>,
    /// GeoNames: minimum population of cities and villages.
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_population: u64,
    /// Wikidata: minimum number of Wikipedias and other sites that have a page about the item.
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_sitelinks: u64,
    /// The licence of the data, if not the usual one of its source. The rows state it.
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
}

pub(crate) fn run(args: &ImportArgs) -> Result<End> {
    let source = args.from;
    let options = args.what.options(source)?;
    let tally = match &args.out {
        Some(path) => {
            FileAccess::default().read_all("list", &args.files).write("table", path).check()?;
            let mut file = AtomicFile::create(path)?;
            let tally = write(source, &args.files, &options, &mut file)?;
            file.publish()?;
            tally
        }
        None => {
            FileAccess::default().read_all("list", &args.files).write("table", STDOUT).check()?;
            write(source, &args.files, &options, &mut stdout().lock())?
        }
    };
    describe(&tally, options.terms_of(source).as_deref());
    Ok(End::Done)
}

fn write(source: Source, files: &[PathBuf], options: &ImportOptions, out: &mut dyn Write) -> Result<Tally> {
    let mut out = BufWriter::with_capacity(1 << 18, out);
    let failed = |error| Error::writing("-", error);
    let tally = import::import(source, files, options, &mut |row: &Row| {
        serde_json::to_writer(&mut out, row).map_err(std::io::Error::from).map_err(failed)?;
        out.write_all(b"\n").map_err(failed)
    })?;
    out.flush().map_err(failed)?;
    if tally.entities == 0 {
        describe(&tally, None);
        return Err(Error::config("the files have no entities, so no table is written")
            .help("check --from, and the columns of a list: alias, entity, name, type"));
    }
    Ok(tally)
}

impl WhatArgs {
    /// What to import from a source. Fails where a flag is not for it.
    pub(crate) fn options(&self, source: Source) -> Result<ImportOptions> {
        let (geonames, wikidata) = (source == Source::Geonames, source == Source::Wikidata);
        let has_languages = geonames || wikidata || source == Source::Cldr;
        for (flag, is_given, is_taken) in [
            ("--type", self.kind.is_some(), source == Source::Csv),
            ("--languages", !self.languages.is_empty(), has_languages),
            ("--classes", self.classes.is_some(), geonames || wikidata),
            ("--min-population", self.min_population > 0, geonames),
            ("--min-sitelinks", self.min_sitelinks > 0, wikidata),
        ] {
            if is_given && !is_taken {
                return Err(Error::config(format!("{flag} does not apply to this source")).help("leave it out"));
            }
        }
        let is_class = |text: &&str| text.len() == 1 && text.starts_with(|class: char| class.is_ascii_uppercase());
        let feature_classes = match self.classes.as_deref().filter(|_| geonames) {
            Some(classes) => {
                let classes: Vec<&str> = classes.split(',').collect();
                if !classes.iter().all(is_class) {
                    return Err(Error::config("--classes takes the letters of feature classes, such as A,P,S"));
                }
                classes.iter().filter_map(|class| class.chars().next()).collect()
            }
            None => Vec::new(),
        };
        let takes_all = self.languages.iter().any(|language| language == "all");
        Ok(ImportOptions {
            tier: self.tier,
            licence: self.licence.clone(),
            languages: if takes_all && !wikidata { Vec::new() } else { self.languages.clone() },
            kind: self.kind.clone(),
            feature_classes,
            min_population: self.min_population,
            min_sitelinks: self.min_sitelinks,
            classes: self.classes.as_ref().filter(|_| wikidata).map(PathBuf::from),
        })
    }
}

/// Prints what was written and left out.
pub(crate) fn describe(tally: &Tally, terms: Option<&str>) {
    let relations = if tally.relations > 0 { format!(", {} relations", tally.relations) } else { String::new() };
    eprintln!("{} entities, {} aliases{relations}", tally.entities, tally.aliases);
    if let Some(terms) = terms {
        eprintln!("  source: {terms}");
    }
    for (reason, (count, first)) in &tally.skipped {
        eprintln!("  skipped {count:>6}  {reason}, first at {first}");
    }
}
