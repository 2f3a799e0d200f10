//! How often each of a few texts occurs.

use ahash::AHashMap;

/// Maximum number of different texts that are counted one by one.
const MAX_TEXTS: usize = 1000;

/// Counts by text.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: AHashMap<Box<str>, u64>,
    others: u64,
}

impl Tally {
    /// Counts a text once more.
    pub fn add(&mut self, text: &str) {
        if let Some(count) = self.counts.get_mut(text) {
            *count += 1;
        } else if self.counts.len() < MAX_TEXTS {
            self.counts.insert(text.into(), 1);
        } else {
            self.others += 1;
        }
    }

    /// Texts with their counts, the most frequent first, then in alphabetical order.
    pub fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<(&str, u64)> = self.counts.iter().map(|(text, &count)| (&**text, count)).collect();
        ranked.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        ranked
    }

    /// Number of different texts, up to 1,000.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// True where nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The counts as a JSON object, the most frequent first.
    pub fn to_json(&self) -> String {
        let ranked = self.ranked().into_iter().map(|(text, count)| (text.to_owned(), count.into()));
        serde_json::Value::Object(ranked.collect()).to_string()
    }
}
