//! The end of a row and the places of its columns.

use memchr::{memchr, memchr3};

use super::dialect::Dialect;

/// The place of a column within its row, without its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it stands in quotes, so that two of them are one.
    pub(super) is_quoted: bool,
}

/// What came of scanning a part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// The row does not end within the part.
    All,
    /// The row ends before the line end at [`RowScan::length`].
    End,
    /// Text follows a closing quote, or the input ends within quotes.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within a quoted column: it is the end of the column, or one of two.
    AfterQuote,
    /// After the column and a carriage return.
    AfterReturn,
}

/// Scans a row, part by part. Holds the places of as many columns as the table has.
#[derive(Debug)]
pub(super) struct RowScan {
    state: State,
    length: usize,
    field: Field,
    fields: Vec<Field>,
    count: usize,
    max_fields: usize,
    /// Whether one of the columns that the table does not have holds something.
    has_more: bool,
}

impl RowScan {
    pub(super) fn new(max_fields: usize) -> Self {
        let fields = Vec::with_capacity(max_fields.min(64));
        let field = Field::default();
        Self { state: State::FieldStart, length: 0, field, fields, count: 0, max_fields, has_more: false }
    }

    /// Bytes that were scanned; of a row that has ended, its length.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many columns the row has.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn has_more(&self) -> bool {
        self.has_more
    }

    /// Whether the row is an empty line.
    pub(super) fn is_blank(&self, row: &[u8]) -> bool {
        matches!(&*self.fields, [only] if !only.is_quoted && row[only.start..only.end].trim_ascii().is_empty())
    }

    /// Scans the bytes that follow those scanned before.
    pub(super) fn scan(&mut self, part: &[u8], dialect: Dialect) -> Scanned {
        let mut rest = part;
        while let Some(&first) = rest.first() {
            let mut used = 1;
            match self.state {
                State::FieldStart => {
                    let is_quoted = first == b'"';
                    let start = self.length + usize::from(is_quoted);
                    self.field = Field { start, end: start, is_quoted };
                    self.state = if is_quoted { State::Quoted } else { State::Plain };
                    used = usize::from(is_quoted);
                }
                State::Plain => match memchr3(dialect.delimiter, dialect.line_end, b'\r', rest) {
                    Some(at) if rest[at] == dialect.delimiter => {
                        self.close(self.length + at);
                        (self.state, used) = (State::FieldStart, at + 1);
                    }
                    Some(at) if rest[at] == dialect.line_end => {
                        // A carriage return may belong to the line end.
                        let returns =
                            usize::from(self.field.end > self.field.start && self.length + at == self.field.end);
                        self.close(self.length + at - returns);
                        self.length += at;
                        return Scanned::End;
                    }
                    Some(at) => {
                        self.field.end = self.length + at + 1;
                        used = at + 1;
                    }
                    None => used = rest.len(),
                },
                State::Quoted => match memchr(b'"', rest) {
                    Some(at) => {
                        self.field.end = self.length + at;
                        (self.state, used) = (State::AfterQuote, at + 1);
                    }
                    None => used = rest.len(),
                },
                State::AfterQuote if first == b'"' => self.state = State::Quoted,
                State::AfterQuote if first == dialect.delimiter => {
                    self.close(self.field.end);
                    self.state = State::FieldStart;
                }
                State::AfterQuote | State::AfterReturn if first == dialect.line_end => {
                    self.close(self.field.end);
                    return Scanned::End;
                }
                State::AfterQuote if first == b'\r' => self.state = State::AfterReturn,
                State::AfterQuote | State::AfterReturn => return Scanned::Broken,
            }
            self.length += used;
            rest = &rest[used..];
        }
        Scanned::All
    }

    /// The input ends.
    pub(super) fn end(&mut self) -> Scanned {
        match self.state {
            State::Quoted => return Scanned::Broken,
            State::FieldStart => {
                self.field = Field { start: self.length, end: self.length, is_quoted: false };
                self.close(self.length);
            }
            State::Plain => {
                let returns = usize::from(self.field.end > self.field.start && self.length == self.field.end);
                self.close(self.length - returns);
            }
            State::AfterQuote | State::AfterReturn => self.close(self.field.end),
        }
        Scanned::End
    }

    fn close(&mut self, end: usize) {
        self.field.end = end;
        self.count += 1;
        if self.fields.len() < self.max_fields {
            self.fields.push(self.field);
        } else {
            self.has_more |= end > self.field.start;
        }
    }
}

/// The columns of a line by itself, in which a quote ends a column only before a delimiter or at the end of the line.
/// `None` where one is open at its end.
pub(super) fn fields_of_line(line: &[u8], dialect: Dialect) -> Option<Vec<Field>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut fields = Vec::new();
    let mut start = 0;
    loop {
        let is_quoted = line.get(start) == Some(&b'"');
        let from = start + usize::from(is_quoted);
        let end = if is_quoted {
            let is_close = |at: &usize| {
                let next = line.get(at + 1);
                line[*at] == b'"' && (next.is_none() || next == Some(&dialect.delimiter))
            };
            (from..line.len()).find(is_close)?
        } else {
            memchr(dialect.delimiter, &line[from..]).map_or(line.len(), |at| from + at)
        };
        fields.push(Field { start: from, end, is_quoted });
        start = end + usize::from(is_quoted) + 1;
        if start > line.len() {
            return Some(fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The columns of the first row as text, and what is left; the row is scanned in parts of `part` bytes.
    fn scanned(table: &str, part: usize) -> (Scanned, Vec<String>, usize) {
        let mut scan = RowScan::new(5);
        let mut result = Scanned::All;
        for bytes in table.as_bytes().chunks(part) {
            result = scan.scan(bytes, Dialect::default());
            if result != Scanned::All {
                break;
            }
        }
        if result == Scanned::All {
            result = scan.end();
        }
        let columns = scan.fields().iter().map(|field| table[field.start..field.end].to_owned()).collect();
        (result, columns, scan.length())
    }

    #[test]
    fn rows_end_outside_quotes() {
        for (table, result, columns, length) in [
            ("a,b\nc", Scanned::End, &["a", "b"][..], 3),
            ("a,b\r\nc", Scanned::End, &["a", "b"], 4),
            ("a,b", Scanned::End, &["a", "b"], 3),
            ("a,", Scanned::End, &["a", ""], 2),
            ("a,\n", Scanned::End, &["a", ""], 2),
            ("\"a\nb\",\"c\"\"d\"\r\n", Scanned::End, &["a\nb", "c\"\"d"], 13),
            ("a\"b\",c\n", Scanned::End, &["a\"b\"", "c"], 6),
            ("\"\",\"\"\n", Scanned::End, &["", ""], 5),
            ("a\rb\r\n", Scanned::End, &["a\rb"], 4),
            ("\"a\"b,c\n", Scanned::Broken, &[], 3),
            ("\"a,b\n", Scanned::Broken, &[], 5),
        ] {
            for part in [1, 2, 3, 100] {
                let expected = (result, columns.iter().map(ToString::to_string).collect::<Vec<_>>(), length);
                assert_eq!(scanned(table, part), expected, "{table:?} in parts of {part}");
            }
        }
    }

    #[test]
    fn a_line_by_itself_may_have_stray_quotes() {
        for (line, columns) in [
            ("1,\"He said \"no\" twice\",x", Some(&["1", "He said \"no\" twice", "x"][..])),
            ("1,\"open,x", None),
            ("\"a\"", Some(&["a"])),
            ("", Some(&[""])),
            ("a,", Some(&["a", ""])),
        ] {
            let fields = fields_of_line(line.as_bytes(), Dialect::default());
            let found =
                fields.map(|fields| fields.iter().map(|field| &line[field.start..field.end]).collect::<Vec<_>>());
            assert_eq!(found, columns.map(<[&str]>::to_vec), "{line}");
        }
    }

    proptest! {
        /// The oracle is the crate `csv`, which reads correct tables in the same way.
        #[test]
        fn correct_rows_are_read_as_others_read_them(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\n é]{0,5}", 2..4), 1..4),
            part in 1usize..9,
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            rows.iter().for_each(|row| writer.write_record(row).unwrap());
            let table = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let mut rest = &*table;
            for row in &rows {
                let (result, columns, length) = scanned(rest, part);
                let columns: Vec<_> = columns.iter().map(|column| column.replace("\"\"", "\"")).collect();
                prop_assert_eq!((result, &columns), (Scanned::End, row));
                rest = &rest[length + 1..];
            }
        }
    }
}
