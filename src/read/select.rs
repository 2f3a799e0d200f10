//! Which records of the inputs are read: the first ones, a fixed fraction, or one of several parts.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Records that are dealt to a part at a time: those of a chunk, so that a part has the chunks of the whole.
const BLOCK: u64 = 64;

/// What part of the inputs is read; by default, everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// Maximum number of records; reading ends after the last of them.
    pub limit: Option<u64>,
    /// A random fraction of the records.
    pub sample: Option<Sample>,
    /// One of several parts of what `limit` and `sample` leave.
    pub part: Option<Part>,
}

/// One of several parts of the records, for work on several machines: all parts together are the whole, and none have a
/// record in common. Records are dealt in blocks of 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which part, from 1.
    pub number: u64,
    /// How many parts there are.
    pub of: u64,
}

impl Part {
    /// Whether the record at this position among those that are selected belongs to the part.
    pub(super) fn takes(self, place: u64) -> bool {
        place / BLOCK % self.of == self.number - 1
    }

    /// Whether there is such a part.
    pub(crate) fn is_possible(self) -> bool {
        (1..=self.of).contains(&self.number)
    }
}

impl FromStr for Part {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let part = numbers.map(|(number, of)| Self { number, of }).filter(|part| part.is_possible());
        part.ok_or_else(|| Error::invalid("part", format!("must be K/N, from 1/N to N/N, not {text:?}")))
    }
}

/// A random fraction of the records. The choice depends on the position of a record among all and on the seed alone, so
/// that the same inputs give the same records whatever else is set. A larger fraction includes a smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// From 0 (none) to 1 (all).
    pub fraction: f64,
    /// A different seed gives a different choice.
    pub seed: u64,
}

impl Sample {
    /// Whether the record at this position is taken; positions count from 0 over all inputs.
    pub(super) fn takes(self, place: u64) -> bool {
        // 53 bits, as many as a fraction has.
        let chance = (mixed(self.seed ^ mixed(place)) >> 11) as f64 / (1u64 << 53) as f64;
        chance < self.fraction
    }
}

/// The finaliser of SplitMix64: each bit of the result depends on all bits of the number.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(fraction: f64, seed: u64) -> Vec<u64> {
        (0..20_000).filter(|&place| Sample { fraction, seed }.takes(place)).collect()
    }

    #[test]
    fn a_sample_has_its_fraction_and_keeps_what_a_smaller_one_has() {
        let (tenth, half) = (taken(0.1, 7), taken(0.5, 7));
        assert!((1850..2150).contains(&tenth.len()) && (9700..10_300).contains(&half.len()), "{}", tenth.len());
        assert!(tenth.iter().all(|place| half.binary_search(place).is_ok()));
        assert_eq!((taken(0.0, 7).len(), taken(1.0, 7).len()), (0, 20_000));
        let other = taken(0.1, 8);
        let both = other.iter().filter(|place| tenth.binary_search(place).is_ok()).count();
        assert!((120..290).contains(&both), "{both}");
    }

    #[test]
    fn parts_are_the_whole_without_overlaps() {
        let part = |text: &str| text.parse::<Part>().unwrap();
        let holders = |place| (1..=3).filter(|number| part(&format!("{number}/3")).takes(place)).count();
        assert!((0..1000).all(|place| holders(place) == 1));
        assert!((0..64).all(|place| part("1/3").takes(place)) && part("2/3").takes(64));
        assert!((0..1000).all(|place| part("1/1").takes(place)));
        for text in ["", "1", "0/3", "4/3", "a/b", "1/0", "-1/3", "1/3/5"] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }
}
