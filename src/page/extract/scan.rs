//! One pass over a page: its visible text in a tree, and what its head says of it.

use std::collections::HashMap;
use std::ops::Range;

use super::hints::Hints;
use super::pieces::Pieces;
use super::tags::{AttributeName, Tag};
use super::tokens::{Attribute, Sink, tokenize};
use super::tree::{Builder, Tree};

/// Maximum number of bytes of JSON-LD that are kept of a page.
const MAX_JSON_LD_BYTES: usize = 1 << 20;

/// Maximum number of `<meta>` and `<time>` elements that are kept.
const MAX_ENTRIES: usize = 1000;

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The text of the first `<title>`.
    pub(super) title: Pieces,
    /// Names of `<meta>` elements, in lower case, with their values.
    pub(super) metas: Vec<(String, Pieces)>,
    /// The canonical address.
    pub(super) canonical: Option<String>,
    pub(super) lang: Option<String>,
    /// The contents of `<script type="application/ld+json">`.
    pub(super) json_ld: Vec<String>,
    /// The index of each `<time>` element, or other with the attribute, and its `datetime`.
    pub(super) times: Vec<(u32, String)>,
}

/// Reads a page.
pub(super) fn scan(html: &str) -> (Tree, Head) {
    let mut scanner = Scanner {
        builder: Builder::new(),
        head: Head::default(),
        captured: Captured::Nothing,
        json_ld_bytes: 0,
        known: HashMap::new(),
    };
    tokenize(html, &mut scanner);
    (scanner.builder.finish(), scanner.head)
}

/// Text that is kept apart from the page's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Captured {
    Nothing,
    Title,
    JsonLd,
}

struct Scanner {
    builder: Builder,
    head: Head,
    captured: Captured,
    json_ld_bytes: usize,
    /// Names of classes and such recur.
    known: HashMap<String, Hints>,
}

impl Sink for Scanner {
    fn wants_text(&self) -> bool {
        self.captured != Captured::Nothing || self.builder.wants_text()
    }

    fn start(&mut self, name: &[u8], attributes: &[Attribute], is_self_closing: bool) {
        let tag = Tag::of(name);
        let value = |name| value(attributes, name);
        match tag {
            Tag::Meta => self.meta(attributes),
            Tag::Link if value(AttributeName::Rel) == Some("canonical") && self.head.canonical.is_none() => {
                self.head.canonical = value(AttributeName::Href).map(str::to_owned);
            }
            Tag::Html if self.head.lang.is_none() => {
                self.head.lang = value(AttributeName::Lang).map(str::to_owned);
            }
            Tag::Title if self.head.title.text.is_empty() => self.captured = Captured::Title,
            Tag::Script => self.script(value(AttributeName::Type)),
            _ => {}
        }
        let hints = self.hints(tag, attributes);
        let element = self.builder.start(tag, hints, is_self_closing);
        let time = value(AttributeName::DateTime).filter(|_| self.head.times.len() < MAX_ENTRIES);
        if let (Some(element), Some(time)) = (element, time) {
            self.head.times.push((element, time.to_owned()));
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.captured = Captured::Nothing;
        self.builder.end(Tag::of(name));
    }

    fn text(&mut self, text: &str, raw: Range<usize>, is_plain: bool) {
        match self.captured {
            Captured::Nothing => self.builder.text(text, raw, is_plain),
            Captured::Title => self.head.title.push(text, raw, is_plain),
            Captured::JsonLd => {
                self.json_ld_bytes += text.len();
                if let Some(script) = self.head.json_ld.last_mut().filter(|_| self.json_ld_bytes <= MAX_JSON_LD_BYTES) {
                    script.push_str(text);
                }
            }
        }
    }
}

impl Scanner {
    fn meta(&mut self, attributes: &[Attribute]) {
        let names = [AttributeName::Property, AttributeName::Name, AttributeName::ItemProp];
        let name = names.into_iter().find_map(|name| value(attributes, name));
        let content = attributes.iter().find(|attribute| attribute.name == AttributeName::Content);
        if let (Some(name), Some(content)) = (name, content)
            && self.head.metas.len() < MAX_ENTRIES
        {
            self.head.metas.push((name.trim().to_ascii_lowercase(), content.value.clone()));
        }
    }

    fn script(&mut self, kind: Option<&str>) {
        if kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json")) {
            self.captured = Captured::JsonLd;
            self.head.json_ld.push(String::new());
        }
    }

    fn hints(&mut self, tag: Tag, attributes: &[Attribute]) -> Hints {
        let mut hints = Hints::default();
        for Attribute { name, value } in attributes {
            let value = value.text.as_str();
            let own = match name {
                AttributeName::Class | AttributeName::Id | AttributeName::TestId | AttributeName::DataComponent => {
                    match self.known.get(value) {
                        Some(&known) => known,
                        None => *self.known.entry(value.to_owned()).or_insert_with(|| Hints::of_names(value)),
                    }
                }
                AttributeName::ItemProp => match value {
                    "articleBody" | "reviewBody" => Hints::BODY,
                    "author" | "datePublished" | "dateModified" | "publisher" => Hints::BYLINE,
                    _ => Hints::default(),
                },
                AttributeName::Role => match value {
                    "navigation" | "menu" | "menubar" | "banner" | "contentinfo" | "search" => Hints::NAVIGATION,
                    "dialog" | "alertdialog" => Hints::NOTICE,
                    "complementary" => Hints::RELATED,
                    _ => Hints::default(),
                },
                AttributeName::Hidden => Hints::HIDDEN,
                AttributeName::AriaHidden if value == "true" => Hints::HIDDEN,
                AttributeName::Style if is_not_displayed(value) => Hints::HIDDEN,
                _ => Hints::default(),
            };
            hints = hints.with(own);
        }
        let own = match tag {
            Tag::Nav | Tag::Footer => Hints::NAVIGATION,
            Tag::Figcaption | Tag::Caption => Hints::CAPTION,
            _ => Hints::default(),
        };
        if matches!(tag, Tag::Body | Tag::Html) { own } else { hints.with(own) }
    }
}

fn is_not_displayed(style: &str) -> bool {
    let style: String = style.chars().filter(|char| !char.is_whitespace()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

fn value(attributes: &[Attribute], name: AttributeName) -> Option<&str> {
    attributes.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.value.text.as_str())
}

/// Text with character references resolved and tags left out, its white space as it is shown.
pub(super) fn resolved(text: &str) -> String {
    if !text.contains(['&', '<']) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let (tree, _) = scan(text);
    tree.text.text.split_whitespace().collect::<Vec<_>>().join(" ")
}
