//! Mentions as columns: those that docs/output.md lists for Parquet.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{ArrayBuilder, Float32Builder, Int32Builder, ListBuilder, StringBuilder, StructBuilder};
use arrow_schema::{DataType, Field, Fields};
use namewire::article::Field as ArticleField;
use namewire::{Mention, MentionEvidence};

/// Where the values of a column come from.
enum Getter {
    Text(fn(&Mention) -> Option<&str>),
    Int(fn(&Mention) -> Option<usize>),
    Float(fn(&Mention) -> Option<f64>),
    Candidates,
}

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

/// Name, whether every mention has a value, and where it comes from.
const COLUMNS: [(&str, bool, Getter); 27] = {
    use Getter::{Candidates, Float, Int, Text};
    [
        ("field", REQUIRED, Text(|mention| Some(field_name(mention.field)))),
        ("start", REQUIRED, Int(|mention| Some(mention.start))),
        ("end", REQUIRED, Int(|mention| Some(mention.end))),
        ("start_byte", REQUIRED, Int(|mention| Some(mention.start_byte))),
        ("end_byte", REQUIRED, Int(|mention| Some(mention.end_byte))),
        ("text", REQUIRED, Text(|mention| Some(&mention.text))),
        ("type", REQUIRED, Text(|mention| Some(&mention.kind))),
        ("score", OPTIONAL, Float(|mention| mention.score)),
        ("found_by", REQUIRED, Text(|mention| Some(mention.found_by.as_str()))),
        ("sentence", REQUIRED, Int(|mention| Some(mention.sentence as usize))),
        ("entity_id", OPTIONAL, Text(|mention| mention.entity_id.as_deref())),
        ("entity_name", OPTIONAL, Text(|mention| mention.entity_name.as_deref())),
        ("entity_type", OPTIONAL, Text(|mention| mention.entity_type.as_deref())),
        ("local_id", REQUIRED, Int(|mention| Some(mention.local_id as usize))),
        ("link_status", REQUIRED, Text(|mention| Some(mention.link.status.as_str()))),
        ("link_method", OPTIONAL, Text(|mention| mention.link.method.map(|method| method.as_str()))),
        ("link_alias", OPTIONAL, Text(|mention| mention.link.alias.as_deref())),
        ("link_score", OPTIONAL, Float(|mention| mention.link.score)),
        ("link_reason", OPTIONAL, Text(|mention| mention.link.reason.map(|reason| reason.as_str()))),
        ("evidence_table", OPTIONAL, Text(|mention| row(mention).map(|row| row.0))),
        ("evidence_line", OPTIONAL, Int(|mention| row(mention).map(|row| row.1 as usize))),
        ("evidence_alias", OPTIONAL, Text(|mention| row(mention).map(|row| row.2))),
        ("evidence_field", OPTIONAL, Text(|mention| place(mention).map(|place| field_name(place.0)))),
        ("evidence_start", OPTIONAL, Int(|mention| place(mention).map(|place| place.1))),
        ("evidence_end", OPTIONAL, Int(|mention| place(mention).map(|place| place.2))),
        ("evidence_text", OPTIONAL, Text(|mention| place(mention).map(|place| place.3))),
        ("candidates", REQUIRED, Candidates),
    ]
};

/// `start` and `end` in a table of mentions: `end` is a reserved word of SQL.
const FLAT_NAMES: [(&str, &str); 2] = [("start", "start_char"), ("end", "end_char")];

const fn field_name(field: ArticleField) -> &'static str {
    match field {
        ArticleField::Title => "title",
        ArticleField::Text => "text",
    }
}

/// Table, line and alias.
fn row(mention: &Mention) -> Option<(&str, u32, &str)> {
    match mention.link.evidence.as_ref()? {
        MentionEvidence::Row { table, line, alias } => Some((table, *line, alias)),
        _ => None,
    }
}

/// Field, start, end and text.
fn place(mention: &Mention) -> Option<(ArticleField, usize, usize, &str)> {
    match mention.link.evidence.as_ref()? {
        MentionEvidence::Span { field, start, end, text } => Some((*field, *start, *end, text)),
        _ => None,
    }
}

fn candidate_fields() -> Fields {
    Fields::from(vec![Field::new("entity_id", DataType::Utf8, false), Field::new("score", DataType::Float32, false)])
}

fn candidate_list() -> Field {
    Field::new("item", DataType::Struct(candidate_fields()), false)
}

/// The fields of a mention. Where mentions are rows, those of an article that could not be processed are null.
pub(super) fn fields(is_flat: bool) -> Vec<Field> {
    let field = |(name, is_required, getter): &(&str, bool, Getter)| {
        let kind = match getter {
            Getter::Text(_) => DataType::Utf8,
            Getter::Int(_) => DataType::Int32,
            Getter::Float(_) => DataType::Float32,
            Getter::Candidates => DataType::List(Arc::new(candidate_list())),
        };
        let flat_name = FLAT_NAMES.iter().find(|(nested, _)| is_flat && nested == name).map(|(_, flat)| flat);
        Field::new(*flat_name.unwrap_or(name), kind, is_flat || !is_required)
    };
    COLUMNS.iter().map(field).collect()
}

/// Mentions, column by column.
pub(super) struct MentionColumns(Vec<Column>);

enum Column {
    Text(StringBuilder),
    Int(Int32Builder),
    Float(Float32Builder),
    Candidates(Box<ListBuilder<StructBuilder>>),
}

impl MentionColumns {
    pub(super) fn new() -> Self {
        let candidates = || {
            let fields = StructBuilder::from_fields(candidate_fields(), 0);
            Column::Candidates(Box::new(ListBuilder::new(fields).with_field(candidate_list())))
        };
        let column = |(_, _, getter): &(&str, bool, Getter)| match getter {
            Getter::Text(_) => Column::Text(StringBuilder::new()),
            Getter::Int(_) => Column::Int(Int32Builder::new()),
            Getter::Float(_) => Column::Float(Float32Builder::new()),
            Getter::Candidates => candidates(),
        };
        Self(COLUMNS.iter().map(column).collect())
    }

    /// Adds a mention, or a row of nulls.
    pub(super) fn push(&mut self, mention: Option<&Mention>) {
        for (column, (_, _, getter)) in self.0.iter_mut().zip(&COLUMNS) {
            match (column, getter) {
                (Column::Text(column), Getter::Text(get)) => column.append_option(mention.and_then(get)),
                (Column::Int(column), Getter::Int(get)) => {
                    // Offsets are of articles, whose size is bounded far below 2 GiB.
                    let number = mention.and_then(get).map(|number| i32::try_from(number).unwrap_or(i32::MAX));
                    column.append_option(number);
                }
                (Column::Float(column), Getter::Float(get)) => {
                    column.append_option(mention.and_then(get).map(|number| number as f32));
                }
                (Column::Candidates(column), _) => push_candidates(column, mention),
                _ => debug_assert!(false, "a column has the type of its getter"),
            }
        }
    }

    pub(super) fn finish(self) -> Vec<ArrayRef> {
        let finish = |column| -> ArrayRef {
            match column {
                Column::Text(mut column) => Arc::new(column.finish()),
                Column::Int(mut column) => Arc::new(column.finish()),
                Column::Float(mut column) => Arc::new(column.finish()),
                Column::Candidates(mut column) => ArrayBuilder::finish(&mut *column),
            }
        };
        self.0.into_iter().map(finish).collect()
    }
}

fn push_candidates(column: &mut ListBuilder<StructBuilder>, mention: Option<&Mention>) {
    for (id, score) in mention.into_iter().flat_map(|mention| &mention.link.candidates) {
        let candidate = column.values();
        candidate.field_builder::<StringBuilder>(0).into_iter().for_each(|ids| ids.append_value(id));
        candidate.field_builder::<Float32Builder>(1).into_iter().for_each(|scores| scores.append_value(*score as f32));
        candidate.append(true);
    }
    column.append(mention.is_some());
}
