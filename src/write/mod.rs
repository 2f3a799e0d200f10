//! Writes results: single files, or a directory of shards with a manifest.

mod atomic_file;
mod columns;
mod compress;
mod conflicts;
mod counts;
mod disk;
mod duplicates;
mod extension;
mod files;
mod format;
mod identity;
mod journal;
mod json;
mod lines;
mod locate;
mod manifest;
mod paths;
#[cfg(test)]
mod recording_disk;
mod replacement;
mod row_file;
mod schema;
mod shard_dir;
mod shards;
mod spans;
mod verify;

pub use atomic_file::AtomicFile;
pub use columns::{Columns, MentionColumns, ParquetContent};
pub use compress::OutputCompression;
pub use conflicts::{FileAccess, STDOUT, is_same_file};
pub use counts::Counts;
pub use duplicates::Duplicates;
pub use files::{OutputReport, Outputs};
pub use format::OutputFormat;
pub use identity::{Identity, InputIdentity};
pub use journal::{JOURNAL, ShardEntry};
pub use json::escaped;
pub(crate) use lines::mention_lines;
pub use lines::{ArticleRow, LineOptions, Rendered, WrittenMention, render};
pub use manifest::{InputEntry, MANIFEST, Manifest, State, Totals};
pub use paths::{Destination, Existing, OutputPaths};
pub use row_file::{FileFacts, follow_links};
pub use schema::{ArticleLine, CandidateLine, EvidenceLine, LinkLine, MentionLine, SpanLine};
pub use shards::{ShardPlan, Shards};
pub use spans::SpanReader;
