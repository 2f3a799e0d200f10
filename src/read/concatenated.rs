//! Compressed data of several members, one after another.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;

use super::member_starts::{Consumed, MemberStarts};
use super::stream::Reader;

/// Decodes one member, and then gives its input back.
pub(super) trait MemberDecoder: Read {
    fn open(reader: Reader) -> Self;
    fn close(self) -> Reader;
}

impl MemberDecoder for GzDecoder<Reader> {
    fn open(reader: Reader) -> Self {
        Self::new(reader)
    }

    fn close(self) -> Reader {
        self.into_inner()
    }
}

impl MemberDecoder for BzDecoder<Reader> {
    fn open(reader: Reader) -> Self {
        Self::new(reader)
    }

    fn close(self) -> Reader {
        self.into_inner()
    }
}

/// All members of compressed data, with or without zeros between and after them, as tapes and block devices leave them.
pub(super) struct Concatenated<D> {
    current: Option<Member<D>>,
    /// Compressed bytes that were read, and the bytes that they gave.
    consumed: Arc<AtomicU64>,
    expanded: u64,
    members: MemberStarts,
}

enum Member<D> {
    Open(Box<D>),
    Next(Reader),
}

impl<D: MemberDecoder> Concatenated<D> {
    /// Notes in `members` where each starts.
    pub(super) fn new(reader: Reader, members: MemberStarts) -> Self {
        let reader = Consumed::new(reader);
        let consumed = reader.counter();
        Self { current: Some(Member::Next(Box::new(reader))), consumed, expanded: 0, members }
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
                Some(Member::Open(mut decoder)) => {
                    let read = decoder.read(buffer);
                    self.current = Some(match read {
                        Ok(0) => Member::Next(decoder.close()),
                        _ => Member::Open(decoder),
                    });
                    if !matches!(read, Ok(0)) {
                        self.expanded += *read.as_ref().unwrap_or(&0) as u64;
                        return read;
                    }
                }
                Some(Member::Next(mut reader)) => {
                    if skip_zeros(&mut reader)? {
                        self.members.start(self.expanded, self.consumed.load(Relaxed));
                        self.current = Some(Member::Open(Box::new(D::open(reader))));
                    }
                }
            }
        }
    }
}

/// Whether anything follows.
fn skip_zeros(reader: &mut Reader) -> io::Result<bool> {
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
