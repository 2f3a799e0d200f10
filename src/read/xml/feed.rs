//! RSS of all versions, and Atom.

use super::article::{Body, Parts, filled};
use super::element::{Document, Element};
use super::entities::resolved;
use super::text::line_of;

/// Where the text of an entry is, the fullest first.
const BODIES: &[&str] =
    &["content:encoded", "content", "description", "summary", "media:description", "itunes:summary", "dc:description"];
const DATES: &[&str] =
    &["pubDate", "published", "dc:date", "issued", "dcterms:issued", "updated", "modified", "dcterms:modified"];

/// The article of an entry.
pub(super) fn parts(document: &Document<'_>) -> Parts {
    let entry = document.record();
    let text = |name: &str| exact(entry, name).and_then(|element| filled(line_of(element)));
    let language = || text("dc:language").or_else(|| text("language"));
    Parts {
        id: text("guid").or_else(|| text("id")).or_else(|| link(entry)).or_else(|| entry.attribute("rdf:about")),
        // References of HTML are escaped in most feeds.
        title: text("title").or_else(|| text("media:title")).map(|title| resolved(&title).into_owned()),
        body: BODIES.iter().find_map(|name| body(exact(entry, name)?)).unwrap_or_default(),
        date: DATES.iter().find_map(|name| text(name)),
        language: entry.attribute("xml:lang").or_else(language).or_else(|| document.language()),
    }
}

/// The element of this name; where the name has no prefix, also with the prefix of Atom.
fn exact<'d>(entry: Element<'d>, name: &str) -> Option<Element<'d>> {
    let of_atom = |child: &Element<'d>| child.name().strip_prefix("atom:") == Some(name);
    entry.children().find(|child| child.name() == name).or_else(|| entry.children().find(of_atom))
}

/// The address of the page: the content of RSS's `link`; of Atom's several, the one without another purpose.
fn link(entry: Element<'_>) -> Option<String> {
    let links = || entry.children().filter(|child| matches!(child.name(), "link" | "atom:link"));
    let is_page = |link: &Element<'_>| link.attribute("rel").is_none_or(|rel| rel == "alternate");
    let of_atom = || links().filter(is_page).find_map(|link| link.attribute("href"));
    links().find_map(|link| filled(line_of(link))).or_else(of_atom).and_then(filled)
}

/// The text of an entry: markup as it is in XHTML, else escaped in a text.
fn body(element: Element<'_>) -> Option<Body> {
    match element.attribute("type").as_deref() {
        Some("xhtml" | "application/xhtml+xml") => filled(element.markup().to_owned()).map(Body::Html),
        Some("text" | "text/plain") => filled(element.text()).map(Body::Text),
        // RSS does not tell; what has no elements and no escapes of HTML is the same either way.
        _ if element.is_plain() => filled(element.text()).map(Body::Html),
        _ => filled(element.markup().to_owned()).map(Body::Html),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(source: &str) -> Parts {
        parts(&Document::parse(source).unwrap())
    }

    fn html(text: &str) -> Body {
        Body::Html(text.to_owned())
    }

    #[test]
    fn an_item_of_rss_is_an_article() {
        let found = parsed(
            "<rss><channel xml:lang='de'><item><title>A &amp;amp; B</title><link>http://a.example/1</link>\
             <description>short</description><content:encoded><![CDATA[<p>Long &amp; full</p>]]></content:encoded>\
             <guid isPermaLink='false'>n1</guid><pubDate>Sun, 29 Jun 2014 10:00:00 GMT</pubDate></item>",
        );
        assert_eq!((found.id.as_deref(), found.title.as_deref()), (Some("n1"), Some("A & B")));
        assert_eq!((found.body, found.language.as_deref()), (html("<p>Long &amp; full</p>"), Some("de")));
        assert_eq!(found.date.as_deref(), Some("Sun, 29 Jun 2014 10:00:00 GMT"));
    }

    #[test]
    fn an_entry_of_atom_is_an_article() {
        let found = parsed(
            "<feed><entry xml:lang='fr'><title type='html'>T</title><media:title>M</media:title>\
             <link rel='self' href='http://a.example/self'/><link href='http://a.example/2'/>\
             <content type='xhtml'><div><p>A</p></div></content><updated>2014-06-30</updated>\
             <published>2014-06-29</published></entry>",
        );
        assert_eq!((found.id.as_deref(), found.title.as_deref()), (Some("http://a.example/2"), Some("T")));
        assert_eq!((found.body, found.language.as_deref()), (html("<div><p>A</p></div>"), Some("fr")));
        assert_eq!(found.date.as_deref(), Some("2014-06-29"));
    }

    #[test]
    fn an_item_of_rdf_may_lack_most() {
        let found =
            parsed("<rdf:RDF><item rdf:about='http://a.example/3'><title>T</title><description> </description></item>");
        let id = Some("http://a.example/3".to_owned());
        assert_eq!(found, Parts { id, title: Some("T".to_owned()), ..Parts::default() });
    }
}
