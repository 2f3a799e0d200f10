//! Parquet files: one article a row, whose columns are the fields of a JSON record.
//!
//! Only the columns that are asked for are read, some rows at a time. What headers claim is checked before memory is
//! taken for it.

mod claims;
mod column;
mod guard;
mod pages;
mod row;
mod schema;
mod thrift;
mod value;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use parquet::column::reader::get_column_reader;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::serialized_reader::SerializedPageReader;

use self::claims::PageClaims;
use self::column::Column;
use self::guard::guarded;
use self::pages::CheckedPages;
use self::row::{Row, write_group};
use self::schema::Schema;
use super::cut::{Cut, CutFault, Cutter};
use super::json_write::push_text;
use super::options::ReadOptions;
use super::reject::RejectReason;
use super::stored_file::StoredFile;

/// The end of a file: the length of its footer, and four letters.
const END_BYTES: u64 = 8;
const MAX_FOOTER_BYTES: u64 = 16 << 20;
/// Bytes of text that rows are read ahead for.
const BATCH_BYTES: usize = 256 << 10;
const MAX_BATCH_ROWS: usize = 256;

/// Cuts a file into rows.
pub(super) struct ParquetRows {
    file: StoredFile,
    metadata: ParquetMetaData,
    schema: Schema,
    limit: usize,
    /// What a row has after its fields.
    ending: Vec<u8>,
    next_group: usize,
    group: Option<RowGroup>,
    /// The number of the next row, counted from 1.
    row: u64,
}

/// The rows of a group that are being read.
struct RowGroup {
    columns: Vec<Column>,
    /// Where it starts in the file.
    byte: u64,
    /// Rows that were read but not used yet.
    ready: usize,
    batch: usize,
    /// The number of the first row after it.
    end: u64,
}

impl ParquetRows {
    /// Reads rows of at most `limit` bytes each. Fails where the footer cannot be read.
    pub(super) fn open(file: StoredFile, limit: usize, options: &ReadOptions) -> io::Result<Self> {
        let metadata = read_footer(&file)?;
        let root = metadata.file_metadata().schema_descr().root_schema();
        let mut schema = Schema::new(root, &options.paths());
        let texts: Vec<&str> = options.fields.text_paths().collect();
        let mut ending = b"}".to_vec();
        if Schema::new(root, &texts).fields.is_empty() {
            // Every row will be rejected: its message names the columns that are there.
            if let [first, ..] = &*schema.others
                && schema.fields.is_empty()
            {
                schema = Schema::new(root, &[&first.clone()]);
            }
            ending = null_fields(&schema.others, schema.fields.is_empty());
        }
        Ok(Self { file, metadata, schema, limit, ending, next_group: 0, group: None, row: 1 })
    }

    fn next_row(&mut self) -> Result<Option<Cut>, (Cut, io::Error)> {
        loop {
            let Some(mut group) = self.group.take() else {
                if self.next_group == self.metadata.num_row_groups() {
                    self.file.finish().map_err(|error| (Cut::default(), error))?;
                    return Ok(None);
                }
                let number = self.next_group;
                self.next_group += 1;
                let rows = u64::try_from(self.metadata.row_group(number).num_rows()).unwrap_or(0);
                let end = self.row.saturating_add(rows);
                let opened = guarded(|| self.open_group(number, end));
                match opened {
                    Ok(group) => self.group = Some(group),
                    Err(error) => return Ok(Some(self.lost(0, end, &error))),
                }
                continue;
            };
            let (byte, end) = (group.byte, group.end);
            match guarded(|| self.write_row(&mut group)) {
                Ok(None) if self.row >= end => {}
                Ok(None) => return Ok(Some(self.lost(byte, end, &disagree()))),
                Ok(Some(row)) => {
                    let (size, bytes) = row.finish();
                    // Columns that were not asked for are not in it.
                    let is_abridged = size <= self.limit as u64;
                    let cut = Cut { line: Some(self.row), byte, size, bytes, is_abridged, ..Cut::default() };
                    self.row += 1;
                    self.group = Some(group);
                    return Ok(Some(cut));
                }
                Err(error) => return Ok(Some(self.lost(byte, end, &error))),
            }
        }
    }

    /// What stands for the rest of a row group that cannot be read. Reading continues after it.
    fn lost(&mut self, byte: u64, end: u64, error: &ParquetError) -> Cut {
        let (row, last) = (self.row, end.saturating_sub(1).max(self.row));
        self.row = end.max(self.row);
        let message = format!("rows {row} to {last} cannot be read: {error}; reading continues after them");
        let fault = Some(Box::new(CutFault { reason: RejectReason::InvalidRow, message }));
        Cut { line: Some(row), byte, fault, ..Cut::default() }
    }

    /// Writes the next row of a group; `None` at its end.
    fn write_row(&self, group: &mut RowGroup) -> Result<Option<Row>, ParquetError> {
        if group.ready == 0 && !group.read()? {
            return Ok(None);
        }
        group.ready -= 1;
        let mut row = Row::new(self.limit);
        write_group(&self.schema.fields, &mut group.columns, &mut row).ok_or_else(disagree)?;
        row.json.pop();
        row.json.extend_from_slice(&self.ending);
        let is_at_row = |column: &Column| column.repetition() == 0;
        if group.columns.iter().all(is_at_row) { Ok(Some(row)) } else { Err(disagree()) }
    }

    fn open_group(&mut self, number: usize, end: u64) -> Result<RowGroup, ParquetError> {
        let group = self.metadata.row_group(number);
        let size = self.file.parts().size();
        let ranges = group.columns().iter().map(|column| byte_range(column, size)).collect::<Result<Vec<_>, _>>()?;
        let start = ranges.iter().map(|range| range.0).min().unwrap_or_default();
        let stop = ranges.iter().map(|range| range.1).max().unwrap_or_default();
        self.file.advance(stop).map_err(|error| ParquetError::External(Box::new(error)))?;
        let rows = usize::try_from(group.num_rows())?;
        let open = |&at: &usize| {
            let descriptor = self.metadata.file_metadata().schema_descr().column(at);
            let claims = PageClaims::new(descriptor.max_def_level(), descriptor.max_rep_level());
            let pages = CheckedPages::new(self.file.parts().clone(), claims);
            let chunk = group.columns().get(at).ok_or_else(disagree)?;
            let pages = SerializedPageReader::new(Arc::new(pages), chunk, rows, None)?;
            Ok(Column::new(get_column_reader(Arc::clone(&descriptor), Box::new(pages)), &descriptor))
        };
        let columns = self.schema.columns.iter().map(open).collect::<Result<_, ParquetError>>()?;
        Ok(RowGroup { columns, byte: start, ready: 0, batch: 1, end })
    }
}

impl Cutter for ParquetRows {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        self.next_row().transpose()
    }
}

impl RowGroup {
    /// Reads some rows of each column; false at the end.
    fn read(&mut self) -> Result<bool, ParquetError> {
        let counts = self.columns.iter_mut().map(|column| column.read(self.batch)).collect::<Result<Vec<_>, _>>()?;
        self.ready = counts.first().copied().unwrap_or_default();
        if counts.iter().any(|&count| count != self.ready) {
            return Err(disagree());
        }
        let bytes: usize = self.columns.iter().map(Column::bytes).sum();
        if bytes > BATCH_BYTES {
            self.batch = (self.batch / 2).max(1);
        } else if bytes < BATCH_BYTES / 4 {
            self.batch = (self.batch * 2).min(MAX_BATCH_ROWS);
        }
        Ok(self.ready > 0)
    }
}

/// Where a part of a column starts and ends in a file of so many bytes.
fn byte_range(column: &ColumnChunkMetaData, size: u64) -> Result<(u64, u64), ParquetError> {
    let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let range = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
    let range = range.and_then(|(start, length)| Some((start, start.checked_add(length)?)));
    range
        .filter(|&(_, end)| end <= size)
        .ok_or_else(|| ParquetError::General("a column is not where the footer says".to_owned()))
}

/// The program that a file says has written it; `None` where there is no Parquet file that can be read.
pub(super) fn created_by(path: &Path) -> Option<String> {
    let file = StoredFile::new(File::open(path).ok()?, Box::new(io::empty())).ok()?;
    read_footer(&file).ok()?.file_metadata().created_by().map(str::to_owned)
}

fn read_footer(file: &StoredFile) -> io::Result<ParquetMetaData> {
    let parts = file.parts();
    let broken = |what: String| io::Error::new(ErrorKind::InvalidData, format!("the Parquet file is broken: {what}"));
    let mut end = Vec::new();
    parts.part(parts.size().saturating_sub(END_BYTES), parts.size()).read_to_end(&mut end)?;
    let length = match *end {
        [a, b, c, d, b'P', b'A', b'R', b'1'] => u64::from(u32::from_le_bytes([a, b, c, d])),
        [.., b'P', b'A', b'R', b'E'] => return Err(broken("it is encrypted".to_owned())),
        _ => return Err(broken("its end is missing, as if it were truncated".to_owned())),
    };
    if length > MAX_FOOTER_BYTES || length + END_BYTES > parts.size() {
        return Err(broken(format!("its footer has {length} bytes")));
    }
    let mut footer = Vec::new();
    let stop = parts.size() - END_BYTES;
    parts.part(stop - length, stop).read_to_end(&mut footer)?;
    claims::check_footer(&footer).map_err(broken)?;
    guarded(|| ParquetMetaDataReader::decode_metadata(&footer)).map_err(|error| broken(error.to_string()))
}

fn disagree() -> ParquetError {
    ParquetError::General("columns have different numbers of values".to_owned())
}

/// The end of a row that names fields which were not read.
fn null_fields(names: &[String], is_first: bool) -> Vec<u8> {
    const MAX_NAMES: usize = 1000;
    let mut json = Vec::new();
    for (at, name) in names.iter().take(MAX_NAMES).enumerate() {
        if at > 0 || !is_first {
            json.push(b',');
        }
        json.push(b'"');
        push_text(&mut json, name.as_bytes());
        json.extend_from_slice(b"\":null");
    }
    json.push(b'}');
    json
}

#[cfg(test)]
mod tests;
