//! Links mentions to canonical entities.
//!
//! Linking is a list of steps in order of trust, and each link carries its evidence ([`Linker`] runs them):
//!
//! | folder | does |
//! |---|---|
//! | `table/` | reads the entity table and compiles its aliases for lookup |
//! | `text/` | reads the article: folded words, capitals, boilerplate |
//! | `candidates/` | finds aliases in the text (`scan`), trims and joins the model's spans, merges the two |
//! | `steps/` | `choose` among entities by `score`, `definitions`, `coreference`, `fuzzy`, `clusters` |
//!
//! [`Linker::explain`] records the reasoning behind each link. [`check`] finds faults in a table, [`import`] converts
//! other lists, [`suggest`] groups what a table lacks.
//!
//! The linker needs a table and spans from any recogniser: see `examples/link_mentions.rs`.

mod candidates;
pub mod check;
mod codes;
mod context;
mod document;
mod explain;
pub mod import;
mod linker;
mod names;
mod options;
mod outcome;
mod steps;
pub mod suggest;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod trace;

pub use document::Document;
pub use explain::{DropReason, Dropped, ExplainedMention, ExplainedRow, Explanation, ScoredCandidate};
pub use linker::Linker;
pub(crate) use names::names;
pub use options::LinkOptions;
pub use outcome::{Evidence, FoundBy, Link, LinkedMention, Method, RankedCandidate, Reason, Status};
pub use steps::score::Factor;
pub use table::{BuildOptions, Built, Entity, EntityIx, EntityTable, RowOrigin, StatedTable, TableBuilder, Tier};
pub use text::normalise;
pub use trace::Step;
