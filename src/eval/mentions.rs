//! JSON Lines of mentions, and the files that go with them: documents, ignore zones, a catalogue.

use std::path::Path;
use std::sync::Arc;

use ahash::{AHashMap, AHashSet};
use serde::{Deserialize, Deserializer};

use super::corpus::{AnnotatedDocument, Annotation, Corpus, Kinds};
use super::lines::Lines;
use super::text::Text;
use crate::article::Field;
use crate::error::Result;

/// An id that may be written as a number.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum DocumentId {
    Text(String),
    Number(serde_json::Number),
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> Self {
        match id {
            DocumentId::Text(text) => text,
            DocumentId::Number(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct MentionLine {
    #[serde(alias = "doc_id")]
    doc: DocumentId,
    start: u32,
    end: u32,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "given")]
    entity: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    entity_id: Option<Option<String>>,
    #[serde(default)]
    text: Option<Box<str>>,
    #[serde(default)]
    field: Option<Field>,
}

/// A key that is present, even if null.
fn given<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Reads a file of mentions. Mentions in titles are skipped: gold standards annotate the text.
pub(super) fn read(mut lines: Lines, kinds: &mut Kinds) -> Result<Corpus> {
    let mut corpus = Corpus { has_ids: true, ..Corpus::default() };
    let mut index: AHashMap<String, usize> = AHashMap::new();
    let mut entities: AHashSet<Arc<str>> = AHashSet::new();
    lines.each_json("a mention", |line: MentionLine, place| {
        if line.field == Some(Field::Title) {
            return Ok(());
        }
        if line.end <= line.start {
            return Err(place.error(format!("the mention at {}..{} is empty", line.start, line.end)));
        }
        let given = line.entity.or(line.entity_id);
        corpus.has_links |= given.is_some();
        let entity =
            given.flatten().filter(|id| !matches!(&**id, "" | "NIL" | "null")).map(|id| match entities.get(&*id) {
                Some(known) => Arc::clone(known),
                None => {
                    let id: Arc<str> = id.into();
                    entities.insert(Arc::clone(&id));
                    id
                }
            });
        let id: String = line.doc.into();
        let at = *index.entry(id).or_insert_with_key(|id| {
            corpus.documents.push(AnnotatedDocument { id: Arc::from(&**id), ..AnnotatedDocument::default() });
            corpus.documents.len() - 1
        });
        let Some(kind) = kinds.get(line.kind.as_deref().unwrap_or("?")) else { return Ok(()) };
        let MentionLine { start, end, text, .. } = line;
        corpus.documents[at].mentions.push(Annotation { start, end, kind, entity, text, place });
        Ok(())
    })?;
    Ok(corpus)
}

#[derive(Deserialize)]
struct TextLine {
    id: DocumentId,
    text: String,
}

/// Reads documents with id and text, in the order of the file.
pub(super) fn read_documents(path: &Path) -> Result<Vec<(Arc<str>, Text)>> {
    let mut documents = Vec::new();
    let mut seen = AHashSet::new();
    Lines::open(path)?.each_json("a document with id and text", |line: TextLine, place| {
        let id: Arc<str> = String::from(line.id).into();
        if !seen.insert(Arc::clone(&id)) {
            return Err(place.error(format!("document `{id}` occurs twice")));
        }
        documents.push((id, Text::new(line.text)));
        Ok(())
    })?;
    Ok(documents)
}

#[derive(Deserialize)]
struct ZoneLine {
    #[serde(alias = "doc_id")]
    doc: DocumentId,
    start: u32,
    end: u32,
}

/// Spans that are not scored, by document.
pub type Zones = AHashMap<Arc<str>, Vec<(u32, u32)>>;

/// Reads ignore zones: JSON Lines with doc, start and end.
pub fn read_zones(path: &Path) -> Result<Zones> {
    let mut zones = Zones::new();
    Lines::open(path)?.each_json("an ignore zone", |line: ZoneLine, _| {
        zones.entry(String::from(line.doc).into()).or_default().push((line.start, line.end));
        Ok(())
    })?;
    Ok(zones)
}

#[derive(Deserialize)]
struct EntityLine {
    id: String,
}

/// Reads the ids of a catalogue of entities: JSON Lines with id.
pub fn read_catalogue(path: &Path) -> Result<AHashSet<String>> {
    let mut ids = AHashSet::new();
    Lines::open(path)?.each_json("an entity with an id", |line: EntityLine, _| {
        ids.insert(line.id);
        Ok(())
    })?;
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Corpus> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.jsonl");
        std::fs::write(&path, text).unwrap();
        read(Lines::open(&path)?, &mut Kinds::new(&["GPE=loc".to_owned(), "date=".to_owned()]).unwrap())
    }

    #[test]
    fn mentions_are_read_as_the_linking_scorer_reads_them() {
        let corpus = parse(
            r#"{"doc": "a", "start": 0, "end": 4, "type": "gpe", "entity": null, "entity_id": "x"}
{"doc_id": 7, "start": 1, "end": 2, "type": "Per", "entity_id": "NIL", "field": "text"}
{"doc_id": "a", "start": 1, "end": 2, "field": "title"}
{"doc_id": "a", "start": 1, "end": 2, "type": "DATE"}

{"doc_id": "a", "start": 5, "end": 6, "entity_id": "loc/homs"}"#,
        )
        .unwrap();
        let seen: Vec<_> = corpus
            .documents
            .iter()
            .flat_map(|document| document.mentions.iter().map(move |mention| (document, mention)))
            .map(|(document, it)| format!("{} {} {} {:?} {}", document.id, it.start, it.kind, it.entity, it.place.line))
            .collect();
        assert_eq!(seen, ["a 0 LOC None 1", "a 5 ? Some(\"loc/homs\") 6", "7 1 PER None 2"]);
        assert!(corpus.has_links);
    }

    #[test]
    fn errors_name_the_line() {
        for (line, expected) in [
            ("{\"doc\": \"a\", \"start\": 3, \"end\": 3}", "m.jsonl:2: the mention at 3..3 is empty"),
            ("{\"doc\": \"a\", \"start\": -1, \"end\": 3}", "m.jsonl:2: the line is not a mention: invalid value"),
            ("{\"start\": 1, \"end\": 3}", "m.jsonl:2: the line is not a mention: missing field `doc`"),
            ("{", "m.jsonl:2: the line is not a mention: EOF"),
        ] {
            let error = parse(&format!("\n{line}\n")).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
