//! Rows as Parquet: dictionaries, zstd at level 3, and row groups of about 122,880 rows.

use std::io::{self, Write};
use std::sync::Arc;

use jiff::civil::{Date, date};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::sheet::{Cell, Column, Kind, Sheet};
use crate::error::{Error, Result};

const ROW_GROUP_ROWS: usize = 122_880;
const ZSTD_LEVEL: i32 = 3;

type ParquetResult<T> = std::result::Result<T, ParquetError>;

/// A Parquet file that is being written.
pub(super) struct ParquetSheet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: &'static [Column],
    /// The rows of the next row group, column by column.
    values: Vec<Values>,
    rows: usize,
}

/// The values of a column: of each row a level, 1 where it has a value, and the values that there are.
#[derive(Default)]
struct Values {
    levels: Vec<i16>,
    texts: Vec<ByteArray>,
    counts: Vec<i64>,
    numbers: Vec<f64>,
    days: Vec<i32>,
}

impl<W: Write + Send> ParquetSheet<W> {
    pub(super) fn new(to: W, columns: &'static [Column]) -> Result<Self> {
        let open = || {
            let level = ZstdLevel::try_new(ZSTD_LEVEL)?;
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(level))
                .set_created_by(concat!("namewire ", env!("CARGO_PKG_VERSION")).to_owned())
                .build();
            SerializedFileWriter::new(to, schema(columns)?, Arc::new(properties))
        };
        let values = columns.iter().map(|_| Values::default()).collect();
        Ok(Self { writer: open().map_err(failed)?, columns, values, rows: 0 })
    }

    pub(super) fn finish(mut self) -> Result<W> {
        self.end_row_group()?;
        self.writer.into_inner().map_err(failed)
    }

    fn end_row_group(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let mut write = || {
            let mut group = self.writer.next_row_group()?;
            for (column, values) in self.columns.iter().zip(&mut self.values) {
                let Values { levels, texts, counts, numbers, days } = std::mem::take(values);
                match column.kind {
                    Kind::Text => write_column::<ByteArrayType, W>(&mut group, &texts, &levels)?,
                    Kind::Count => write_column::<Int64Type, W>(&mut group, &counts, &levels)?,
                    Kind::Number => write_column::<DoubleType, W>(&mut group, &numbers, &levels)?,
                    Kind::Day => write_column::<Int32Type, W>(&mut group, &days, &levels)?,
                }
            }
            group.close().map(drop)
        };
        write().map_err(failed)
    }
}

impl<W: Write + Send> Sheet for ParquetSheet<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        for (cell, values) in cells.iter().zip(&mut self.values) {
            values.levels.push(i16::from(!matches!(cell, Cell::Empty)));
            match cell {
                Cell::Text(text) => values.texts.push(text.as_bytes().to_vec().into()),
                Cell::Count(count) => values.counts.push(i64::try_from(*count).unwrap_or(i64::MAX)),
                Cell::Number(number) => values.numbers.push(*number),
                Cell::Day(day) => values.days.push(days_since_1970(*day)),
                Cell::Empty => {}
            }
        }
        self.rows += 1;
        if self.rows == ROW_GROUP_ROWS { self.end_row_group() } else { Ok(()) }
    }
}

fn write_column<D: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[D::T],
    levels: &[i16],
) -> ParquetResult<()> {
    let next = group.next_column()?;
    let mut writer = next.ok_or_else(|| ParquetError::General("more columns than the schema".into()))?;
    writer.typed::<D>().write_batch(values, Some(levels), None)?;
    writer.close()
}

fn schema(columns: &[Column]) -> ParquetResult<TypePtr> {
    let field = |column: &Column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Count => (PhysicalType::INT64, None),
            Kind::Number => (PhysicalType::DOUBLE, None),
            Kind::Day => (PhysicalType::INT32, Some(LogicalType::Date)),
        };
        let field = Type::primitive_type_builder(column.name, physical).with_logical_type(logical);
        field.with_repetition(Repetition::OPTIONAL).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<ParquetResult<_>>()?;
    Type::group_type_builder("row").with_fields(fields).build().map(Arc::new)
}

fn days_since_1970(day: Date) -> i32 {
    (day.duration_since(date(1970, 1, 1)).as_hours() / 24) as i32
}

fn failed(error: ParquetError) -> Error {
    Error::writing("-", io::Error::other(error))
}
