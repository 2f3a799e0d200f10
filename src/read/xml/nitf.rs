//! NITF, the markup of news agencies for texts.

use super::article::{Body, Parts, filled};
use super::element::{Document, Element};
use super::text::{line_of, text_of};

/// The article of a document.
pub(super) fn parts(document: &Document<'_>) -> Parts {
    let found = of_element(document.record());
    Parts { language: found.language.or_else(|| document.language()), ..found }
}

/// The article of an element `nitf`.
pub(super) fn of_element(nitf: Element<'_>) -> Parts {
    let first = |name: &str| nitf.descendants(name).next();
    let attribute = |element: &str, name: &str| first(element).and_then(|element| filled(element.attribute(name)?));
    let line = |name: &str| first(name).and_then(|element| filled(line_of(element)));
    Parts {
        id: attribute("doc-id", "id-string").or_else(|| attribute("du-key", "key")),
        title: line("hl1").or_else(|| line("title")),
        body: Body::Text(first("body.content").map(text_of).unwrap_or_default()),
        date: attribute("date.issue", "norm")
            .or_else(|| attribute("date.release", "norm"))
            .or_else(|| attribute("story.date", "norm"))
            .or_else(|| line("story.date")),
        language: nitf.attribute("xml:lang").or_else(|| first("body")?.attribute("xml:lang")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_an_article() {
        let source = "<nitf><head><title>Slug</title><docdata><doc-id id-string='n1'/>\
                      <date.issue norm='20140629T100000Z'/></docdata></head><body xml:lang='en'>\
                      <body.head><hedline><hl1>Vote in\n  Dorvale</hl1></hedline><byline>By Ada</byline></body.head>\
                      <body.content><block><p>Rain <em>fell</em>.</p><p>It stopped.</p></block>\
                      <media><media-caption>A bridge</media-caption></media></body.content></body></nitf>";
        let expected = Parts {
            id: Some("n1".into()),
            title: Some("Vote in Dorvale".into()),
            body: Body::Text("Rain fell.\n\nIt stopped.".into()),
            date: Some("20140629T100000Z".into()),
            language: Some("en".into()),
        };
        assert_eq!(parts(&Document::parse(source).unwrap()), expected);
    }
}
