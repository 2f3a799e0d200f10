//! Web pages to articles, and fields of records that hold HTML.

use serde_json::json;

use super::encoding::TextEncoding;
use super::fault::Fault;
use super::options::ReadOptions;
use super::reject::RejectReason;
use crate::article::{Article, Meta, Warning};
pub(super) use crate::page::decode;
use crate::page::{Decoded, Page, PageError, PageMode, PageOptions, PageSources, SourceMap, extract, extract_fragment};

/// The article of a page, without an id.
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Article, Fault> {
    let charset = match options.encoding {
        TextEncoding::Named(encoding) => Some(encoding.name()),
        TextEncoding::Utf8 | TextEncoding::Auto => None,
    };
    let decoded = decode(bytes, charset);
    let mut article = article(&decoded.html, options)?;
    article.warnings.extend(warnings(&decoded));
    Ok(article)
}

/// What is to be said of how a page was decoded.
pub(super) fn warnings(decoded: &Decoded) -> impl Iterator<Item = Warning> {
    let warning = |kind| Warning::new(kind, Some(decoded.encoding.to_owned()));
    let guessed = decoded.is_guess.then(|| warning("encoding_guessed"));
    guessed.into_iter().chain(decoded.is_lossy.then(|| warning("bytes_replaced")))
}

/// Text, title, date and language of a page, without an id.
pub(super) fn article(html: &str, options: &ReadOptions) -> Result<Article, Fault> {
    let page = extract(html, &page_options(options)).map_err(fault)?;
    Ok(Article { meta: kept(&page, &options.keep), ..Article::from_page(page) })
}

/// All visible text of a part of a page, such as the content of an entry of a feed. What has no markup is text as it
/// stands.
pub(super) fn text(html: &str) -> Result<String, Fault> {
    if !html.contains(['<', '&']) {
        return Ok(html.trim().to_owned());
    }
    match extract(html, &PageOptions::with_mode(PageMode::All)) {
        Ok(page) => Ok(page.text),
        Err(PageError::NoText) => Ok(String::new()),
        Err(error) => Err(fault(error)),
    }
}

fn fault(error: PageError) -> Fault {
    let reason = match error {
        PageError::NoText => RejectReason::EmptyArticle,
        PageError::TooLarge { .. } => RejectReason::TooLarge,
        PageError::NotBuilt => RejectReason::UnsupportedFormat,
    };
    Fault::new(reason, error.to_string())
}

/// The article of a record whose text is HTML, and whose title may be.
pub(super) fn resolved(article: Article, options: &ReadOptions) -> Result<Article, Fault> {
    let page_options = page_options(options);
    let text = extract_fragment(&article.text, &page_options).map_err(fault)?;
    let title =
        article.title.as_deref().map(|title| extract_fragment(title, &page_options)).transpose().map_err(fault)?;
    // Of a text that was joined from several fields, no offset would tell the field.
    let is_one_field = options.fields.html.len() == 1;
    let (title, title_source) = match title.filter(|title| !title.text.is_empty()) {
        Some(title) => (Some(title.text), title.sources.text),
        None => (text.title, text.sources.title),
    };
    let text_source = if is_one_field { text.sources.text } else { SourceMap::default() };
    Ok(Article {
        title,
        text: text.text,
        date: article.date.or(text.date),
        lang: article.lang.or(text.lang),
        page: Some(Box::new(PageSources { title: title_source, text: text_source })),
        ..article
    })
}

fn page_options(options: &ReadOptions) -> PageOptions {
    let mut page_options = PageOptions::with_mode(options.html);
    page_options.max_bytes = options.max_line_bytes();
    page_options
}

/// The fields of a page that are copied to its mentions: `url` and `authors`.
fn kept(page: &Page, keep: &[String]) -> Meta {
    let mut meta = Meta::default();
    for name in keep {
        match name.as_str() {
            "url" => meta.insert(name, &json!(page.url)),
            "authors" => meta.insert(name, &json!(page.authors)),
            _ => {}
        }
    }
    meta
}

/// The first tag or character reference of a text that is read as it stands.
pub(super) fn markup(text: &str) -> Option<&str> {
    memchr::memchr2_iter(b'<', b'&', text.as_bytes()).find_map(|at| {
        let rest = &text[at..];
        let length = if rest.starts_with('<') { tag(rest) } else { reference(rest) };
        length.map(|length| &rest[..length])
    })
}

/// The length of a tag that pages have in their text.
fn tag(text: &str) -> Option<usize> {
    const TAGS: &[&str] =
        &["p", "br", "b", "i", "em", "strong", "a", "div", "span", "li", "ul", "html", "img", "h2", "h3"];
    let end = text.find('>').filter(|&end| end <= 200)?;
    let name = text[1..end].trim_start_matches('/').split([' ', '/', '\n', '\t']).next()?;
    TAGS.iter().any(|tag| name.eq_ignore_ascii_case(tag)).then_some(end + 1)
}

/// The length of a character reference with its semicolon.
fn reference(text: &str) -> Option<usize> {
    const NAMES: &[&str] =
        &["amp", "lt", "gt", "quot", "apos", "nbsp", "rsquo", "lsquo", "ldquo", "rdquo", "ndash", "mdash", "eacute"];
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let number = name.strip_prefix('#').map(|number| number.trim_start_matches(['x', 'X']));
    let is_number =
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit()));
    (is_number || NAMES.contains(&name)).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_noticed() {
        for (text, found) in [
            ("AT&amp;T said", Some("&amp;")),
            ("Davuto&#287;lu", Some("&#287;")),
            ("Davuto&#x11F;lu", Some("&#x11F;")),
            ("<p>Kyiv", Some("<p>")),
            ("Kyiv<BR/>fell", Some("<BR/>")),
            ("<a href=\"x\">Kyiv</a>", Some("<a href=\"x\">")),
            ("AT&T; R&D; 3 < 4 > 2", None),
            ("<name@example.org> wrote &; &#; &amp", None),
            ("Ünlü & <Ünlü>", None),
        ] {
            assert_eq!(markup(text), found, "{text}");
        }
    }
}
