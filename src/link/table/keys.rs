//! A set of strings in one piece of memory, each with a number: a third of what a map of boxed strings takes.

use ahash::RandomState;

/// The number of a key, and the half of its hash that does not choose the slot: most other keys differ in it, so that
/// their text is not looked at.
type Slot = (u32, u32);

/// Marks a slot without a key.
const FREE: Slot = (u32::MAX, 0);

/// Strings, numbered in the order in which they came, found by their text.
#[derive(Debug)]
pub(crate) struct Keys {
    text: String,
    ends: Vec<u32>,
    /// Open addressing, at most half of the slots taken.
    slots: Vec<Slot>,
    hasher: RandomState,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            slots: vec![FREE; 16],
            hasher: RandomState::with_seeds(1, 2, 3, 4),
        }
    }
}

impl Keys {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The key with this number.
    pub(crate) fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// The number of a key.
    pub(crate) fn find(&self, key: &str) -> Option<u32> {
        let (slot, _) = self.slot(key);
        (self.slots[slot] != FREE).then_some(self.slots[slot].0)
    }

    /// The number of a key, which is added where it is new.
    pub(crate) fn insert(&mut self, key: &str) -> u32 {
        let (slot, tag) = self.slot(key);
        if self.slots[slot] != FREE {
            return self.slots[slot].0;
        }
        let number = self.ends.len() as u32;
        self.text.push_str(key);
        self.ends.push(self.text.len() as u32);
        self.slots[slot] = (number, tag);
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Where the key stands, or would, and its tag.
    fn slot(&self, key: &str) -> (usize, u32) {
        let mask = self.slots.len() - 1;
        let hash = self.hasher.hash_one(key);
        let tag = (hash >> 32) as u32;
        let mut at = hash as usize & mask;
        while self.slots[at] != FREE && (self.slots[at].1 != tag || self.get(self.slots[at].0) != key) {
            at = (at + 1) & mask;
        }
        (at, tag)
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; self.slots.len() * 2];
        for number in 0..self.ends.len() as u32 {
            let (slot, tag) = self.slot(self.get(number));
            self.slots[slot] = (number, tag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn keys_are_found_by_their_text() {
        let mut keys = Keys::default();
        let names: Vec<String> = (0..1000).map(|at| format!("name {}", at % 700)).collect();
        let numbers: Vec<u32> = names.iter().map(|name| keys.insert(name)).collect();
        assert_eq!(keys.len(), 700);
        for (name, number) in names.iter().zip(numbers) {
            assert_eq!((keys.find(name), keys.get(number)), (Some(number), name.as_str()));
        }
        assert_eq!((keys.find("name"), keys.find("")), (None, None));
    }
}
