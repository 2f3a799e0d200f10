//! XML: the formats of news that are read without being told how, and any other by the name of its records.
//!
//! [`XmlRecords`] cuts a document into its records, each with the start tags of the elements around it; [`parse`] reads
//! one. Each preset is a file that finds the parts of an article.

mod article;
mod cut;
mod element;
mod encoding;
mod entities;
mod feed;
mod mediawiki;
mod newsml;
mod nitf;
mod parse;
mod preset;
mod scan;
mod text;
mod wikitext;

pub(super) use cut::{RecordElement, XmlRecords};
pub(super) use encoding::as_utf8;
pub(super) use parse::parse;
pub(super) use preset::{Preset, root_of};
