//! What the headers of a Parquet file claim, checked before memory is taken for it.

use super::thrift::{STRUCT, Thrift};

/// Maximum length of a page in bytes, compressed or not. Writers make pages of a megabyte, or of a thousand values.
const MAX_PAGE_BYTES: i64 = 256 << 20;
/// Maximum number of values in a page.
const MAX_PAGE_VALUES: i64 = 16 << 20;
/// Number of values of nested columns that need no bytes, since a run of equal ones is written once: in a part of a
/// column, beside a value for each bit of it.
const MAX_FREE_VALUES: u64 = 4 << 20;
/// Maximum depth of the schema.
const MAX_SCHEMA_DEPTH: usize = 32;

/// Levels that are packed by bits, an encoding of 2013 that is not checked by the decoder.
const BIT_PACKED: i64 = 4;

/// What the header of a page says of it.
#[derive(Debug, Default)]
pub(super) struct PageHeader {
    uncompressed: i64,
    compressed: i64,
    values: i64,
    definition_encoding: Option<i64>,
    repetition_encoding: Option<i64>,
    is_dictionary: bool,
    /// The length of the header itself.
    pub(super) length: usize,
}

impl PageHeader {
    /// Reads a header at the start of `bytes`; `None` where it does not end within them.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut header = Self::default();
        let mut thrift = Thrift::new(bytes);
        thrift.fields(|thrift, field, kind| match (field, kind) {
            (2, _) => thrift.number().map(|number| header.uncompressed = number),
            (3, _) => thrift.number().map(|number| header.compressed = number),
            (5 | 7 | 8, STRUCT) => {
                header.is_dictionary = field == 7;
                thrift.fields(|thrift, part, kind| match (field, part) {
                    (_, 1) => thrift.number().map(|number| header.values = number),
                    (5, 3) => thrift.number().map(|number| header.definition_encoding = Some(number)),
                    (5, 4) => thrift.number().map(|number| header.repetition_encoding = Some(number)),
                    _ => thrift.skip(kind),
                })
            }
            _ => thrift.skip(kind),
        })?;
        header.length = thrift.position();
        Some(header)
    }
}

/// The pages of a part of a column, as far as they were read.
#[derive(Debug)]
pub(super) struct PageClaims {
    pub(super) max_definition: i16,
    pub(super) max_repetition: i16,
    /// Values and bytes so far.
    values: u64,
    bytes: u64,
}

impl PageClaims {
    pub(super) fn new(max_definition: i16, max_repetition: i16) -> Self {
        Self { max_definition, max_repetition, values: 0, bytes: 0 }
    }

    /// Checks the next page. Otherwise, what is wrong with it.
    pub(super) fn check(&mut self, header: &PageHeader) -> Result<(), String> {
        let PageHeader { uncompressed, compressed, values, .. } = *header;
        let is_size = |size: i64| (0..=MAX_PAGE_BYTES).contains(&size);
        if !is_size(uncompressed) || !is_size(compressed) {
            return Err(format!(
                "a page has {compressed} bytes, or {uncompressed} uncompressed; the limit is {MAX_PAGE_BYTES}"
            ));
        }
        if !(0..=MAX_PAGE_VALUES).contains(&values) {
            return Err(format!("a page has {values} values; the limit is {MAX_PAGE_VALUES}"));
        }
        // A value of a dictionary has four bytes at least, but for the smallest of fixed length.
        if header.is_dictionary && values > uncompressed {
            return Err(format!("a dictionary of {uncompressed} bytes has {values} values"));
        }
        let is_unchecked = |max: i16, encoding: Option<i64>| max > 0 && encoding == Some(BIT_PACKED);
        if is_unchecked(self.max_definition, header.definition_encoding)
            || is_unchecked(self.max_repetition, header.repetition_encoding)
        {
            return Err("levels are packed by bits, which is not supported".to_owned());
        }
        self.values += values.unsigned_abs();
        self.bytes += uncompressed.unsigned_abs();
        if self.max_repetition > 0 && self.values > MAX_FREE_VALUES + 8 * self.bytes {
            return Err(format!("{} bytes of a column have {} values", self.bytes, self.values));
        }
        Ok(())
    }
}

/// Checks the schema in the footer of a file: that its elements are there, and not too deep within each other. The
/// parser takes memory and stack for what the schema claims.
pub(super) fn check_footer(footer: &[u8]) -> Result<(), String> {
    let mut depth = Ok(());
    let read = Thrift::new(footer).fields(|thrift, field, kind| {
        if field != 2 {
            return thrift.skip(kind);
        }
        let (count, _) = thrift.list().filter(|&(_, kind)| kind == STRUCT)?;
        // How many children of each group around the current element are still to come.
        let mut open = Vec::new();
        for at in 0..count {
            let mut children = 0;
            thrift.fields(|thrift, field, kind| match field {
                5 => thrift.number().map(|number| children = number),
                _ => thrift.skip(kind),
            })?;
            let children = usize::try_from(children).ok().filter(|&children| children < count - at)?;
            while open.last() == Some(&0) {
                open.pop();
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            if children > 0 {
                open.push(children);
            }
            if open.len() > MAX_SCHEMA_DEPTH {
                depth = Err(format!("its columns are nested more than {MAX_SCHEMA_DEPTH} times"));
                return None;
            }
        }
        Some(())
    });
    depth?;
    read.ok_or_else(|| "its footer is broken".to_owned())
}
