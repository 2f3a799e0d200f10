//! LZ4 data of several frames, one after another.

use std::io::{self, BufRead, ErrorKind, Read};

use lz4_flex::frame::{Error as FrameError, FrameDecoder};

/// All frames of LZ4 data; skippable ones are skipped. Data that ends within a frame is an error, which the decoder
/// itself would take for the end of the data.
pub(super) struct Lz4Frames<R: BufRead> {
    decoder: FrameDecoder<EndIsError<R>>,
    is_done: bool,
}

impl<R: BufRead> Lz4Frames<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { decoder: FrameDecoder::new(EndIsError(reader)), is_done: false }
    }

    /// A frame has ended: finds out whether another follows.
    fn end_frame(&mut self) -> io::Result<()> {
        self.is_done = self.decoder.get_mut().0.fill_buf()?.is_empty();
        Ok(())
    }
}

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_done {
            match self.decoder.read(buffer) {
                // The end of a frame.
                Ok(0) if !buffer.is_empty() => {
                    self.end_frame()?;
                }
                Err(error) => {
                    let Some(length) = skippable(&error) else { return Err(error) };
                    let skipped = io::copy(&mut (&mut self.decoder.get_mut().0).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(truncated());
                    }
                    self.end_frame()?;
                }
                read => return read,
            }
        }
        Ok(0)
    }
}

fn skippable(error: &io::Error) -> Option<u64> {
    match error.get_ref()?.downcast_ref()? {
        FrameError::SkippableFrame(length) => Some(u64::from(*length)),
        _ => None,
    }
}

fn truncated() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the LZ4 data ends within a frame")
}

/// A reader that must not be read at its end.
struct EndIsError<R>(R);

impl<R: Read> Read for EndIsError<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(truncated()),
            count => Ok(count),
        }
    }
}
