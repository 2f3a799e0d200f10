//! Annotated documents: those of a gold standard, or predictions.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use ahash::{AHashMap, AHashSet};

use super::tags::TagScheme;
use super::text::Text;
use crate::error::{Error, ErrorKind, Result};

/// Documents with their mentions.
#[derive(Debug, Default)]
pub struct Corpus {
    /// In the order of the files.
    pub documents: Vec<AnnotatedDocument>,
    /// The scheme that the tags of each file were read by; empty where the files have spans.
    pub schemes: Vec<TagScheme>,
    /// Tags that belong to no entity under the scheme, and the first of them.
    pub stray_tags: (u64, Option<Place>),
    /// Whether any mention has a link, even to NIL.
    pub has_links: bool,
    /// Whether each document is one sentence, because the files do not mark documents.
    pub by_sentence: bool,
    /// Whether documents have ids in the file, not just numbers.
    pub has_ids: bool,
}

/// One document.
#[derive(Debug, Default)]
pub struct AnnotatedDocument {
    /// Its id; in files of columns, the name of the file and a number.
    pub id: Arc<str>,
    /// The text that offsets refer to. For files of tokens: the tokens joined by spaces, blank lines between sentences.
    pub text: Option<Text>,
    /// Its sentences, where the file gives tokens.
    pub sentences: Vec<AnnotatedSentence>,
    /// Its mentions, in the order of the file.
    pub mentions: Vec<Annotation>,
}

/// One sentence of a file of tokens.
#[derive(Debug)]
pub struct AnnotatedSentence {
    /// The code points of each token in the document's text.
    pub tokens: Vec<(u32, u32)>,
    /// Its entities.
    pub entities: Vec<TokenSpan>,
    /// Its first line.
    pub place: Place,
}

/// An entity as tokens, `first..end`, of a sentence.
#[derive(Clone, Debug)]
pub struct TokenSpan {
    /// Index of the first token.
    pub first: u32,
    /// One past that of the last.
    pub end: u32,
    /// Its type.
    pub kind: Arc<str>,
    /// The line of the first token.
    pub line: u64,
}

/// One mention.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// First code point in the document's text.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Its type, in capitals.
    pub kind: Arc<str>,
    /// The linked entity; `None` is NIL.
    pub entity: Option<Arc<str>>,
    /// The surface, where the file gives it.
    pub text: Option<Box<str>>,
    /// Where it was read.
    pub place: Place,
}

/// A line of a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file as it was named.
    pub path: Arc<Path>,
    /// Counted from 1; 0 where there is no line.
    pub line: u64,
}

impl Place {
    /// An error about this line.
    pub(super) fn error(&self, what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Input, what).at(&self.path).line(self.line)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}", self.path.display()),
            line => write!(out, "{}:{line}", self.path.display()),
        }
    }
}

impl Annotation {
    /// Its offsets.
    pub fn span(&self) -> (u32, u32) {
        (self.start, self.end)
    }

    /// How many code points it shares with another.
    pub(super) fn overlap(&self, other: &Self) -> u32 {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }
}

impl AnnotatedSentence {
    /// Its entities as mentions. `tokens` are the offsets to use: its own, or those of the same sentence in another file.
    pub(super) fn mentions<'s>(&'s self, tokens: &'s [(u32, u32)]) -> impl Iterator<Item = Annotation> + 's {
        self.entities.iter().map(move |entity| Annotation {
            start: tokens[entity.first as usize].0,
            end: tokens[entity.end as usize - 1].1,
            kind: Arc::clone(&entity.kind),
            entity: None,
            text: None,
            place: Place { path: Arc::clone(&self.place.path), line: entity.line },
        })
    }
}

impl AnnotatedDocument {
    /// The surface of a mention, from its record, else from the text.
    pub fn surface<'d>(&'d self, mention: &'d Annotation) -> &'d str {
        let of_text = || self.text.as_ref().and_then(|text| text.slice(mention.start, mention.end));
        mention.text.as_deref().or_else(of_text).unwrap_or("?")
    }

    /// Checks that a mention is within the text and that its surface is that of the text.
    pub(super) fn check(&self, mention: &Annotation) -> Result<()> {
        let (Some(text), Annotation { start, end, .. }) = (&self.text, mention) else { return Ok(()) };
        let Some(found) = text.slice(*start, *end) else {
            let what = format!("{start}..{end} is not in document `{}` of {} characters", self.id, text.len());
            return Err(mention.place.error(what).help("offsets are code points of the gold standard's text"));
        };
        match mention.text.as_deref().filter(|own| *own != found) {
            Some(own) => {
                let what = format!("document `{}` has {found:?} at {start}..{end}, not {own:?}", self.id);
                Err(mention.place.error(what).help("these are offsets into another text, or not code points"))
            }
            None => Ok(()),
        }
    }
}

impl Corpus {
    /// All mentions.
    pub fn mentions(&self) -> impl Iterator<Item = &Annotation> {
        self.documents.iter().flat_map(|document| &document.mentions)
    }

    /// Whether its documents are made of tokens.
    pub fn is_tagged(&self) -> bool {
        !self.schemes.is_empty()
    }

    /// Adds the documents of another file.
    pub(super) fn append(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.schemes.extend(other.schemes);
        self.stray_tags.0 += other.stray_tags.0;
        self.stray_tags.1 = self.stray_tags.1.take().or(other.stray_tags.1);
        self.has_links |= other.has_links;
        self.by_sentence |= other.by_sentence;
        self.has_ids = other.has_ids;
    }

    /// The index of each document by its id.
    pub(super) fn index(&self) -> AHashMap<Arc<str>, usize> {
        self.documents.iter().enumerate().map(|(index, document)| (Arc::clone(&document.id), index)).collect()
    }
}

/// The types of mentions: in capitals, mapped, and each stored once.
#[derive(Debug, Default)]
pub struct Kinds {
    map: AHashMap<String, Option<Arc<str>>>,
    used: AHashSet<String>,
    known: AHashMap<String, Option<Arc<str>>>,
}

impl Kinds {
    /// Types with a mapping: `FROM=TO` renames a type, `FROM=` drops its mentions.
    pub fn new(map: &[String]) -> Result<Self> {
        let mut kinds = Self::default();
        for rule in map {
            let (from, to) = rule.split_once('=').filter(|(from, _)| !from.is_empty()).ok_or_else(|| {
                Error::config(format!("`{rule}` is not a mapping")).help("write FROM=TO, such as GPE=LOC, or FROM=")
            })?;
            let to = Some(to.to_uppercase()).filter(|to| !to.is_empty()).map(Arc::from);
            if kinds.map.insert(from.to_uppercase(), to).is_some() {
                return Err(Error::config(format!("`{from}` is mapped twice")));
            }
        }
        Ok(kinds)
    }

    /// The type to count; `None` where its mentions are dropped.
    pub fn get(&mut self, kind: &str) -> Option<Arc<str>> {
        if let Some(known) = self.known.get(kind) {
            return known.clone();
        }
        let upper = kind.to_uppercase();
        let mapped = match self.map.get(&upper) {
            Some(mapped) => {
                self.used.insert(upper);
                mapped.clone()
            }
            None => Some(Arc::from(upper)),
        };
        self.known.insert(kind.to_owned(), mapped.clone());
        mapped
    }

    /// Types in the mapping that no mention has.
    pub fn unused(&self) -> Vec<String> {
        let mut unused: Vec<String> = self.map.keys().filter(|kind| !self.used.contains(*kind)).cloned().collect();
        unused.sort();
        unused
    }
}
