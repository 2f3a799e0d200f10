//! A set of strings in one piece of memory, each with a number: a third of what a map of boxed strings takes.

use ahash::RandomState;

/// Marks a slot without a key.
const FREE: u32 = u32::MAX;

/// Strings, numbered in the order in which they came, found by their text.
#[derive(Debug)]
pub(crate) struct Keys {
    text: String,
    ends: Vec<u32>,
    /// Open addressing: numbers of keys, at most half of the slots taken.
    slots: Vec<u32>,
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
        let number = self.slots[self.slot(key)];
        (number != FREE).then_some(number)
    }

    /// The number of a key, which is added where it is new.
    pub(crate) fn insert(&mut self, key: &str) -> u32 {
        let slot = self.slot(key);
        if self.slots[slot] != FREE {
            return self.slots[slot];
        }
        let number = self.ends.len() as u32;
        self.text.push_str(key);
        self.ends.push(self.text.len() as u32);
        self.slots[slot] = number;
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Where the key stands, or would.
    fn slot(&self, key: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.hasher.hash_one(key) as usize & mask;
        while self.slots[at] != FREE && self.get(self.slots[at]) != key {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; self.slots.len() * 2];
        for number in 0..self.ends.len() as u32 {
            let slot = self.slot(self.get(number));
            self.slots[slot] = number;
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
