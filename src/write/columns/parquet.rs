//! Parquet files: dictionaries, zstd at level 3, and row groups of about 122,880 rows, which is what DuckDB reads a thread.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, FloatType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::{Candidates, Column, ColumnSpec, ColumnType, Columns, MentionColumns, Numbers, Schema, Texts};
use crate::error::{Error, Result};

/// Rows after which a row group ends.
const ROW_GROUP_ROWS: usize = 122_880;
/// Bytes after which a row group ends in any case, since its rows are in memory until then.
const ROW_GROUP_BYTES: usize = 64 << 20;
const ZSTD_LEVEL: i32 = 3;

type ParquetResult<T> = std::result::Result<T, parquet::errors::ParquetError>;

/// Writes rows as a Parquet file.
pub(in crate::write) struct ParquetEncoder<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    /// Rows of the next row group.
    waiting: Columns,
}

impl<W: Write + Send> ParquetEncoder<W> {
    /// Starts a file with these columns. `footer`: names and values that its metadata has.
    pub(in crate::write) fn new(to: W, schema: &Schema, footer: &[(String, String)]) -> io::Result<Self> {
        let entries = footer.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(concat!("namewire ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(entries.collect()))
            .build();
        let writer = SerializedFileWriter::new(to, message(schema).map_err(failed)?, Arc::new(properties));
        Ok(Self { writer: writer.map_err(failed)?, waiting: Columns::new(schema) })
    }

    /// Adds rows of the file's schema.
    pub(in crate::write) fn write(&mut self, rows: &Columns) -> io::Result<()> {
        self.waiting.append(rows);
        if self.waiting.rows >= ROW_GROUP_ROWS || self.waiting.bytes() >= ROW_GROUP_BYTES {
            self.end_row_group()?;
        }
        Ok(())
    }

    /// Ends the file.
    pub(in crate::write) fn finish(mut self) -> io::Result<W> {
        self.end_row_group()?;
        self.writer.into_inner().map_err(failed)
    }

    fn end_row_group(&mut self) -> io::Result<()> {
        if self.waiting.rows == 0 {
            return Ok(());
        }
        let rows = self.waiting.take();
        let mut group = self.writer.next_row_group().map_err(failed)?;
        rows.columns.into_iter().try_for_each(|column| write_column(&mut group, column)).map_err(failed)?;
        group.close().map(drop).map_err(failed)
    }
}

impl MentionColumns {
    /// The size of a Parquet file with these rows.
    pub(crate) fn parquet_size(&self, rows: &Columns) -> Result<u64> {
        let encode = || {
            let mut encoder = ParquetEncoder::new(Vec::new(), &self.schema(), &[])?;
            encoder.write(rows)?;
            encoder.finish()
        };
        let file: io::Result<Vec<u8>> = encode();
        file.map(|file| file.len() as u64).map_err(|error| Error::writing("-", error))
    }
}

fn write_column<W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, column: Column) -> ParquetResult<()> {
    match column {
        Column::Text { levels, values } => with_next(group, |writer| {
            writer.typed::<ByteArrayType>().write_batch(&values.into_arrays(), Some(&levels), None)
        }),
        Column::Int(Numbers { levels, values }) => {
            with_next(group, |writer| writer.typed::<Int32Type>().write_batch(&values, Some(&levels), None))
        }
        Column::Long(Numbers { levels, values }) => {
            with_next(group, |writer| writer.typed::<Int64Type>().write_batch(&values, Some(&levels), None))
        }
        Column::Float(Numbers { levels, values }) => {
            with_next(group, |writer| writer.typed::<FloatType>().write_batch(&values, Some(&levels), None))
        }
        Column::Candidates(Candidates { levels, starts_list, ids, scores }) => {
            let places = (Some(&levels[..]), Some(&starts_list[..]));
            with_next(group, |writer| {
                writer.typed::<ByteArrayType>().write_batch(&ids.into_arrays(), places.0, places.1)
            })?;
            with_next(group, |writer| writer.typed::<FloatType>().write_batch(&scores, places.0, places.1))
        }
    }
}

/// Writes the next column of the row group.
fn with_next<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    write: impl FnOnce(&mut SerializedColumnWriter<'_>) -> ParquetResult<usize>,
) -> ParquetResult<()> {
    let next = group.next_column()?;
    let mut writer =
        next.ok_or_else(|| parquet::errors::ParquetError::General("more columns than the schema".into()))?;
    write(&mut writer)?;
    writer.close()
}

impl Texts {
    /// Each text, without copying it.
    fn into_arrays(self) -> Vec<ByteArray> {
        let bytes = Bytes::from(self.bytes);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| ByteArray::from(bytes.slice(start..end))).collect()
    }
}

fn message(schema: &Schema) -> ParquetResult<TypePtr> {
    let fields = schema.iter().map(field).collect::<ParquetResult<_>>()?;
    Type::group_type_builder("row").with_fields(fields).build().map(Arc::new)
}

fn field(column: &ColumnSpec) -> ParquetResult<TypePtr> {
    let repetition = if column.is_required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    match column.kind {
        ColumnType::Text => leaf(&column.name, PhysicalType::BYTE_ARRAY, Some(LogicalType::String), repetition),
        ColumnType::Int => leaf(&column.name, PhysicalType::INT32, None, repetition),
        ColumnType::Long => leaf(&column.name, PhysicalType::INT64, None, repetition),
        ColumnType::Day => leaf(&column.name, PhysicalType::INT32, Some(LogicalType::Date), repetition),
        ColumnType::Float => leaf(&column.name, PhysicalType::FLOAT, None, repetition),
        ColumnType::Candidates => candidates(&column.name),
    }
}

fn leaf(
    name: &str,
    kind: PhysicalType,
    logical: Option<LogicalType>,
    repetition: Repetition,
) -> ParquetResult<TypePtr> {
    let builder = Type::primitive_type_builder(name, kind).with_repetition(repetition);
    builder.with_logical_type(logical).build().map(Arc::new)
}

/// A list of structs, in the three levels that the format asks for.
fn candidates(name: &str) -> ParquetResult<TypePtr> {
    let id = leaf("entity_id", PhysicalType::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)?;
    let score = leaf("score", PhysicalType::FLOAT, None, Repetition::REQUIRED)?;
    let group =
        |name, repetition, fields| Type::group_type_builder(name).with_repetition(repetition).with_fields(fields);
    let element = group("element", Repetition::REQUIRED, vec![id, score]).build()?;
    let list = group("list", Repetition::REPEATED, vec![Arc::new(element)]).build()?;
    let column = group(name, Repetition::REQUIRED, vec![Arc::new(list)]);
    column.with_logical_type(Some(LogicalType::List)).build().map(Arc::new)
}

fn failed(error: parquet::errors::ParquetError) -> io::Error {
    match error {
        parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
