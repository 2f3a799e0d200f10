//! Classes of Wikidata and the types of their items.

use std::path::Path;

use ahash::AHashMap;

use super::super::lines::Lines;
use super::super::rows::Tally;
use crate::error::{Error, ErrorKind, Result};

/// Types by the number of the class: Q5 is 5.
#[derive(Debug)]
pub(super) struct Classes(AHashMap<u64, String>);

impl Classes {
    /// Those that namewire ships.
    pub(super) fn shipped() -> Self {
        Self(include_str!("classes.tsv").lines().filter_map(class).collect())
    }

    /// Those of a file: the class and the type on a line, with a tab between.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut classes = AHashMap::new();
        let mut lines = Lines::open(path)?;
        while let Some(line) = lines.next(&mut Tally::default())? {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (number, kind) = class(line).ok_or_else(|| {
                Error::new(ErrorKind::Input, "the line is not a class with its type")
                    .at(path)
                    .line(lines.number)
                    .help("write the class, a tab and the type: Q515\tLOC")
            })?;
            classes.insert(number, kind);
        }
        Ok(Self(classes))
    }

    pub(super) fn has(&self, class: u64) -> bool {
        self.0.contains_key(&class)
    }

    pub(super) fn kind(&self, class: u64) -> Option<&str> {
        self.0.get(&class).map(String::as_str)
    }
}

fn class(line: &str) -> Option<(u64, String)> {
    let mut columns = line.split('\t');
    let number = columns.next()?.strip_prefix('Q')?.parse().ok()?;
    Some((number, columns.next().filter(|kind| !kind.is_empty())?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_classes_are_unique_and_have_known_types() {
        let lines = include_str!("classes.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.clone().filter_map(class).count(), lines.clone().count());
        assert_eq!(Classes::shipped().0.len(), lines.count());
        assert!(Classes::shipped().0.values().all(|kind| crate::link::text::lists::is_known_kind(kind)));
    }
}
