//! Uses the linker on mentions from any other named-entity recogniser.
//!
//!     link_mentions TABLE.jsonl[,MORE.jsonl] ARTICLES.jsonl > linked.jsonl
//!
//! Each line of ARTICLES is one article with the mentions that were found in it:
//!
//!     {"id":"a1","title":"…","text":"…","date":"2014-06-29",
//!      "sentences":[{"field":"text","start_byte":0,"end_byte":42,"block":0}],
//!      "mentions":[{"field":"text","start_byte":4,"end_byte":9,"type":"PER","score":0.98,"sentence":0}]}
//!
//! Only `id` and `text` are needed; without `mentions`, the table alone finds them. Each line of the output is one
//! linked mention, with offsets in code points and in bytes.

use std::error::Error;
use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;

use namewire::article::Field;
use namewire::date::DateRange;
use namewire::decode::NerSpan;
use namewire::link::{Document, EntityTable, Evidence, LinkOptions, LinkedMention, Linker};
use namewire::segment::Sentence;
use namewire::span::{CodePoints, Span};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Line {
    id: String,
    title: Option<String>,
    text: String,
    date: Option<String>,
    #[serde(default)]
    sentences: Vec<Place>,
    #[serde(default)]
    mentions: Vec<Found>,
}

#[derive(Deserialize)]
struct Place {
    field: String,
    start_byte: usize,
    end_byte: usize,
    block: u32,
}

#[derive(Deserialize)]
struct Found {
    field: String,
    start_byte: usize,
    end_byte: usize,
    #[serde(rename = "type")]
    kind: String,
    score: f32,
    sentence: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let [tables, articles] = &std::env::args().skip(1).collect::<Vec<_>>()[..] else {
        return Err("usage: link_mentions TABLE.jsonl[,MORE.jsonl] ARTICLES.jsonl".into());
    };
    let tables: Vec<PathBuf> = tables.split(',').map(PathBuf::from).collect();
    let linker = Linker::new(EntityTable::load(&tables)?, LinkOptions::default());
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::BufReader::new(std::fs::File::open(articles)?).lines() {
        let article: Line = serde_json::from_str(&line?)?;
        for mention in link(&linker, &article) {
            writeln!(out, "{}", shown(&linker, &article, &mention))?;
        }
    }
    out.flush()?;
    Ok(())
}

fn link(linker: &Linker, article: &Line) -> Vec<LinkedMention> {
    let sentences: Vec<Sentence> = article
        .sentences
        .iter()
        .map(|place| Sentence {
            field: field(&place.field),
            span: Span::new(place.start_byte, place.end_byte),
            block: place.block,
        })
        .collect();
    let mentions = article.mentions.iter().map(|found| NerSpan {
        field: field(&found.field),
        span: Span::new(found.start_byte, found.end_byte),
        kind: found.kind.as_str().into(),
        score: found.score,
        sentence: found.sentence,
    });
    let document = Document {
        title: article.title.as_deref(),
        text: &article.text,
        date: article.date.as_deref().and_then(DateRange::parse),
        sentences: &sentences,
    };
    linker.link(&document, mentions.collect())
}

fn field(name: &str) -> Field {
    if name == "title" { Field::Title } else { Field::Text }
}

fn shown(linker: &Linker, article: &Line, mention: &LinkedMention) -> Value {
    let text = match mention.field {
        Field::Title => article.title.as_deref().unwrap_or_default(),
        Field::Text => &article.text,
    };
    let points = CodePoints::new(text).range(mention.span);
    let link = &mention.link;
    let evidence = link.evidence.as_ref().map(|evidence| match evidence {
        Evidence::Row { alias, origin } => json!({"alias": **alias, "file": *origin.file, "line": origin.line}),
        Evidence::Text { field, span, text } => {
            json!({"field": field, "start_byte": span.start, "end_byte": span.end, "text": text})
        }
    });
    let entity = link.entity.map(|entity| linker.table().entity(entity));
    json!({
        "doc": article.id,
        "field": mention.field,
        "start": points.start,
        "end": points.end,
        "start_byte": mention.span.start,
        "end_byte": mention.span.end,
        "text": mention.span.slice(text),
        "type": *mention.kind,
        "score": mention.score,
        "found_by": mention.found_by,
        "sentence": mention.sentence,
        "entity": entity.map(|entity| entity.id),
        "entity_name": entity.map(|entity| entity.name),
        "local_id": mention.local_id,
        "status": link.status,
        "method": link.method,
        "alias": link.alias.as_deref(),
        "link_score": link.score,
        "evidence": evidence,
        "candidates": link.candidates.iter().map(|candidate| json!([*linker.table().entity(candidate.entity).id, candidate.score])).collect::<Vec<_>>(),
        "reason": link.reason,
    })
}
