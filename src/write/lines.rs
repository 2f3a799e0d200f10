//! Outcomes to lines.

use std::collections::HashSet;

use serde::Serialize;

use super::schema::{ArticleLine, CandidateLine, EvidenceLine, LinkLine, MentionLine, SpanLine, rounded};
use crate::article::{Article, Field};
use crate::date::DateRange;
use crate::error::{Error, ErrorKind, Result};

use crate::link::{EntityTable, Evidence, Link, LinkedMention, Status};
use crate::mentions::{ArticleMentions, RecordOutcome};
use crate::outcome::{Outcome, RecordStatus, Skipped};
use crate::read::Reject;
use crate::segment::Sentence;
use crate::span::{CodePoints, Span};

/// What is written of each outcome.
#[derive(Clone, Debug, Default)]
pub struct LineOptions {
    /// Leave out mentions that the model is less sure of. What the table found stays.
    pub min_score: f32,
    /// Write these types only, by the mention's own type; empty: all.
    pub types: HashSet<String>,
    /// Add the sentence to each mention.
    pub context: bool,
    /// Render the articles file.
    pub articles: bool,
    /// Render the spans file.
    pub spans: bool,
}

/// The lines of one outcome, each file's with its line ends.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The number of the input that the record is of.
    pub input: u32,
    /// The article's id, where it is known.
    pub id: Option<String>,
    /// What became of the record.
    pub status: RecordStatus,
    /// For the mentions file.
    pub mentions: Vec<u8>,
    /// For the spans file.
    pub spans: Vec<u8>,
    /// How many spans these are.
    pub span_count: usize,
    /// For the rejects file.
    pub rejects: Vec<u8>,
    /// For the articles file, which also needs to know what came before.
    pub article: Option<ArticleRow>,
    /// Mentions that were written, by type.
    pub written: Vec<WrittenMention>,
}

/// What the run's summary counts of a written mention.
#[derive(Debug)]
pub struct WrittenMention {
    /// Its type.
    pub kind: std::sync::Arc<str>,
    /// Its entity.
    pub entity: Option<crate::link::EntityIx>,
}

/// A line of the articles file, complete but for `copy_of`.
#[derive(Debug)]
pub struct ArticleRow {
    /// The article's id.
    pub doc_id: Option<String>,
    input: String,
    status: RecordStatus,
    reason: Option<String>,
    date: Option<String>,
    language: Option<String>,
    counts: [usize; 4],
    /// The hash of its text, for articles that have one.
    pub text_hash: Option<String>,
}

impl ArticleRow {
    /// The finished line.
    pub fn line(&self, copy_of: Option<&str>) -> Result<Vec<u8>> {
        let [sentences, tokens, mentions, linked] = self.counts;
        let mut line = Vec::with_capacity(256);
        push_line(
            &mut line,
            &ArticleLine {
                doc_id: self.doc_id.as_deref(),
                input: self.input.clone(),
                status: self.status,
                reason: self.reason.clone(),
                date: self.date.clone(),
                language: self.language.as_deref(),
                sentences,
                tokens,
                mentions,
                linked,
                text_hash: self.text_hash.as_deref(),
                copy_of,
            },
        )?;
        Ok(line)
    }
}

/// Renders an outcome. Fails, as a fault of the program, where a mention's offsets do not give its text.
pub fn render(outcome: &RecordOutcome<'_>, table: Option<&EntityTable>, options: &LineOptions) -> Result<Rendered> {
    match outcome {
        Outcome::Processed(done) => render_mentions(done, table, options),
        Outcome::Rejected(reject) => render_reject(reject, options),
        Outcome::Skipped(Skipped { article, language }) => {
            let language = language.as_deref();
            let reason = format!("language {}", language.unwrap_or("unknown"));
            let row = || row(article, RecordStatus::Skipped, Some(reason), language, [0; 4]);
            let article_row = options.articles.then(row);
            let (input, id) = (article.origin.input, Some(article.id.clone()));
            Ok(Rendered { input, id, status: RecordStatus::Skipped, article: article_row, ..Rendered::default() })
        }
    }
}

fn render_mentions(done: &ArticleMentions<'_>, table: Option<&EntityTable>, options: &LineOptions) -> Result<Rendered> {
    let (input, id) = (done.article.origin.input, Some(done.article.id.clone()));
    let mut rendered = Rendered { input, id, ..Rendered::default() };
    let mut linked = 0;
    let mut places = Places::new(done.article, &done.sentences);
    for mention in done.mentions.iter().filter(|mention| options.keeps(mention)) {
        let place = places.of(mention.field, mention.span, mention.sentence)?;
        let link = link_line(&mention.link, &mut places.evidence, table);
        let line = mention_line(mention, &place, link, done, table, options);
        push_line(&mut rendered.mentions, &line)?;
        linked += usize::from(mention.link.status == Status::Linked);
        rendered.written.push(WrittenMention { kind: mention.label.clone(), entity: mention.link.entity });
    }
    if options.spans {
        rendered.span_count = done.found.len();
        let mut places = Places::new(done.article, &done.sentences);
        let input = done.article.origin.to_string();
        for found in &done.found {
            let place = places.of(found.field, found.span, found.sentence)?;
            push_line(
                &mut rendered.spans,
                &SpanLine {
                    doc_id: &done.article.id,
                    input: &input,
                    field: found.field,
                    start: place.start,
                    end: place.end,
                    start_byte: found.span.start,
                    end_byte: found.span.end,
                    text: place.text,
                    kind: &found.kind,
                    score: found.score,
                    sentence: place.sentence,
                },
            )?;
        }
    }
    let counts = [done.sentences.len(), done.tokens, rendered.written.len(), linked];
    rendered.article =
        options.articles.then(|| row(done.article, RecordStatus::Processed, None, done.language, counts));
    Ok(rendered)
}

fn render_reject(reject: &Reject, options: &LineOptions) -> Result<Rendered> {
    let (input, id) = (reject.origin.input, reject.id.clone());
    let mut rendered = Rendered { input, id, status: RecordStatus::Rejected, ..Rendered::default() };
    push_line(&mut rendered.rejects, reject)?;
    rendered.article = options.articles.then(|| ArticleRow {
        doc_id: reject.id.clone(),
        input: reject.origin.to_string(),
        status: RecordStatus::Rejected,
        reason: Some(reject.message.clone()),
        date: None,
        language: None,
        counts: [0; 4],
        text_hash: None,
    });
    Ok(rendered)
}

impl LineOptions {
    fn keeps(&self, mention: &LinkedMention) -> bool {
        mention.score.is_none_or(|score| score >= self.min_score)
            && (self.types.is_empty() || self.types.contains(&*mention.label))
    }
}

fn mention_line<'m>(
    mention: &'m LinkedMention,
    place: &Place<'m>,
    link: LinkLine<'m>,
    done: &'m ArticleMentions<'m>,
    table: Option<&'m EntityTable>,
    options: &LineOptions,
) -> MentionLine<'m> {
    let entity = mention.link.entity.zip(table).map(|(entity, table)| table.entity(entity));
    MentionLine {
        doc_id: &done.article.id,
        field: mention.field,
        start: place.start,
        end: place.end,
        start_byte: mention.span.start,
        end_byte: mention.span.end,
        text: place.text,
        kind: &mention.label,
        score: mention.score.map(rounded),
        found_by: mention.found_by,
        sentence: place.sentence,
        entity_id: entity.map(|entity| &*entity.id),
        entity_name: entity.map(|entity| &*entity.name),
        entity_type: entity.map(|entity| &*entity.kind),
        local_id: mention.local_id,
        link,
        context: options.context.then_some(place.context),
        meta: &done.article.meta,
    }
}

fn link_line<'m>(link: &'m Link, points: &mut [CodePoints<'_>; 2], table: Option<&'m EntityTable>) -> LinkLine<'m> {
    let evidence = link.evidence.as_ref().map(|evidence| match evidence {
        Evidence::Row { alias, origin } => EvidenceLine::Row { table: &origin.file, line: origin.line, alias },
        Evidence::Text { field, span, text } => {
            let points = points[*field as usize].range(*span);
            EvidenceLine::Span { field: *field, start: points.start, end: points.end, text }
        }
    });
    let candidate = |candidate: &crate::link::Candidate| {
        let entity = table?.entity(candidate.entity);
        Some(CandidateLine { entity_id: &entity.id, score: rounded(candidate.score) })
    };
    LinkLine {
        status: link.status,
        method: link.method,
        alias: link.alias.as_deref(),
        score: link.score.map(rounded),
        evidence,
        candidates: link.candidates.iter().filter_map(candidate).collect(),
        reason: link.reason,
    }
}

/// A span as it is written.
struct Place<'m> {
    start: usize,
    end: usize,
    text: &'m str,
    sentence: u32,
    context: &'m str,
}

/// Turns byte spans into places, field by field in rising order.
struct Places<'m> {
    article: &'m Article,
    sentences: &'m [Sentence],
    field: Field,
    points: CodePoints<'m>,
    /// A second count, character by character: the first one is only believed where both agree.
    walk: Walk<'m>,
    /// For evidence, which stands anywhere: by field.
    evidence: [CodePoints<'m>; 2],
    /// The first sentence of the text.
    first_of_text: usize,
}

/// Bytes of context on either side of a mention, where its sentence is longer than both.
const CONTEXT_BYTES: usize = 2000;

/// The sentence, or what of a long one stands around the mention: an unbroken text must not be written whole for each
/// of its mentions.
fn context(text: &str, sentence: Span, mention: Span) -> &str {
    if sentence.len() <= 2 * CONTEXT_BYTES {
        return sentence.slice(text);
    }
    let start = text.ceil_char_boundary(mention.start.saturating_sub(CONTEXT_BYTES)).max(sentence.start);
    let end = text.floor_char_boundary(mention.end.saturating_add(CONTEXT_BYTES)).min(sentence.end);
    text.get(start..end).unwrap_or_default()
}

struct Walk<'m> {
    chars: std::str::CharIndices<'m>,
    count: usize,
}

impl Walk<'_> {
    /// The byte at which character number `count` starts; asked for in rising order.
    fn byte_of(&mut self, count: usize) -> usize {
        while self.count < count && self.chars.next().is_some() {
            self.count += 1;
        }
        self.chars.offset()
    }
}

impl<'m> Places<'m> {
    fn new(article: &'m Article, sentences: &'m [Sentence]) -> Self {
        let mut places = Self {
            article,
            sentences,
            field: Field::Title,
            points: CodePoints::new(""),
            walk: Walk { chars: "".char_indices(), count: 0 },
            evidence: Field::ALL.map(|field| CodePoints::new(article.field(field))),
            first_of_text: sentences.partition_point(|sentence| sentence.field == Field::Title),
        };
        places.enter(Field::Title);
        places
    }

    fn enter(&mut self, field: Field) {
        let text = self.article.field(field);
        self.field = field;
        self.points = CodePoints::new(text);
        self.walk = Walk { chars: text.char_indices(), count: 0 };
    }

    fn of(&mut self, field: Field, span: Span, sentence: u32) -> Result<Place<'m>> {
        if field != self.field {
            self.enter(field);
        }
        let points = self.points.range(span);
        let (start, end) = (points.start, points.end);
        let text = span.get(self.article.field(field)).filter(|text| text.chars().count() == end - start);
        let Some(text) = text.filter(|text| !text.is_empty() && self.walk.byte_of(start) == span.start) else {
            let what = format!("article {:?}: the {field:?} has no text at bytes {span:?}", self.article.id);
            return Err(Error::new(ErrorKind::Internal, what));
        };
        let first = if field == Field::Title { 0 } else { self.first_of_text };
        let own = self.sentences.get(sentence as usize);
        let context = own.map_or("", |own| context(self.article.field(field), own.span, span));
        Ok(Place { start, end, text, sentence: sentence.saturating_sub(first as u32), context })
    }
}

fn row(
    article: &Article,
    status: RecordStatus,
    reason: Option<String>,
    language: Option<&str>,
    counts: [usize; 4],
) -> ArticleRow {
    ArticleRow {
        doc_id: Some(article.id.clone()),
        input: article.origin.to_string(),
        status,
        reason,
        date: article.date.map(date_text),
        language: language.map(str::to_owned),
        counts,
        text_hash: Some(text_hash(&article.text)),
    }
}

/// A day, a month or a year: as exact as the article is.
fn date_text(date: DateRange) -> String {
    let first = date.first.to_string();
    match (date.first == date.last, date.first.month() == date.last.month()) {
        (true, _) => first,
        (_, true) => first[..7].to_owned(),
        _ => first[..4].to_owned(),
    }
}

fn text_hash(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut hash = crate::hash::sha256(words.join(" ").as_bytes());
    hash.truncate(32);
    hash
}

fn push_line(to: &mut Vec<u8>, line: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *to, line)
        .map_err(|error| Error::new(ErrorKind::Internal, "a line cannot be written as JSON").because(error))?;
    to.push(b'\n');
    Ok(())
}
