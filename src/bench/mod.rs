//! Benchmarks: a corpus to measure on, and the ceiling to compare with.

mod ceiling;
mod corpus;

pub use ceiling::{Ceiling, Layout, OpenBackends, find_layout};
pub use corpus::generate;
