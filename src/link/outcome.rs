//! What linking says about a mention: the entity or the reason for none, with evidence.

use std::sync::Arc;

use serde::Serialize;

use super::codes::codes;
use super::table::{EntityIx, RowOrigin};
use crate::article::Field;
use crate::span::Span;

/// A mention with its link.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedMention {
    /// The field that it stands in.
    pub field: Field,
    /// Its bytes in the field's raw text.
    pub span: Span,
    /// The type: the model's, or the table's where it knows better (see [`LinkOptions::types_from_table`](super::LinkOptions)).
    pub kind: Arc<str>,
    /// The model's confidence; none for what the table alone found.
    pub score: Option<f32>,
    /// Who found it.
    pub found_by: FoundBy,
    /// Index of its sentence among the article's sentences.
    pub sentence: u32,
    /// The same number for mentions of one entity within the article, linked or not.
    pub local_id: u32,
    /// The entity, or why there is none.
    pub link: Link,
}

/// Who found a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FoundBy {
    /// The model, and no alias covers it.
    Model,
    /// An alias of the table where the model saw nothing.
    Table,
    /// Both, whichever of the two set the boundaries.
    Both,
}

/// The link of a mention.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// Whether there is an entity.
    pub status: Status,
    /// The entity, where the status is `Linked`.
    pub entity: Option<EntityIx>,
    /// The step that found it.
    pub method: Option<Method>,
    /// The alias of the table by which it was found.
    pub alias: Option<Arc<str>>,
    /// The entity's share of the weight of all candidates, lowered by how loosely the name fits, in [0, 1].
    pub score: Option<f32>,
    /// What the link rests on.
    pub evidence: Option<Evidence>,
    /// All entities that were scored, best first.
    pub candidates: Vec<RankedCandidate>,
    /// Why there is no entity, or what decided between several.
    pub reason: Option<Reason>,
}

/// Whether a mention has an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It has one.
    Linked,
    /// Neither the table nor the article says who it is.
    #[default]
    Unknown,
    /// Several entities kind and nothing decides.
    Ambiguous,
    /// The table knows the name, but a rule of its row speaks against it here.
    Refused,
}

/// The step that linked a mention, in order of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// The alias as the table writes it.
    Alias,
    /// The alias but for case, accents, hyphens, apostrophes, articles.
    Folded,
    /// A name that the article itself explains ("the People's Protection Units (YPG)").
    Acronym,
    /// A shorter name for someone whom the article names more fully.
    Coreference,
    /// A spelling one letter away from a long, rare alias.
    Fuzzy,
}

/// What a link rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// A row of the table.
    Row {
        /// The alias as the table writes it.
        alias: Arc<str>,
        /// Where it is written.
        origin: RowOrigin,
    },
    /// A place in the article: the definition or the fuller name.
    Text {
        /// The field that it stands in.
        field: Field,
        /// Its bytes in that field.
        span: Span,
        /// Its words.
        text: String,
    },
}

/// An entity that was scored for a mention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedCandidate {
    /// The entity.
    pub entity: EntityIx,
    /// Its share of the weight of all candidates.
    pub score: f32,
}

/// Why a mention has no entity, or what decided where several could be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The run has no table.
    NoTable,
    /// No alias of the table is this name.
    NoAlias,
    /// An alias is, but not in these capitals.
    CaseRefused,
    /// The article was written outside the time of the alias.
    DateRefused,
    /// A word that the alias requires stands nowhere in the article.
    RequiresMissing,
    /// A word that the alias excludes stands in the article.
    ExcludedWord,
    /// The article places the name in another region: "Paris, Texas".
    OtherPlace,
    /// The article names two in full who bear this name.
    TwoHolders,
    /// The candidates are too close to one another.
    BelowMargin,
    /// The link's score is below [`LinkOptions::link_threshold`](super::LinkOptions).
    BelowThreshold,
    /// The article names someone of this name in full who is not in the table.
    UnknownHolder,
    /// The article itself defines the name as something that the table does not know.
    DefinedOtherwise,
    /// Linked: several could be meant, and the table's prior decided.
    PriorDecided,
    /// Linked: several could be meant, and the rest of the article decided.
    ContextDecided,
}

codes!(FoundBy { Model => "model", Table => "table", Both => "both" });
codes!(Status { Linked => "linked", Unknown => "unknown", Ambiguous => "ambiguous", Refused => "refused" });
codes!(Method { Alias => "alias", Folded => "folded", Acronym => "acronym", Coreference => "coreference", Fuzzy => "fuzzy" });
codes!(Reason {
    NoTable => "no_table",
    NoAlias => "no_alias",
    CaseRefused => "case_refused",
    DateRefused => "date_refused",
    RequiresMissing => "requires_missing",
    ExcludedWord => "excluded_word",
    OtherPlace => "other_place",
    TwoHolders => "two_holders",
    BelowMargin => "below_margin",
    BelowThreshold => "below_threshold",
    UnknownHolder => "unknown_holder",
    DefinedOtherwise => "defined_otherwise",
    PriorDecided => "prior_decided",
    ContextDecided => "context_decided",
});
