//! A line of the entity table, as JSON writes it.

use serde::{Deserialize, Deserializer, de};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntityRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) aliases: Vec<AliasRecord>,
    #[serde(default)]
    pub(crate) relations: Vec<RelationRecord>,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_to: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) wikidata: Option<String>,
    pub(crate) source: Option<String>,
    /// How widely it is named: site links, inhabitants, or another count of the user's.
    #[serde(default)]
    pub(crate) popularity: f32,
    /// What the table may do with it.
    #[serde(default)]
    pub(crate) tier: Tier,
}

/// What a table may do with an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tier {
    /// Its names are mentions wherever a text has them.
    #[default]
    Curated,
    /// It links what the model found, and finds nothing itself: one of the many of a large base.
    Background,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationRecord {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) target: String,
}

/// Whether an alias stands for its entity in any case, or only as it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CaseRule {
    #[default]
    Fold,
    Exact,
}

/// An alias: a string, or an object where more is to be said.
#[derive(Clone, Debug, Default)]
pub(crate) struct AliasRecord {
    pub(crate) text: String,
    pub(crate) case: CaseRule,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_to: Option<String>,
    pub(crate) prior: Option<f32>,
    pub(crate) requires: Vec<String>,
    pub(crate) excludes: Vec<String>,
    pub(crate) kind: Option<String>,
    /// A name that many others bear too: it links in this case only, and never by itself.
    pub(crate) is_weak: bool,
}

impl AliasRecord {
    /// True where the alias does not apply everywhere, or says more than that the entity bears it.
    pub(crate) fn has_rules(&self) -> bool {
        self.case == CaseRule::Exact
            || self.valid_from.is_some()
            || self.valid_to.is_some()
            || self.prior.is_some()
            || self.kind.is_some()
            || self.is_weak
            || !self.requires.is_empty()
            || !self.excludes.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasObject {
    text: String,
    #[serde(default)]
    case: CaseRule,
    valid_from: Option<String>,
    valid_to: Option<String>,
    /// Kept for people; matching does not depend on it.
    #[serde(rename = "lang")]
    _lang: Option<String>,
    prior: Option<f32>,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    excludes: Vec<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    weak: bool,
}

impl<'de> Deserialize<'de> for AliasRecord {
    /// By hand, because the errors of an untagged enum do not say what is wrong.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if let serde_json::Value::String(text) = value {
            return Ok(Self { text, ..Self::default() });
        }
        let alias: AliasObject =
            serde_json::from_value(value).map_err(|error| de::Error::custom(format_args!("alias: {error}")))?;
        Ok(Self {
            text: alias.text,
            case: alias.case,
            valid_from: alias.valid_from,
            valid_to: alias.valid_to,
            prior: alias.prior,
            requires: alias.requires,
            excludes: alias.excludes,
            kind: alias.kind,
            is_weak: alias.weak,
        })
    }
}
