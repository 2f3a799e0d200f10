//! Which of the known formats a file is in.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde_json::Value;

use super::corpus::{Corpus, Kinds};
use super::lines::Lines;
use super::tags::TagScheme;
use super::{columns, mentions, sentences};
use crate::error::{Error, ErrorKind, Result};

/// How mentions lie in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoldFormat {
    /// A token a line, its columns parted by white space, the tag among them; blank lines between sentences.
    Columns,
    /// JSON Lines: a document a line, with sentences of text, tokens and labels.
    Sentences,
    /// JSON Lines: a mention a line, with document, start, end and type.
    Mentions,
}

/// How files of tokens are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct TagOptions {
    /// The scheme of the tags; `None` goes by the tags.
    pub scheme: Option<TagScheme>,
    /// Which column is the tag, from 1; `None` is the last.
    pub tag_column: Option<usize>,
    /// Which column is the token, from 1; `None` is the first.
    pub token_column: Option<usize>,
}

impl Corpus {
    /// Reads files, each plain or compressed, as one corpus. `format` is that of all; `None` goes by their content.
    ///
    /// # Errors
    ///
    /// Fails with file and line where a line is not of the format, and where files of tokens and of spans are mixed.
    pub fn read(files: &[PathBuf], format: Option<GoldFormat>, options: TagOptions, kinds: &mut Kinds) -> Result<Self> {
        let mut corpus = Self::default();
        for (number, path) in files.iter().enumerate() {
            let mut lines = Lines::open(path)?;
            let format = match format {
                Some(format) => format,
                None => sniff(path, &mut lines)?,
            };
            let read = match format {
                GoldFormat::Columns => columns::read(lines, options, kinds)?,
                GoldFormat::Sentences => sentences::read(lines, options, kinds)?,
                GoldFormat::Mentions => mentions::read(lines, kinds)?,
            };
            if number > 0 && read.is_tagged() != corpus.is_tagged() {
                return Err(Error::new(
                    ErrorKind::Input,
                    "files of tokens and files of spans cannot be one gold standard",
                )
                .at(path)
                .help("evaluate them one after another"));
            }
            corpus.append(read);
        }
        corpus.merge_spans()
    }

    /// Mentions of one document may stand in several files; tokens of one may not.
    fn merge_spans(mut self) -> Result<Self> {
        let index = self.index();
        if index.len() == self.documents.len() {
            return Ok(self);
        }
        let mut seen = ahash::AHashSet::new();
        if let Some(twice) = self.documents.iter().find(|document| !seen.insert(&document.id) && self.is_tagged()) {
            let place = twice.sentences.first().map(|sentence| sentence.place.clone());
            let what = format!("document `{}` stands twice in the gold standard", twice.id);
            return Err(place.map_or_else(|| Error::new(ErrorKind::Input, &*what), |place| place.error(&*what)));
        }
        let mut merged: Vec<super::Document> = Vec::new();
        let mut places = ahash::AHashMap::new();
        for document in self.documents {
            let at = *places.entry(document.id.clone()).or_insert(merged.len());
            match merged.get_mut(at) {
                Some(same) => same.mentions.extend(document.mentions),
                None => merged.push(document),
            }
        }
        self.documents = merged;
        Ok(self)
    }
}

fn sniff(path: &Path, lines: &mut Lines) -> Result<GoldFormat> {
    let Some(line) = lines.peek()? else {
        return Err(Error::new(ErrorKind::Input, "the file is empty").at(path));
    };
    if !line.trim_start().starts_with('{') {
        return Ok(GoldFormat::Columns);
    }
    let record: Value = serde_json::from_str(line).unwrap_or_default();
    let has = |key: &str| record.get(key).is_some();
    match () {
        () if has("sentences") => Ok(GoldFormat::Sentences),
        () if has("start") && has("end") => Ok(GoldFormat::Mentions),
        () => {
            let help = match has("text") {
                true => "these look like documents: give mentions, and the documents with --docs",
                false => "known are columns, sentences and mentions; see namewire eval --help",
            };
            Err(lines.place().error("the line is of no known format").help(help))
        }
    }
}

impl FromStr for GoldFormat {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "columns" | "conll" => Ok(Self::Columns),
            "sentences" => Ok(Self::Sentences),
            "mentions" => Ok(Self::Mentions),
            _ => Err(Error::new(ErrorKind::Config, format!("unknown format `{name}`"))
                .help("known are columns (conll), sentences and mentions")),
        }
    }
}

impl fmt::Display for GoldFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Columns => "columns",
            Self::Sentences => "sentences",
            Self::Mentions => "mentions",
        })
    }
}
