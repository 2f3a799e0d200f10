//! namewire: named entities of large news dumps, linked to your own alias table.

pub mod article;
pub mod date;
pub mod decode;
pub mod error;
pub mod link;
pub mod read;
pub mod segment;
pub mod span;
