//! The words of a table by their spelling: which are one letter away from a given word.
//!
//! Each word is stored under itself and under itself with one inner letter left out: two words one letter apart share
//! such a form. Looking up a word therefore does not grow with the table.

use ahash::RandomState;

use super::EntityTable;
use super::entity::EntityIx;
use super::keys::Keys;

/// Letters of the shortest and longest words in the index. A word has as many forms as letters.
const MIN_LETTERS: usize = 4;
pub(crate) const MAX_LETTERS: usize = 40;

/// Which entities have a word in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    One(EntityIx),
    Several,
}

/// The words of a table by their neighbourhoods.
#[derive(Debug)]
pub(crate) struct SpellingIndex {
    words: Keys,
    holders: Vec<Holder>,
    /// Hash of a word with one letter left out, or of the word itself, and the word's number; sorted.
    forms: Vec<(u32, u32)>,
    /// Where the forms begin whose hashes begin with each half.
    starts: Vec<u32>,
    hasher: RandomState,
}

impl SpellingIndex {
    pub(super) fn new(table: &EntityTable) -> Self {
        let mut index = Self {
            words: Keys::default(),
            holders: Vec::new(),
            forms: Vec::new(),
            starts: Vec::new(),
            hasher: RandomState::with_seeds(5, 6, 7, 8),
        };
        for (key, rows) in table.curated_keys() {
            for row in rows.filter(|&row| table.is_curated_row(row)) {
                key.split(' ').for_each(|word| index.add(word, table.row_entity(row)));
            }
        }
        for number in 0..index.words.len() as u32 {
            let hasher = &index.hasher;
            let forms = &mut index.forms;
            each_form(index.words.get(number), |form| forms.push((hash(hasher, form), number)));
        }
        index.forms.sort_unstable();
        index.forms.dedup();
        index.forms.shrink_to_fit();
        index.starts = starts(&index.forms);
        index.words.shrink_to_fit();
        index
    }

    fn add(&mut self, word: &str, entity: EntityIx) {
        if !(MIN_LETTERS..=MAX_LETTERS).contains(&word.chars().count()) || !is_plain(word) {
            return;
        }
        let number = self.words.insert(word) as usize;
        match self.holders.get(number) {
            None => self.holders.push(Holder::One(entity)),
            Some(&holder) if holder != Holder::One(entity) => self.holders[number] = Holder::Several,
            Some(_) => {}
        }
    }

    /// True for a word of some alias.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.words.find(word).is_some()
    }

    /// The word with this number.
    pub(crate) fn word(&self, number: u32) -> &str {
        self.words.get(number)
    }

    /// True for a word that only one entity has in its names.
    pub(crate) fn is_of_one_entity(&self, number: u32) -> bool {
        matches!(self.holders[number as usize], Holder::One(_))
    }

    /// The numbers of the words one letter away.
    pub(crate) fn near(&self, word: &str) -> Vec<u32> {
        let mut found = Vec::new();
        each_form(word, |form| {
            let hash = hash(&self.hasher, form);
            let half = (hash >> 16) as usize;
            let near = &self.forms[self.starts[half] as usize..self.starts[half + 1] as usize];
            let same = near.iter().filter(|&&(known, _)| known == hash);
            found.extend(same.map(|&(_, number)| number).filter(|&number| is_near(word, self.words.get(number))));
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// For each upper half of a hash the number of forms before those that have it, and last the number of all.
fn starts(forms: &[(u32, u32)]) -> Vec<u32> {
    let mut starts = vec![0; (1 << 16) + 1];
    forms.iter().for_each(|&(hash, _)| starts[(hash >> 16) as usize + 1] += 1);
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}

fn hash(hasher: &RandomState, form: &str) -> u32 {
    hasher.hash_one(form) as u32
}

/// A word, and the word without each of its inner letters.
pub(crate) fn each_form(word: &str, mut take: impl FnMut(&str)) {
    take(word);
    let mut form = String::with_capacity(word.len());
    let last = word.char_indices().last().map_or(0, |(at, _)| at);
    for (at, char) in word.char_indices().skip(1).filter(|&(at, _)| at < last) {
        form.clear();
        form.push_str(&word[..at]);
        form.push_str(&word[at + char.len_utf8()..]);
        take(&form);
    }
}

pub(crate) fn is_plain(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}

/// True for words that differ by just one letter between their first and last.
pub(crate) fn is_near(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left == right || left.first() != right.first() || left.last() != right.last() {
        return false;
    }
    let same = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[same..], &right[same..]);
    match left.len().cmp(&right.len()) {
        std::cmp::Ordering::Less => right.get(1..) == Some(left),
        std::cmp::Ordering::Greater => left.get(1..) == Some(right),
        std::cmp::Ordering::Equal => {
            let exchanged = left.len() > 2 && left[0] == right[1] && left[1] == right[0] && left[2..] == right[2..];
            left[1..] == right[1..] || exchanged
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn words_one_inner_letter_apart_are_near() {
        for (left, right) in [
            ("davutoglou", "davutoglu"),
            ("fialaka", "failaka"),
            ("erdoghan", "erdogan"),
            ("hussain", "hussein"),
            ("mohamed", "mohammed"),
            ("zayr", "zawr"),
        ] {
            assert!(is_near(left, right) && is_near(right, left), "{left} {right}");
        }
        for (left, right) in [
            ("barzani", "barzan"),
            ("austria", "australia"),
            ("gambia", "zambia"),
            ("iraq", "iran"),
            ("same", "same"),
            ("brigades", "brigade"),
            ("ab", "ba"),
        ] {
            assert!(!is_near(left, right), "{left} {right}");
        }
    }
}
