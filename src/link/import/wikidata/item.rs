//! An item, as far as it is used: the rest of its JSON is passed over.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Wanted;
use super::terms::{Key, Term, Terms};

#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) labels: Vec<Term>,
    pub(super) descriptions: Vec<Term>,
    pub(super) aliases: Vec<Term>,
    pub(super) claims: Vec<(Property, Vec<Statement>)>,
    pub(super) sitelinks: u64,
}

/// The properties that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    InstanceOf,
    Birth,
    Death,
    Inception,
    Dissolution,
    Demonym,
    /// One that becomes a relation of this name.
    Relation(&'static str),
}

impl Property {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "P31" => Self::InstanceOf,
            "P569" => Self::Birth,
            "P570" => Self::Death,
            "P571" => Self::Inception,
            "P576" => Self::Dissolution,
            "P1549" => Self::Demonym,
            "P17" => Self::Relation("country"),
            "P131" => Self::Relation("located_in"),
            "P361" => Self::Relation("part_of"),
            "P749" => Self::Relation("subsidiary_of"),
            "P39" => Self::Relation("position_held"),
            "P102" => Self::Relation("party"),
            "P54" => Self::Relation("team"),
            _ => return None,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Statement {
    mainsnak: Snak,
    #[serde(default)]
    pub(super) rank: Rank,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rank {
    Deprecated,
    #[default]
    Normal,
    Preferred,
}

/// Without a value where that is unknown, or known to be none.
#[derive(Debug, Deserialize)]
struct Snak {
    datavalue: Option<DataValue>,
}

#[derive(Debug, Deserialize)]
struct DataValue {
    value: Value,
}

/// An item, a time or a text with its language.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Value {
    pub(super) id: Option<String>,
    numeric_id: Option<u64>,
    pub(super) time: Option<String>,
    pub(super) precision: u8,
    pub(super) text: Option<String>,
    pub(super) language: Option<String>,
}

impl Value {
    /// The number of an item: 5 for Q5.
    pub(super) fn number(&self) -> Option<u64> {
        let number = || self.id.as_deref()?.strip_prefix('Q')?.parse().ok();
        self.numeric_id.or_else(number)
    }
}

impl Item {
    pub(super) fn parse(line: &[u8], wanted: &Wanted) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_slice(line);
        let item = json.deserialize_map(ItemVisitor(wanted))?;
        json.end()?;
        Ok(item)
    }

    /// The values of a property, those of preferred rank first, without those that are deprecated.
    pub(super) fn values(&self, property: Property) -> Vec<&Value> {
        let statements = self.claims.iter().filter(|(known, _)| *known == property).flat_map(|(_, all)| all);
        let mut statements: Vec<&Statement> =
            statements.filter(|statement| statement.rank != Rank::Deprecated).collect();
        statements.sort_by_key(|statement| std::cmp::Reverse(statement.rank));
        statements
            .into_iter()
            .filter_map(|statement| statement.mainsnak.datavalue.as_ref())
            .map(|data| &data.value)
            .collect()
    }
}

struct ItemVisitor<'w>(&'w Wanted);

impl<'de> Visitor<'de> for ItemVisitor<'_> {
    type Value = Item;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let mut item = Item::default();
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "id" => item.id = map.next_value()?,
                "labels" => item.labels = map.next_value_seed(Terms(self.0))?,
                "descriptions" => item.descriptions = map.next_value_seed(Terms(self.0))?,
                "aliases" => item.aliases = map.next_value_seed(Terms(self.0))?,
                "claims" => item.claims = map.next_value::<Claims>()?.0,
                "sitelinks" => item.sitelinks = map.next_value::<Count>()?.0,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if !item.id.starts_with('Q') {
            return Err(serde::de::Error::custom("it has no `id` such as \"Q42\""));
        }
        Ok(item)
    }
}

struct Claims(Vec<(Property, Vec<Statement>)>);

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ClaimsVisitor)
    }
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("statements by property")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut claims = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            match Property::of(&key) {
                Some(property) => claims.push((property, map.next_value()?)),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Claims(claims))
    }

    /// Objects without members are written as arrays.
    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Claims, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Claims(Vec::new()))
    }
}

/// The number of members.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("site links")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
        let mut count = 0;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Count(count))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Count, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Count(0))
    }
}
