//! Finds articles with a repeated text or id. The state can be rebuilt from the articles files, so a resumed run needs
//! nothing else.

use std::collections::VecDeque;
use std::io::BufRead;

use ahash::{AHashMap, AHashSet, RandomState};
use serde::{Deserialize, Serialize};

use super::lines::Rendered;

/// Repeated ids in a run. All their articles are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Number of records whose id an earlier record has.
    pub records: u64,
    /// One such id.
    pub example: Option<String>,
    /// True if the run has more distinct ids than the tracker holds: `records` is then a lower bound.
    pub incomplete: bool,
}

/// Texts and ids of the articles written so far.
#[derive(Debug, Default)]
pub(super) struct DuplicateTracker {
    texts: Texts,
    ids: Ids,
}

impl DuplicateTracker {
    /// Adds a record. Returns the id of the first article with the same text, if this is not the first.
    pub(super) fn add(&mut self, rendered: &Rendered) -> Option<String> {
        self.ids.add(rendered.id.as_deref());
        let row = rendered.article.as_ref()?;
        self.texts.first_with(row.text_hash.as_deref(), row.doc_id.as_deref())
    }

    /// Adds the lines of an articles file.
    pub(super) fn replay(&mut self, lines: impl BufRead) -> std::io::Result<()> {
        #[derive(Deserialize)]
        struct Line {
            doc_id: Option<String>,
            text_hash: Option<String>,
        }
        for line in lines.lines() {
            let line: Line = serde_json::from_str(&line?)?;
            self.replay_article(line.doc_id.as_deref(), line.text_hash.as_deref());
        }
        Ok(())
    }

    /// Adds an article of an articles file.
    pub(super) fn replay_article(&mut self, id: Option<&str>, text_hash: Option<&str>) {
        self.ids.add(id);
        self.texts.first_with(text_hash, id);
    }

    pub(super) fn duplicates(&self) -> &Duplicates {
        &self.ids.duplicates
    }
}

/// The first article of each text, for the latest 262,144 texts (fewer if ids are long). Copies in a news dump are close
/// together, and memory must not grow with the dump.
#[derive(Debug)]
struct Texts {
    first: AHashMap<u128, Box<str>>,
    order: VecDeque<u128>,
    id_bytes: usize,
}

impl Default for Texts {
    /// Allocates the final size: unused pages cost no memory, and the tables are never copied to grow.
    fn default() -> Self {
        let capacity = Self::MAX_TEXTS + 1;
        Self { first: AHashMap::with_capacity(capacity), order: VecDeque::with_capacity(capacity), id_bytes: 0 }
    }
}

impl Texts {
    const MAX_TEXTS: usize = 1 << 18;
    const MAX_ID_BYTES: usize = 16 << 20;

    /// Returns the id of the first article with this hash, if it is not this one.
    fn first_with(&mut self, hash: Option<&str>, id: Option<&str>) -> Option<String> {
        let key = u128::from_str_radix(hash?, 16).ok()?;
        if let Some(first) = self.first.get(&key) {
            return Some(first.to_string());
        }
        let id = id?;
        self.first.insert(key, id.into());
        self.order.push_back(key);
        self.id_bytes += id.len();
        while self.order.len() > Self::MAX_TEXTS || self.id_bytes > Self::MAX_ID_BYTES {
            let oldest = self.order.pop_front()?;
            self.id_bytes -= self.first.remove(&oldest).map_or(0, |id| id.len());
        }
        None
    }
}

/// 64-bit hashes of ids. Among 3.7 million ids, the chance of any collision is 1 in 2.7 million.
#[derive(Debug)]
struct Ids {
    /// The default fills a table of about 38 MB.
    max_ids: usize,
    known: AHashSet<u64>,
    /// With fixed seeds: a resumed run must reach the same count.
    hashing: RandomState,
    duplicates: Duplicates,
}

impl Default for Ids {
    fn default() -> Self {
        let (max_ids, hashing) = (7 << 19, RandomState::with_seeds(1, 2, 3, 4));
        Self { max_ids, known: AHashSet::with_capacity(max_ids), hashing, duplicates: Duplicates::default() }
    }
}

impl Ids {
    fn add(&mut self, id: Option<&str>) {
        let Some(id) = id else { return };
        let hash = self.hashing.hash_one(id);
        if self.known.contains(&hash) {
            self.duplicates.records += 1;
            self.duplicates.example.get_or_insert_with(|| id.to_owned());
        } else if self.known.len() < self.max_ids {
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
    fn repeated_ids_are_counted_up_to_the_bound() {
        let mut ids = Ids { max_ids: 3, ..Ids::default() };
        for id in [Some("a"), None, Some("b"), Some("a"), Some("a"), Some("b"), None, Some("c")] {
            ids.add(id);
        }
        let expected = Duplicates { records: 3, example: Some("a".into()), incomplete: false };
        assert_eq!(ids.duplicates, expected);
        ["d", "d", "c"].into_iter().for_each(|id| ids.add(Some(id)));
        assert_eq!(ids.duplicates, Duplicates { records: 4, incomplete: true, ..expected });
    }

    #[test]
    fn long_ids_leave_room_for_fewer_texts() {
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
    fn replaying_an_articles_file_restores_the_state() {
        let hash = "00".repeat(16);
        let lines = format!("{{\"doc_id\":\"a\",\"text_hash\":\"{hash}\"}}\n{{\"doc_id\":null,\"text_hash\":null}}\n");
        let mut tracker = DuplicateTracker::default();
        tracker.replay(lines.as_bytes()).unwrap();
        assert_eq!(tracker.texts.first_with(Some(&hash), Some("b")).as_deref(), Some("a"));
        tracker.replay(&b"{\"doc_id\":\"a\"}"[..]).unwrap();
        assert_eq!(tracker.duplicates().records, 1);
        assert!(tracker.replay(&b"{"[..]).is_err());
    }
}
