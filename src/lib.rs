//! namewire: named entities of large news dumps, linked to your own alias table.

pub mod article;
pub mod batch;
pub mod chunk;
pub mod clean;
pub mod config;
pub mod date;
pub mod decode;
pub mod encode;
pub mod error;
pub mod finish;
pub mod hash;
pub mod infer;
pub mod language;
pub mod link;
pub mod model;
pub mod pipeline;
pub mod read;
pub mod report;
pub mod segment;
pub mod span;
pub mod stitch;
pub mod window;
pub mod words;
pub mod write;
