//! Settings of the linker.

use serde::{Deserialize, Serialize};

/// Settings of the linker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LinkOptions {
    /// Add names of the table that the model missed.
    pub add_missed: bool,
    /// Give linked mentions the type of the table: of the alias ("Syrian", MISC), else of the entity. A MISC mention
    /// keeps its type, since demonyms link to places. Applies only where the model's types are the table's.
    pub types_from_table: bool,
    /// How many times the score of the best candidate must exceed that of the next; below, the mention is ambiguous. At
    /// 1.5 a prior of 0.6 against 0.4 just decides where nothing else does.
    pub margin: f32,
    /// The lowest score of a link, in [0, 1]; a mention below it is ambiguous, with its entity as candidate. 0 keeps all
    /// links, and with a `margin` of 1 every name that has a candidate is linked.
    pub link_threshold: f32,
    /// Keep names inside web and e-mail addresses, and parts of handles.
    pub keep_addresses: bool,
    /// Link misspelt long names to the one entity whose name is a letter away.
    pub fuzzy: bool,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self {
            add_missed: true,
            types_from_table: true,
            margin: 1.5,
            link_threshold: 0.0,
            keep_addresses: false,
            fuzzy: true,
        }
    }
}
