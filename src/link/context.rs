//! One document on its way through linking: what every step reads.

use std::cell::OnceCell;

use ahash::AHashMap;

use super::document::Document;
use super::options::LinkOptions;
use super::outcome::Reason;
use super::steps::votes::RegionVotes;
use super::table::{EntityIx, EntityTable};
use super::text::view::DocumentView;

/// The table, the settings and the document. Steps are methods of it, each in the file of its name.
pub(super) struct LinkContext<'a> {
    pub(super) table: &'a EntityTable,
    pub(super) options: &'a LinkOptions,
    pub(super) view: DocumentView<'a>,
    /// How often the document names each country, by itself or by a place in it; set once the candidate mentions are
    /// known.
    pub(super) countries: OnceCell<AHashMap<EntityIx, usize>>,
    /// The regions that its places have in common; set with the countries.
    pub(super) region_votes: OnceCell<RegionVotes>,
}

impl<'a> LinkContext<'a> {
    pub(super) fn new(table: &'a EntityTable, options: &'a LinkOptions, document: &'a Document<'a>) -> Self {
        let view = DocumentView::new(document);
        Self { table, options, view, countries: OnceCell::new(), region_votes: OnceCell::new() }
    }

    /// The rule of a table row that excludes it in this document.
    pub(super) fn refusal(&self, row: u32) -> Option<Reason> {
        let row = self.table.row(row);
        let rules = row.rules();
        if !rules.is_current(self.view.document.date) {
            Some(Reason::DateRefused)
        } else if !rules.requires.is_empty() && !rules.requires.iter().any(|word| self.view.has_words(word)) {
            Some(Reason::RequiresMissing)
        } else if rules.excludes.iter().any(|word| self.view.has_words(word)) {
            Some(Reason::ExcludedWord)
        } else {
            None
        }
    }
}
