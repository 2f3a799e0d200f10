//! Rows of Parquet files, in the flat form that `docs/output.md` lists.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field as Value, Row};
use parquet::schema::types::Type;
use serde_json::value::RawValue;
use serde_json::{Map, json};

use super::rows::{ArticleRow, LinkRow, MentionRow, Text};
use crate::article::Field;
use crate::date::DateRange;
use crate::error::{Error, ErrorKind, Result};

/// The columns that are read, of mentions and of articles; `meta_NAME` besides.
const COLUMNS: [&str; 34] = [
    "doc_id",
    "field",
    "start_char",
    "end_char",
    "text",
    "type",
    "score",
    "sentence",
    "entity_id",
    "entity_name",
    "entity_type",
    "link_status",
    "link_method",
    "link_alias",
    "link_score",
    "link_reason",
    "evidence_table",
    "evidence_line",
    "evidence_alias",
    "evidence_field",
    "evidence_start",
    "evidence_end",
    "evidence_text",
    "candidates",
    "date_first",
    "date_last",
    "context",
    "input",
    "status",
    "reason",
    "language",
    "tokens",
    "mentions",
    "copy_of",
];
const META: &str = "meta_";

/// The rows of a file.
pub(super) struct ParquetRows {
    rows: RowIter<'static>,
    path: PathBuf,
    number: u64,
}

impl ParquetRows {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::opening(path, error))?;
        let rows = SerializedFileReader::new(file).and_then(projected).map_err(|error| broken(path, error))?;
        Ok(Self { rows, path: path.to_owned(), number: 0 })
    }

    /// Passes on each mention with its row, counted from 1.
    pub(super) fn each_mention(mut self, mut each: impl FnMut(&MentionRow<'_>, u64) -> Result<()>) -> Result<()> {
        while let Some(row) = self.next_row()? {
            let extra = Extra::of(&row);
            let mention = mention(&row, &extra).ok_or_else(|| self.not_a("mention"))?;
            each(&mention, self.number)?;
        }
        Ok(())
    }

    /// The next article.
    pub(super) fn next_article(&mut self) -> Result<Option<ArticleRow>> {
        let Some(row) = self.next_row()? else { return Ok(None) };
        article(&row).map(Some).ok_or_else(|| self.not_a("article"))
    }

    fn next_row(&mut self) -> Result<Option<Row>> {
        self.number += 1;
        self.rows.next().transpose().map_err(|error| broken(&self.path, error))
    }

    fn not_a(&self, what: &str) -> Error {
        Error::new(ErrorKind::Input, format!("row {} has not the columns of {what}s", self.number))
            .at(&self.path)
            .help(format!("give a file of {what}s that namewire wrote"))
    }
}

fn projected(file: SerializedFileReader<File>) -> std::result::Result<RowIter<'static>, ParquetError> {
    let schema = file.metadata().file_metadata().schema().clone();
    let is_read = |name: &str| name.starts_with(META) || COLUMNS.contains(&name);
    let fields = schema.get_fields().iter().filter(|field| is_read(field.name())).cloned().collect();
    file.into_iter().project(Some(Type::group_type_builder(schema.name()).with_fields(fields).build()?))
}

fn broken(path: &Path, error: ParquetError) -> Error {
    Error::new(ErrorKind::Input, "the Parquet file cannot be read").at(path).because(error)
}

fn value<'r>(row: &'r Row, name: &str) -> Option<&'r Value> {
    row.get_column_iter().find(|(column, _)| *column == name).map(|(_, value)| value)
}

fn text<'r>(row: &'r Row, name: &str) -> Option<&'r str> {
    match value(row, name) {
        Some(Value::Str(text)) => Some(text),
        _ => None,
    }
}

fn number(row: &Row, name: &str) -> Option<u64> {
    match value(row, name) {
        Some(Value::Int(number)) => u64::try_from(*number).ok(),
        Some(Value::Long(number)) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn float(row: &Row, name: &str) -> Option<f32> {
    match value(row, name) {
        Some(Value::Float(number)) => Some(*number),
        _ => None,
    }
}

fn dates(row: &Row) -> Option<DateRange> {
    let day = |name| match value(row, name) {
        Some(Value::Date(days)) => date(1970, 1, 1).checked_add(days.days()).ok(),
        _ => None,
    };
    Some(DateRange { first: day("date_first")?, last: day("date_last")? })
}

/// The parts of a mention that JSON Lines have as objects and lists.
struct Extra {
    evidence: Option<Box<RawValue>>,
    candidates: Option<Box<RawValue>>,
    meta: Option<Box<RawValue>>,
}

impl Extra {
    fn of(row: &Row) -> Self {
        let raw = |value: serde_json::Value| RawValue::from_string(value.to_string()).ok();
        let of_table = text(row, "evidence_alias").map(
            |alias| json!({"table": text(row, "evidence_table"), "line": number(row, "evidence_line"), "alias": alias}),
        );
        let of_text = || {
            text(row, "evidence_text").map(|words| {
                let [start, end] = ["evidence_start", "evidence_end"].map(|name| number(row, name));
                json!({"field": text(row, "evidence_field"), "start": start, "end": end, "text": words})
            })
        };
        let candidates = match value(row, "candidates") {
            Some(Value::ListInternal(list)) if !list.elements().is_empty() => {
                raw(list.elements().iter().filter_map(candidate).collect())
            }
            _ => None,
        };
        let meta: Map<String, serde_json::Value> = row
            .get_column_iter()
            .filter_map(|(name, value)| match (name.strip_prefix(META), value) {
                (Some(name), Value::Str(text)) => Some((name.to_owned(), text.as_str().into())),
                _ => None,
            })
            .collect();
        let meta = if meta.is_empty() { None } else { raw(meta.into()) };
        Self { evidence: of_table.or_else(of_text).and_then(raw), candidates, meta }
    }
}

fn candidate(element: &Value) -> Option<serde_json::Value> {
    let Value::Group(row) = element else { return None };
    Some(json!({"entity_id": text(row, "entity_id"), "score": float(row, "score")}))
}

fn mention<'r>(row: &'r Row, extra: &'r Extra) -> Option<MentionRow<'r>> {
    let optional = |name| text(row, name).map(|text| Text(text.into()));
    Some(MentionRow {
        doc_id: text(row, "doc_id")?.into(),
        field: if text(row, "field")? == "title" { Field::Title } else { Field::Text },
        start: usize::try_from(number(row, "start_char")?).ok()?,
        end: usize::try_from(number(row, "end_char")?).ok()?,
        text: text(row, "text")?.into(),
        kind: text(row, "type")?.into(),
        score: float(row, "score"),
        sentence: u32::try_from(number(row, "sentence")?).ok()?,
        entity_id: optional("entity_id"),
        entity_name: optional("entity_name"),
        entity_type: optional("entity_type"),
        link: LinkRow {
            status: text(row, "link_status")?.into(),
            method: optional("link_method"),
            alias: optional("link_alias"),
            score: float(row, "link_score"),
            evidence: extra.evidence.as_deref(),
            candidates: extra.candidates.as_deref(),
            reason: optional("link_reason"),
        },
        context: optional("context"),
        meta: extra.meta.as_deref(),
        date: dates(row),
    })
}

fn article(row: &Row) -> Option<ArticleRow> {
    let optional = |name| text(row, name).map(str::to_owned);
    Some(ArticleRow {
        doc_id: optional("doc_id"),
        input: optional("input").unwrap_or_default(),
        status: optional("status")?,
        reason: optional("reason"),
        date: dates(row).map(|range| as_precise(range.first, range.last)),
        language: optional("language"),
        tokens: number(row, "tokens")?,
        mentions: number(row, "mentions")?,
        copy_of: optional("copy_of"),
    })
}

/// A day, a month or a year, as JSON Lines have it.
fn as_precise(first: Date, last: Date) -> String {
    let text = first.to_string();
    let length = match (first == last, first.month() == last.month()) {
        (true, _) => text.len(),
        (_, true) => text.len() - 3,
        _ => text.len() - 6,
    };
    text[..length].to_owned()
}
