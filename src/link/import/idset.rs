//! The ids that were taken, in little memory.

use ahash::{AHashMap, AHashSet, RandomState};

/// Numbers up to here have a bit each: 32 MiB for a prefix at most.
const MAX_NUMBER: usize = 1 << 28;
/// Maximum number of prefixes whose numbers have bits.
const MAX_PREFIXES: usize = 4;

/// A set of ids. Those that end in a number ("Q42", "geonames/2643743") are bits, others 128-bit hashes.
#[derive(Debug)]
pub(super) struct IdSet {
    numbered: AHashMap<String, Bits>,
    others: AHashSet<u128>,
    hashers: [RandomState; 2],
}

/// A set of numbers that lie close together.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// False where the number is in the set already.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let (at, bit) = (number / 64, 1 << (number % 64));
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        let is_new = self.0[at] & bit == 0;
        self.0[at] |= bit;
        is_new
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits & (1 << (number % 64)) != 0)
    }
}

impl Default for IdSet {
    fn default() -> Self {
        let hasher = |seed| RandomState::with_seeds(seed, 2, 3, 4);
        Self { numbered: AHashMap::new(), others: AHashSet::new(), hashers: [hasher(1), hasher(5)] }
    }
}

impl IdSet {
    /// False where the id is in the set already.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        if let Some((prefix, number)) = numbered(id) {
            if let Some(bits) = self.numbered.get_mut(prefix) {
                return bits.insert(number);
            }
            if self.numbered.len() < MAX_PREFIXES {
                return self.numbered.entry(prefix.to_owned()).or_default().insert(number);
            }
        }
        let hash = self.hash(id);
        self.others.insert(hash)
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        match numbered(id).and_then(|(prefix, number)| Some((self.numbered.get(prefix)?, number))) {
            Some((bits, number)) => bits.contains(number),
            None => self.others.contains(&self.hash(id)),
        }
    }

    fn hash(&self, id: &str) -> u128 {
        let [high, low] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(id)));
        high << 64 | low
    }
}

/// An id as its prefix and the number that it ends with.
fn numbered(id: &str) -> Option<(&str, usize)> {
    let start = id.trim_end_matches(|last: char| last.is_ascii_digit()).len();
    let (prefix, digits) = id.split_at(start);
    let number = digits.parse().ok().filter(|number| *number < MAX_NUMBER && !digits.starts_with('0'))?;
    Some((prefix, number))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_found_whatever_their_form() {
        let mut ids: Vec<String> = ["", "Q1", "Q01", "Q", "0", "7", "lei/5299", "lei/A5299", "Q99999999999999999999"]
            .map(String::from)
            .to_vec();
        ids.extend((0..200).map(|at| format!("{}{}", ["geonames/", "a/", "b/", "c/", "d/", "e/"][at % 6], at * 977)));
        let mut set = IdSet::default();
        let mut oracle = HashSet::new();
        for id in ids.iter().chain(&ids) {
            assert_eq!(set.insert(id), oracle.insert(id), "{id}");
        }
        assert!(ids.iter().all(|id| set.contains(id)));
        assert!(["Q2", "Q001", "x", "geonames/1", "lei/52990"].iter().all(|id| !set.contains(id)));
    }
}
