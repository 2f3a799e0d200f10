//! The elements of HTML, as far as reading a page goes.

/// An element's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    A,
    Article,
    Aside,
    Blockquote,
    Body,
    Br,
    Button,
    Caption,
    Dd,
    Div,
    Dl,
    Dt,
    Figcaption,
    Figure,
    Footer,
    Form,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Head,
    Header,
    Hr,
    Html,
    Li,
    Link,
    Main,
    Meta,
    Nav,
    Ol,
    P,
    Pre,
    Script,
    Section,
    Table,
    Td,
    Th,
    Time,
    Title,
    Tr,
    Ul,
    /// Content that is not text of the page: `style`, `svg`, `select` and such.
    Hidden,
    /// Another element without content.
    Void,
    /// Another element that stands in a line of text.
    Inline,
    /// Another element with lines of its own.
    Block,
}

impl Tag {
    /// Reads a name in lower case.
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"a" => Self::A,
            b"article" => Self::Article,
            b"aside" => Self::Aside,
            b"blockquote" => Self::Blockquote,
            b"body" => Self::Body,
            b"br" => Self::Br,
            b"button" => Self::Button,
            b"caption" => Self::Caption,
            b"dd" => Self::Dd,
            b"div" => Self::Div,
            b"dl" => Self::Dl,
            b"dt" => Self::Dt,
            b"figcaption" => Self::Figcaption,
            b"figure" | b"amp-img" | b"picture" => Self::Figure,
            b"footer" => Self::Footer,
            b"form" => Self::Form,
            b"h1" => Self::H1,
            b"h2" => Self::H2,
            b"h3" => Self::H3,
            b"h4" => Self::H4,
            b"h5" => Self::H5,
            b"h6" => Self::H6,
            b"head" => Self::Head,
            b"header" => Self::Header,
            b"hr" => Self::Hr,
            b"html" => Self::Html,
            b"li" => Self::Li,
            b"link" => Self::Link,
            b"main" => Self::Main,
            b"meta" => Self::Meta,
            b"nav" | b"menu" => Self::Nav,
            b"ol" => Self::Ol,
            b"p" => Self::P,
            b"pre" => Self::Pre,
            b"script" => Self::Script,
            b"section" => Self::Section,
            b"table" => Self::Table,
            b"td" => Self::Td,
            b"th" => Self::Th,
            b"time" => Self::Time,
            b"title" => Self::Title,
            b"tr" => Self::Tr,
            b"ul" => Self::Ul,
            b"style" | b"svg" | b"math" | b"noscript" | b"template" | b"textarea" | b"select" | b"datalist"
            | b"iframe" | b"object" | b"audio" | b"video" | b"canvas" | b"map" | b"noembed" | b"noframes" | b"xmp"
            | b"dialog" | b"progress" | b"meter" => Self::Hidden,
            b"area" | b"base" | b"col" | b"embed" | b"img" | b"input" | b"param" | b"source" | b"track" | b"wbr" => {
                Self::Void
            }
            b"address" | b"center" | b"details" | b"summary" | b"fieldset" | b"hgroup" | b"tbody" | b"thead"
            | b"tfoot" | b"search" | b"dir" => Self::Block,
            name if name.contains(&b'-') => Self::Block,
            _ => Self::Inline,
        }
    }

    /// Whether it has no content and no end tag.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Br | Self::Hr | Self::Link | Self::Meta | Self::Void)
    }

    /// Whether text on its two sides is on one line.
    pub(super) fn is_inline(self) -> bool {
        matches!(self, Self::A | Self::Br | Self::Inline | Self::Void | Self::Time | Self::Hidden | Self::Script)
    }

    /// The level of a heading, from 1.
    pub(super) fn heading_level(self) -> Option<u8> {
        let headings = [Self::H1, Self::H2, Self::H3, Self::H4, Self::H5, Self::H6];
        (1..).zip(headings).find(|&(_, heading)| heading == self).map(|(level, _)| level)
    }

    pub(super) fn is_heading(self) -> bool {
        self.heading_level().is_some()
    }

    /// Whether a start tag of `next` ends this element where its end tag was left out.
    pub(super) fn is_ended_by(self, next: Self) -> bool {
        match self {
            Self::P => !next.is_inline() && next != Self::Button,
            Self::Li => next == Self::Li,
            Self::Dt | Self::Dd => matches!(next, Self::Dt | Self::Dd),
            Self::Td | Self::Th => matches!(next, Self::Td | Self::Th | Self::Tr),
            Self::Tr => next == Self::Tr,
            Self::Head => {
                !matches!(next, Self::Meta | Self::Link | Self::Script | Self::Title | Self::Hidden | Self::Void)
            }
            _ if self.is_heading() => next.is_heading(),
            _ => false,
        }
    }

    /// Whether an element that was left open inside it ends no later than it does, and no end tag reaches beyond it.
    pub(super) fn is_scope(self) -> bool {
        matches!(self, Self::Td | Self::Th | Self::Table | Self::Caption | Self::Html)
    }
}

/// The attributes that tell something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttributeName {
    AriaHidden,
    Class,
    Content,
    DataComponent,
    DateTime,
    Hidden,
    Href,
    Id,
    ItemProp,
    Lang,
    Name,
    Property,
    Rel,
    Role,
    Style,
    TestId,
    Type,
}

impl AttributeName {
    /// Reads a name in lower case, where elements of the name `tag` have a use for it.
    pub(super) fn of(tag: &[u8], name: &[u8]) -> Option<Self> {
        let is_in_head = matches!(tag, b"meta" | b"link" | b"script");
        Some(match name {
            b"content" if is_in_head => Self::Content,
            b"href" if tag == b"link" => Self::Href,
            b"name" if is_in_head => Self::Name,
            b"property" => Self::Property,
            b"itemprop" => Self::ItemProp,
            b"rel" => Self::Rel,
            b"type" if is_in_head => Self::Type,
            b"datetime" => Self::DateTime,
            b"lang" | b"xml:lang" if tag == b"html" => Self::Lang,
            _ if is_in_head => return None,
            b"class" => Self::Class,
            b"id" => Self::Id,
            b"role" => Self::Role,
            b"hidden" => Self::Hidden,
            b"style" => Self::Style,
            b"aria-hidden" => Self::AriaHidden,
            b"data-testid" | b"data-test-id" | b"data-qa" => Self::TestId,
            b"data-component" | b"data-component-name" | b"data-type" | b"data-block" => Self::DataComponent,
            _ => return None,
        })
    }
}
