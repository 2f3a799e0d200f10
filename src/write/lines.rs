//! Renders the outcome of a record as lines.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::columns::{ArticleSource, Columns, MentionColumns, MentionSource, article_schema, push_article};
use super::json::push_line;
use super::locate::{Location, Locator};
use super::schema::{ArticleLine, CandidateLine, EvidenceLine, LinkLine, MentionLine, SpanLine, rounded};
use crate::article::Article;
use crate::date::DateRange;
use crate::error::Result;
use crate::link::{EntityTable, Evidence, Link, LinkedMention, Status};
use crate::mentions::{ArticleMentions, RecordOutcome};
use crate::outcome::{Outcome, RecordStatus, Skipped};
use crate::read::Reject;
use crate::span::CodePoints;

/// What is written of each record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LineOptions {
    /// Minimum score of a mention; mentions found by the table alone have no score and are kept.
    pub min_score: f32,
    /// Mention types to write; all if empty.
    pub types: BTreeSet<String>,
    /// Add each mention's sentence.
    pub context: bool,
    /// Render mentions as these columns, and not as lines.
    pub columns: Option<MentionColumns>,
    /// Write the articles file.
    pub articles: bool,
    /// Add title and text to the lines of the articles file.
    pub articles_text: bool,
    /// Write the spans file.
    pub spans: bool,
}

/// The lines of one record for each file, with their line ends.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Number of the record's input.
    pub input: u32,
    /// The article's id, if it is known.
    pub id: Option<String>,
    /// What became of the record.
    pub status: RecordStatus,
    /// Lines of the mentions file.
    pub mentions: Vec<u8>,
    /// Its rows, where it has columns.
    pub mention_columns: Columns,
    /// Lines of the spans file.
    pub spans: Vec<u8>,
    /// Number of spans.
    pub span_count: usize,
    /// Line of the rejects file.
    pub rejects: Vec<u8>,
    /// Line of the articles file, without `copy_of`, which depends on earlier records.
    pub article: Option<ArticleRow>,
    /// The mentions in `mentions` or `mention_columns`.
    pub written: Vec<WrittenMention>,
}

/// The parts of a written mention that are counted.
#[derive(Debug)]
pub struct WrittenMention {
    /// Its type.
    pub kind: std::sync::Arc<str>,
    /// Its entity.
    pub entity: Option<crate::link::EntityIx>,
}

/// A row of the articles file, without `copy_of`.
#[derive(Debug)]
pub struct ArticleRow {
    /// The article's id.
    pub doc_id: Option<String>,
    input: String,
    warc_offset: Option<u64>,
    status: RecordStatus,
    reason: Option<String>,
    date: Option<DateRange>,
    language: Option<String>,
    counts: [usize; 4],
    /// The hash of the text, for articles that have one.
    pub text_hash: Option<String>,
    title: Option<String>,
    text: Option<String>,
}

impl ArticleRow {
    /// Renders the line.
    pub fn line(&self, copy_of: Option<&str>) -> Result<Vec<u8>> {
        let mut line = Vec::with_capacity(256);
        push_line(&mut line, &self.values(copy_of))?;
        Ok(line)
    }

    /// The same as columns.
    pub fn columns(&self, copy_of: Option<&str>) -> Columns {
        let mut columns = Columns::new(&article_schema());
        push_article(&mut columns, &ArticleSource { line: &self.values(copy_of), date: self.date });
        columns
    }

    fn values<'a>(&'a self, copy_of: Option<&'a str>) -> ArticleLine<'a> {
        let [sentences, tokens, mentions, linked] = self.counts;
        ArticleLine {
            doc_id: self.doc_id.as_deref(),
            input: &self.input,
            warc_offset: self.warc_offset,
            status: self.status,
            reason: self.reason.as_deref(),
            date: self.date.map(date_text),
            language: self.language.as_deref(),
            sentences,
            tokens,
            mentions,
            linked,
            text_hash: self.text_hash.as_deref(),
            copy_of,
            title: self.title.as_deref(),
            text: self.text.as_deref(),
        }
    }
}

/// Renders an outcome. Fails with an internal error if a mention's offsets do not give its text.
pub fn render(outcome: &RecordOutcome<'_>, table: Option<&EntityTable>, options: &LineOptions) -> Result<Rendered> {
    match outcome {
        Outcome::Processed(done) => render_mentions(done, table, options),
        Outcome::Rejected(reject) => render_reject(reject, options),
        Outcome::Skipped(Skipped { article, language }) => {
            let language = language.as_deref();
            let reason = format!("language {}", language.unwrap_or("unknown"));
            let row = || row(article, RecordStatus::Skipped, Some(reason), language, [0; 4], options);
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
    let columns = options.columns.as_ref();
    rendered.mention_columns = columns.map(|columns| Columns::new(&columns.schema())).unwrap_or_default();
    for_each_line(done, table, options, |mention, line| {
        linked += usize::from(mention.link.status == Status::Linked);
        rendered.written.push(WrittenMention { kind: mention.kind.clone(), entity: mention.link.entity });
        let Some(columns) = columns else { return push_line(&mut rendered.mentions, &line) };
        let source = MentionSource { line: &line, article: done.article, language: done.language };
        columns.push(&mut rendered.mention_columns, &source);
        Ok(())
    })?;
    if options.spans {
        rendered.span_count = done.found.len();
        let mut locator = Locator::new(done.article, &done.sentences);
        let input = done.article.origin.to_string();
        for found in &done.found {
            let location = locator.of(found.field, found.span, found.sentence)?;
            push_line(
                &mut rendered.spans,
                &SpanLine {
                    doc_id: &done.article.id,
                    input: &input,
                    field: found.field,
                    start: location.start,
                    end: location.end,
                    start_byte: found.span.start,
                    end_byte: found.span.end,
                    text: location.text,
                    kind: &found.kind,
                    score: found.score,
                    sentence: location.sentence,
                },
            )?;
        }
    }
    let counts = [done.sentences.len(), done.tokens, rendered.written.len(), linked];
    rendered.article =
        options.articles.then(|| row(done.article, RecordStatus::Processed, None, done.language, counts, options));
    Ok(rendered)
}

/// Passes on the line of each mention, for programs that want values rather than JSON. Fails as [`render`] does.
pub(crate) fn mention_lines<'m>(
    done: &'m ArticleMentions<'_>,
    table: Option<&'m EntityTable>,
    mut each: impl FnMut(MentionLine<'m>),
) -> Result<()> {
    for_each_line(done, table, &LineOptions::default(), |_, line| {
        each(line);
        Ok(())
    })
}

fn for_each_line<'m>(
    done: &'m ArticleMentions<'_>,
    table: Option<&'m EntityTable>,
    options: &LineOptions,
    mut each: impl FnMut(&LinkedMention, MentionLine<'m>) -> Result<()>,
) -> Result<()> {
    let mut locator = Locator::new(done.article, &done.sentences);
    for mention in done.mentions.iter().filter(|mention| options.keeps(mention)) {
        let location = locator.of(mention.field, mention.span, mention.sentence)?;
        let link = link_line(&mention.link, &mut locator.evidence, table);
        each(mention, mention_line(mention, &location, link, done, table, options))?;
    }
    Ok(())
}

fn render_reject(reject: &Reject, options: &LineOptions) -> Result<Rendered> {
    let (input, id) = (reject.origin.input, reject.id.as_deref().map(str::to_owned));
    let mut rendered = Rendered { input, id, status: RecordStatus::Rejected, ..Rendered::default() };
    push_line(&mut rendered.rejects, reject)?;
    rendered.article = options.articles.then(|| ArticleRow {
        doc_id: rendered.id.clone(),
        input: reject.origin.to_string(),
        warc_offset: reject.origin.warc_offset,
        status: RecordStatus::Rejected,
        reason: Some(reject.message.to_string()),
        date: None,
        language: None,
        counts: [0; 4],
        text_hash: None,
        title: None,
        text: None,
    });
    Ok(rendered)
}

impl LineOptions {
    fn keeps(&self, mention: &LinkedMention) -> bool {
        mention.score.is_none_or(|score| score >= self.min_score)
            && (self.types.is_empty() || self.types.contains(&*mention.kind))
    }
}

fn mention_line<'m>(
    mention: &'m LinkedMention,
    location: &Location<'m>,
    link: LinkLine<'m>,
    done: &'m ArticleMentions<'m>,
    table: Option<&'m EntityTable>,
    options: &LineOptions,
) -> MentionLine<'m> {
    let raw =
        done.article.page.is_some().then(|| done.article.raw(mention.field, mention.span.start..mention.span.end));
    let entity = mention.link.entity.zip(table).map(|(entity, table)| table.entity(entity));
    MentionLine {
        doc_id: &done.article.id,
        field: mention.field,
        start: location.start,
        end: location.end,
        start_byte: mention.span.start,
        end_byte: mention.span.end,
        raw_start_byte: raw.as_ref().map(|raw| raw.as_ref().map(|raw| raw.start)),
        raw_end_byte: raw.as_ref().map(|raw| raw.as_ref().map(|raw| raw.end)),
        text: location.text,
        kind: &mention.kind,
        score: mention.score.map(rounded),
        found_by: mention.found_by,
        sentence: location.sentence,
        entity_id: entity.map(|entity| entity.id),
        entity_name: entity.map(|entity| entity.name),
        entity_type: entity.map(|entity| entity.kind),
        local_id: mention.local_id,
        link,
        context: options.context.then_some(location.context),
        warc_offset: done.article.origin.warc_offset,
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
    let candidate = |candidate: &crate::link::RankedCandidate| {
        let entity = table?.entity(candidate.entity);
        Some(CandidateLine { entity_id: entity.id, score: rounded(candidate.score) })
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

fn row(
    article: &Article,
    status: RecordStatus,
    reason: Option<String>,
    language: Option<&str>,
    counts: [usize; 4],
    options: &LineOptions,
) -> ArticleRow {
    let is_asked = options.articles_text;
    ArticleRow {
        doc_id: Some(article.id.clone()),
        input: article.origin.to_string(),
        warc_offset: article.origin.warc_offset,
        status,
        reason,
        date: article.date,
        language: language.map(str::to_owned),
        counts,
        text_hash: Some(text_hash(&article.text)),
        title: article.title.clone().filter(|_| is_asked),
        text: is_asked.then(|| article.text.clone()),
    }
}

/// A day, a month or a year, depending on the precision.
fn date_text(date: DateRange) -> String {
    let mut text = date.first.to_string();
    text.truncate(match date.precision() {
        "day" => text.len(),
        "month" => 7,
        _ => 4,
    });
    text
}

fn text_hash(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut hash = crate::hash::sha256(words.join(" ").as_bytes());
    hash.truncate(32);
    hash
}
