//! What a format of news has for an article.

/// The parts of an article, as they stand in the record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) body: Body,
    pub(super) date: Option<String>,
    pub(super) language: Option<String>,
}

/// The body of an article.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    Text(String),
    /// Markup of a page.
    Html(String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// A string that holds more than white space.
pub(super) fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}
