//! Where the members of a compressed file start: in the file, and in what it expands to.
//!
//! Web archives are compressed record by record, so that one can be fetched without the rest; its place in the file is
//! that of its member.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Maximum number of members that are kept: more than the buffers between decompression and cutting have room for.
const MAX_KEPT: usize = 512 << 10;

/// The members that were decompressed last. Clones share one list.
#[derive(Clone, Debug, Default)]
pub(super) struct MemberStarts(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
enum Known {
    /// The input is not compressed: each byte is where it is stored.
    #[default]
    Stored,
    /// It is compressed once.
    Members(VecDeque<Member>),
    /// It is compressed more than once, or as a whole.
    Nothing,
}

/// The start of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    /// In the uncompressed input.
    byte: u64,
    /// In the file.
    stored: u64,
}

impl MemberStarts {
    /// Those of data that is not stored at any place of a file.
    pub(super) fn unknown() -> Self {
        let members = Self::default();
        members.forget();
        members
    }

    /// A member starts. Of several at one byte, all but the last are empty.
    pub(super) fn start(&self, byte: u64, stored: u64) {
        let mut known = self.known();
        if matches!(*known, Known::Stored) {
            *known = Known::Members(VecDeque::new());
        }
        let Known::Members(members) = &mut *known else { return };
        if members.back().is_some_and(|last| last.byte == byte) {
            members.pop_back();
        } else if members.len() == MAX_KEPT {
            members.pop_front();
        }
        members.push_back(Member { byte, stored });
    }

    /// Bytes of the input have no place of their own in the file.
    pub(super) fn forget(&self) {
        *self.known() = Known::Nothing;
    }

    /// Where in the file reading has to start for the input from `byte` on; `None` where that is within a member.
    /// Members before it are forgotten.
    pub(super) fn stored_at(&self, byte: u64) -> Option<u64> {
        match &mut *self.known() {
            Known::Stored => Some(byte),
            Known::Nothing => None,
            Known::Members(members) => {
                while members.front().is_some_and(|first| first.byte < byte) {
                    members.pop_front();
                }
                members.front().filter(|first| first.byte == byte).map(|first| first.stored)
            }
        }
    }

    /// Where the first member starts at `byte` or after it, of those that are known.
    pub(super) fn next_from(&self, byte: u64) -> Option<u64> {
        let known = self.known();
        let Known::Members(members) = &*known else { return None };
        members.get(members.partition_point(|member| member.byte < byte)).map(|member| member.byte)
    }

    /// Whether the input is compressed, once.
    pub(super) fn are_compressed(&self) -> bool {
        matches!(*self.known(), Known::Members(_))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader that counts the bytes that are taken from it.
pub(super) struct Consumed<R> {
    inner: R,
    bytes: u64,
}

impl<R> Consumed<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, bytes: 0 }
    }

    /// How many they are.
    pub(super) fn consumed(&self) -> u64 {
        self.bytes
    }
}

impl<R: BufRead> Read for Consumed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Consumed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes += count as u64;
        self.inner.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_where_it_starts() {
        let members = MemberStarts::default();
        for (byte, stored) in [(0, 0), (10, 7), (10, 27), (30, 40)] {
            members.start(byte, stored);
        }
        assert_eq!([0, 5, 10].map(|byte| members.stored_at(byte)), [Some(0), None, Some(27)]);
        assert_eq!([10, 20, 30, 31].map(|byte| members.next_from(byte)), [Some(10), Some(30), Some(30), None]);
        assert_eq!([30, 31].map(|byte| members.stored_at(byte)), [Some(40), None]);
    }

    #[test]
    fn what_is_not_compressed_is_where_it_is() {
        let members = MemberStarts::default();
        assert_eq!((members.stored_at(7), members.next_from(7)), (Some(7), None));
        members.forget();
        members.start(0, 0);
        assert_eq!(members.stored_at(0), None);
    }

    #[test]
    fn the_list_is_bounded() {
        let members = MemberStarts::default();
        (0..MAX_KEPT as u64 + 10).for_each(|at| members.start(at, at));
        assert_eq!(members.next_from(0), Some(10));
    }
}
