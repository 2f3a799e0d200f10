//! Results to files: one file of each kind, or a directory of shards with a manifest.

mod account;
mod compress;
mod disk;
mod files;
mod journal;
mod line_file;
mod lines;
mod manifest;
mod readback;
mod schema;
mod seen;
mod shards;
mod spans;
mod whole_file;

pub use account::Counts;
pub use compress::Encoding;
pub use files::{Destination, OutputPaths, Outputs, Written};
pub use journal::{JOURNAL, ShardEntry};
pub use line_file::FileFacts;
pub use lines::{ArticleRow, LineOptions, Rendered, WrittenMention, render};
pub use manifest::{Identity, InputEntry, InputIdentity, MANIFEST, Manifest, State, Totals};
pub use schema::{ArticleLine, CandidateLine, EvidenceLine, LinkLine, MentionLine, SpanLine};
pub use seen::Duplicates;
pub use shards::{Existing, ShardPlan, Shards};
pub use spans::SpanReader;
pub use whole_file::WholeFile;
