//! The article as linking reads it: folded words, their capitals, and what kind of line each sentence is.

pub(super) mod addresses;
mod boilerplate;
mod boundaries;
pub(super) mod characters;
pub(super) mod lists;
mod marks;
pub mod normalise;
pub(super) mod view;
pub(super) mod words;
