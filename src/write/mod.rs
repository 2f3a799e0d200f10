//! Results to files.

mod files;
mod lines;
mod schema;

pub use files::{Destination, OutputPaths, Outputs};
pub use lines::{LineOptions, Rendered, render};
pub use schema::{ArticleLine, CandidateLine, EvidenceLine, LinkLine, MentionLine, SpanLine};
