//! A raw record: what reading hands to the threads that parse.

use std::sync::Arc;

use super::format::Format;
use super::reject::{Reject, RejectReason};
use crate::article::Origin;

/// A record as it was cut from its input, not parsed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Where it starts.
    pub origin: Origin,
    /// The name of its input, which a text article takes as its id.
    pub name: Arc<str>,
    /// What the bytes are: a whole text, or one JSON object, to which a row of a table has been turned.
    pub format: Format,
    /// Whether values of fields that are not read were left out, since the record is over the limit with them.
    pub is_abridged: bool,
    /// The record, without a byte order mark and without a JSON line's end.
    pub bytes: Vec<u8>,
}

impl RawRecord {
    /// A reject of this record.
    pub(super) fn reject(&self, id: Option<String>, reason: RejectReason, message: impl Into<String>) -> Reject {
        let reject = Reject::new(self.origin.clone(), reason, message, &self.bytes).of_format(self.format);
        let truncated = reject.truncated || self.is_abridged;
        Reject { id: id.map(Into::into), truncated, ..reject }
    }
}
