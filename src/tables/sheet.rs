//! A table that is being written: columns with their types, and rows of cells.

use std::borrow::Cow;
use std::io::Write;

use jiff::civil::Date;

use crate::error::{Error, Result};

/// The type of a column. Any cell may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Count,
    Number,
    Day,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

impl Column {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }
}

/// A value of a row.
#[derive(Clone, Debug)]
pub(super) enum Cell<'c> {
    Text(Cow<'c, str>),
    Count(u64),
    Number(f64),
    Day(Date),
    Empty,
}

impl<'c> Cell<'c> {
    fn fits(&self, kind: Kind) -> bool {
        match self {
            Self::Text(_) => kind == Kind::Text,
            Self::Count(_) => kind == Kind::Count,
            Self::Number(_) => kind == Kind::Number,
            Self::Day(_) => kind == Kind::Day,
            Self::Empty => true,
        }
    }

    pub(super) fn text(text: impl Into<Cow<'c, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn day(day: Option<Date>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }

    /// A ratio to six decimals; empty where there is nothing to divide by.
    pub(super) fn ratio(part: u64, whole: u64) -> Self {
        if whole == 0 { Self::Empty } else { Self::number(part as f64 / whole as f64) }
    }

    /// A number to six decimals.
    pub(super) fn number(value: f64) -> Self {
        Self::Number((value * 1e6).round() / 1e6)
    }
}

/// Where rows go.
pub(super) trait Sheet {
    /// Adds a row with a cell for each column.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()>;
}

/// Rows as CSV, RFC 4180 with `\n` line ends.
pub(super) struct CsvSheet<W: Write> {
    writer: csv::Writer<W>,
    columns: &'static [Column],
}

impl<W: Write> CsvSheet<W> {
    pub(super) fn new(to: W, columns: &'static [Column]) -> Result<Self> {
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(columns.iter().map(|column| column.name)).map_err(failed)?;
        Ok(Self { writer, columns })
    }

    pub(super) fn finish(self) -> Result<W> {
        self.writer.into_inner().map_err(|error| Error::writing("-", std::io::Error::other(error.to_string())))
    }
}

impl<W: Write> Sheet for CsvSheet<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        debug_assert!(cells.len() == self.columns.len());
        for (cell, column) in cells.iter().zip(self.columns) {
            debug_assert!(cell.fits(column.kind), "{cell:?} in {}", column.name);
            let text: Cow<'_, str> = match cell {
                Cell::Text(text) => Cow::Borrowed(text),
                Cell::Count(count) => count.to_string().into(),
                Cell::Number(number) => number.to_string().into(),
                Cell::Day(day) => day.to_string().into(),
                Cell::Empty => "".into(),
            };
            self.writer.write_field(text.as_bytes()).map_err(failed)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(failed)
    }
}

fn failed(error: csv::Error) -> Error {
    Error::writing("-", error.into())
}
