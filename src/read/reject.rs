//! Records that could not become articles.

use std::borrow::Cow;
use std::fmt;
use std::io;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::expand::expands_too_much;
use super::format::Format;
use super::sniff::is_foreign;
use crate::article::Origin;

/// Length of the excerpt of a record that a [`Reject`] shows.
pub(super) const EXCERPT_BYTES: usize = 200;
/// Maximum length of the record that a [`Reject`] keeps for a retry.
const KEPT_BYTES: usize = 64 << 10;

/// A record that was rejected. The records before and after it are processed.
///
/// Serialises to one flat object: `input`, `line`, `nth` (the number of records before it on its line, where there are
/// any), `byte`, `id`, `reason`, `message`, `excerpt`, `truncated`, `format` where it is neither text nor JSON, and the
/// record itself as `record`, or as `record_base64` where it is not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Where the record starts.
    pub origin: Origin,
    /// The article's id, where reading got far enough to know it.
    pub id: Option<Box<str>>,
    /// The kind of failure, for counting.
    pub reason: RejectReason,
    /// What is wrong, for people.
    pub message: Box<str>,
    /// The record, or its first 64 KiB; empty where nothing was read.
    pub record: Box<[u8]>,
    /// True where `record` is not the whole record.
    pub truncated: bool,
    /// What the record is, where it is neither text nor JSON.
    pub format: Option<Format>,
}

/// Why a record was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectReason {
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// The line is not one JSON object.
    InvalidJson,
    /// The row cannot be told apart from its neighbours, or has more columns than the table.
    InvalidRow,
    /// The record of a web archive is broken, or holds something else than its header says.
    InvalidRecord,
    /// The markup cannot be read.
    InvalidXml,
    /// There is no text field, or it is not a string.
    MissingText,
    /// Text and title are empty or white space.
    EmptyArticle,
    /// The record or its article is over the limit.
    TooLarge,
    /// The input cannot be opened, or fails part way; the rest of it is not read.
    ReadError,
    /// The input, or a member of an archive, holds something that is not read.
    UnsupportedFormat,
    /// The compressed input expands further than the limit; the rest of it is not read.
    ExpandsTooMuch,
    /// A later stage failed on the article: a fault of the program, not of the input.
    Internal,
}

impl Reject {
    /// A reject of the record at `origin`, whose bytes are `record`. See [`Reject::incomplete`] where they are not all.
    pub fn new(origin: Origin, reason: RejectReason, message: impl Into<String>, record: &[u8]) -> Self {
        let kept = start_of(record, KEPT_BYTES);
        Self {
            origin,
            id: None,
            reason,
            message: message.into().into(),
            record: kept.into(),
            truncated: kept.len() < record.len(),
            format: None,
        }
    }

    /// The record's first 200 bytes, for people; what is not UTF-8 is replaced.
    pub fn excerpt(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(start_of(&self.record, EXCERPT_BYTES))
    }

    /// The same, marked as not holding the whole record.
    pub fn incomplete(mut self) -> Self {
        self.truncated = true;
        self
    }

    /// The same, of a record of this format.
    pub(super) fn of_format(mut self, format: Format) -> Self {
        self.format = Some(format).filter(|format| !matches!(format, Format::Text | Format::Json));
        self
    }

    /// True where it stands for the rest of an input, and not for one record.
    pub(super) fn ends_its_input(&self) -> bool {
        self.reason.ends_its_input()
    }
}

impl RejectReason {
    /// Why an input cannot be read, or not to its end.
    pub(super) fn of(error: &io::Error) -> Self {
        if expands_too_much(error) {
            Self::ExpandsTooMuch
        } else if is_foreign(error) {
            Self::UnsupportedFormat
        } else {
            Self::ReadError
        }
    }

    /// True where the rest of an input was not read, and not only one record.
    pub(super) fn ends_its_input(self) -> bool {
        matches!(self, Self::ReadError | Self::ExpandsTooMuch | Self::UnsupportedFormat)
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.origin, self.message)
    }
}

impl Serialize for Reject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Reject", 9)?;
        object.serialize_field("input", &*self.origin.path)?;
        object.serialize_field("line", &self.origin.line)?;
        if self.origin.nth > 0 {
            object.serialize_field("nth", &self.origin.nth)?;
        }
        object.serialize_field("byte", &self.origin.byte)?;
        if let Some(offset) = self.origin.warc_offset {
            object.serialize_field("warc_offset", &offset)?;
        }
        object.serialize_field("id", &self.id)?;
        object.serialize_field("reason", &self.reason)?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("excerpt", &self.excerpt())?;
        object.serialize_field("truncated", &self.truncated)?;
        if let Some(format) = self.format {
            object.serialize_field("format", &format)?;
        }
        match std::str::from_utf8(&self.record) {
            Ok(text) => object.serialize_field("record", text)?,
            Err(_) => object.serialize_field("record_base64", &BASE64_STANDARD.encode(&self.record))?,
        }
        object.end()
    }
}

/// The start of a record. A character that would be cut in two is left out.
fn start_of(record: &[u8], limit: usize) -> &[u8] {
    let starts_character = |at: &usize| record[*at] & 0xC0 != 0x80;
    let end = match record.len() {
        length if length <= limit => length,
        _ => (limit - 3..=limit).rev().find(starts_character).unwrap_or(limit),
    };
    &record[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(record: &[u8]) -> String {
        Reject::new(Origin::default(), RejectReason::TooLarge, "", record).excerpt().into_owned()
    }

    #[test]
    fn an_excerpt_is_short_and_keeps_characters_whole() {
        assert_eq!(excerpt(b"caf\xE9"), "caf\u{FFFD}");
        assert_eq!(excerpt("é".repeat(300).as_bytes()), "é".repeat(100));
        assert_eq!(excerpt(format!("x{}", "é".repeat(300)).as_bytes()), format!("x{}", "é".repeat(99)));
        assert_eq!(excerpt(&[0x80; 300]).chars().count(), 200);
    }

    #[test]
    fn the_record_is_kept_up_to_a_bound() {
        for (length, kept, truncated) in [(0, 0, false), (KEPT_BYTES, KEPT_BYTES, false), (1 << 20, KEPT_BYTES, true)] {
            let reject = Reject::new(Origin::default(), RejectReason::InvalidJson, "", &vec![b'x'; length]);
            assert_eq!((reject.record.len(), reject.truncated), (kept, truncated));
        }
        assert!(Reject::new(Origin::default(), RejectReason::ReadError, "", b"x").incomplete().truncated);
    }

    #[test]
    fn a_reject_is_one_flat_object() {
        let origin = Origin { path: "news/a.jsonl".into(), line: Some(7), byte: 812, ..Origin::default() };
        let reject = Reject::new(origin.clone(), RejectReason::InvalidUtf8, "not UTF-8", b"{\"text\": \"caf\xE9\"}");
        assert_eq!(
            serde_json::to_string(&reject).unwrap(),
            r#"{"input":"news/a.jsonl","line":7,"byte":812,"id":null,"reason":"invalid_utf8","message":"not UTF-8","excerpt":"{\"text\": \"caf�\"}","truncated":false,"record_base64":"eyJ0ZXh0IjogImNhZukifQ=="}"#
        );
        assert_eq!(reject.to_string(), "news/a.jsonl#7: not UTF-8");
        let origin = Origin { nth: 2, ..origin };
        let json = serde_json::to_value(Reject::new(origin, RejectReason::MissingText, "no text", b"{}")).unwrap();
        assert_eq!((&json["record"], json.get("record_base64"), &json["nth"]), (&"{}".into(), None, &2.into()));
    }
}
