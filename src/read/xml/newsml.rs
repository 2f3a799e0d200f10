//! NewsML-G2, the envelope of news agencies around texts, pictures and what they know.

use memchr::memmem;

use super::article::{Body, Parts, filled};
use super::element::{Document, Element};
use super::nitf;
use super::scan::{local_name, name_of};
use super::text::{line_of, text_of};

/// What an item counts as that has no text.
pub(super) fn skipped(item: &[u8]) -> Option<&'static str> {
    Some(match local_name(name_of(item)) {
        b"newsItem" => return class(item).and_then(skipped_class),
        b"packageItem" => "newsml_package",
        b"planningItem" => "newsml_planning",
        _ => "newsml_concept",
    })
}

/// The class of a news item, such as `text` in `ninat:text`.
fn class(item: &[u8]) -> Option<&[u8]> {
    let element = &item[memmem::find(item, b"itemClass")?..];
    let element = &element[..memchr::memchr(b'>', element)?];
    let code = &element[memmem::find(element, b"qcode=")? + "qcode=".len()..];
    let value = code.get(1..)?;
    let value = &value[..memchr::memchr(*code.first()?, value)?];
    Some(local_name(value))
}

fn skipped_class(class: &[u8]) -> Option<&'static str> {
    match class {
        b"picture" | b"graphic" => Some("newsml_picture"),
        b"audio" | b"video" | b"animation" => Some("newsml_audio_video"),
        _ => None,
    }
}

/// The article of a news item.
pub(super) fn parts(document: &Document<'_>) -> Parts {
    let item = document.record();
    let meta = item.child("contentMeta");
    let line = |parent: Option<Element<'_>>, name: &str| parent?.child(name).and_then(|child| filled(line_of(child)));
    let found = content(item);
    let language = || filled(meta?.child("language")?.attribute("tag")?);
    let dates = ["contentCreated", "contentModified"].map(|name| line(meta, name));
    Parts {
        id: item.attribute("guid").and_then(filled).or(found.id),
        title: line(meta, "headline").or(found.title),
        body: found.body,
        date: dates
            .into_iter()
            .flatten()
            .next()
            .or(found.date)
            .or_else(|| line(item.child("itemMeta"), "versionCreated")),
        language: language().or(found.language).or_else(|| document.language()),
    }
}

/// What the content has: NITF, XHTML, another markup, or a text.
fn content(item: Element<'_>) -> Parts {
    let of_type = |name: &str| item.child("contentSet").and_then(|set| set.child(name));
    if let Some(nitf) = item.descendants("nitf").next() {
        return nitf::of_element(nitf);
    }
    let body = if let Some(inline) = of_type("inlineXML") {
        let is_page = inline.descendants("html").next().is_some();
        if is_page { Body::Html(inline.markup().to_owned()) } else { Body::Text(text_of(inline)) }
    } else if let Some(data) = of_type("inlineData") {
        let is_page = data.attribute("contenttype").is_some_and(|kind| kind.contains("html"));
        if is_page { Body::Html(data.text()) } else { Body::Text(data.text()) }
    } else {
        Body::default()
    };
    Parts { body, ..Parts::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_without_text_have_a_kind() {
        for (item, expected) in [
            ("<newsItem guid='x'><itemMeta><itemClass qcode=\"ninat:text\" />", None),
            ("<newsItem><itemMeta><itemClass qcode='ninat:picture'/>", Some("newsml_picture")),
            ("<n:newsItem><n:itemClass qcode='ninat:video'/>", Some("newsml_audio_video")),
            ("<newsItem><itemClass qcode='>", None),
            ("<newsItem>", None),
            ("<packageItem>", Some("newsml_package")),
            ("<catalogItem>", Some("newsml_concept")),
        ] {
            assert_eq!(skipped(item.as_bytes()), expected, "{item}");
        }
    }

    #[test]
    fn an_item_is_an_article() {
        let meta = "<contentMeta><contentCreated>2014-06-29T10:00:00Z</contentCreated><language tag='en-GB'/>\
                    <headline>Vote</headline></contentMeta>";
        for (content, body) in [
            (
                "<inlineXML><nitf><body><body.content><p>Rain.</p></body.content></body></nitf></inlineXML>",
                Body::Text("Rain.".into()),
            ),
            (
                "<inlineXML><html><body><p>Rain.</p></body></html></inlineXML>",
                Body::Html("<html><body><p>Rain.</p></body></html>".into()),
            ),
            (
                "<inlineData contenttype='text/plain'>Rain &amp; wind.\nEnd</inlineData>",
                Body::Text("Rain & wind.\nEnd".into()),
            ),
            ("<inlineData contenttype='text/html'>&lt;p>Rain</inlineData>", Body::Html("<p>Rain".into())),
            ("<remoteContent href='x'/>", Body::Text(String::new())),
        ] {
            let source = format!("<newsItem guid='n1'>{meta}<contentSet>{content}</contentSet></newsItem>");
            let expected = Parts {
                id: Some("n1".into()),
                title: Some("Vote".into()),
                body,
                date: Some("2014-06-29T10:00:00Z".into()),
                language: Some("en-GB".into()),
            };
            assert_eq!(parts(&Document::parse(&source).unwrap()), expected);
        }
    }
}
