//! Streams of bytes, and a look at the start of one before it is read.

use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};

pub(super) const BUFFER_BYTES: usize = 256 << 10;

/// Any stream of bytes.
pub(crate) type Reader = Box<dyn BufRead + Send>;

/// What is buffered, after reading where that is nothing; empty at the end.
pub(super) fn filled(reader: &mut Reader) -> io::Result<&[u8]> {
    while let Err(error) = reader.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf()
}

/// The first bytes, up to `limit` or until they are `enough`, and a reader that still yields them. Where reading fails
/// after some bytes, that reader fails at the same place.
pub(super) fn peek(mut reader: Reader, limit: usize, enough: impl Fn(&[u8]) -> bool) -> io::Result<(Vec<u8>, Reader)> {
    let mut head: Vec<u8> = Vec::new();
    // A pipe may give a byte at a time: what is long is not looked at each time.
    let mut next_look = 0;
    while head.len() < limit {
        let buffer = match reader.fill_buf() {
            Ok([]) => break,
            Ok(buffer) => buffer,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if head.is_empty() => return Err(error),
            Err(error) => {
                reader = Box::new(BufReader::new(Failing(Some(error))).chain(reader));
                break;
            }
        };
        let taken = buffer.len().min(limit - head.len());
        head.extend_from_slice(&buffer[..taken]);
        reader.consume(taken);
        if head.len() >= next_look || head.ends_with(b"\n") {
            if enough(&head) {
                break;
            }
            next_look = if head.len() < 64 { 0 } else { head.len() * 2 };
        }
    }
    Ok((head.clone(), Box::new(Cursor::new(head).chain(reader))))
}

/// Fails once, then is at its end.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
