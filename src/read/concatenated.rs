//! Compressed data of several members, one after another.

use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;

use super::member_reader::MemberReader;
use super::member_starts::MemberStarts;
use super::stream::Reader;

/// Decodes one member, and then gives its input back.
pub(super) trait MemberDecoder: Read {
    fn open(reader: MemberReader) -> Self;
    fn close(self) -> MemberReader;

    /// Whether a member starts with these bytes, where that can be told of any place in a file.
    fn is_start(_: &[u8]) -> bool {
        false
    }
}

impl MemberDecoder for GzDecoder<MemberReader> {
    fn open(reader: MemberReader) -> Self {
        Self::new(reader)
    }

    fn close(self) -> MemberReader {
        self.into_inner()
    }

    fn is_start(bytes: &[u8]) -> bool {
        let mut start = [0; 16];
        matches!(bytes, [0x1F, 0x8B, 8, flags, ..] if *flags < 0x20)
            && GzDecoder::new(bytes).read_exact(&mut start).is_ok()
    }
}

impl MemberDecoder for BzDecoder<MemberReader> {
    fn open(reader: MemberReader) -> Self {
        Self::new(reader)
    }

    fn close(self) -> MemberReader {
        self.into_inner()
    }
}

/// A member that cannot be decompressed.
#[derive(Debug)]
pub(super) struct BrokenMember {
    /// Where it starts, in the uncompressed input.
    pub(super) byte: u64,
    /// Whether a member after it was found, which is read next.
    pub(super) is_followed: bool,
    error: io::Error,
}

impl BrokenMember {
    /// The broken member that an error is about.
    pub(super) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for BrokenMember {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(out)
    }
}

impl std::error::Error for BrokenMember {}

/// All members of compressed data, with or without zeros between and after them, as tapes and block devices leave them.
pub(super) struct Concatenated<D> {
    current: Option<Member<D>>,
    /// Compressed bytes that were read, and the bytes that they gave.
    consumed: Arc<AtomicU64>,
    expanded: u64,
    /// Where the current member starts in what was expanded.
    start: u64,
    members: MemberStarts,
}

enum Member<D> {
    Open(Box<D>),
    Next(MemberReader),
}

impl<D: MemberDecoder> Concatenated<D> {
    /// Notes in `members` where each starts.
    pub(super) fn new(reader: Reader, members: MemberStarts) -> Self {
        let reader = MemberReader::new(reader);
        let consumed = reader.counter();
        Self { current: Some(Member::Next(reader)), consumed, expanded: 0, start: 0, members }
    }

    /// What an error of the current member is to the caller. After it, reading continues with the next member.
    fn broken(&mut self, mut reader: MemberReader, error: io::Error) -> io::Error {
        let kind = error.kind();
        if !matches!(kind, ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof) {
            return error;
        }
        let is_followed = reader.find_start(D::is_start).unwrap_or(false);
        self.current = is_followed.then_some(Member::Next(reader));
        io::Error::new(kind, BrokenMember { byte: self.start, is_followed, error })
    }
}

impl<D: MemberDecoder> Read for Concatenated<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.current.take() {
                None => return Ok(0),
                Some(Member::Open(mut decoder)) => match decoder.read(buffer) {
                    Ok(0) => self.current = Some(Member::Next(decoder.close())),
                    Err(error) if error.kind() != ErrorKind::Interrupted => {
                        return Err(self.broken(decoder.close(), error));
                    }
                    read => {
                        self.expanded += *read.as_ref().unwrap_or(&0) as u64;
                        self.current = Some(Member::Open(decoder));
                        return read;
                    }
                },
                Some(Member::Next(mut reader)) => {
                    if skip_zeros(&mut reader)? {
                        self.start = self.expanded;
                        self.members.start(self.start, self.consumed.load(Relaxed));
                        reader.begin_member();
                        self.current = Some(Member::Open(Box::new(D::open(reader))));
                    }
                }
            }
        }
    }
}

/// Whether anything follows.
fn skip_zeros(reader: &mut MemberReader) -> io::Result<bool> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let zeros = buffer.iter().take_while(|&&byte| byte == 0).count();
        let is_all = zeros == buffer.len();
        reader.consume(zeros);
        if !is_all {
            return Ok(true);
        }
    }
}
