//! One record of a web archive to an article.

use super::super::encoding::TextEncoding;
use super::super::fault::Fault;
use super::super::headers::Header;
use super::super::http::{Body, Response};
use super::super::options::ReadOptions;
use super::super::reject::RejectReason;
use super::super::web_page;
use super::kind::Content;
use super::record::RecordHeader;
use crate::article::{Article, Meta, Warning};
use crate::date::DateRange;

/// Makes the article of a record, with its address as id.
pub(in super::super) fn parse(bytes: &[u8], options: &ReadOptions) -> Result<Article, Fault> {
    let (record, block) = RecordHeader::split(bytes).ok_or_else(|| broken("this is no record of a web archive"))?;
    let payload = Payload::of(&record, block, options);
    let payload = payload.map_err(|fault| fault.of(record.target.clone()))?;
    let charset = match options.encoding {
        TextEncoding::Named(encoding) => Some(encoding.name()),
        TextEncoding::Utf8 | TextEncoding::Auto => payload.charset.as_deref(),
    };
    let decoded = web_page::decode(&payload.body.bytes, charset);
    let warnings: Vec<Warning> = web_page::warnings(&decoded).collect();
    let article = match payload.content {
        Content::Page => web_page::article(&decoded.html, options),
        Content::Text => Ok(Article { text: decoded.html, ..Article::default() }),
    };
    let mut article = article.map_err(|fault| fault.of(record.target.clone()))?;
    article.id = record.target.unwrap_or_default();
    article.lang = article.lang.or(record.language);
    keep(&mut article.meta, bytes, block, options);
    article.date = article.date.or_else(|| DateRange::parse(record.date.as_deref()?));
    article.warnings.extend(warnings);
    if payload.body.is_truncated {
        article.warnings.push(Warning::new("page_truncated", Some(article.id.clone())));
    }
    Ok(article)
}

fn broken(message: impl Into<String>) -> Fault {
    Fault::new(RejectReason::InvalidRecord, message)
}

/// Copies fields of the record's header, or of the response's, for mentions.
fn keep(meta: &mut Meta, bytes: &[u8], block: &[u8], options: &ReadOptions) {
    if options.keep.is_empty() {
        return;
    }
    let record = Header::split(bytes).map(|(header, _)| header);
    let response = Response::parse(block);
    for name in &options.keep {
        let of_record = record.as_ref().and_then(|header| header.get(name));
        let value = of_record.or_else(|| response.as_ref().and_then(|response| response.header.get(name)));
        value.into_iter().for_each(|value| meta.insert(name, &value.into()));
    }
}

/// What the server sent.
struct Payload<'b> {
    content: Content,
    body: Body<'b>,
    charset: Option<String>,
}

impl<'b> Payload<'b> {
    fn of(record: &RecordHeader, block: &'b [u8], options: &ReadOptions) -> Result<Self, Fault> {
        let length = record.length.ok_or_else(|| broken("the length of the record is not a number"))?;
        let whole = usize::try_from(length).ok().and_then(|length| block.get(..length));
        let block = whole.ok_or_else(|| {
            let there = block.len();
            broken(format!("the record ends after {there} of the {length} bytes that its header states"))
        })?;
        let not_an_article = |kind: &str| broken(format!("this is no page or text, but `{kind}`"));
        if !record.has_http() {
            let content = Content::of_type(record.media_type.as_deref()).map_err(not_an_article)?;
            let body = Body { bytes: block.into(), is_truncated: false };
            return Ok(Self { content, body, charset: record.charset.clone() });
        }
        let response = Response::parse(block).ok_or_else(|| broken("the record holds no HTTP response"))?;
        let content = Content::of_response(&response).map_err(not_an_article)?;
        let limit = options.max_line_bytes();
        let body = response.decoded(limit).map_err(|_| {
            let message = format!("the decoded page is over the limit of {limit} bytes");
            Fault::new(RejectReason::TooLarge, message)
        })?;
        Ok(Self { content, body, charset: response.header.charset().map(str::to_owned) })
    }
}
