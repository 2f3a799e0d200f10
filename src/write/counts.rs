//! Counts of what was written. Every record that was read must be among them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lines::Rendered;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::RecordStatus;

/// What was written for a run, an input or a shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All records.
    pub records: u64,
    /// Articles that were processed.
    pub written: u64,
    /// Records that were rejected.
    pub rejected: u64,
    /// Articles that a rule skipped.
    pub skipped: u64,
    /// Mentions.
    pub mentions: u64,
    /// Mentions with an entity.
    pub linked: u64,
    /// Spans.
    pub spans: u64,
}

impl Counts {
    fn of(rendered: &Rendered) -> Self {
        let is = |status| u64::from(rendered.status == status);
        Self {
            records: 1,
            written: is(RecordStatus::Processed),
            rejected: is(RecordStatus::Rejected),
            skipped: is(RecordStatus::Skipped),
            mentions: rendered.written.len() as u64,
            linked: rendered.written.iter().filter(|mention| mention.entity.is_some()).count() as u64,
            spans: rendered.span_count as u64,
        }
    }

    /// Adds `other` to these counts.
    pub fn add(&mut self, other: &Self) {
        let Self { records, written, rejected, skipped, mentions, linked, spans } = other;
        self.records += records;
        self.written += written;
        self.rejected += rejected;
        self.skipped += skipped;
        self.mentions += mentions;
        self.linked += linked;
        self.spans += spans;
    }

    /// Checks that each of the `read` records was written, rejected or skipped exactly once.
    pub(super) fn check(&self, read: u64, place: &str) -> Result<()> {
        let Self { written, rejected, skipped, .. } = self;
        if read != written + rejected + skipped || read != self.records {
            let what = format!(
                "{place}: {read} records were read, but {written} written, {rejected} rejected and {skipped} skipped"
            );
            return Err(unaccounted(what));
        }
        Ok(())
    }
}

/// Counts in total, by input and by mention type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunCounts {
    pub(crate) total: Counts,
    /// By input number.
    pub(crate) inputs: BTreeMap<u32, Counts>,
    /// Mentions by type.
    pub(crate) by_type: BTreeMap<String, u64>,
}

impl RunCounts {
    pub(super) fn add(&mut self, rendered: &Rendered) {
        let counts = Counts::of(rendered);
        self.total.add(&counts);
        self.inputs.entry(rendered.input).or_default().add(&counts);
        rendered.written.iter().for_each(|mention| self.count_type(&mention.kind));
    }

    fn count_type(&mut self, kind: &Arc<str>) {
        // There are few types: a name is copied only for its first mention.
        match self.by_type.get_mut(&**kind) {
            Some(count) => *count += 1,
            None => drop(self.by_type.insert(kind.to_string(), 1)),
        }
    }
}

/// Checks the number of lines in a file.
pub(super) fn check_lines(name: &str, lines: u64, expected: u64) -> Result<()> {
    if lines == expected {
        return Ok(());
    }
    Err(unaccounted(format!("{name}: {lines} lines were written, but {expected} were expected")))
}

/// An internal error: records or lines were lost or duplicated.
pub(super) fn unaccounted(what: String) -> Error {
    Error::new(ErrorKind::Internal, what).help("do not use the output; please report this bug with the input")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_and_duplicated_records_are_detected() {
        let counts = Counts { records: 7, written: 4, rejected: 2, skipped: 1, ..Counts::default() };
        assert!(counts.check(7, "in").is_ok());
        for read in [6, 8] {
            let failure = counts.check(read, "news/a.jsonl").unwrap_err().to_string();
            assert!(failure.contains("news/a.jsonl") && failure.contains(&format!("{read} records were read")));
        }
        assert!(Counts { records: 6, ..counts }.check(7, "in").is_err());
        assert!(check_lines("a", 3, 3).is_ok() && check_lines("a", 2, 3).is_err());
    }
}
