//! `namewire tables`: who is named, when, where and with whom.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use namewire::error::Result;
use namewire::tables::{Aggregates, Period, TableFormat, write_tables, written_by};
use namewire::write::FileAccess;

use super::End;
use super::log::inform;
use super::results::ResultsArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Writes into the directory: entities, daily, entity_day, entity_source, co_mentions and unlinked;
graph.gexf and graph.graphml (Gephi, NetworkX); tables.json, which counts what was read and dropped.

Examples:
  namewire tables run/ --out tables/
  namewire tables mentions.jsonl --articles articles.jsonl --by week --out tables/
  namewire tables run/ --source-field source --out tables/"
)]
pub(super) struct TablesArgs {
    #[command(flatten)]
    results: ResultsArgs,
    /// The directory for the tables.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The format of the tables.
    #[arg(long, value_enum, default_value_t)]
    format: FormatArg,
    /// The periods that articles are counted in. The column is `day`, the first day of the period.
    #[arg(long, value_name = "day|week|month", default_value = "day", hide_default_value = true)]
    by: Period,
    /// Do not print what was counted.
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum FormatArg {
    #[default]
    Csv,
    Parquet,
}

impl From<FormatArg> for TableFormat {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Csv => Self::Csv,
            FormatArg::Parquet => Self::Parquet,
        }
    }
}

pub(super) fn run(args: &TablesArgs) -> Result<End> {
    let (files, format) = (args.results.files()?, args.format.into());
    let mut access = FileAccess::default();
    files.read_by(&mut access);
    written_by(&mut access, &args.out, format);
    access.check()?;
    let mut options = args.results.options();
    options.by = args.by;
    let aggregates = Aggregates::read(&files, &options)?;
    write_tables(&aggregates, &args.out, format)?;
    if !args.quiet {
        inform(&counted(&aggregates));
        inform(&format!("      output  {}\n", args.out.display()));
    }
    Ok(End::Done)
}

/// What was counted, and what was not, for people.
fn counted(aggregates: &Aggregates) -> String {
    let (totals, pairs) = (&aggregates.totals, &aggregates.pairs);
    let mut text = format!(
        "    articles  {} ({} copies, {} undated)\n    mentions  {} ({} linked)\n    entities  {}, {} pairs\n",
        totals.articles,
        totals.copies,
        totals.undated_articles,
        totals.mentions,
        totals.linked,
        aggregates.entities.len(),
        pairs.len()
    );
    let dropped = [
        (pairs.dropped_pairs, "rare pairs, to stay within --max-pairs"),
        (pairs.dropped_entities, "entities not paired, of articles with more than 100"),
        (aggregates.sources.dropped_articles, "articles without a source: the field has too many values"),
        (aggregates.dropped_unlinked, "mentions of rare unlinked names"),
    ];
    for (count, what) in dropped.into_iter().filter(|(count, _)| *count > 0) {
        text += &format!("     dropped  {count} {what}\n");
    }
    text
}
