//! The text of an element with markup, paragraph by paragraph.

use super::element::{Element, Part};

/// Elements within a line, where no text beside them shows it.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "cite", "code", "em", "event", "font", "i", "location", "mark", "money", "num", "org", "person",
    "q", "small", "span", "strong", "sub", "sup", "u", "virtloc",
];
/// Elements that start a line wherever they are.
const BREAKS: &[&str] = &["p", "br", "hl2", "block", "li", "tr", "table", "ul", "ol", "hr"];
/// Elements whose content is not text of the article.
const HIDDEN: &[&str] = &["script", "style", "media", "media-reference", "media-caption", "media-producer"];

/// The text of an element. A plain one has its text as it stands; in one with elements, each that is not within a line
/// is a paragraph, and white space is one space.
pub(super) fn text_of(element: Element<'_>) -> String {
    if element.is_plain() {
        return element.text().trim().to_owned();
    }
    let mut paragraphs = Paragraphs::default();
    let mut hidden = 0usize;
    // For the element and each one open below it: whether elements right below are within a line.
    let mut inline = vec![element.is_mixed()];
    let is_break = |child: Element<'_>, inline: &[bool]| {
        let name = child.local_name();
        let is_line = inline.last() == Some(&true) && !BREAKS.contains(&name);
        !is_line && !INLINE.contains(&name)
    };
    element.walk(|part| match part {
        Part::Start(child) => {
            let is_break = is_break(child, &inline);
            if is_break {
                paragraphs.end();
            }
            hidden += usize::from(HIDDEN.contains(&child.local_name()));
            inline.push(!is_break || child.is_mixed());
        }
        Part::End(child) => {
            inline.pop();
            hidden -= usize::from(HIDDEN.contains(&child.local_name()));
            if is_break(child, &inline) {
                paragraphs.end();
            }
        }
        Part::Text(text) if hidden == 0 => paragraphs.push(&text),
        Part::Text(_) => {}
    });
    paragraphs.end();
    paragraphs.text
}

/// The text of an element on one line, such as a title.
pub(super) fn line_of(element: Element<'_>) -> String {
    let mut line = Paragraphs::default();
    line.push(&element.text());
    line.end();
    line.text
}

/// Text that is joined from its paragraphs.
#[derive(Default)]
struct Paragraphs {
    text: String,
    /// The paragraph that is not ended.
    open: String,
}

impl Paragraphs {
    fn push(&mut self, text: &str) {
        let mut words = text.split_whitespace();
        if text.starts_with(char::is_whitespace) {
            self.space();
        }
        if let Some(first) = words.next() {
            self.open.push_str(first);
            for word in words {
                self.open.push(' ');
                self.open.push_str(word);
            }
            if text.ends_with(char::is_whitespace) {
                self.space();
            }
        }
    }

    fn space(&mut self) {
        if !self.open.is_empty() && !self.open.ends_with(' ') {
            self.open.push(' ');
        }
    }

    fn end(&mut self) {
        let paragraph = self.open.trim_end();
        if !paragraph.is_empty() {
            if !self.text.is_empty() {
                self.text.push_str("\n\n");
            }
            self.text.push_str(paragraph);
        }
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::element::Document;
    use super::*;

    #[test]
    fn paragraphs_are_told_from_marks_within_a_line() {
        for (source, expected) in [
            ("<t> A\n b &amp; c </t>", "A\n b & c"),
            ("<t><p>A\n  b</p>\n<p>C</p></t>", "A b\n\nC"),
            ("<t><p>The <person>Ada</person> said <x>it</x>.</p></t>", "The Ada said it."),
            ("<t>A <p>B</p> C<br/>D</t>", "A\n\nB\n\nC\n\nD"),
            ("<t><block><hl2>H</hl2><p>A</p></block><media><p>caption</p></media><p>B</p></t>", "H\n\nA\n\nB"),
            ("<t><p><person>Ada</person> <org>UN</org></p></t>", "Ada UN"),
            ("<t><p>a<b>b</b>c</p></t>", "abc"),
            ("<t><para><name>A</name><name>B</name></para></t>", "A\n\nB"),
            ("<t><p> </p></t>", ""),
        ] {
            let document = Document::parse(source).unwrap();
            assert_eq!(text_of(document.record()), expected, "{source}");
        }
    }
}
