//! Measuring: a corpus to measure on, and the ceiling to measure against.

mod ceiling;
mod corpus;

pub use ceiling::{Ceiling, Layout, find_layout};
pub use corpus::generate;
