//! JSON files that are one long array, read element by element.

use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

/// Gives each element of an array to `each`. Fails where it says `false`.
pub(super) fn for_each(reader: impl Read, each: impl FnMut(Value) -> bool) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_reader(reader);
    Elements(each).deserialize(&mut json)
}

struct Elements<F>(F);

impl<'de, F: FnMut(Value) -> bool> DeserializeSeed<'de> for Elements<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Value) -> bool> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut array: A) -> Result<(), A::Error> {
        while let Some(value) = array.next_element()? {
            if !(self.0)(value) {
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
