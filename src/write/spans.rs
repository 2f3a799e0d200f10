//! Reads the spans file: the results of a model without running it.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashSet;
use serde::Deserialize;

use crate::article::{Article, Field};
use crate::decode::NerSpan;
use crate::error::{Error, ErrorKind, Result};
use crate::segment::Sentence;
use crate::span::Span;

/// A line of the spans file. Code points are not read, because they follow from the bytes.
#[derive(Debug, Deserialize)]
struct SpanRecord {
    doc_id: String,
    input: String,
    field: Field,
    start_byte: usize,
    end_byte: usize,
    text: String,
    #[serde(rename = "type")]
    kind: String,
    score: f32,
    sentence: u32,
}

/// Reads a spans file in step with the articles that it was written for.
#[derive(Debug)]
pub struct SpanReader<R> {
    lines: R,
    path: PathBuf,
    number: u64,
    next: Option<SpanRecord>,
    kinds: AHashSet<Arc<str>>,
}

impl<R: BufRead> SpanReader<R> {
    /// Reads `lines`; errors name `path`.
    pub fn new(lines: R, path: &Path) -> Result<Self> {
        let mut reader = Self { lines, path: path.into(), number: 0, next: None, kinds: AHashSet::new() };
        reader.advance()?;
        Ok(reader)
    }

    /// Returns the spans of one article. Articles must come in the order of the run that wrote the file; an article without
    /// spans has no lines. `sentences` are the article's.
    pub fn of_article(&mut self, article: &Article, sentences: &[Sentence]) -> Result<Vec<NerSpan>> {
        let input = article.origin.to_string();
        let mut found = Vec::new();
        while self.next.as_ref().is_some_and(|span| span.doc_id == article.id && is_same_place(&span.input, &input)) {
            let number = self.number;
            let Some(span) = self.advance()? else { break };
            found.push(self.mention(&span, number, article, sentences)?);
        }
        Ok(found)
    }

    /// Fails if there are spans left.
    pub fn finish(self) -> Result<()> {
        let Some(span) = self.next else { return Ok(()) };
        let what = format!("article `{}` of {} is not in the inputs, or not in this order", span.doc_id, span.input);
        Err(Error::new(ErrorKind::Input, what)
            .at(self.path)
            .line(self.number)
            .help("use the inputs of the run that wrote the spans, in the same order and with the same settings"))
    }

    fn mention(
        &mut self,
        span: &SpanRecord,
        number: u64,
        article: &Article,
        sentences: &[Sentence],
    ) -> Result<NerSpan> {
        let bytes = Span::new(span.start_byte, span.end_byte);
        if bytes.get(article.field(span.field)) != Some(&*span.text) {
            let what =
                format!("article `{}` has no {:?} at bytes {}..{}", article.id, span.text, bytes.start, bytes.end);
            return Err(Error::new(ErrorKind::Input, what)
                .at(&self.path)
                .line(number)
                .help("the inputs have changed since the spans were written: run extract again"));
        }
        let first = sentences.iter().position(|sentence| sentence.field == span.field).unwrap_or(0);
        // The linker needs a valid sentence index.
        let sentence = u32::try_from(first).unwrap_or(0).saturating_add(span.sentence);
        if sentences.get(sentence as usize).is_none_or(|sentence| sentence.field != span.field) {
            let what = format!("article `{}` has no sentence {} in its {:?}", article.id, span.sentence, span.field);
            return Err(Error::new(ErrorKind::Input, what)
                .at(&self.path)
                .line(number)
                .help("the inputs have changed since the spans were written: run extract again"));
        }
        let kind = match self.kinds.get(&*span.kind) {
            Some(kind) => kind.clone(),
            None => Arc::from(&*span.kind),
        };
        self.kinds.insert(kind.clone());
        Ok(NerSpan { field: span.field, span: bytes, kind, score: span.score, sentence })
    }

    /// Returns the current line and reads the next one.
    fn advance(&mut self) -> Result<Option<SpanRecord>> {
        let mut line = String::new();
        while line.trim().is_empty() {
            line.clear();
            let read = self.lines.read_line(&mut line).map_err(|error| Error::reading(&self.path, error))?;
            if read == 0 {
                return Ok(self.next.take());
            }
            self.number += 1;
        }
        let span = serde_json::from_str(&line).map_err(|error| {
            Error::new(ErrorKind::Input, format!("the line is not a span: {error}"))
                .at(&self.path)
                .line(self.number)
                .help("use a spans file written by this version of namewire")
        })?;
        Ok(self.next.replace(span))
    }
}

/// True for the same record of the same input. The input may have moved, and piped inputs have no name to compare.
fn is_same_place(left: &str, right: &str) -> bool {
    let name = |place: &str| place.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let record = |place: &str| place.rsplit_once('#').map(|(_, line)| line.to_owned());
    let is_piped = |place: &str| place == "-" || place.starts_with("-#");
    name(left) == name(right) || ((is_piped(left) || is_piped(right)) && record(left) == record(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Origin;
    use crate::segment::sentences;

    const LINE: &str = r#"{"doc_id":"a","input":"in/x.jsonl#1","field":"text","start":0,"end":4,"start_byte":0,"end_byte":4,"text":"Homs","type":"LOC","score":0.9876543,"sentence":0}"#;

    fn article(id: &str, text: &str, line: u64) -> Article {
        let origin = Origin { path: "x.jsonl".into(), line: Some(line), ..Origin::default() };
        Article { id: id.into(), text: text.into(), origin, ..Article::default() }
    }

    #[test]
    fn spans_are_returned_with_their_articles() {
        let lines = format!("{LINE}\n\n{}\n", LINE.replace("#1", "#3"));
        let mut reader = SpanReader::new(lines.as_bytes(), Path::new("s.jsonl")).unwrap();
        let sentences = sentences("Homs fell.", Field::Text, 0);
        let found = |reader: &mut SpanReader<_>, line| {
            reader.of_article(&article("a", "Homs fell.", line), &sentences).unwrap()
        };
        assert_eq!(found(&mut reader, 1)[0].score, 0.987_654_3);
        assert_eq!([found(&mut reader, 2).len(), found(&mut reader, 3).len()], [0, 1]);
        reader.finish().unwrap();
    }

    #[test]
    fn errors_name_file_line_and_article() {
        let open = |text: &'static str| SpanReader::new(text.as_bytes(), Path::new("s.jsonl"));
        let changed = open(LINE).unwrap().of_article(&article("a", "Hama fell.", 1), &[]).unwrap_err().to_string();
        assert!(changed.contains("s.jsonl:1") && changed.contains("have changed"), "{changed}");
        let left = open(LINE).unwrap().finish().unwrap_err().to_string();
        assert!(left.contains("`a` of in/x.jsonl#1") && left.contains("same order"), "{left}");
        let lost = open(LINE).unwrap().of_article(&article("a", "Homs fell.", 1), &[]).unwrap_err().to_string();
        assert!(lost.contains("s.jsonl:1") && lost.contains("no sentence 0 in its Text"), "{lost}");
        assert!(open("{}").unwrap_err().to_string().contains("s.jsonl:1: the line is not a span"));
    }
}
