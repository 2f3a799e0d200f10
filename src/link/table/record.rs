//! A line of the entity table, as JSON writes it.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Value, json};

use crate::link::text::normalise::exact;

/// An entity, or what a row changes of one: then name and type may be empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Line")]
pub(crate) struct EntityRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) aliases: Vec<AliasRecord>,
    pub(crate) relations: Vec<RelationRecord>,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_to: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) wikidata: Option<String>,
    pub(crate) source: Option<String>,
    /// How widely it is named: site links, inhabitants, or another count of the user's.
    pub(crate) popularity: Option<f32>,
    /// What the table may do with it.
    pub(crate) tier: Option<Tier>,
    /// Adds to an entity that is there, and replaces only what it states.
    pub(crate) extends: bool,
    /// Takes the entity out.
    pub(crate) removed: bool,
}

/// The keys of a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    aliases: Vec<AliasRecord>,
    #[serde(default)]
    relations: Vec<RelationRecord>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    description: Option<String>,
    wikidata: Option<String>,
    source: Option<String>,
    popularity: Option<f32>,
    tier: Option<Tier>,
    #[serde(default)]
    extends: bool,
    #[serde(default)]
    removed: bool,
}

impl TryFrom<Line> for EntityRecord {
    type Error = String;

    fn try_from(line: Line) -> Result<Self, String> {
        let is_partial = line.extends || line.removed;
        let needed = |key: &str, value: Option<String>| match value {
            None if !is_partial => Err(format!("missing field `{key}`")),
            value => Ok(value.unwrap_or_default()),
        };
        if line.popularity.is_some_and(|popularity| !(popularity >= 0.0 && popularity.is_finite())) {
            return Err("`popularity` is not a number from 0 on".into());
        }
        Ok(Self {
            id: line.id,
            name: needed("name", line.name)?,
            kind: needed("type", line.kind)?,
            aliases: line.aliases,
            relations: line.relations,
            valid_from: line.valid_from,
            valid_to: line.valid_to,
            description: line.description,
            wikidata: line.wikidata,
            source: line.source,
            popularity: line.popularity,
            tier: line.tier,
            extends: line.extends,
            removed: line.removed,
        })
    }
}

impl EntityRecord {
    /// True for a row that says something about an entity of another row.
    pub(crate) const fn is_partial(&self) -> bool {
        self.extends || self.removed
    }

    /// The record as a line has it.
    pub(crate) fn to_json(&self) -> Value {
        let mut line = json!({"id": self.id, "name": self.name, "type": self.kind});
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                line[key] = value;
            }
        };
        let list = |values: Vec<Value>| if values.is_empty() { Value::Null } else { values.into() };
        put("aliases", list(self.aliases.iter().map(AliasRecord::to_json).collect()));
        let relation = |relation: &RelationRecord| json!({"type": relation.kind, "target": relation.target});
        put("relations", list(self.relations.iter().map(relation).collect()));
        put("valid_from", json!(self.valid_from));
        put("valid_to", json!(self.valid_to));
        put("description", json!(self.description));
        put("wikidata", json!(self.wikidata));
        put("source", json!(self.source));
        put("popularity", json!(self.popularity.filter(|&popularity| popularity > 0.0)));
        put("tier", json!(self.tier.filter(|&tier| tier == Tier::Background).map(|_| "background")));
        line
    }

    /// The entity with what a row adds to it: aliases and relations are added, an alias of the same spelling and all
    /// else that the row states are replaced.
    pub(crate) fn extended(mut self, by: Self) -> Self {
        let same = |alias: &AliasRecord| by.aliases.iter().any(|other| exact(&other.text) == exact(&alias.text));
        self.aliases.retain(|alias| !same(alias));
        self.aliases.extend(by.aliases);
        let new = by.relations.into_iter().filter(|relation| !self.relations.contains(relation));
        let new: Vec<RelationRecord> = new.collect();
        self.relations.extend(new);
        let stated = |new: String, old: String| if new.is_empty() { old } else { new };
        Self {
            name: stated(by.name, self.name),
            kind: stated(by.kind, self.kind),
            valid_from: by.valid_from.or(self.valid_from),
            valid_to: by.valid_to.or(self.valid_to),
            description: by.description.or(self.description),
            wikidata: by.wikidata.or(self.wikidata),
            source: by.source.or(self.source),
            popularity: by.popularity.or(self.popularity),
            tier: by.tier.or(self.tier),
            ..self
        }
    }
}

/// What a table may do with an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Tier {
    /// Its names are mentions wherever a text has them.
    #[default]
    Curated,
    /// It links what the model found, and finds nothing itself.
    Background,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    fn to_json(&self) -> Value {
        if !self.has_rules() {
            return json!(self.text);
        }
        let mut alias = json!({"text": self.text});
        let values = [
            ("case", json!((self.case == CaseRule::Exact && !self.is_weak).then_some("exact"))),
            ("valid_from", json!(self.valid_from)),
            ("valid_to", json!(self.valid_to)),
            ("prior", json!(self.prior)),
            ("requires", json!(Some(&self.requires).filter(|words| !words.is_empty()))),
            ("excludes", json!(Some(&self.excludes).filter(|words| !words.is_empty()))),
            ("type", json!(self.kind)),
            ("weak", json!(self.is_weak.then_some(true))),
        ];
        for (key, value) in values.into_iter().filter(|(_, value)| !value.is_null()) {
            alias[key] = value;
        }
        alias
    }

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
