//! Words that many records have in common, by number: types, kinds of relation, sources, files.

use ahash::AHashMap;

use super::super::image::Section;
use super::super::image::cursor::push_texts;
use super::super::record::EntityRecord;

/// Texts by number, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct List {
    numbers: AHashMap<String, u32>,
    texts: Vec<String>,
}

impl List {
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_texts(&mut bytes, self.texts.iter().map(String::as_str));
        bytes
    }
}

/// The lists of one table.
#[derive(Debug, Default)]
pub(super) struct Lists {
    kinds: List,
    relations: List,
    sources: List,
    pub(super) files: List,
}

/// What a record has of the lists.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) kind: u32,
    /// One more than the number; 0 for none.
    pub(super) source: u32,
    pub(super) relations: Vec<u32>,
    /// Of each alias, one more than the number; 0 for none.
    pub(super) alias_kinds: Vec<u32>,
    pub(super) origin: (u32, u32),
}

impl Lists {
    pub(super) fn numbers(&mut self, record: &EntityRecord, (file, line): (&str, u32)) -> Numbers {
        let kinds = &mut self.kinds;
        Numbers {
            kind: kinds.number(&record.kind),
            source: record.source.as_deref().map_or(0, |source| self.sources.number(source) + 1),
            relations: record.relations.iter().map(|relation| self.relations.number(&relation.kind)).collect(),
            alias_kinds: record
                .aliases
                .iter()
                .map(|alias| alias.kind.as_deref().map_or(0, |kind| kinds.number(kind) + 1))
                .collect(),
            origin: (self.files.number(file), line),
        }
    }

    pub(super) fn sections(&self) -> [(Section, Vec<u8>); 4] {
        [
            (Section::Kinds, self.kinds.bytes()),
            (Section::Relations, self.relations.bytes()),
            (Section::Sources, self.sources.bytes()),
            (Section::Files, self.files.bytes()),
        ]
    }
}
