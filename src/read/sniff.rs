//! What an input holds, by its first bytes.

use std::fmt;
use std::io;

use super::format::Format;
use super::xml::{Preset, root_of};

/// Bytes within which the content shows.
pub(super) const SNIFFED_BYTES: usize = 64 << 10;

/// A kind of content that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) what: &'static str,
    pub(super) help: &'static str,
}

impl fmt::Display for Foreign {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "this is {}; {}", self.what, self.help)
    }
}

impl std::error::Error for Foreign {}

/// Whether an input could not be opened since it holds something else.
pub(super) fn is_foreign(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Foreign>())
}

const UNPACK: &str = "unpack it and give the files";
const CONVERT: &str = "convert it to text or JSON Lines";

const PDF: Foreign = Foreign { what: "a PDF file", help: "make text of it: `pdftotext FILE`" };
const ZIM_FILE: Foreign = Foreign { what: "a ZIM file", help: "make pages of it: `zimdump dump --dir=FOLDER FILE`" };
const MAIL: Foreign = Foreign { what: "e-mail", help: "make text of it: `tika --text FILE`" };

/// Extensions of what is not read.
const EXTENSIONS: &[(&str, Foreign)] = &[(".pdf", PDF), (".zim", ZIM_FILE), (".eml", MAIL), (".mbox", MAIL)];

/// What a file of this name holds, where that is not read and there is a tool for it.
pub(super) fn by_name(name: &str) -> Option<Foreign> {
    let name = name.to_lowercase();
    EXTENSIONS.iter().find(|(extension, _)| name.ends_with(extension)).map(|&(_, foreign)| foreign)
}

/// Binary content, with the bytes that it starts with.
const MAGIC: &[(&[u8], Foreign)] = &[
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"7z\xBC\xAF\x27\x1C", Foreign { what: "a 7z archive", help: UNPACK }),
    (b"Rar!\x1A\x07", Foreign { what: "a rar archive", help: UNPACK }),
    (b"%PDF-", PDF),
    (b"ZIM\x04", ZIM_FILE),
    (b"PAR1", PARQUET),
    (b"SQLite format 3\0", Foreign { what: "an SQLite database", help: CONVERT }),
    (b"\x89PNG", Foreign { what: "an image", help: CONVERT }),
    (b"\xFF\xD8\xFF", Foreign { what: "an image", help: CONVERT }),
];

const OTHER_XML: Foreign = Foreign {
    what: "XML of a kind that is not known",
    help: "set `record` to the name of the element that is an article",
};
const LEAVE_OUT: &str = "leave `format` out to read it";
const TAR: Foreign = Foreign { what: "a tar archive", help: LEAVE_OUT };
const ZIP: Foreign = Foreign { what: "a zip archive", help: LEAVE_OUT };
const ZIP_STREAM: Foreign =
    Foreign { what: "a zip archive in a stream", help: "its directory is at its end: save it as a file and give that" };
const PARQUET: Foreign = Foreign { what: "a Parquet file", help: LEAVE_OUT };
const PARQUET_STREAM: Foreign = Foreign {
    what: "a Parquet file in a stream",
    help: "its footer is at its end: save it as a file, uncompressed and in no archive, and give that",
};
pub(super) const NESTED_ARCHIVE: Foreign = Foreign { what: "an archive within an archive", help: UNPACK };
const BINARY: Foreign = Foreign { what: "binary data", help: CONVERT };

/// The format of what is not text, and which is read whatever its name.
pub(super) fn container(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Format::Zip)
    } else if head.starts_with(b"PAR1") {
        Some(Format::Parquet)
    } else if head.get(257..262) == Some(b"ustar") {
        Some(Format::Tar)
    } else {
        None
    }
}

/// The same format, if it can be read from a stream.
pub(super) fn in_stream(format: Format) -> Result<Format, Foreign> {
    match format {
        Format::Zip => Err(ZIP_STREAM),
        Format::Parquet => Err(PARQUET_STREAM),
        format => Ok(format),
    }
}

/// Content that is no text at all, whatever the input is called.
pub(super) fn binary(head: &[u8]) -> Option<Foreign> {
    if let Some((_, foreign)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(*foreign);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(TAR);
    }
    let start = &head[..head.len().min(1024)];
    let controls = start.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    (start.len() >= 32 && controls * 8 > start.len()).then_some(BINARY)
}

/// What an input holds that may be text or JSON: by its first bytes, without a byte order mark.
pub(super) fn content(head: &[u8]) -> Result<Format, Foreign> {
    if let Some(format) = container(head) {
        return Ok(format);
    }
    if let Some(foreign) = binary(head) {
        return Err(foreign);
    }
    if is_json(head) {
        return Ok(Format::Json);
    }
    if is_page(head) {
        return Ok(Format::Html);
    }
    let head = head.trim_ascii_start();
    let is = |start: &[u8]| head.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if is(b"warc/") || is(b"filedesc://") {
        return Ok(Format::Warc);
    }
    if is_xml(head) {
        return Ok(Format::Xml);
    }
    if is_mail(head) {
        return Err(MAIL);
    }
    Ok(if is_table(head) { Format::Csv } else { Format::Text })
}

/// Whether this starts as a message does that was sent, or a mailbox of them.
fn is_mail(head: &[u8]) -> bool {
    const NAMES: &[&[u8]] =
        &[b"return-path", b"received", b"delivered-to", b"message-id", b"mime-version", b"dkim-signature"];
    let mut lines = head.split(|&byte| byte == b'\n');
    let first = lines.find(|line| !line.starts_with(b"From ")).unwrap_or_default();
    let name = &first[..first.iter().position(|&byte| byte == b':').unwrap_or_default()];
    NAMES.contains(&&*name.to_ascii_lowercase())
}

/// Whether this is XML other than a page: it says so, or it is a format of news.
fn is_xml(head: &[u8]) -> bool {
    let root = if head.starts_with(b"<") { root_of(head) } else { None };
    match root {
        Some(root) if root.eq_ignore_ascii_case(b"html") => false,
        Some(root) if Preset::of_root(root).is_some() => true,
        _ => head.starts_with(b"<?xml"),
    }
}

/// XML whose records have to be named, as far as its head shows.
pub(super) fn unknown_xml(head: &[u8]) -> Option<Foreign> {
    Preset::of_root(root_of(head)?).is_none().then_some(OTHER_XML)
}

/// Whether this starts as an object with a name and a value does, or as an array of such objects. A text may start with
/// a bracket, too.
fn is_json(head: &[u8]) -> bool {
    let object = after(head, b'[').unwrap_or(head);
    let Some(inside) = after(object, b'{') else { return false };
    let Some(name) = after(inside, b'"') else { return after(inside, b'}').is_some() };
    let end = name.iter().position(|&byte| byte == b'"');
    end.is_some_and(|end| after(&name[end + 1..], b':').is_some())
}

/// Whether this starts as a web page does, after comments and a declaration of XML.
fn is_page(head: &[u8]) -> bool {
    let mut head = head.trim_ascii_start();
    while let Some(end) = [(&b"<?xml"[..], &b"?>"[..]), (b"<!--", b"-->")].iter().find_map(|(start, end)| {
        let rest = head.strip_prefix(*start)?;
        memchr::memmem::find(rest, end).map(|at| start.len() + at + end.len())
    }) {
        head = head[end..].trim_ascii_start();
    }
    [&b"<!doctype html"[..], b"<html", b"<head>", b"<body"]
        .iter()
        .any(|start| head.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// What follows `byte`, with white space before it.
fn after(head: &[u8], byte: u8) -> Option<&[u8]> {
    head.trim_ascii_start().strip_prefix(&[byte])
}

/// Whether the first line is a header with the name of a column that holds texts.
fn is_table(head: &[u8]) -> bool {
    const TEXTS: &[&str] = &["text", "body", "content", "article", "maintext", "headline", "title"];
    let mut lines = head.split(|&byte| byte == b'\n');
    let line = lines.find(|line| !line.starts_with(b"sep=")).unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line.trim_ascii_end()) else { return false };
    [',', ';', '\t'].iter().any(|&separator| {
        let names: Vec<&str> = line.split(separator).map(|name| name.trim_matches('"')).collect();
        let is_name = |name: &&str| !name.is_empty() && name.len() <= 40 && !name.contains([' ', '.']);
        names.len() > 1
            && names.iter().all(is_name)
            && names.iter().any(|name| TEXTS.contains(&name.to_lowercase().as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_what_an_input_holds() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (head, expected) in [
            (&b"{\"id\": 1, \"text\""[..], Ok(Format::Json)),
            (b" [\n {\"id\" :", Ok(Format::Json)),
            (b"{}", Ok(Format::Json)),
            (b"[Kyiv] The", Ok(Format::Text)),
            (b"{sic} The", Ok(Format::Text)),
            (b"{\"Quoted\" text}", Ok(Format::Text)),
            (b"", Ok(Format::Text)),
            (b"id,title,text,date\nn1,", Ok(Format::Csv)),
            (b"sep=;\r\nid;title;text\r\n", Ok(Format::Csv)),
            (b"Text, body and soul.\n", Ok(Format::Text)),
            (b"\n<!DOCTYPE html><html>", Ok(Format::Html)),
            (b"<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE HTML PUBLIC", Ok(Format::Html)),
            (b"WARC/1.0\r\n", Ok(Format::Warc)),
            (b"filedesc://a.arc 0.0.0.0", Ok(Format::Warc)),
            (b"<rss version='2.0'><channel>", Ok(Format::Xml)),
            (b"<?xml version='1.0'?><catalog>", Ok(Format::Xml)),
            (b"<b>Rain</b> fell.", Ok(Format::Text)),
            (b"From ada@a.example Sun Jun 29 10:00:00 2014\nReturn-Path: <x>\n", Err("e-mail")),
            (b"Received: from a.example\r\n", Err("e-mail")),
            (b"From Ankara, Ada writes.\nReceived wisdom: it rains.", Ok(Format::Text)),
            (b"ZIM\x04\x06\0", Err("a ZIM file")),
            (b"PK\x03\x04....", Ok(Format::Zip)),
            (b"7z\xBC\xAF\x27\x1C", Err("a 7z archive")),
            (&tar, Ok(Format::Tar)),
            (&[1, 2, 3, 4].repeat(20), Err("binary data")),
            (b"An\0kara and Dam\0ascus, as they are spelled", Ok(Format::Text)),
        ] {
            assert_eq!(content(head).map_err(|foreign| foreign.what), expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
