//! The formats of gold standards and predictions.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde_json::Value;

use super::corpus::{Corpus, Kinds};
use super::lines::Lines;
use super::tagging::TagOptions;
use super::{columns, mentions, sentences};
use crate::error::{Error, ErrorKind, Result};

/// The format of a file of mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoldFormat {
    /// One token per line, its columns separated by white space, the tag among them; blank lines between sentences.
    Columns,
    /// JSON Lines: one document per line, with sentences of text, tokens and labels.
    Sentences,
    /// JSON Lines: one mention per line, with document, start, end and type.
    Mentions,
}

impl Corpus {
    /// Reads files, plain or compressed, as one corpus. `format` is that of all; `None` detects it for each file.
    ///
    /// # Errors
    ///
    /// Fails, with file and line, where a line is not of the format, and where files of tokens and of spans are mixed.
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
                return Err(Error::new(ErrorKind::Input, "files of tokens and files of spans cannot be mixed")
                    .at(path)
                    .help("evaluate them separately"));
            }
            corpus.append(read);
        }
        corpus.merge_spans()
    }

    /// Mentions of one document may be in several files; its tokens may not.
    fn merge_spans(mut self) -> Result<Self> {
        let index = self.index();
        if index.len() == self.documents.len() {
            return Ok(self);
        }
        let mut seen = ahash::AHashSet::new();
        if let Some(twice) = self.documents.iter().find(|document| !seen.insert(&document.id) && self.is_tagged()) {
            let place = twice.sentences.first().map(|sentence| sentence.place.clone());
            let what = format!("document `{}` occurs twice in the gold standard", twice.id);
            return Err(place.map_or_else(|| Error::new(ErrorKind::Input, &*what), |place| place.error(&*what)));
        }
        let mut merged: Vec<super::AnnotatedDocument> = Vec::new();
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
            let error = lines.place().error("the line is of no known format");
            if has("text") {
                let help = "these look like documents: give mentions, and the documents as docs";
                Err(error.help(help).with_setting("docs"))
            } else {
                let help = "known formats are columns, sentences and mentions";
                Err(error.help(help).with_setting("gold_format"))
            }
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
                .help("known formats are columns (conll), sentences and mentions")),
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
