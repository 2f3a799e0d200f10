//! JSON Lines of documents with tagged sentences.
//!
//! `{"doc": "a", "sentences": [{"text": "Homs fell.", "tokens": [[0, 4], [5, 9], [9, 10]], "labels": ["B-LOC", "O", "O"]}]}`;
//! offsets are code points of the sentence's text.

use serde::Deserialize;

use super::corpus::{Corpus, Kinds, Place};
use super::lines::Lines;
use super::mentions::DocumentId;
use super::tagging::{TagOptions, Tagged, TaggedDocument, TaggedSentence};
use crate::error::Result;

#[derive(Deserialize)]
struct DocumentLine {
    #[serde(alias = "doc_id", alias = "id")]
    doc: DocumentId,
    sentences: Vec<SentenceValue>,
}

#[derive(Deserialize)]
struct SentenceValue {
    text: String,
    tokens: Vec<(u32, u32)>,
    labels: Vec<String>,
}

/// Reads a file.
pub(super) fn read(mut lines: Lines, options: TagOptions, kinds: &mut Kinds) -> Result<Corpus> {
    let mut documents = Vec::new();
    lines.each_json("a document with sentences", |line: DocumentLine, place| {
        let sentences = line.sentences.into_iter().enumerate();
        let sentences = sentences.filter_map(|(number, value)| sentence(value, number, &place).transpose());
        documents.push(TaggedDocument { id: line.doc.into(), sentences: sentences.collect::<Result<_>>()? });
        Ok(())
    })?;
    Tagged { documents, by_sentence: false, has_ids: true }.into_corpus(options.scheme, kinds)
}

/// One sentence; `None` for one without tokens.
fn sentence(value: SentenceValue, number: usize, place: &Place) -> Result<Option<TaggedSentence>> {
    let SentenceValue { text, tokens, labels } = value;
    if tokens.len() != labels.len() {
        let what = format!("sentence {number} has {} tokens and {} labels", tokens.len(), labels.len());
        return Err(place.error(what));
    }
    let len = text.chars().count() as u32;
    let mut before = 0;
    for &(start, end) in &tokens {
        if start < before || end <= start || end > len {
            let what = format!(
                "sentence {number} has no token at {start}..{end}: offsets must increase and stay within {len} characters"
            );
            return Err(place.error(what));
        }
        before = end;
    }
    // A line break would end the sentence for a segmenter that takes each line as one.
    let text = text.replace(['\n', '\r', '\u{2028}', '\u{2029}'], " ");
    let lines = vec![place.line; labels.len()];
    let sentence = TaggedSentence { text, tokens, tags: labels, lines, place: Some(place.clone()), len };
    Ok((!sentence.tags.is_empty()).then_some(sentence))
}
