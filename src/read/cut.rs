//! What a format is to the rest of the program: a way to cut the records out of an input.

use std::io;
use std::sync::Arc;

use super::abridge::{Abridging, WantedFields};
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub(super) member: Option<Arc<Member>>,
    /// Whether values of fields that are not read were left out of `bytes`: with them, it would be over the limit.
    pub(super) is_abridged: bool,
    /// Why it is rejected, where that shows as it is cut.
    pub(super) fault: Option<Box<CutFault>>,
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
    /// The record that `read` fills, for [`Cutter::next_cut`]; `None` where it finds none.
    pub(super) fn filled(read: impl FnOnce(&mut Self) -> io::Result<bool>) -> Option<Result<Self, (Self, io::Error)>> {
        let mut cut = Self::default();
        match read(&mut cut) {
            Ok(true) => Some(Ok(cut)),
            Ok(false) => None,
            Err(error) => Some(Err((cut, error))),
        }
    }

    /// True where the record was too long to be held.
    pub(super) fn is_over(&self, limit: usize) -> bool {
        !self.is_abridged && self.size > limit as u64
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

    /// This record and the one after it, as two lines of one record.
    pub(super) fn joined(mut self, next: Self, limit: usize) -> Self {
        let is_over = next.is_over(limit) || self.bytes.len() + 1 + next.bytes.len() > limit;
        self.is_abridged = next.is_abridged && !is_over;
        self.size += 1 + next.size;
        self.bytes.push(b'\n');
        self.bytes.extend_from_slice(&next.bytes);
        self.fault = next.fault;
        if is_over {
            self.bytes.truncate(EXCERPT_BYTES);
        }
        self
    }
}

/// A record that is being cut: holds no more of it than the limit.
#[derive(Debug)]
pub(super) struct Holder<'w> {
    cut: Cut,
    limit: usize,
    /// The fields that are read of a JSON record; other records are not abridged.
    wanted: Option<&'w WantedFields>,
    abridging: Option<Abridging<'w>>,
    /// The first bytes of a record that is not held whole.
    excerpt: Vec<u8>,
}

impl<'w> Holder<'w> {
    /// Starts an empty record at the place of `cut`.
    pub(super) fn new(cut: Cut, limit: usize, wanted: Option<&'w WantedFields>) -> Self {
        Self { cut, limit, wanted, abridging: None, excerpt: Vec::new() }
    }

    /// Adds bytes. A record that gets too long is abridged; of one that still is, an excerpt is kept.
    pub(super) fn push(&mut self, part: &[u8]) {
        self.cut.size += part.len() as u64;
        if self.excerpt.is_empty() {
            if self.cut.bytes.len() + part.len() <= self.limit {
                self.cut.bytes.extend_from_slice(part);
                return;
            }
            self.abridge();
        }
        let wanted = EXCERPT_BYTES.saturating_sub(self.excerpt.len()).min(part.len());
        self.excerpt.extend_from_slice(&part[..wanted]);
        if let Some(abridging) = &mut self.abridging {
            let held = &mut self.cut.bytes;
            abridging.scan(part, &mut |kept| held.extend_from_slice(kept));
            if abridging.is_failed() || held.len() > self.limit {
                self.give_up();
            }
        }
    }

    /// Drops what can be dropped of the bytes that are held, in place.
    fn abridge(&mut self) {
        let held = &mut self.cut.bytes;
        self.excerpt.extend_from_slice(&held[..held.len().min(EXCERPT_BYTES)]);
        let Some(wanted) = self.wanted else { return self.give_up() };
        let (mut abridging, mut kept, mut block) = (Abridging::new(wanted), 0, [0; 4096]);
        for start in (0..held.len()).step_by(block.len()) {
            let count = block.len().min(held.len() - start);
            block[..count].copy_from_slice(&held[start..start + count]);
            abridging.scan(&block[..count], &mut |part| {
                held[kept..kept + part.len()].copy_from_slice(part);
                kept += part.len();
            });
        }
        held.truncate(kept);
        self.cut.is_abridged = true;
        self.abridging = Some(abridging);
    }

    /// The record is too long even when it is abridged.
    fn give_up(&mut self) {
        (self.cut.is_abridged, self.cut.bytes, self.abridging) = (false, Vec::new(), None);
    }

    /// The record as far as it was added.
    pub(super) fn into_cut(self) -> Cut {
        let Self { cut, limit, excerpt, .. } = self;
        if cut.is_over(limit) { Cut { bytes: excerpt, ..cut } } else { cut }
    }
}
