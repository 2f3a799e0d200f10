//! Compressed data of several members, one after another.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;

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
pub(super) struct Concatenated<D>(Option<Member<D>>);

enum Member<D> {
    Open(Box<D>),
    Next(Reader),
}

impl<D: MemberDecoder> Concatenated<D> {
    pub(super) fn new(reader: Reader) -> Self {
        Self(Some(Member::Next(reader)))
    }
}

impl<D: MemberDecoder> Read for Concatenated<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.0.take() {
                None => return Ok(0),
                Some(Member::Open(mut decoder)) => {
                    let read = decoder.read(buffer);
                    self.0 = Some(match read {
                        Ok(0) => Member::Next(decoder.close()),
                        _ => Member::Open(decoder),
                    });
                    if !matches!(read, Ok(0)) {
                        return read;
                    }
                }
                Some(Member::Next(mut reader)) => {
                    if skip_zeros(&mut reader)? {
                        self.0 = Some(Member::Open(Box::new(D::open(reader))));
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
