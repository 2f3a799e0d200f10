//! Zstandard, frame by frame, with the dictionary that a file may bring along.
//!
//! Web archives are compressed with one frame a record. Since short frames compress badly alone, a file may start with a
//! skippable frame of magic number 0x184D2A5D that has a dictionary for all others, perhaps compressed itself.

use std::io::{self, BufRead, Read};

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::member_starts::{Consumed, MemberStarts};

/// The start of the frame with the dictionary.
const DICTIONARY_FRAME: [u8; 4] = [0x5D, 0x2A, 0x4D, 0x18];
/// The start of a dictionary that is compressed.
const FRAME: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Maximum length of a dictionary; those in use have about 1 MB.
const MAX_DICTIONARY: u64 = 16 << 20;

/// Decodes all frames of a file.
pub(super) struct ZstdFrames<R> {
    reader: Consumed<R>,
    decoder: Decoder<'static>,
    is_in_frame: bool,
    expanded: u64,
    members: MemberStarts,
}

impl<R: BufRead> ZstdFrames<R> {
    /// Reads the dictionary, if there is one. Windows have at most 2 to the power of `window_log` bytes.
    pub(super) fn new(reader: R, window_log: u32, members: MemberStarts) -> io::Result<Self> {
        let mut reader = Consumed::new(reader);
        let dictionary = read_dictionary(&mut reader)?;
        let mut decoder = Decoder::with_dictionary(&dictionary)?;
        decoder.set_parameter(DParameter::WindowLogMax(window_log))?;
        Ok(Self { reader, decoder, is_in_frame: false, expanded: 0, members })
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let stored = self.reader.consumed();
            let packed = self.reader.fill_buf()?;
            let is_end = packed.is_empty();
            if !self.is_in_frame {
                if is_end {
                    return Ok(0);
                }
                self.members.start(self.expanded, stored);
                self.decoder.reinit()?;
                self.is_in_frame = true;
            }
            let (mut input, mut output) = (InBuffer::around(packed), OutBuffer::around(&mut *buffer));
            let missing = self.decoder.run(&mut input, &mut output);
            let (used, made) = (input.pos(), output.pos());
            self.reader.consume(used);
            self.expanded += made as u64;
            self.is_in_frame = missing? > 0;
            if made > 0 {
                return Ok(made);
            }
            if is_end && self.is_in_frame {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "incomplete frame"));
            }
        }
    }
}

/// The dictionary at the start of a file; empty where there is none.
fn read_dictionary(reader: &mut Consumed<impl BufRead>) -> io::Result<Vec<u8>> {
    // The magic number was looked at before: it is buffered.
    if !reader.fill_buf()?.starts_with(&DICTIONARY_FRAME) {
        return Ok(Vec::new());
    }
    let mut head = [0; 8];
    reader.read_exact(&mut head)?;
    let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    if length > MAX_DICTIONARY {
        io::copy(&mut reader.take(length), &mut io::sink())?;
        return Ok(Vec::new());
    }
    let mut content = Vec::new();
    reader.take(length).read_to_end(&mut content)?;
    if !content.starts_with(&FRAME) {
        return Ok(content);
    }
    let mut dictionary = Vec::new();
    zstd::Decoder::with_buffer(&*content)?.take(MAX_DICTIONARY).read_to_end(&mut dictionary)?;
    Ok(dictionary)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    fn unpacked(packed: &[u8], members: &MemberStarts) -> io::Result<String> {
        let reader = BufReader::with_capacity(16, Cursor::new(packed.to_vec()));
        let mut text = String::new();
        ZstdFrames::new(reader, 27, members.clone())?.read_to_string(&mut text).map(|_| text)
    }

    /// Records that share much, and a dictionary of what they share.
    fn records() -> (Vec<String>, Vec<u8>) {
        let record = |number: usize| {
            format!("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\n\r\n")
        };
        let dictionary = (100..200).map(record).collect::<String>().into_bytes();
        ((0..3).map(record).collect(), dictionary)
    }

    fn skippable(content: &[u8]) -> Vec<u8> {
        [&DICTIONARY_FRAME[..], &(content.len() as u32).to_le_bytes(), content].concat()
    }

    #[test]
    fn frames_are_decoded_with_the_dictionary_of_the_file() {
        let (records, dictionary) = records();
        let mut compressor = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
        let frames: Vec<Vec<u8>> =
            records.iter().map(|record| compressor.compress(record.as_bytes()).unwrap()).collect();
        for content in [dictionary.clone(), zstd::encode_all(&*dictionary, 3).unwrap()] {
            let start = skippable(&content);
            let members = MemberStarts::default();
            let text = unpacked(&[start.clone(), frames.concat()].concat(), &members).unwrap();
            assert_eq!(text, records.concat());
            let second = (records[0].len() as u64, (start.len() + frames[0].len()) as u64);
            assert_eq!(members.stored_at(0), Some(start.len() as u64));
            assert_eq!(members.stored_at(second.0), Some(second.1));
        }
        assert!(unpacked(&frames.concat(), &MemberStarts::default()).is_err());
    }

    #[test]
    fn other_skippable_frames_are_passed() {
        let frame = zstd::encode_all(&b"Rain."[..], 1).unwrap();
        for start in [skippable(b"no dictionary"), [&[0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0][..], b"abc"].concat()] {
            assert_eq!(
                unpacked(&[&start[..], &frame, &start, &frame].concat(), &MemberStarts::default()).unwrap(),
                "Rain.Rain."
            );
        }
        let lie = [&DICTIONARY_FRAME[..], &[0xFF; 4], b"abc"].concat();
        assert_eq!(unpacked(&lie, &MemberStarts::default()).unwrap_or_default(), "");
    }
}
