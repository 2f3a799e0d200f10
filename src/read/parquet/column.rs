//! The values of a column, some rows at a time.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::Result;
use parquet::schema::types::ColumnDescriptor;

use super::value::{ValueKind, Values};

/// A column of a row group, and the rows of it that were read but not used yet.
pub(super) struct Column {
    reader: ColumnReader,
    kind: ValueKind,
    max_definition: i16,
    has_levels: [bool; 2],
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Values,
    level_at: usize,
    value_at: usize,
}

impl Column {
    pub(super) fn new(reader: ColumnReader, descriptor: &ColumnDescriptor) -> Self {
        let values = match &reader {
            ColumnReader::BoolColumnReader(_) => Values::Boolean(Vec::new()),
            ColumnReader::Int32ColumnReader(_) => Values::Int32(Vec::new()),
            ColumnReader::Int64ColumnReader(_) => Values::Int64(Vec::new()),
            ColumnReader::Int96ColumnReader(_) => Values::Int96(Vec::new()),
            ColumnReader::FloatColumnReader(_) => Values::Float(Vec::new()),
            ColumnReader::DoubleColumnReader(_) => Values::Double(Vec::new()),
            ColumnReader::ByteArrayColumnReader(_) => Values::Bytes(Vec::new()),
            ColumnReader::FixedLenByteArrayColumnReader(_) => Values::Fixed(Vec::new()),
        };
        Self {
            reader,
            kind: ValueKind::of(descriptor),
            max_definition: descriptor.max_def_level(),
            has_levels: [descriptor.max_def_level() > 0, descriptor.max_rep_level() > 0],
            definitions: Vec::new(),
            repetitions: Vec::new(),
            values,
            level_at: 0,
            value_at: 0,
        }
    }

    /// Reads up to `rows` rows in the place of those before. Returns how many there were.
    pub(super) fn read(&mut self, rows: usize) -> Result<usize> {
        self.definitions.clear();
        self.repetitions.clear();
        (self.level_at, self.value_at) = (0, 0);
        let levels = (&mut self.definitions, &mut self.repetitions);
        match (&mut self.reader, &mut self.values) {
            (ColumnReader::BoolColumnReader(reader), Values::Boolean(values)) => read(reader, rows, levels, values),
            (ColumnReader::Int32ColumnReader(reader), Values::Int32(values)) => read(reader, rows, levels, values),
            (ColumnReader::Int64ColumnReader(reader), Values::Int64(values)) => read(reader, rows, levels, values),
            (ColumnReader::Int96ColumnReader(reader), Values::Int96(values)) => read(reader, rows, levels, values),
            (ColumnReader::FloatColumnReader(reader), Values::Float(values)) => read(reader, rows, levels, values),
            (ColumnReader::DoubleColumnReader(reader), Values::Double(values)) => read(reader, rows, levels, values),
            (ColumnReader::ByteArrayColumnReader(reader), Values::Bytes(values)) => read(reader, rows, levels, values),
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Values::Fixed(values)) => {
                read(reader, rows, levels, values)
            }
            // `values` was made for the type of the reader.
            _ => Ok(0),
        }
    }

    /// Bytes that the values hold, but for those of fixed size.
    pub(super) fn bytes(&self) -> usize {
        match &self.values {
            Values::Bytes(values) => values.iter().map(ByteArray::len).sum(),
            _ => 0,
        }
    }

    /// The definition level of the next value; `None` where the rows have no more.
    pub(super) fn definition(&self) -> Option<i16> {
        if self.has_levels[0] {
            self.definitions.get(self.level_at).copied()
        } else {
            (self.value_at < self.values.len()).then_some(0)
        }
    }

    /// The repetition level of the next value: 0 where it is in another row.
    pub(super) fn repetition(&self) -> i16 {
        if self.has_levels[1] { self.repetitions.get(self.level_at).copied().unwrap_or(0) } else { 0 }
    }

    /// Passes over the next value, or what stands for one that is missing, and writes it to `json`. `None` where there is
    /// no more.
    pub(super) fn write_next(&mut self, json: &mut Vec<u8>) -> Option<()> {
        if self.pass()? {
            self.kind.write(&self.values, self.value_at - 1, json)?;
        } else {
            json.extend_from_slice(b"null");
        }
        Some(())
    }

    /// Bytes of the next value, if it is text.
    pub(super) fn next_bytes(&self) -> usize {
        match &self.values {
            Values::Bytes(values) => values.get(self.value_at).map_or(0, ByteArray::len),
            _ => 0,
        }
    }

    /// The same, without writing. Whether there was a value.
    pub(super) fn pass(&mut self) -> Option<bool> {
        let is_there = self.definition()? == self.max_definition;
        self.level_at += 1;
        self.value_at += usize::from(is_there);
        Some(is_there)
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Boolean(values) => values.len(),
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Int96(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::Fixed(values) => values.len(),
        }
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    (definitions, repetitions): (&mut Vec<i16>, &mut Vec<i16>),
    values: &mut Vec<T::T>,
) -> Result<usize> {
    values.clear();
    reader.read_records(rows, Some(definitions), Some(repetitions), values).map(|(rows, ..)| rows)
}
