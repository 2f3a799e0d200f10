//! Web pages to articles.

use super::options::ReadOptions;
use super::reject::RejectReason;
use crate::article::Article;
#[cfg(feature = "html")]
pub(super) use crate::page::decode;
#[cfg(feature = "html")]
use crate::page::{PageError, PageMode, PageOptions, extract};

/// Text, title, date and language of a page, without an id. Otherwise, the kind of failure and what is wrong.
#[cfg(feature = "html")]
pub(super) fn article(html: &str, _: &ReadOptions) -> Result<Article, (RejectReason, String)> {
    let page = extract(html, &PageOptions::default()).map_err(fault)?;
    Ok(Article { title: page.title, text: page.text, date: page.date, lang: page.lang, ..Article::default() })
}

/// All visible text of a part of a page, such as the content of an entry of a feed. What has no markup is text as it
/// stands.
#[cfg(feature = "html")]
pub(super) fn text(html: &str) -> Result<String, (RejectReason, String)> {
    if !html.contains(['<', '&']) {
        return Ok(html.trim().to_owned());
    }
    match extract(html, &PageOptions::with_mode(PageMode::All)) {
        Ok(page) => Ok(page.text),
        Err(PageError::NoText) => Ok(String::new()),
        Err(error) => Err(fault(error)),
    }
}

#[cfg(feature = "html")]
fn fault(error: PageError) -> (RejectReason, String) {
    let reason = match error {
        PageError::NoText => RejectReason::EmptyArticle,
        _ => RejectReason::TooLarge,
    };
    (reason, error.to_string())
}
