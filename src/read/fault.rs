//! Why a record is rejected, before it is known where the record came from.

use super::reject::RejectReason;

/// What is wrong with a record.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) reason: RejectReason,
    pub(super) message: String,
    /// The article's id, where parsing got far enough to know it.
    pub(super) id: Option<String>,
}

impl Fault {
    pub(super) fn new(reason: RejectReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), id: None }
    }

    /// The same, of the article with this id.
    pub(super) fn of(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }
}
