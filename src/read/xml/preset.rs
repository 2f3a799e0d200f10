//! The formats that are known by their root element.

use super::scan::local_name;

/// A format of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Preset {
    /// RSS, Atom.
    Feed,
    /// A dump of a wiki.
    MediaWiki,
    /// NewsML-G2, whose articles may be NITF.
    NewsMl,
    /// NITF.
    Nitf,
}

/// Items of NewsML-G2 other than news.
const OTHER_ITEMS: &[&[u8]] = &[b"packageItem", b"conceptItem", b"knowledgeItem", b"planningItem", b"catalogItem"];

impl Preset {
    /// The format of a document with this root element.
    pub(in super::super) fn of_root(name: &[u8]) -> Option<Self> {
        match local_name(name) {
            b"rss" | b"RDF" | b"feed" | b"entry" => Some(Self::Feed),
            b"mediawiki" => Some(Self::MediaWiki),
            b"nitf" => Some(Self::Nitf),
            b"newsMessage" | b"newsItem" => Some(Self::NewsMl),
            local if OTHER_ITEMS.contains(&local) => Some(Self::NewsMl),
            _ => None,
        }
    }

    /// Whether an element is a record.
    pub(super) fn is_record(self, name: &[u8]) -> bool {
        match (self, local_name(name)) {
            (Self::Feed, local) => matches!(local, b"item" | b"entry"),
            (Self::MediaWiki, local) => local == b"page",
            (Self::Nitf, local) => local == b"nitf",
            (Self::NewsMl, local) => local == b"newsItem" || OTHER_ITEMS.contains(&local),
        }
    }

    /// What a record counts as that is no article; `record` is its start, at least up to its content.
    pub(super) fn skipped(self, record: &[u8]) -> Option<&'static str> {
        match self {
            Self::Feed | Self::Nitf => None,
            Self::MediaWiki => super::mediawiki::skipped(record),
            Self::NewsMl => super::newsml::skipped(record),
        }
    }
}

/// The name of the root element; `None` where the head of a document does not have it.
pub(in super::super) fn root_of(head: &[u8]) -> Option<&[u8]> {
    let mut rest = head;
    loop {
        rest = &rest[memchr::memchr(b'<', rest)?..];
        let end: &[u8] = match rest.get(1)? {
            b'?' => b"?>",
            b'!' if rest.starts_with(b"<!--") => b"-->",
            b'!' => {
                rest = after_document_type(rest)?;
                continue;
            }
            byte if byte.is_ascii_alphabetic() || *byte == b'_' => {
                let name = super::scan::name_of(rest);
                return (name.len() + 1 < rest.len()).then_some(name);
            }
            _ => return None,
        };
        rest = &rest[memchr::memmem::find(rest, end)? + end.len()..];
    }
}

/// What follows a document type; declarations within it may have brackets in quotes, which no root has.
fn after_document_type(head: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr2(b'[', b'>', head)?;
    if head[end] == b'>' {
        return Some(&head[end + 1..]);
    }
    let subset = memchr::memmem::find(&head[end..], b"]")? + end;
    let end = memchr::memchr(b'>', &head[subset..])? + subset;
    Some(&head[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_tells_the_format() {
        for (head, root, preset) in [
            ("<?xml version='1.0'?>\n<!-- <a> -->\n<rss version='2.0'>", Some("rss"), Some(Preset::Feed)),
            ("<rdf:RDF xmlns='x'>", Some("rdf:RDF"), Some(Preset::Feed)),
            ("<!DOCTYPE nitf SYSTEM 'nitf.dtd'><nitf>", Some("nitf"), Some(Preset::Nitf)),
            ("<!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]>\n<rss>", Some("rss"), Some(Preset::Feed)),
            ("<mediawiki xml:lang=\"en\">", Some("mediawiki"), Some(Preset::MediaWiki)),
            ("<newsItem guid='x'>", Some("newsItem"), Some(Preset::NewsMl)),
            ("<catalog><book>", Some("catalog"), None),
            ("<cat", None, None),
            ("<?xml", None, None),
            ("< x>", None, None),
            ("", None, None),
        ] {
            let found = root_of(head.as_bytes());
            assert_eq!(found.map(|name| std::str::from_utf8(name).unwrap()), root, "{head}");
            assert_eq!(found.and_then(Preset::of_root), preset, "{head}");
        }
    }
}
