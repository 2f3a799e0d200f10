//! Cuts a document into its records.

use std::io::{self, ErrorKind};

use quick_xml::events::attributes::Attributes;

use super::super::cut::{Cut, Cutter};
use super::super::stream::Reader;
use super::entities::resolved;
use super::preset::{Preset, root_of};
use super::scan::{Scanner, Token, local_name, name_of};

/// Maximum number of elements around a record whose start tags are kept with it.
const MAX_AROUND: usize = 16;
/// Maximum length of the name of a language.
const MAX_LANGUAGE: usize = 40;

/// What the records of a document are.
#[derive(Clone, Debug)]
pub(in super::super) enum RecordElement {
    /// Those of a format of news.
    Preset(Preset),
    /// The elements of this name.
    Named(String),
}

impl RecordElement {
    /// The element of this name, or else those of the format that the first bytes of a document show.
    pub(in super::super) fn of(head: &[u8], name: Option<&str>) -> Self {
        match (name, root_of(head).and_then(Preset::of_root)) {
            (Some(name), _) => Self::Named(name.to_owned()),
            (None, Some(preset)) => Self::Preset(preset),
            // A document without a root has no records.
            (None, None) => Self::Preset(Preset::Feed),
        }
    }

    fn is_record(&self, name: &[u8]) -> bool {
        match self {
            Self::Preset(preset) => preset.is_record(name),
            Self::Named(known) => known.as_bytes() == name || known.as_bytes() == local_name(name),
        }
    }
}

/// The records of a document.
///
/// Each is cut with the names and languages of the elements around it before it, as their start tags. So it can be read
/// without the document.
pub(in super::super) struct XmlRecords {
    scanner: Scanner,
    records: RecordElement,
    limit: usize,
    /// The open elements, the outermost first, up to [`MAX_AROUND`].
    around: Vec<Around>,
    /// How many are open below those.
    deeper: u64,
    /// The line of the last record, and how many start on it.
    on_line: (u64, u32),
}

/// An element around the records.
#[derive(Debug)]
struct Around {
    name: Vec<u8>,
    language: Option<String>,
}

impl XmlRecords {
    /// Holds no more of a record than `limit` bytes; `byte` is where in the input `reader` stands.
    pub(in super::super) fn new(reader: Reader, byte: u64, limit: usize, records: RecordElement) -> Self {
        Self { scanner: Scanner::new(reader, byte), records, limit, around: Vec::new(), deeper: 0, on_line: (0, 0) }
    }

    /// Reads the next record into `cut`; false at the end of the input.
    fn read_record(&mut self, cut: &mut Cut) -> io::Result<bool> {
        let Some(is_empty) = self.find_record(cut)? else { return Ok(false) };
        if !is_empty {
            self.read_rest(cut)?;
        }
        let first = cut.line.unwrap_or_default();
        cut.nth = if self.on_line.0 == first { self.on_line.1 } else { 0 };
        self.on_line = (first, cut.nth + 1);
        let mut record = Cut { bytes: Vec::with_capacity(cut.bytes.len() + 256), ..Cut::default() };
        self.around.iter().for_each(|around| record.push(&around.tag(), self.limit));
        (record.byte, record.line, record.nth) = (cut.byte, cut.line, cut.nth);
        record.push(&cut.bytes, self.limit);
        // Of a record over the limit, no more than an excerpt is there.
        record.size += cut.size - cut.bytes.len() as u64;
        if let RecordElement::Preset(preset) = self.records {
            record.skipped = preset.skipped(&cut.bytes);
        }
        *cut = record;
        Ok(true)
    }

    /// Passes what is before the next record, and its start tag. Whether the record is empty; `None` at the end.
    fn find_record(&mut self, cut: &mut Cut) -> io::Result<Option<bool>> {
        let limit = self.limit;
        while self.scanner.text(&mut |_| ())? {
            *cut = Cut { byte: self.scanner.byte, line: Some(self.scanner.line), ..Cut::default() };
            match self.scanner.tag(&mut |part| cut.push(part, limit))? {
                Token::Start { is_empty } if self.records.is_record(name_of(&self.scanner.tag)) => {
                    return Ok(Some(is_empty));
                }
                Token::Start { is_empty: false } => self.enter()?,
                Token::End => self.leave(),
                Token::Start { is_empty: true } | Token::Other => {}
            }
        }
        Ok(None)
    }

    /// Reads a record to its end tag. Elements of the same name may be in it.
    fn read_rest(&mut self, cut: &mut Cut) -> io::Result<()> {
        let limit = self.limit;
        let name = name_of(&self.scanner.tag).to_vec();
        let mut depth = 1u64;
        while self.scanner.text(&mut |part| cut.push(part, limit))? {
            let token = self.scanner.tag(&mut |part| cut.push(part, limit))?;
            match token {
                Token::Start { is_empty: false } if name_of(&self.scanner.tag) == name => depth += 1,
                Token::End if name_of(&self.scanner.tag) == name => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
        let name = String::from_utf8_lossy(&name);
        Err(io::Error::new(ErrorKind::UnexpectedEof, format!("the input ends within an element `{name}`")))
    }

    /// An element starts that is none of the records.
    fn enter(&mut self) -> io::Result<()> {
        if self.around.len() == MAX_AROUND {
            self.deeper += 1;
            return Ok(());
        }
        let name = name_of(&self.scanner.tag).to_vec();
        let language = attribute(&self.scanner.tag, "xml:lang");
        if name == b"language" && matches!(self.records, RecordElement::Preset(Preset::Feed)) {
            self.read_feed_language()?;
        }
        self.around.push(Around { name, language });
        Ok(())
    }

    /// The content of an element of a feed that names its language: it is the language of all that is in the channel.
    fn read_feed_language(&mut self) -> io::Result<()> {
        let mut text = Vec::new();
        self.scanner.text(&mut |part| {
            let room = MAX_LANGUAGE.saturating_sub(text.len());
            text.extend_from_slice(&part[..part.len().min(room)]);
        })?;
        if let Some(channel) = self.around.last_mut() {
            channel.language = Some(String::from_utf8_lossy(text.trim_ascii()).into_owned());
        }
        Ok(())
    }

    fn leave(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            let name = name_of(&self.scanner.tag);
            self.around.pop_if(|around| around.name == name);
        }
    }
}

impl Around {
    fn tag(&self) -> Vec<u8> {
        let mut tag = [b"<", &*self.name].concat();
        if let Some(language) = &self.language {
            let escaped = quick_xml::escape::escape(&**language);
            tag.extend_from_slice(format!(" xml:lang=\"{escaped}\"").as_bytes());
        }
        tag.push(b'>');
        tag
    }
}

/// The value of an attribute in a tag with its brackets.
fn attribute(tag: &[u8], name: &str) -> Option<String> {
    let tag = std::str::from_utf8(tag).ok()?.strip_prefix('<')?;
    let start = name_of(tag.as_bytes()).len();
    let mut attributes = Attributes::new(tag.trim_end_matches(['>', '/']), start);
    let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(resolved(&found.value).into_owned()).filter(|value| value.len() <= MAX_LANGUAGE)
}

impl Cutter for XmlRecords {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        Cut::filled(|cut| self.read_record(cut))
    }
}
