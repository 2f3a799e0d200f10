//! Files of columns: one token per line with its tag, as in the CoNLL shared tasks.

use std::path::Path;
use std::sync::Arc;

use super::corpus::{Corpus, Kinds, Place};
use super::lines::Lines;
use super::tagging::{TagOptions, Tagged, TaggedDocument, TaggedSentence};
use crate::error::Result;

/// The line that begins a document.
const DOCUMENT: &str = "-DOCSTART-";

/// Reads a file. Documents begin at `-DOCSTART-`; in a file without it, each sentence is a document.
pub(super) fn read(mut lines: Lines, options: TagOptions, kinds: &mut Kinds) -> Result<Corpus> {
    let mut file = File { name: name(&lines.place().path), ..File::default() };
    let mut sentence = TaggedSentence::default();
    while let Some(line) = lines.next()? {
        let columns: Vec<&str> = line.split([' ', '\t']).filter(|column| !column.is_empty()).collect();
        if columns.is_empty() {
            file.close_sentence(&mut sentence);
        } else if columns[0] == DOCUMENT {
            file.close_sentence(&mut sentence);
            file.open_document();
        } else if !is_comment(&columns) {
            let picked = pick(&columns, options).map(|(token, tag)| (token.to_owned(), tag.to_owned()));
            let place = lines.place();
            let help =
                "each line is a token and its tag, or blank; tag_column and token_column say which columns they are";
            let (token, tag) = picked.map_err(|what| place.error(what).help(help).with_setting("tag_column"))?;
            sentence.push(&token, tag, &place);
        }
    }
    file.close_sentence(&mut sentence);
    file.finish(lines.place(), options, kinds)
}

#[derive(Default)]
struct File {
    name: String,
    documents: Vec<TaggedDocument>,
    marked: bool,
}

impl File {
    fn close_sentence(&mut self, sentence: &mut TaggedSentence) {
        if sentence.tags.is_empty() {
            return;
        }
        if !self.marked || self.documents.is_empty() {
            self.new_document();
        }
        let last = self.documents.len() - 1;
        self.documents[last].sentences.push(std::mem::take(sentence));
    }

    fn open_document(&mut self) {
        // Sentences before the first mark are a document as well.
        if !self.marked && !self.documents.is_empty() {
            let sentences = self.documents.drain(..).flat_map(|document| document.sentences).collect();
            self.new_document();
            self.documents[0].sentences = sentences;
        }
        self.marked = true;
        self.new_document();
    }

    fn new_document(&mut self) {
        let id = format!("{}#{}", self.name, self.documents.len() + 1);
        self.documents.push(TaggedDocument { id, sentences: Vec::new() });
    }

    fn finish(self, end: Place, options: TagOptions, kinds: &mut Kinds) -> Result<Corpus> {
        if self.documents.iter().all(|document| document.sentences.is_empty()) {
            return Err(end.error("the file has no tokens"));
        }
        let tagged = Tagged { documents: self.documents, by_sentence: !self.marked, has_ids: false };
        tagged.into_corpus(options.scheme, kinds)
    }
}

fn name(path: &Arc<Path>) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// `# sent_id = 3`, as some corpora have before a sentence. A token `#` is followed by its tag.
fn is_comment(columns: &[&str]) -> bool {
    columns[0].starts_with('#') && columns.contains(&"=") && columns.len() > 2
}

fn pick<'c>(columns: &[&'c str], options: TagOptions) -> std::result::Result<(&'c str, &'c str), String> {
    let column = |number: usize| {
        let lacking = || format!("the line has {} columns, no column {number}", columns.len());
        columns.get(number.wrapping_sub(1)).copied().ok_or_else(lacking)
    };
    if columns.len() < 2 {
        return Err(format!("the line `{}` has one column", columns[0]));
    }
    Ok((column(options.token_column.unwrap_or(1))?, column(options.tag_column.unwrap_or(columns.len()))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tags::TagScheme;

    fn parse(text: &str, options: TagOptions) -> Result<Corpus> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gold.conll");
        std::fs::write(&path, text).unwrap();
        read(Lines::open(&path)?, options, &mut Kinds::default())
    }

    fn seen(corpus: &Corpus) -> Vec<(&str, Vec<&str>)> {
        let surfaces = |document: &'_ crate::eval::AnnotatedDocument| {
            document.mentions.iter().map(|m| m.span()).collect::<Vec<_>>()
        };
        let mut seen = Vec::new();
        for document in &corpus.documents {
            let text = document.text.as_ref().unwrap();
            let spans = surfaces(document);
            seen.push((&*document.id, spans.iter().map(|&(start, end)| text.slice(start, end).unwrap()).collect()));
        }
        seen
    }

    #[test]
    fn columns_make_documents_sentences_and_spans() {
        let text = "-DOCSTART- -X- -X- O\n\nPhil NNP I-NP B-PER\nSimmons NNP I-NP I-PER\ntook VB B-VP O\n\n\nŞam NNP X B-LOC\n\n\
                    -DOCSTART- -X- -X- O\r\n\r\nKent\tNNP\tX\tB-ORG\r\n";
        let corpus = parse(text, TagOptions::default()).unwrap();
        assert_eq!(seen(&corpus), [("gold.conll#1", vec!["Phil Simmons", "Şam"]), ("gold.conll#2", vec!["Kent"])]);
        assert_eq!(corpus.documents[0].text.as_ref().unwrap().as_str(), "Phil Simmons took\n\nŞam");
        let lines: Vec<u64> = corpus.mentions().map(|mention| mention.place.line).collect();
        assert_eq!(lines, [3, 8, 12]);
        assert!(!corpus.by_sentence);
    }

    #[test]
    fn without_marks_each_sentence_is_a_document() {
        let corpus = parse("# sent_id = 1\nHoms B-LOC\n# O\n\nHama B-LOC\n", TagOptions::default()).unwrap();
        assert_eq!(seen(&corpus), [("gold.conll#1", vec!["Homs"]), ("gold.conll#2", vec!["Hama"])]);
        assert_eq!(corpus.documents[0].sentences[0].tokens.len(), 2);
        assert!(corpus.by_sentence);
    }

    #[test]
    fn columns_can_be_chosen_and_errors_name_the_line() {
        let options = TagOptions { tag_column: Some(3), token_column: Some(2), ..TagOptions::default() };
        assert_eq!(seen(&parse("1 Homs B-LOC x\n", options).unwrap()), [("gold.conll#1", vec!["Homs"])]);
        for (text, options, expected) in [
            ("Homs B-LOC\nHama\n", TagOptions::default(), "gold.conll:2: the line `Hama` has one column"),
            ("1 Homs\n", options, "gold.conll:1: the line has 2 columns, no column 3"),
            ("\n\n", TagOptions::default(), "has no tokens"),
            (
                "Homs B-LOC\nfell E-LOC\n",
                TagOptions { scheme: Some(TagScheme::Iob2), ..TagOptions::default() },
                "gold.conll:2: `E-LOC` is not a tag of iob2",
            ),
            ("Homs B-LOC\nfell verb\n", TagOptions::default(), "gold.conll:2: `verb` is not a tag of iob2"),
        ] {
            let error = parse(text, options).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
