//! Results as rows: one a mention, or one an article with a list of its mentions.

use std::sync::Arc;

use arrow_array::builder::{Date32Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch, RecordBatchOptions, StructArray, UInt32Array};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use arrow_select::take::take_record_batch;
use jiff::civil::Date;
use namewire::date::DateRange;

use super::columns::{MentionColumns, fields};
use crate::error::Failure;
use crate::feed::Done;

/// What a row of the result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A mention, or an article that could not be processed.
    Mentions,
    /// An article.
    Articles,
}

/// What is known of an article before it is processed.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) id: String,
    pub(super) date: Option<DateRange>,
}

impl Shape {
    /// The columns of the result, for a table with these columns to be kept.
    ///
    /// # Errors
    ///
    /// Fails where two columns would have one name.
    pub(super) fn schema(self, kept: &Schema) -> Result<SchemaRef, Failure> {
        let text = |name: &str, is_optional| Field::new(name, DataType::Utf8, is_optional);
        let mut columns = match self {
            Self::Mentions => {
                let mut columns = vec![text("doc_id", false)];
                columns.extend(fields(true));
                columns.push(Field::new("date_first", DataType::Date32, true));
                columns.push(Field::new("date_last", DataType::Date32, true));
                columns.push(text("date_precision", true));
                columns
            }
            Self::Articles => {
                let mention = Field::new("item", DataType::Struct(Fields::from(fields(false))), false);
                vec![text("id", false), Field::new("mentions", DataType::List(Arc::new(mention)), false)]
            }
        };
        columns.push(text("language", true));
        columns.push(text("error", true));
        for field in kept.fields() {
            let name = if self == Self::Mentions { format!("meta_{}", field.name()) } else { field.name().clone() };
            if columns.iter().any(|column| *column.name() == name) {
                return Err(Failure::Config(format!(
                    "the result has a column `{name}` already: rename the one to keep"
                )));
            }
            columns.push(field.as_ref().clone().with_name(name));
        }
        Ok(Arc::new(Schema::new(columns)))
    }

    /// The rows of these articles; `kept` has a row for each.
    pub(super) fn batch(
        self,
        schema: &SchemaRef,
        articles: &[(Source, Done)],
        kept: &RecordBatch,
    ) -> Result<RecordBatch, Failure> {
        match self {
            Self::Mentions => mention_rows(schema, articles, kept),
            Self::Articles => article_rows(schema, articles, kept),
        }
    }
}

/// Columns about the article.
#[derive(Default)]
struct ArticleColumns {
    ids: StringBuilder,
    first: Date32Builder,
    last: Date32Builder,
    precision: StringBuilder,
    languages: StringBuilder,
    errors: StringBuilder,
}

impl ArticleColumns {
    fn push(&mut self, source: &Source, done: &Done) {
        self.ids.append_value(&source.id);
        self.first.append_option(source.date.and_then(|date| days_since_1970(date.first)));
        self.last.append_option(source.date.and_then(|date| days_since_1970(date.last)));
        self.precision.append_option(source.date.map(DateRange::precision));
        self.languages.append_option(done.as_ref().ok().and_then(|done| done.language.as_deref()));
        self.errors.append_option(done.as_ref().err());
    }
}

fn mention_rows(schema: &SchemaRef, articles: &[(Source, Done)], kept: &RecordBatch) -> Result<RecordBatch, Failure> {
    let (mut mentions, mut columns, mut rows) = (MentionColumns::new(), ArticleColumns::default(), Vec::new());
    for (row, (source, done)) in (0u32..).zip(articles) {
        let mut push = |mention| {
            mentions.push(mention);
            columns.push(source, done);
            rows.push(row);
        };
        match done {
            Ok(done) => done.mentions.iter().for_each(|mention| push(Some(mention))),
            Err(_) => push(None),
        }
    }
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(columns.ids.finish())];
    arrays.extend(mentions.finish());
    arrays.push(Arc::new(columns.first.finish()));
    arrays.push(Arc::new(columns.last.finish()));
    arrays.push(Arc::new(columns.precision.finish()));
    arrays.push(Arc::new(columns.languages.finish()));
    arrays.push(Arc::new(columns.errors.finish()));
    arrays.extend(take_record_batch(kept, &UInt32Array::from(rows))?.columns().iter().cloned());
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays)?)
}

fn article_rows(schema: &SchemaRef, articles: &[(Source, Done)], kept: &RecordBatch) -> Result<RecordBatch, Failure> {
    let (mut mentions, mut columns, mut lengths) = (MentionColumns::new(), ArticleColumns::default(), Vec::new());
    for (source, done) in articles {
        let found = done.as_ref().map_or(&[][..], |done| &done.mentions);
        found.iter().for_each(|mention| mentions.push(Some(mention)));
        lengths.push(found.len());
        columns.push(source, done);
    }
    let fields = Fields::from(fields(false));
    let item = Arc::new(Field::new("item", DataType::Struct(fields.clone()), false));
    let values = Arc::new(StructArray::try_new(fields, mentions.finish(), None)?);
    let lists = ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), values, None)?;
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(columns.ids.finish()), Arc::new(lists)];
    arrays.push(Arc::new(columns.languages.finish()));
    arrays.push(Arc::new(columns.errors.finish()));
    arrays.extend(kept.columns().iter().cloned());
    let options = RecordBatchOptions::new().with_row_count(Some(articles.len()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &options)?)
}

fn days_since_1970(day: Date) -> Option<i32> {
    const EPOCH: Date = Date::constant(1970, 1, 1);
    i32::try_from(day.duration_since(EPOCH).as_hours() / 24).ok()
}
