//! Stage 1: inputs to articles.

mod lines;
mod reject;

pub use reject::{Reject, RejectReason};
