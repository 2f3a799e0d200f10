//! What an observer of linking can see. [`Linker::explain`](super::Linker::explain) records it.

use super::candidates::mention::CandidateMention;
use super::codes::codes;
use super::context::LinkContext;
use super::outcome::Link;
use super::steps::score::NamedEntities;

/// A step that set or changed a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// The name by itself: table rows, their rules, scores.
    Table,
    /// A definition in the article.
    Definition,
    /// A fuller name in the article.
    Coreference,
    /// An ambiguous mention, scored again with all that has been linked since.
    SecondLook,
    /// A spelling one letter away.
    Fuzzy,
    /// The lowest score of a link.
    Threshold,
}

codes!(Step {
    Table => "table",
    Definition => "definition",
    Coreference => "coreference",
    SecondLook => "second_look",
    Fuzzy => "fuzzy",
    Threshold => "threshold",
});

/// An observer of linking. `()` observes nothing and costs nothing.
pub(super) trait Trace {
    /// A candidate mention was dropped.
    fn dropped(&mut self, _context: &LinkContext<'_>, _mention: &CandidateMention) {}
    /// The mentions are about to be scored; with `again`, only the ambiguous ones.
    fn scoring(
        &mut self,
        _context: &LinkContext<'_>,
        _mentions: &[CandidateMention],
        _named: &NamedEntities,
        _again: bool,
    ) {
    }
    /// A step is done.
    fn done(&mut self, _step: Step, _links: &[Link]) {}
}

impl Trace for () {}
