//! The columns of mentions and articles, each with the place where its value comes from.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Candidates, Column, ColumnSpec, ColumnType, Columns, Schema};
use crate::article::{Article, Field as ArticleField};
use crate::date::DateRange;
use crate::write::schema::{ArticleLine, CandidateLine, EvidenceLine, MentionLine};

/// A mention, and what its row says of the article.
pub(in crate::write) struct MentionSource<'m> {
    pub(in crate::write) line: &'m MentionLine<'m>,
    pub(in crate::write) article: &'m Article,
    pub(in crate::write) language: Option<&'m str>,
}

/// An article, and its date as days.
pub(in crate::write) struct ArticleSource<'a> {
    pub(in crate::write) line: &'a ArticleLine<'a>,
    pub(in crate::write) date: Option<DateRange>,
}

/// Where the values of a column come from. A required column always has one.
enum Getter<S> {
    Text(fn(&S) -> Option<Cow<'_, str>>),
    Int(fn(&S) -> Option<usize>),
    Long(fn(&S) -> Option<u64>),
    Float(fn(&S) -> Option<f64>),
    Day(fn(&S) -> Option<Date>),
    Candidates(fn(&S) -> &[CandidateLine<'_>]),
}

type Field<S> = (&'static str, bool, Getter<S>);

const REQUIRED: bool = true;
const OPTIONAL: bool = false;
const CONTEXT: &str = "context";

/// `context` is left out where it is not asked for.
fn mention_fields<'m>() -> [Field<MentionSource<'m>>; 37] {
    use Getter::{Candidates, Day, Float, Int, Long, Text};
    [
        ("doc_id", REQUIRED, Text(|row| text(row.line.doc_id))),
        ("field", REQUIRED, Text(|row| name_of(&row.line.field))),
        ("start_char", REQUIRED, Int(|row| Some(row.line.start))),
        ("end_char", REQUIRED, Int(|row| Some(row.line.end))),
        ("start_byte", REQUIRED, Int(|row| Some(row.line.start_byte))),
        ("end_byte", REQUIRED, Int(|row| Some(row.line.end_byte))),
        ("raw_start_byte", OPTIONAL, Int(|row| row.line.raw_start_byte.flatten())),
        ("raw_end_byte", OPTIONAL, Int(|row| row.line.raw_end_byte.flatten())),
        ("text", REQUIRED, Text(|row| text(row.line.text))),
        ("type", REQUIRED, Text(|row| text(row.line.kind))),
        ("score", OPTIONAL, Float(|row| row.line.score)),
        ("found_by", REQUIRED, Text(|row| name_of(&row.line.found_by))),
        ("sentence", REQUIRED, Int(|row| Some(row.line.sentence as usize))),
        ("entity_id", OPTIONAL, Text(|row| row.line.entity_id.and_then(text))),
        ("entity_name", OPTIONAL, Text(|row| row.line.entity_name.and_then(text))),
        ("entity_type", OPTIONAL, Text(|row| row.line.entity_type.and_then(text))),
        ("local_id", REQUIRED, Int(|row| Some(row.line.local_id as usize))),
        ("link_status", REQUIRED, Text(|row| name_of(&row.line.link.status))),
        ("link_method", OPTIONAL, Text(|row| row.line.link.method.as_ref().and_then(name_of))),
        ("link_alias", OPTIONAL, Text(|row| row.line.link.alias.and_then(text))),
        ("link_score", OPTIONAL, Float(|row| row.line.link.score)),
        ("link_reason", OPTIONAL, Text(|row| row.line.link.reason.as_ref().and_then(name_of))),
        ("evidence_table", OPTIONAL, Text(|row| table_row(row).and_then(|(table, _, _)| text(table)))),
        ("evidence_line", OPTIONAL, Int(|row| table_row(row).map(|(_, line, _)| line as usize))),
        ("evidence_alias", OPTIONAL, Text(|row| table_row(row).and_then(|(_, _, alias)| text(alias)))),
        ("evidence_field", OPTIONAL, Text(|row| span(row).and_then(|span| name_of(&span.0)))),
        ("evidence_start", OPTIONAL, Int(|row| span(row).map(|span| span.1))),
        ("evidence_end", OPTIONAL, Int(|row| span(row).map(|span| span.2))),
        ("evidence_text", OPTIONAL, Text(|row| span(row).and_then(|span| text(span.3)))),
        ("candidates", REQUIRED, Candidates(|row| &row.line.link.candidates)),
        ("date_first", OPTIONAL, Day(|row| row.article.date.map(|date| date.first))),
        ("date_last", OPTIONAL, Day(|row| row.article.date.map(|date| date.last))),
        ("date_precision", OPTIONAL, Text(|row| row.article.date.and_then(precision))),
        ("language", OPTIONAL, Text(|row| row.language.and_then(text))),
        ("input", REQUIRED, Text(|row| Some(row.article.origin.to_string().into()))),
        ("warc_offset", OPTIONAL, Long(|row| row.line.warc_offset)),
        (CONTEXT, OPTIONAL, Text(|row| row.line.context.and_then(text))),
    ]
}

fn article_fields<'a>() -> [Field<ArticleSource<'a>>; 17] {
    use Getter::{Day, Int, Long, Text};
    [
        ("doc_id", OPTIONAL, Text(|row| row.line.doc_id.and_then(text))),
        ("input", REQUIRED, Text(|row| text(row.line.input))),
        ("warc_offset", OPTIONAL, Long(|row| row.line.warc_offset)),
        ("status", REQUIRED, Text(|row| name_of(&row.line.status))),
        ("reason", OPTIONAL, Text(|row| row.line.reason.and_then(text))),
        ("date_first", OPTIONAL, Day(|row| row.date.map(|date| date.first))),
        ("date_last", OPTIONAL, Day(|row| row.date.map(|date| date.last))),
        ("date_precision", OPTIONAL, Text(|row| row.date.and_then(precision))),
        ("language", OPTIONAL, Text(|row| row.line.language.and_then(text))),
        ("sentences", REQUIRED, Int(|row| Some(row.line.sentences))),
        ("tokens", REQUIRED, Int(|row| Some(row.line.tokens))),
        ("mentions", REQUIRED, Int(|row| Some(row.line.mentions))),
        ("linked", REQUIRED, Int(|row| Some(row.line.linked))),
        ("text_hash", OPTIONAL, Text(|row| row.line.text_hash.and_then(text))),
        ("copy_of", OPTIONAL, Text(|row| row.line.copy_of.and_then(text))),
        ("title", OPTIONAL, Text(|row| row.line.title.and_then(text))),
        ("text", OPTIONAL, Text(|row| row.line.text.and_then(text))),
    ]
}

/// The columns of mentions that depend on the settings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MentionColumns {
    /// Whether there is a column of sentences, `context`.
    pub context: bool,
    /// Fields of the record, each with a column `meta_NAME`.
    pub kept: Vec<String>,
}

impl MentionColumns {
    fn fields<'m>(&self) -> impl Iterator<Item = Field<MentionSource<'m>>> + use<'m> {
        let context = self.context;
        mention_fields().into_iter().filter(move |(name, ..)| context || *name != CONTEXT)
    }

    /// The columns, in order.
    pub(in crate::write) fn schema(&self) -> Schema {
        let kept = self.kept.iter().map(|name| ColumnSpec {
            name: format!("meta_{name}"),
            kind: ColumnType::Text,
            is_required: false,
        });
        self.fields().map(|field| spec(&field)).chain(kept).collect()
    }

    /// Adds a mention to columns of this schema.
    pub(in crate::write) fn push(&self, columns: &mut Columns, row: &MentionSource<'_>) {
        columns.rows += 1;
        let mut values = columns.columns.iter_mut();
        for ((_, _, getter), column) in self.fields().zip(values.by_ref()) {
            column.push(&getter, row);
        }
        for (name, column) in self.kept.iter().zip(values) {
            column.push_text(row.line.meta.get(name).and_then(plain).as_deref());
        }
    }
}

/// The columns of articles.
pub(in crate::write) fn article_schema() -> Schema {
    article_fields().iter().map(spec).collect()
}

/// Adds an article to columns of [`article_schema`].
pub(in crate::write) fn push_article(columns: &mut Columns, row: &ArticleSource<'_>) {
    columns.rows += 1;
    for ((_, _, getter), column) in article_fields().iter().zip(&mut columns.columns) {
        column.push(getter, row);
    }
}

fn spec<S>((name, is_required, getter): &Field<S>) -> ColumnSpec {
    let kind = match getter {
        Getter::Text(_) => ColumnType::Text,
        Getter::Int(_) => ColumnType::Int,
        Getter::Long(_) => ColumnType::Long,
        Getter::Float(_) => ColumnType::Float,
        Getter::Day(_) => ColumnType::Day,
        Getter::Candidates(_) => ColumnType::Candidates,
    };
    ColumnSpec { name: (*name).to_owned(), kind, is_required: *is_required }
}

impl Column {
    fn push<S>(&mut self, getter: &Getter<S>, row: &S) {
        match (self, getter) {
            (column, Getter::Text(get)) => column.push_text(get(row).as_deref()),
            // Offsets are of articles, whose size is bounded far below 2 GiB.
            (Self::Int(numbers), Getter::Int(get)) => {
                numbers.push(get(row).map(|value| i32::try_from(value).unwrap_or(i32::MAX)));
            }
            (Self::Int(numbers), Getter::Day(get)) => numbers.push(get(row).map(days_since_1970)),
            (Self::Long(numbers), Getter::Long(get)) => {
                numbers.push(get(row).map(|value| i64::try_from(value).unwrap_or(i64::MAX)));
            }
            (Self::Float(numbers), Getter::Float(get)) => numbers.push(get(row).map(|value| value as f32)),
            (Self::Candidates(lists), Getter::Candidates(get)) => lists.push(get(row)),
            _ => debug_assert!(false, "a column has the type of its getter"),
        }
    }

    fn push_text(&mut self, text: Option<&str>) {
        let Self::Text { levels, values } = self else { return debug_assert!(false, "a column of text") };
        levels.push(i16::from(text.is_some()));
        text.into_iter().for_each(|text| values.push(text));
    }
}

impl Candidates {
    fn push(&mut self, candidates: &[CandidateLine<'_>]) {
        if candidates.is_empty() {
            self.levels.push(0);
            self.starts_list.push(0);
        }
        for (number, candidate) in candidates.iter().enumerate() {
            self.levels.push(1);
            self.starts_list.push(i16::from(number > 0));
            self.ids.push(candidate.entity_id);
            self.scores.push(candidate.score as f32);
        }
    }
}

fn text(text: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(text))
}

/// The name that JSON Lines give to a variant.
fn name_of(variant: &impl Serialize) -> Option<Cow<'static, str>> {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => Some(Cow::Owned(name)),
        _ => None,
    }
}

/// The text of a JSON string; other values as JSON, and null as no value.
fn plain(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).ok().map(Cow::Owned),
        _ if json == "null" => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// Table, line and alias.
fn table_row<'r>(row: &'r MentionSource<'_>) -> Option<(&'r str, u32, &'r str)> {
    match row.line.link.evidence {
        Some(EvidenceLine::Row { table, line, alias }) => Some((table, line, alias)),
        _ => None,
    }
}

/// Field, start, end and text.
fn span<'r>(row: &'r MentionSource<'_>) -> Option<(ArticleField, usize, usize, &'r str)> {
    match row.line.link.evidence {
        Some(EvidenceLine::Span { field, start, end, text }) => Some((field, start, end, text)),
        _ => None,
    }
}

fn precision(date: DateRange) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(date.precision()))
}

fn days_since_1970(day: Date) -> i32 {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);
    day.duration_since(EPOCH).as_hours() as i32 / 24
}
