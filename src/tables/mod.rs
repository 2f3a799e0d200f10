//! Tables that everybody computes from mentions: who is named, when, where, and with whom.
//!
//! [`Aggregates::read`] streams mentions and articles once, in memory that is bounded by the numbers of entities, of
//! their days and of their pairs, and [`write_tables`] writes what it counted.
//!
//! An article that is a copy of an earlier one is left out by default. Rates are per article: of a day, of a source, of
//! all. They are those of the whole run only with its articles; without them, articles without mentions are unknown.

mod aggregate;
mod days;
mod entities;
mod files;
mod graph;
mod join;
mod json_rows;
mod output;
pub mod pairs;
mod parquet_rows;
mod parquet_sheet;
mod period;
mod read;
mod rows;
mod sheet;
mod sources;
mod tally;
#[cfg(test)]
mod tests;
mod totals;
mod unlinked;

pub use aggregate::{Aggregates, TableOptions};
pub use days::{Calendar, Named, PeriodCounts};
pub use entities::{Entities, EntityCounts, EntityNo};
pub use files::RunFiles;
pub use graph::MAX_EDGES;
pub use join::{ArticleFacts, Visitor, visit};
pub use output::{TableFormat, table_files, write_tables, written_by};
pub use pairs::PairCounts;
pub use period::{Days, Period};
pub use rows::{ArticleRow, LinkRow, MentionRow, Text};
pub use sources::Sources;
pub use tally::Tally;
pub use totals::Totals;
