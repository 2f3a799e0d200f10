//! Labels, descriptions and aliases: those of the languages that are taken.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Wanted;

/// A text with its language.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Term {
    pub(super) language: String,
    pub(super) value: String,
}

/// One term or, for aliases, several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Term),
    Many(Vec<Term>),
}

/// Reads an object of terms by language.
pub(super) struct Terms<'w>(pub(super) &'w Wanted);

impl<'de> DeserializeSeed<'de> for Terms<'_> {
    type Value = Vec<Term>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Terms<'_> {
    type Value = Vec<Term>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("terms by language")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut terms = Vec::new();
        while let Some(Key(language)) = map.next_key()? {
            if !self.0.takes_language(&language) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match map.next_value()? {
                OneOrMany::One(term) => terms.push(term),
                OneOrMany::Many(many) => terms.extend(many),
            }
        }
        Ok(terms)
    }

    /// Objects without members are written as arrays.
    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}

/// A key, not copied where it has no escapes.
#[derive(Deserialize)]
pub(super) struct Key<'k>(#[serde(borrow)] pub(super) Cow<'k, str>);
