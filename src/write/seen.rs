//! What a run remembers of the articles that it has written: their texts, to name copies, and their ids, to count those
//! that come twice. All of it follows from the articles files, so that a run that goes on needs nothing else.

use std::collections::VecDeque;
use std::io::BufRead;

use ahash::{AHashMap, AHashSet, RandomState};
use serde::{Deserialize, Serialize};

use super::lines::Rendered;

/// Ids that come more than once in a run. All their articles are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Records whose id an earlier record had.
    pub records: u64,
    /// One such id.
    pub example: Option<String>,
    /// True where the run had more different ids than are remembered: of later ones only those that repeat a remembered
    /// one are counted.
    pub incomplete: bool,
}

/// The memory of a run.
#[derive(Debug, Default)]
pub(super) struct Seen {
    texts: Texts,
    ids: Ids,
}

impl Seen {
    /// Takes in a record. Returns the first article with its text, if it is not the first.
    pub(super) fn take(&mut self, rendered: &Rendered) -> Option<String> {
        self.ids.take(rendered.id.as_deref());
        let row = rendered.article.as_ref()?;
        self.texts.first_with(row.text_hash.as_deref(), row.doc_id.as_deref())
    }

    /// Takes in the lines of an articles file.
    pub(super) fn recall(&mut self, lines: impl BufRead) -> std::io::Result<()> {
        #[derive(Deserialize)]
        struct Line {
            doc_id: Option<String>,
            text_hash: Option<String>,
        }
        for line in lines.lines() {
            let line: Line = serde_json::from_str(&line?)?;
            self.ids.take(line.doc_id.as_deref());
            self.texts.first_with(line.text_hash.as_deref(), line.doc_id.as_deref());
        }
        Ok(())
    }

    pub(super) fn duplicates(&self) -> &Duplicates {
        &self.ids.duplicates
    }
}

/// Texts that were seen, to name the first article of each. Holds the newest quarter of a million, fewer where ids are
/// long: copies in a news dump stand near one another, and memory must not grow with the dump.
#[derive(Debug)]
struct Texts {
    first: AHashMap<u128, Box<str>>,
    order: VecDeque<u128>,
    id_bytes: usize,
}

impl Default for Texts {
    /// Tables of their final size: what is not used of them takes no memory, and they need not be copied as they grow.
    fn default() -> Self {
        let most = Self::MOST + 1;
        Self { first: AHashMap::with_capacity(most), order: VecDeque::with_capacity(most), id_bytes: 0 }
    }
}

impl Texts {
    const MOST: usize = 1 << 18;
    const MOST_ID_BYTES: usize = 16 << 20;

    /// The id of the first article with this hash, if it is not this one.
    fn first_with(&mut self, hash: Option<&str>, id: Option<&str>) -> Option<String> {
        let key = u128::from_str_radix(hash?, 16).ok()?;
        if let Some(first) = self.first.get(&key) {
            return Some(first.to_string());
        }
        let id = id?;
        self.first.insert(key, id.into());
        self.order.push_back(key);
        self.id_bytes += id.len();
        while self.order.len() > Self::MOST || self.id_bytes > Self::MOST_ID_BYTES {
            let oldest = self.order.pop_front()?;
            self.id_bytes -= self.first.remove(&oldest).map_or(0, |id| id.len());
        }
        None
    }
}

/// Hashes of ids, of 64 bits: 3.7 million are told apart but for one chance in 2.7 million.
#[derive(Debug)]
struct Ids {
    /// What a table of some 38 MB holds.
    most: usize,
    known: AHashSet<u64>,
    /// Of fixed seeds: a run that goes on must come to the same count.
    hashing: RandomState,
    duplicates: Duplicates,
}

impl Default for Ids {
    fn default() -> Self {
        let (most, hashing) = (7 << 19, RandomState::with_seeds(1, 2, 3, 4));
        Self { most, known: AHashSet::with_capacity(most), hashing, duplicates: Duplicates::default() }
    }
}

impl Ids {
    fn take(&mut self, id: Option<&str>) {
        let Some(id) = id else { return };
        let hash = self.hashing.hash_one(id);
        if self.known.contains(&hash) {
            self.duplicates.records += 1;
            self.duplicates.example.get_or_insert_with(|| id.to_owned());
        } else if self.known.len() < self.most {
            self.known.insert(hash);
        } else {
            self.duplicates.incomplete = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_come_twice_are_counted_up_to_a_bound() {
        let mut ids = Ids { most: 3, ..Ids::default() };
        for id in [Some("a"), None, Some("b"), Some("a"), Some("a"), Some("b"), None, Some("c")] {
            ids.take(id);
        }
        let expected = Duplicates { records: 3, example: Some("a".into()), incomplete: false };
        assert_eq!(ids.duplicates, expected);
        ["d", "d", "c"].into_iter().for_each(|id| ids.take(Some(id)));
        assert_eq!(ids.duplicates, Duplicates { records: 4, incomplete: true, ..expected });
    }

    #[test]
    fn long_ids_make_for_fewer_texts() {
        let mut texts = Texts::default();
        let id = "i".repeat(1 << 20);
        for number in 0..40 {
            assert_eq!(texts.first_with(Some(&format!("{number:032x}")), Some(&id)), None);
        }
        assert_eq!((texts.first.len(), texts.order.len(), texts.id_bytes), (16, 16, 16 << 20));
        assert!(texts.first_with(Some(&format!("{:032x}", 39)), Some("other")).is_some());
        assert!(texts.first_with(Some(&format!("{:032x}", 23)), Some("other")).is_none());
    }

    #[test]
    fn an_articles_file_brings_everything_back() {
        let hash = "00".repeat(16);
        let lines = format!("{{\"doc_id\":\"a\",\"text_hash\":\"{hash}\"}}\n{{\"doc_id\":null,\"text_hash\":null}}\n");
        let mut seen = Seen::default();
        seen.recall(lines.as_bytes()).unwrap();
        assert_eq!(seen.texts.first_with(Some(&hash), Some("b")).as_deref(), Some("a"));
        seen.recall(&b"{\"doc_id\":\"a\"}"[..]).unwrap();
        assert_eq!(seen.duplicates().records, 1);
        assert!(seen.recall(&b"{"[..]).is_err());
    }
}
