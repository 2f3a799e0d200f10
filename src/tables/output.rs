//! The tables as files of a directory, which get their names when all are complete.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::aggregate::Aggregates;
use super::graph::Graph;
use super::parquet_sheet::ParquetSheet;
use super::sheet::{Column, CsvSheet, Sheet};
use super::{days, entities, pairs, sources, unlinked};
use crate::error::{Error, Result};
use crate::write::{AtomicFile, FileAccess};

/// Name of the file that says what was counted and what was dropped.
const SUMMARY: &str = "tables.json";
const GEXF: &str = "graph.gexf";
const GRAPHML: &str = "graph.graphml";

/// A table: its name, its columns, and what writes its rows.
struct Table {
    name: &'static str,
    columns: &'static [Column],
    write: fn(&Aggregates, &mut dyn Sheet) -> Result<()>,
}

const TABLES: [Table; 6] = [
    Table { name: "entities", columns: entities::COLUMNS, write: |all, sheet| all.entities.write(&all.totals, sheet) },
    Table { name: "daily", columns: days::PERIOD_COLUMNS, write: |all, sheet| all.calendar.write_periods(sheet) },
    Table {
        name: "entity_day",
        columns: days::ENTITY_COLUMNS,
        write: |all, sheet| all.calendar.write_entities(&all.entities, sheet),
    },
    Table {
        name: "entity_source",
        columns: sources::COLUMNS,
        write: |all, sheet| all.sources.write(&all.entities, sheet),
    },
    Table {
        name: "co_mentions",
        columns: pairs::COLUMNS,
        write: |all, sheet| all.pairs.write(&all.entities, all.totals.articles, sheet),
    },
    Table { name: "unlinked", columns: unlinked::COLUMNS, write: |all, sheet| unlinked::write(&all.unlinked, sheet) },
];

/// The format of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableFormat {
    /// CSV with a header.
    #[default]
    Csv,
    /// Parquet.
    Parquet,
}

impl TableFormat {
    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// The paths of all files that [`write_tables`] writes.
pub fn table_files(dir: &Path, format: TableFormat) -> Vec<PathBuf> {
    let tables = TABLES.iter().map(|table| format!("{}.{}", table.name, format.extension()));
    tables.chain([GEXF, GRAPHML, SUMMARY].map(str::to_owned)).map(|name| dir.join(name)).collect()
}

/// Adds these files to those that a command writes.
pub fn written_by(access: &mut FileAccess, dir: &Path, format: TableFormat) {
    for path in table_files(dir, format) {
        access.write_other("table", path);
    }
}

/// Writes all tables, the graphs and a summary into the directory, which is created if it is missing.
///
/// # Errors
///
/// Fails where a file cannot be written; no file is then replaced, unless the failure is that of replacing one.
pub fn write_tables(aggregates: &Aggregates, dir: &Path, format: TableFormat) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|error| Error::writing(dir, error))?;
    let mut files = Vec::new();
    for table in &TABLES {
        let path = dir.join(format!("{}.{}", table.name, format.extension()));
        let file = BufWriter::new(AtomicFile::create(&path)?);
        files.push(match format {
            TableFormat::Csv => {
                let mut sheet = CsvSheet::new(file, table.columns)?;
                (table.write)(aggregates, &mut sheet)?;
                sheet.finish()?
            }
            TableFormat::Parquet => {
                let mut sheet = ParquetSheet::new(file, table.columns)?;
                (table.write)(aggregates, &mut sheet)?;
                sheet.finish()?
            }
        });
    }
    let graph = Graph::of(aggregates);
    for name in [GEXF, GRAPHML] {
        let mut file = BufWriter::new(AtomicFile::create(&dir.join(name))?);
        if name == GEXF {
            graph.write_gexf(&mut file)?;
        } else {
            graph.write_graphml(&mut file)?;
        }
        files.push(file);
    }
    let summary = AtomicFile::create(&dir.join(SUMMARY))?;
    for file in files {
        let file = file.into_inner().map_err(|error| Error::writing(dir, error.into_error()))?;
        file.publish()?;
    }
    summary.publish_json(&format!("{:#}\n", summary_of(aggregates, &graph)))
}

fn summary_of(aggregates: &Aggregates, graph: &Graph<'_>) -> serde_json::Value {
    let pairs = &aggregates.pairs;
    json!({
        "schema_version": 1,
        "by": aggregates.by.name(),
        "totals": aggregates.totals,
        "first_day": aggregates.totals.days.first().map(|day| day.to_string()),
        "last_day": aggregates.totals.days.last().map(|day| day.to_string()),
        "entities": aggregates.entities.len(),
        "pairs": pairs.len(),
        "unlinked_groups": aggregates.unlinked.len(),
        "dropped": {
            "pairs": pairs.dropped_pairs,
            "max_articles_missing_in_a_pair": pairs.max_undercount,
            "entities_not_paired": pairs.dropped_entities,
            "graph_edges": graph.left_out,
            "articles_of_sources": aggregates.sources.dropped_articles,
            "unlinked_mentions": aggregates.dropped_unlinked,
        },
    })
}
