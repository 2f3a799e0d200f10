//! Tables with separated columns: one article a row, whose columns are the fields of a JSON record.
//!
//! A cutter finds the ends of rows and writes each as a JSON object, so that fields, ids, rejects and retries are those
//! of JSON Lines.

mod columns;
mod dialect;
mod scan;
mod window;

use std::io;

use memchr::memchr_iter;

use self::columns::Columns;
use self::dialect::Dialect;
use self::scan::{RowScan, Scanned, fields_of_line};
use self::window::Window;
use super::cut::{Cut, CutFault, Cutter};
use super::options::ReadOptions;
use super::reject::RejectReason;
use super::stream::Reader;

/// Lines after one with an open quote that are looked at, to tell whether they are rows.
const LINES_AHEAD: usize = 3;

/// Cuts a table into rows.
///
/// A row whose quotes are wrong is one line: it is read if it has as many columns as the table once its stray quotes are
/// taken as text, and rejected otherwise; reading continues with the line after it.
pub(super) struct CsvRows {
    window: Window,
    dialect: Dialect,
    columns: Option<Columns>,
    options: ReadOptions,
    limit: usize,
    /// The line and the byte at which the window starts.
    line: u64,
    byte: u64,
    /// After a broken row, until one that has all columns: what comes may be a part of the broken one.
    is_after_broken: bool,
}

impl CsvRows {
    /// Reads rows of at most `limit` bytes each; `byte` is where in the input `reader` stands.
    pub(super) fn new(reader: Reader, byte: u64, limit: usize, options: &ReadOptions) -> Self {
        Self {
            window: Window::new(reader),
            dialect: Dialect::default(),
            columns: None,
            options: options.clone(),
            limit,
            line: 1,
            byte,
            is_after_broken: false,
        }
    }

    /// Finds out the delimiter and the names of the columns.
    fn read_header(&mut self) -> io::Result<Columns> {
        loop {
            let line = self.window.first_line(self.limit)?;
            self.dialect.set_line_end(line);
            let line = self.window.line(self.dialect.line_end);
            if let Some(delimiter) = dialect::stated_by(line) {
                let length = line.len() + 1;
                self.dialect.delimiter = delimiter;
                self.consume(length);
                break;
            }
            if !line.trim_ascii().is_empty() || self.window.is_at_end() {
                self.dialect.delimiter = dialect::most_frequent(line);
                break;
            }
            let length = line.len() + 1;
            self.consume(length);
        }
        if let Some(delimiter) = self.options.csv.delimiter {
            self.dialect.delimiter = u8::try_from(delimiter).unwrap_or(b',');
        }
        let mut scan = RowScan::new(columns::MAX_COLUMNS);
        let scanned = self.scan(&mut scan)?;
        let row = self.window.bytes().get(..scan.length()).unwrap_or_default();
        let columns = Columns::new(row, scan.fields(), &self.options);
        if self.options.csv.has_header && scanned == Scanned::End {
            self.consume(scan.length() + 1);
        }
        Ok(columns)
    }

    /// Scans to the end of a row at the start of the window, or until it is too long.
    fn scan(&mut self, scan: &mut RowScan) -> io::Result<Scanned> {
        loop {
            let bytes = self.window.bytes();
            match scan.scan(&bytes[scan.length()..], self.dialect) {
                Scanned::All if bytes.len() > self.limit => return Ok(Scanned::All),
                Scanned::All => {
                    if !self.window.fill()? {
                        return Ok(scan.end());
                    }
                }
                scanned => return Ok(scanned),
            }
        }
    }

    /// Passes over bytes at the start of the window.
    fn consume(&mut self, length: usize) {
        let length = length.min(self.window.bytes().len());
        self.line += memchr_iter(self.dialect.line_end, &self.window.bytes()[..length]).count() as u64;
        self.byte += length as u64;
        self.window.consume(length);
    }

    fn next_row(&mut self, columns: &Columns) -> Result<Option<Cut>, (Cut, io::Error)> {
        loop {
            let mut cut = Cut { line: Some(self.line), byte: self.byte, ..Cut::default() };
            let mut scan = RowScan::new(columns.count());
            let scanned = match self.scan(&mut scan) {
                Ok(scanned) => scanned,
                Err(error) => {
                    cut.push(self.window.bytes(), self.limit);
                    return Err((cut, error));
                }
            };
            if scan.length() == 0 && self.window.is_empty() {
                return Ok(None);
            }
            match scanned {
                Scanned::End if scan.is_blank(self.window.bytes()) => {
                    self.consume(scan.length() + 1);
                    continue;
                }
                Scanned::End => self.whole_row(&mut cut, &scan, columns),
                Scanned::All if !self.has_rows_ahead(columns) => self.too_long_row(&mut cut, scan)?,
                Scanned::All | Scanned::Broken => self.broken_row(&mut cut, columns)?,
            }
            return Ok(Some(cut));
        }
    }

    fn whole_row(&mut self, cut: &mut Cut, scan: &RowScan, columns: &Columns) {
        let row = &self.window.bytes()[..scan.length()];
        let (has, wanted) = (scan.count(), columns.count());
        let is_short = has < wanted && self.is_after_broken;
        if is_short || scan.has_more() {
            let what = format!("the row on line {} has {has} columns, the table has {wanted}", self.line);
            reject(cut, row, what);
        } else {
            self.is_after_broken = false;
            columns.write(row, scan.fields(), &mut cut.bytes);
            cut.size = cut.bytes.len() as u64;
        }
        self.consume(scan.length() + 1);
    }

    /// A row that is longer than the limit, and correct as far as it was read: it is passed over.
    fn too_long_row(&mut self, cut: &mut Cut, mut scan: RowScan) -> Result<(), (Cut, io::Error)> {
        loop {
            let bytes = self.window.bytes();
            let length = bytes.len();
            cut.push(bytes, self.limit);
            self.consume(length);
            match self.window.fill() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err((std::mem::take(cut), error)),
            }
            let before = scan.length();
            let scanned = scan.scan(self.window.bytes(), self.dialect);
            if scanned != Scanned::All {
                self.is_after_broken |= scanned == Scanned::Broken;
                let length = scan.length() - before;
                cut.push(&self.window.bytes()[..length], self.limit);
                self.consume(length + 1);
                return Ok(());
            }
        }
    }

    /// Whether the lines after the first one are rows: then a quote of the first one is not closed.
    fn has_rows_ahead(&self, columns: &Columns) -> bool {
        let mut lines = self.window.bytes().split(|&byte| byte == self.dialect.line_end).skip(1).take(LINES_AHEAD + 1);
        let is_row =
            |line: &[u8]| fields_of_line(line, self.dialect).is_some_and(|fields| fields.len() == columns.count());
        columns.count() > 1 && lines.by_ref().take(LINES_AHEAD).all(is_row) && lines.next().is_some()
    }

    /// A row whose quotes are wrong: its first line alone.
    fn broken_row(&mut self, cut: &mut Cut, columns: &Columns) -> Result<(), (Cut, io::Error)> {
        if let Err(error) = self.window.first_line(self.limit) {
            cut.push(self.window.bytes(), self.limit);
            return Err((std::mem::take(cut), error));
        }
        let line = self.window.line(self.dialect.line_end);
        let length = line.len();
        match fields_of_line(line, self.dialect) {
            Some(fields) if fields.len() == columns.count() => {
                columns.write(line, &fields, &mut cut.bytes);
                cut.size = cut.bytes.len() as u64;
            }
            _ => {
                let what = format!(
                    "line {} is not a row of the table: a quote is not closed, or text follows the closing one; \
                     reading continues with the next line",
                    self.line
                );
                reject(cut, line, what);
                self.is_after_broken = true;
            }
        }
        self.consume(length + 1);
        Ok(())
    }
}

fn reject(cut: &mut Cut, row: &[u8], message: String) {
    cut.bytes = row.to_vec();
    cut.size = row.len() as u64;
    cut.fault = Some(Box::new(CutFault { reason: RejectReason::InvalidRow, message }));
}

impl Cutter for CsvRows {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => match self.read_header() {
                Ok(columns) => columns,
                Err(error) => return Some(Err((Cut { line: Some(1), byte: self.byte, ..Cut::default() }, error))),
            },
        };
        let row = self.next_row(&columns);
        self.columns = Some(columns);
        row.transpose()
    }
}

#[cfg(test)]
mod tests;
