//! Dumps of MediaWiki: articles as wikitext, with much that is none.

use memchr::memmem;

use super::article::{Body, Parts, filled};
use super::element::Document;
use super::text::line_of;
use super::wikitext::plain;

/// The namespace of articles.
const ARTICLES: &[u8] = b"0";

/// What a page counts as that is no article. What tells it stands before the revisions.
pub(super) fn skipped(page: &[u8]) -> Option<&'static str> {
    let head = &page[..memmem::find(page, b"<revision").unwrap_or(page.len())];
    if memmem::find(head, b"<redirect").is_some() {
        return Some("wiki_redirect");
    }
    let namespace = &head[memmem::find(head, b"<ns>")? + "<ns>".len()..];
    let number = &namespace[..memchr::memchr(b'<', namespace)?];
    (number.trim_ascii() != ARTICLES).then_some("wiki_namespace")
}

/// The article of a page: its last revision.
pub(super) fn parts(document: &Document<'_>) -> Parts {
    let page = document.record();
    let revision = page.children().filter(|child| child.name() == "revision").last();
    let line = |name: &str| page.child(name).and_then(|child| filled(line_of(child)));
    Parts {
        id: line("id"),
        title: line("title"),
        body: Body::Text(
            revision.and_then(|revision| revision.child("text")).map(|text| plain(&text.text())).unwrap_or_default(),
        ),
        date: revision.and_then(|revision| filled(line_of(revision.child("timestamp")?))),
        language: document.language(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_article_has_a_kind() {
        for (page, expected) in [
            ("<page><title>A</title><ns>0</ns><id>1</id><revision>", None),
            ("<page><title>A</title><ns>1</ns><id>1</id><revision>", Some("wiki_namespace")),
            ("<page><ns>0</ns><redirect title=\"B\" /><revision>", Some("wiki_redirect")),
            ("<page><ns>0</ns><revision><text>&lt;redirect <redirect", None),
            ("<page><title>", None),
        ] {
            assert_eq!(skipped(page.as_bytes()), expected, "{page}");
        }
    }

    #[test]
    fn a_page_is_an_article() {
        let source = "<mediawiki xml:lang='en'><page><title>Dorvale</title><ns>0</ns><id>7</id>\
                      <revision><id>70</id><timestamp>2013-01-01T00:00:00Z</timestamp><text>Old</text></revision>\
                      <revision><id>71</id><timestamp>2014-06-29T10:00:00Z</timestamp>\
                      <text xml:space='preserve'>'''Dorvale''' is a [[town]] &amp;amp; port.</text></revision></page>";
        let expected = Parts {
            id: Some("7".into()),
            title: Some("Dorvale".into()),
            body: Body::Text("Dorvale is a town & port.".into()),
            date: Some("2014-06-29T10:00:00Z".into()),
            language: Some("en".into()),
        };
        assert_eq!(parts(&Document::parse(source).unwrap()), expected);
    }
}
