//! Cuts a web archive into records, by the lengths in their headers.

use std::io::{self, BufRead, ErrorKind};
use std::mem;

use memchr::memchr;

use super::super::concatenated::BrokenMember;
use super::super::cut::{Cut, CutFault, Cutter};
use super::super::headers::MAX_HEADER_BYTES;
use super::super::http::Response;
use super::super::member_starts::MemberStarts;
use super::super::reject::RejectReason;
use super::super::stream::{Reader, filled};
use super::kind::Content;
use super::record::RecordHeader;

/// Bytes that are allocated for a record at once; its length is only a claim.
const RESERVED_BYTES: u64 = 1 << 20;

/// The records of a web archive.
///
/// Records that are no articles are cut without their bytes, with what they count as. What is between records and is
/// none becomes a record, too, as does one whose length is no number; both are rejected when they are parsed.
pub(in super::super) struct WarcRecords {
    reader: Reader,
    /// Where `reader` stands.
    byte: u64,
    limit: usize,
    members: MemberStarts,
    /// The first line of the next record, where it was read already.
    next_line: Vec<u8>,
    /// What follows the last record in its member and is none.
    rest: Option<Cut>,
    /// What reading on failed with, after a record that is whole.
    failed: Option<io::Error>,
}

impl WarcRecords {
    /// Holds no more of a record than `limit` bytes; `byte` is where in the input `reader` stands, and `members` are
    /// those of the file.
    pub(in super::super) fn new(reader: Reader, byte: u64, limit: usize, members: MemberStarts) -> Self {
        Self { reader, byte, limit, members, next_line: Vec::new(), rest: None, failed: None }
    }

    /// Reads the next record into `cut`; false at the end of the input.
    fn read_record(&mut self, cut: &mut Cut) -> io::Result<bool> {
        if let Some(rest) = self.rest.take() {
            *cut = rest;
            return Ok(true);
        }
        cut.byte = self.byte;
        self.failed.take().map_or(Ok(()), Err)?;
        if self.next_line.is_empty() && !self.skip_blank()? {
            return Ok(false);
        }
        cut.byte = self.byte - self.next_line.len() as u64;
        cut.stored = self.members.stored_at(cut.byte);
        let mut header = mem::take(&mut self.next_line);
        let outcome = self.read_header(&mut header);
        cut.push(&header, self.limit);
        outcome?;
        let record = RecordHeader::split(&header).map(|(record, _)| record);
        cut.skipped = record.as_ref().and_then(RecordHeader::skipped);
        match record {
            Some(RecordHeader { length: Some(length), .. }) if cut.skipped.is_some() => self.skip(cut, length)?,
            Some(record @ RecordHeader { length: Some(length), .. }) => {
                self.read_block(cut, length, record.has_http())?;
            }
            _ => self.read_to_next_record(cut)?,
        }
        self.check_member(cut.byte)?;
        if cut.skipped.is_some() {
            cut.bytes = Vec::new();
        }
        Ok(true)
    }

    /// Reads to the end of the member of the record that starts at `start`, where its checksum is, or to the next record:
    /// of a broken member nothing is to be believed.
    fn check_member(&mut self, start: u64) -> io::Result<()> {
        if !self.next_line.is_empty() || !self.members.are_compressed() {
            return Ok(());
        }
        let Err(error) = self.read_rest() else { return Ok(()) };
        if BrokenMember::of(&error).is_some_and(|broken| broken.byte <= start) {
            self.rest = None;
            return Err(error);
        }
        self.failed = Some(error);
        Ok(())
    }

    /// Reads what follows a record and is none.
    fn read_rest(&mut self) -> io::Result<()> {
        if !self.skip_blank()? || RecordHeader::starts(filled(&mut self.reader)?) {
            return Ok(());
        }
        let mut rest = Cut { byte: self.byte, stored: self.members.stored_at(self.byte), ..Cut::default() };
        let read = self.read_to_next_record(&mut rest);
        self.rest = Some(rest);
        read
    }

    /// Reads a block. Its start tells whether a response is an article: of one that is none, no more is held.
    fn read_block(&mut self, cut: &mut Cut, length: u64, has_http: bool) -> io::Result<()> {
        let start = cut.bytes.len();
        let head = length.min(MAX_HEADER_BYTES as u64);
        let is_whole = self.read_part(cut, head)?;
        if has_http && let Some(response) = cut.bytes.get(start..).and_then(Response::parse) {
            cut.skipped = Content::of_response(&response).err();
        }
        match cut.skipped {
            _ if !is_whole => Ok(()),
            Some(_) => self.skip(cut, length - head),
            None => {
                let wanted = length.min(RESERVED_BYTES).min(self.limit as u64) as usize;
                cut.bytes.reserve(wanted.saturating_sub(cut.bytes.len()));
                self.read_part(cut, length - head).map(drop)
            }
        }
    }

    fn read_part(&mut self, cut: &mut Cut, length: u64) -> io::Result<bool> {
        let limit = self.limit;
        self.pass(cut.byte, length, |part| cut.push(part, limit))
    }

    fn skip(&mut self, cut: &mut Cut, length: u64) -> io::Result<()> {
        self.pass(cut.byte, length, |part| cut.size += part.len() as u64).map(drop)
    }

    /// Reads `length` bytes of the record that starts at `start`. False where another record starts before they are
    /// read, with a member of its own: the length was wrong.
    fn pass(&mut self, start: u64, length: u64, mut each: impl FnMut(&[u8])) -> io::Result<bool> {
        let mut left = length;
        while left > 0 {
            let at = self.byte;
            let next_member = self.members.next_from(at.max(start + 1));
            let buffer = filled(&mut self.reader)?;
            if buffer.is_empty() {
                return Err(io::Error::new(ErrorKind::UnexpectedEof, "the input ends within a record"));
            }
            if next_member == Some(at) && RecordHeader::starts(buffer) {
                return Ok(false);
            }
            let wanted = match next_member {
                Some(member) if member > at => left.min(member - at),
                Some(_) => 1,
                None => left,
            };
            let taken = buffer.len().min(usize::try_from(wanted).unwrap_or(usize::MAX));
            each(&buffer[..taken]);
            self.consume(taken);
            left -= taken as u64;
        }
        Ok(true)
    }

    /// Passes the blank lines between records; false at the end of the input.
    fn skip_blank(&mut self) -> io::Result<bool> {
        loop {
            let buffer = filled(&mut self.reader)?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let blanks = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let is_all = blanks == buffer.len();
            self.consume(blanks);
            if !is_all {
                return Ok(true);
            }
        }
    }

    /// Reads the header of a WARC record to its blank line; any other record has one line.
    fn read_header(&mut self, header: &mut Vec<u8>) -> io::Result<()> {
        if header.is_empty() {
            self.read_line(header)?;
        }
        while header.starts_with(b"WARC/") && header.len() < MAX_HEADER_BYTES {
            let start = header.len();
            self.read_line(header)?;
            if matches!(header[start..], [] | [b'\n'] | [b'\r', b'\n']) {
                break;
            }
        }
        Ok(())
    }

    /// Reads up to a line that starts a record, which is kept for it.
    fn read_to_next_record(&mut self, cut: &mut Cut) -> io::Result<()> {
        let mut is_line_start = true;
        loop {
            let mut line = Vec::new();
            self.read_line(&mut line)?;
            if line.is_empty() {
                return Ok(());
            }
            if is_line_start && RecordHeader::starts(&line) {
                self.next_line = line;
                return Ok(());
            }
            is_line_start = line.ends_with(b"\n");
            cut.push(&line, self.limit);
        }
    }

    /// Adds a line with its end, or as much of it as a header may have. Nothing at the end of the input.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<()> {
        let start = line.len();
        while line.len() - start < MAX_HEADER_BYTES {
            let buffer = filled(&mut self.reader)?;
            let buffer = &buffer[..buffer.len().min(MAX_HEADER_BYTES)];
            let end = memchr(b'\n', buffer).map(|end| end + 1);
            let taken = end.unwrap_or(buffer.len());
            line.extend_from_slice(&buffer[..taken]);
            self.consume(taken);
            if end.is_some() || taken == 0 {
                break;
            }
        }
        Ok(())
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.byte += count as u64;
    }
}

impl Cutter for WarcRecords {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        match Cut::filled(|cut| self.read_record(cut)) {
            Some(Err((cut, error))) if BrokenMember::of(&error).is_some_and(|broken| broken.is_followed) => {
                let message = format!("the compressed record is broken: {error}");
                let fault = Box::new(CutFault { reason: RejectReason::InvalidRecord, message });
                Some(Ok(Cut { fault: Some(fault), skipped: None, ..cut }))
            }
            cut => cut,
        }
    }
}
