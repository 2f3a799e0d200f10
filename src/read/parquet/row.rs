//! A row as a JSON object: the values of nested columns are put together by their levels.

use super::super::reject::EXCERPT_BYTES;
use super::column::Column;
use super::schema::{Field, Kind};

/// A row that is being written. Of one that gets too long, no more than an excerpt is held.
pub(super) struct Row {
    pub(super) json: Vec<u8>,
    dropped: u64,
    limit: usize,
}

impl Row {
    pub(super) fn new(limit: usize) -> Self {
        Self { json: Vec::new(), dropped: 0, limit }
    }

    /// Its size, and what is held of it.
    pub(super) fn finish(self) -> (u64, Vec<u8>) {
        (self.dropped + self.json.len() as u64, self.json)
    }

    fn push(&mut self, text: &[u8]) {
        self.json.extend_from_slice(text);
        if self.json.len() > self.limit {
            self.dropped += (self.json.len() - EXCERPT_BYTES.min(self.json.len())) as u64;
            self.json.truncate(EXCERPT_BYTES);
        }
    }

    /// Adds the next value of a column.
    fn push_value(&mut self, column: &mut Column) -> Option<()> {
        let length = column.next_bytes();
        if length > self.limit {
            self.dropped += length as u64;
            column.pass()?;
        } else {
            column.write_next(&mut self.json)?;
        }
        self.push(b"");
        Some(())
    }
}

/// Writes the fields of a group as an object. `None` where columns have no more values.
pub(super) fn write_group(fields: &[Field], columns: &mut [Column], row: &mut Row) -> Option<()> {
    for (at, field) in fields.iter().enumerate() {
        row.push(if at > 0 { b"," } else { b"{" });
        row.push(&field.key);
        write_field(field, columns, row)?;
    }
    row.push(if fields.is_empty() { b"{}" } else { b"}" });
    Some(())
}

fn write_field(field: &Field, columns: &mut [Column], row: &mut Row) -> Option<()> {
    if field.is_repeated {
        return write_elements(field, columns, row);
    }
    if field.is_optional && columns.get(field.first_column())?.definition()? < field.definition {
        row.push(b"null");
        return pass(field, columns);
    }
    write_value(field, columns, row)
}

fn write_value(field: &Field, columns: &mut [Column], row: &mut Row) -> Option<()> {
    match &field.kind {
        Kind::Leaf(at) => row.push_value(columns.get_mut(*at)?),
        Kind::Group(fields) => write_group(fields, columns, row),
        Kind::List(elements) => write_elements(elements, columns, row),
    }
}

/// Writes what is repeated as an array.
fn write_elements(field: &Field, columns: &mut [Column], row: &mut Row) -> Option<()> {
    let first = field.first_column();
    if columns.get(first)?.definition()? < field.definition {
        row.push(b"[]");
        return pass(field, columns);
    }
    row.push(b"[");
    loop {
        match field.only_child() {
            // A group around each element, which stands for nothing.
            Some(element) => write_field(element, columns, row)?,
            None => write_value(field, columns, row)?,
        }
        if columns.get(first)?.repetition() < field.repetition {
            row.push(b"]");
            return Some(());
        }
        row.push(b",");
    }
}

/// Passes over what stands for a field that is not there: one value in each of its columns.
fn pass(field: &Field, columns: &mut [Column]) -> Option<()> {
    match &field.kind {
        Kind::Leaf(at) => columns.get_mut(*at)?.pass().map(drop),
        Kind::Group(fields) => fields.iter().try_for_each(|field| pass(field, columns)),
        Kind::List(elements) => pass(elements, columns),
    }
}
