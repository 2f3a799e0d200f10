//! The columns of a table, and its rows as JSON objects.

use super::super::encoding::TextEncoding;
use super::super::json_write::{position_of_escaped, push_escape, push_text};
use super::super::options::ReadOptions;
use super::scan::Field;

/// Maximum number of columns of a table; a row has no more.
pub(super) const MAX_COLUMNS: usize = 10_000;

/// The columns of a table.
pub(super) struct Columns {
    /// What a row has before the text of each column: its name as the key of a JSON object.
    keys: Vec<Vec<u8>>,
    encoding: TextEncoding,
}

impl Columns {
    /// The columns that a first row names, or numbers where it does not have names.
    pub(super) fn new(row: &[u8], fields: &[Field], options: &ReadOptions) -> Self {
        let encoding = options.encoding;
        let mut columns = Self { keys: Vec::new(), encoding };
        let names: Vec<String> = if options.csv.has_header {
            let decode = |bytes: &[u8]| match encoding.decode(bytes) {
                Ok(decoded) => decoded.text.trim().to_owned(),
                Err(_) => String::from_utf8_lossy(bytes).trim().to_owned(),
            };
            fields.iter().map(|field| decode(&unquoted(&row[field.start..field.end], field.is_quoted))).collect()
        } else {
            (1..=fields.len()).map(|number| number.to_string()).collect()
        };
        let wanted = options.paths();
        for (at, name) in names.iter().enumerate() {
            let name = as_wanted(name, &names, &wanted);
            let mut key = vec![if at == 0 { b'{' } else { b',' }, b'"'];
            push_text(&mut key, name.as_bytes());
            key.extend_from_slice(b"\":\"");
            columns.keys.push(key);
        }
        columns
    }

    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }

    /// Writes a row as a JSON object, in the encoding of the table.
    pub(super) fn write(&self, row: &[u8], fields: &[Field], json: &mut Vec<u8>) {
        let is_single_byte = matches!(self.encoding, TextEncoding::Named(encoding) if encoding.is_single_byte());
        let may_be_wide = !is_single_byte && std::str::from_utf8(row).is_err();
        json.reserve(row.len() + self.keys.iter().map(|key| key.len() + 1).sum::<usize>() + 1);
        for (field, key) in fields.iter().zip(&self.keys) {
            json.extend_from_slice(key);
            push_column(json, &row[field.start..field.end], field.is_quoted, may_be_wide);
            json.push(b'"');
        }
        json.extend_from_slice(if fields.is_empty() { b"{}" } else { b"}" });
    }
}

/// The name of a column: as a field is called that is looked for, where they differ in case alone and no other column is
/// called so.
fn as_wanted<'n>(name: &'n str, names: &[String], wanted: &[&'n str]) -> &'n str {
    let is_free = |path: &&&str| !names.iter().any(|other| other == **path);
    let same = |path: &&&str| path.to_lowercase() == name.to_lowercase();
    if wanted.contains(&name) { name } else { wanted.iter().filter(is_free).find(same).copied().unwrap_or(name) }
}

fn unquoted(text: &[u8], is_quoted: bool) -> Vec<u8> {
    let mut unquoted = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        unquoted.push(first);
        rest = if is_quoted && first == b'"' { after.strip_prefix(b"\"").unwrap_or(after) } else { after };
    }
    unquoted
}

/// Adds the text of a column as the inside of a JSON string; two quotes of a quoted column are one. Where the text may be
/// of an encoding of several bytes a character, a backslash after a byte that is not ASCII is taken for the second byte of
/// one.
fn push_column(json: &mut Vec<u8>, text: &[u8], is_quoted: bool, may_be_wide: bool) {
    let mut rest = text;
    while let Some(at) = position_of_escaped(rest) {
        let (plain, byte) = (&rest[..at], rest[at]);
        json.extend_from_slice(plain);
        rest = &rest[at + 1..];
        if byte == b'\\' && may_be_wide && plain.last().is_some_and(|last| !last.is_ascii()) {
            json.push(byte);
            continue;
        }
        push_escape(json, byte);
        if byte == b'"' && is_quoted {
            rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        }
    }
    json.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::dialect::Dialect;
    use super::super::scan::fields_of_line;
    use super::*;

    fn columns(header: &str, options: &ReadOptions) -> Columns {
        let fields = fields_of_line(header.as_bytes(), Dialect::default()).unwrap();
        Columns::new(header.as_bytes(), &fields, options)
    }

    fn row(columns: &Columns, line: &str) -> Value {
        let fields = fields_of_line(line.as_bytes(), Dialect::default()).unwrap();
        let mut json = Vec::new();
        columns.write(line.as_bytes(), &fields, &mut json);
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn rows_become_objects() {
        let named = columns("id, Title ,\"te\"\"xt\"", &ReadOptions::default());
        let expected = json!({"id": "1", "title": "a\tb\\", "te\"xt": "\u{1}é"});
        assert_eq!(row(&named, "1,a\tb\\,\"\u{1}é\""), expected);
        assert_eq!(row(&named, "1"), json!({"id": "1"}));
        let mut options = ReadOptions::default();
        options.csv.has_header = false;
        assert_eq!(row(&columns("a,b", &options), "a,b"), json!({"1": "a", "2": "b"}));
    }

    #[test]
    fn names_that_are_looked_for_may_differ_in_case() {
        for (header, expected) in [
            ("ID,Text", json!({"id": "x", "text": "y"})),
            ("Text,text", json!({"Text": "x", "text": "y"})),
            ("Colour,TEXT", json!({"Colour": "x", "text": "y"})),
        ] {
            assert_eq!(row(&columns(header, &ReadOptions::default()), "x,y"), expected, "{header}");
        }
    }

    #[test]
    fn characters_of_two_bytes_stay_whole() {
        let options = ReadOptions { encoding: "shift_jis".parse().unwrap(), ..ReadOptions::default() };
        let table = columns("text", &options);
        let (line, ..) = encoding_rs::SHIFT_JIS.encode("表示 \\");
        let mut json = Vec::new();
        table.write(&line, &[Field { start: 0, end: line.len(), is_quoted: false }], &mut json);
        let decoded = options.encoding.decode(&json).unwrap();
        assert_eq!(decoded.text, "{\"text\":\"表示 \\\\\"}");
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "\\PC{0,9}[\0-\u{20}\"\\\\]{0,4}") {
            let table = columns("text", &ReadOptions::default());
            let line = text.replace('"', "\"\"");
            let mut json = Vec::new();
            table.write(line.as_bytes(), &[Field { start: 0, end: line.len(), is_quoted: true }], &mut json);
            prop_assert_eq!(serde_json::from_slice::<Value>(&json).unwrap(), json!({"text": text}));
        }
    }
}
