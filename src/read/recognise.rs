//! The format of a stream, by its name and its first bytes.

use std::io::{self, BufRead};

use super::csv::CsvRows;
use super::cut::Cutter;
use super::elasticsearch::Bulk;
use super::format::Format;
use super::json_records::{JsonRecords, Layout};
use super::member_starts::MemberStarts;
use super::options::ReadOptions;
use super::sniff::{self, SNIFFED_BYTES};
use super::stream::{Reader, peek};
use super::text::WholeText;
use super::warc::WarcRecords;
use super::wide::{SHAPE_BYTES, Wide};
use super::xml::{RecordElement, XmlRecords, as_utf8};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A stream of text of which the format is known.
pub(super) struct Recognised {
    reader: Reader,
    /// Where `reader` stands, as UTF-8 where the stream is UTF-16 or UTF-32: after the byte order mark, if there is one.
    byte: u64,
    pub(super) format: Format,
    layout: Layout,
    /// The first bytes.
    head: Vec<u8>,
}

impl Recognised {
    /// Looks at the first bytes: for UTF-16 and UTF-32, for a byte order mark, for the format where it was not given,
    /// for the layout of JSON. Fails where they show content that is not read.
    pub(super) fn new(
        reader: Reader,
        named: Option<Format>,
        is_given: bool,
        options: &ReadOptions,
    ) -> io::Result<Self> {
        let stream = Self::decoded(decoded(reader, options)?, named, is_given)?;
        match sniff::unknown_xml(&stream.head) {
            Some(foreign) if stream.format == Format::Xml && options.record.is_none() => Err(io::Error::other(foreign)),
            _ => Ok(stream),
        }
    }

    fn decoded(reader: Reader, named: Option<Format>, is_given: bool) -> io::Result<Self> {
        let is_decided = |rest: &[u8]| match (named, is_given) {
            (Some(Format::Text), true) | (Some(Format::Csv | Format::Html), _) => true,
            (Some(Format::Json), _) => Layout::of(rest).is_some(),
            _ => match sniff::content(rest) {
                Ok(Format::Json) => Layout::of(rest).is_some(),
                _ => rest.len() >= SHAPE_BYTES,
            },
        };
        let (head, mut reader) =
            peek(reader, SNIFFED_BYTES, |head| head.len() > BYTE_ORDER_MARK.len() && is_decided(without_mark(head)))?;
        let rest = without_mark(&head);
        let format = match (sniff::container(rest), named) {
            (Some(format), _) if !is_given || named == Some(format) => sniff::in_stream(format),
            (None, Some(format @ (Format::Zip | Format::Parquet))) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("this is not a {} file", format.name()),
                ));
            }
            // Pages may be called XML, which they are if they are well-formed.
            (None, Some(Format::Xml)) if !is_given && sniff::content(rest) == Ok(Format::Html) => Ok(Format::Html),
            // A name says that it is no text, which would be rejected record by record.
            (_, Some(format)) if is_given || format != Format::Text => sniff::binary(rest).map_or(Ok(format), Err),
            (_, None) if rest.trim_ascii().is_empty() || rest.trim_ascii_start().starts_with(b"{") => Ok(Format::Json),
            _ => sniff::content(rest),
        };
        let format = format.map_err(io::Error::other)?;
        // Where the first object is longer than what is looked at, others may follow on its line.
        let layout = Layout::of(rest).unwrap_or(Layout::Values);
        let mark = head.len() - rest.len();
        reader.consume(mark);
        let head = rest.to_vec();
        Ok(Self { reader, byte: mark as u64, format, layout, head })
    }

    /// What follows the byte order mark.
    pub(super) fn into_reader(self) -> Reader {
        self.reader
    }

    /// Cuts it into records; `members` are those of the file. An archive is not one of records: its stream comes back.
    pub(super) fn cutter(self, options: &ReadOptions, members: &MemberStarts) -> Result<Box<dyn Cutter>, Reader> {
        let limit = options.record_limits().of(self.format);
        Ok(match self.format {
            Format::Text | Format::Html => Box::new(WholeText::new(self.reader, self.byte, limit)),
            Format::Json => {
                let objects = JsonRecords::new(self.reader, self.byte, options.json_limits(), self.layout);
                Box::new(Bulk::new(objects, limit))
            }
            Format::Csv => Box::new(CsvRows::new(self.reader, self.byte, limit, options)),
            Format::Warc => Box::new(WarcRecords::new(self.reader, self.byte, limit, members.clone())),
            Format::Xml => {
                let records = RecordElement::of(&self.head, options.record.as_deref());
                let reader = as_utf8(self.reader, &self.head, options.encoding);
                Box::new(XmlRecords::new(reader, self.byte, limit, records))
            }
            Format::Tar | Format::Zip | Format::Parquet => return Err(self.reader),
        })
    }
}

/// UTF-16 and UTF-32 as UTF-8; any other stream as it is.
fn decoded(reader: Reader, options: &ReadOptions) -> io::Result<Reader> {
    let (head, mut reader) = peek(reader, SHAPE_BYTES, Wide::is_decided)?;
    Ok(match Wide::of(&head).or_else(|| options.encoding.wide().map(|wide| (wide, 0))) {
        Some((wide, mark)) => {
            reader.consume(mark);
            wide.decode(reader)
        }
        None => reader,
    })
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Read};

    use super::*;

    /// One byte a read, as a slow pipe has it.
    struct Slow(&'static [u8]);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let wanted = buffer.len().min(1);
            self.0.read(&mut buffer[..wanted])
        }
    }

    #[test]
    fn the_first_bytes_tell_the_format() {
        for (input, format, byte) in [
            (&b"{\"text\": 1}"[..], Format::Json, 0),
            (b" \r\n\t{", Format::Json, 0),
            (b"\xEF\xBB\xBF\n{", Format::Json, 3),
            (b"[{\"text\": 1}]", Format::Json, 0),
            (b"\xEF\xBB\xBFKyiv", Format::Text, 3),
            (b"Kyiv {", Format::Text, 0),
            (b"[Kyiv] fell", Format::Text, 0),
            (b"\xEF\xBB", Format::Text, 0),
            (b"\xC3\xA9t\xC3\xA9", Format::Text, 0),
            (b"", Format::Json, 0),
        ] {
            let mut source = Recognised::decoded(Box::new(BufReader::new(Slow(input))), None, false).unwrap();
            let mut rest = Vec::new();
            source.reader.read_to_end(&mut rest).unwrap();
            assert_eq!((source.format, source.byte, &*rest), (format, byte, &input[byte as usize..]));
        }
    }

    #[test]
    fn a_text_by_name_may_hold_json_but_not_one_that_the_user_named() {
        let recognised = |is_given| {
            Recognised::decoded(Box::new(Cursor::new("{\"text\": \"\"}")), Some(Format::Text), is_given).unwrap().format
        };
        assert_eq!((recognised(false), recognised(true)), (Format::Json, Format::Text));
    }

    #[test]
    fn a_page_may_be_called_xml() {
        for (content, format) in [("<?xml version='1.0'?><html>", Format::Html), ("<rss>", Format::Xml)] {
            let source = Recognised::decoded(Box::new(Cursor::new(content)), Some(Format::Xml), false).unwrap();
            assert_eq!(source.format, format);
        }
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        for (content, named, given) in [("PK\u{3}\u{4}", Format::Text, true), ("%PDF-1.7", Format::Json, false)] {
            let error = Recognised::decoded(Box::new(Cursor::new(content)), Some(named), given).err().unwrap();
            assert!(sniff::is_foreign(&error), "{error}");
        }
    }
}
