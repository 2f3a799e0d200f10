//! A name as it is written, with what lookups compare.

use crate::link::text::words::Words;

/// A spelling with its words and its key.
#[derive(Debug)]
pub(super) struct Spelling {
    pub(super) text: String,
    pub(super) words: Words,
    pub(super) key: String,
}

impl Spelling {
    pub(super) fn of(text: String) -> Self {
        let words = Words::of_name(&text);
        let mut key = String::with_capacity(text.len());
        words.push_key(0, words.content_len(), &mut key);
        Self { text, words, key }
    }
}
