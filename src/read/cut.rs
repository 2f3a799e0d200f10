//! What a format is to the rest of the program: a way to cut the records out of an input.

use std::io;
use std::sync::Arc;

use super::format::Format;
use super::reject::{EXCERPT_BYTES, RejectReason};

/// Cuts an input into records. Each format is one implementation.
///
/// One thread cuts, many threads parse: a cutter finds where records end and leaves what is in them to
/// [`RawRecord::parse`](super::RawRecord::parse). The bytes of a record need nothing beside them to be parsed, so that a
/// rejected record can be processed again without its input.
pub(super) trait Cutter: Send {
    /// The next record; `None` at the end of the input. Where reading fails, the record as far as it came, and why:
    /// the cutter is of no further use then.
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>>;
}

/// One record, as cut from its input.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cut {
    /// The line on which it starts, counted from 1, for formats with records on lines.
    pub(super) line: Option<u64>,
    /// How many records start on that line before it.
    pub(super) nth: u32,
    /// Where it starts, in bytes.
    pub(super) byte: u64,
    /// Where in the file reading has to start for this record, for formats whose records can be fetched alone.
    pub(super) stored: Option<u64>,
    /// What it counts as, where it is no article: it has no bytes then.
    pub(super) skipped: Option<&'static str>,
    /// Its length in bytes.
    pub(super) size: u64,
    /// Its bytes; of a record over the limit, no more than an excerpt.
    pub(super) bytes: Vec<u8>,
    /// The member of an archive that it comes from.
    pub(super) member: Option<Member>,
    /// Why it is rejected, where that shows as it is cut.
    pub(super) fault: Option<CutFault>,
}

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Its path within the archive.
    pub(super) name: Arc<str>,
    pub(super) format: Format,
}

/// What is wrong with a record that cannot be cut out whole. Reading continues after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CutFault {
    pub(super) reason: RejectReason,
    pub(super) message: String,
}

impl Cut {
    /// True where the record was too long to be held.
    pub(super) fn is_over(&self, limit: usize) -> bool {
        self.size > limit as u64
    }

    /// Adds bytes; of a record that gets too long, an excerpt is kept.
    pub(super) fn push(&mut self, part: &[u8], limit: usize) {
        self.size += part.len() as u64;
        if self.is_over(limit) {
            let wanted = EXCERPT_BYTES.saturating_sub(self.bytes.len()).min(part.len());
            self.bytes.extend_from_slice(&part[..wanted]);
            self.bytes.truncate(EXCERPT_BYTES);
            self.bytes.shrink_to_fit();
        } else {
            self.bytes.extend_from_slice(part);
        }
    }

    /// Drops white space at the end of a record that is held whole.
    pub(super) fn trim_end(&mut self) {
        if self.size == self.bytes.len() as u64 {
            self.bytes.truncate(self.bytes.trim_ascii_end().len());
            self.size = self.bytes.len() as u64;
        }
    }
}
