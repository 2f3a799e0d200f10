//! Where the article may have mentions: aliases in the text, the model's spans, and one list of both.
//!
//! In order: `scan` finds aliases (`ambiguity` tells names from words), `regions` tells provinces from cities, `join` and `trim` reduce the model's spans to
//! whole names, `merge` combines the two, `background` names what only the model found, `long_forms` completes names before an acronym.

pub(super) mod acronym;
mod ambiguity;
mod background;
mod couples;
mod join;
mod long_forms;
pub(super) mod mention;
mod merge;
mod possessive;
mod regions;
pub(super) mod scan;
mod states;
mod trim;
