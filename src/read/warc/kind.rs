//! Which records are articles, and what the others are counted as.

use super::super::http::Response;
use super::record::RecordHeader;

/// The media type of a block that has an HTTP header.
const HTTP: &str = "application/http";
/// Media types of pages and texts.
const HTML: &[&str] = &["text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"];
const TEXT: &str = "text/plain";

/// The content of a record that is an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Page,
    Text,
}

impl RecordHeader {
    /// What a record is counted as that is no article, as far as its header tells.
    pub(super) fn skipped(&self) -> Option<&'static str> {
        // Wget stores what it has logged as resources.
        if self.target.as_ref().is_some_and(|target| target.starts_with("metadata:")) {
            return Some("metadata");
        }
        Some(match &*self.kind {
            "response" | "resource" | "conversion" if self.has_http() => return None,
            "response" | "resource" | "conversion" => return Content::of_type(self.media_type.as_deref()).err(),
            "request" => "request",
            "metadata" => "metadata",
            "revisit" => "revisit",
            "warcinfo" | "filedesc" => "warcinfo",
            "continuation" => "continuation",
            _ => "other_record",
        })
    }

    /// Whether the block is an HTTP response with its header.
    pub(super) fn has_http(&self) -> bool {
        match self.media_type.as_deref() {
            Some(media_type) => media_type == HTTP,
            None => self.kind == "response",
        }
    }
}

impl Content {
    /// The content of a media type; for other types, what they are counted as. A server that names no type has sent a
    /// page.
    pub(super) fn of_type(media_type: Option<&str>) -> Result<Self, &'static str> {
        match media_type {
            None => Ok(Self::Page),
            Some(name) if HTML.contains(&name) => Ok(Self::Page),
            Some(TEXT) => Ok(Self::Text),
            Some("application/pdf") => Err("type_pdf"),
            Some(name) => Err(match name.split('/').next().unwrap_or_default() {
                "image" => "type_image",
                "audio" | "video" => "type_audio_video",
                "text" | "application" if is_code(name) => "type_code",
                _ => "type_other",
            }),
        }
    }

    /// The content of a response; for one that is no article, what it is counted as.
    pub(super) fn of_response(response: &Response<'_>) -> Result<Self, &'static str> {
        match response.status {
            200..=299 => Self::of_type(response.header.media_type().as_deref()),
            300..=399 => Err("status_3xx"),
            400..=499 => Err("status_4xx"),
            500..=599 => Err("status_5xx"),
            _ => Err("status_other"),
        }
    }
}

/// Scripts, style sheets and data.
fn is_code(media_type: &str) -> bool {
    ["javascript", "ecmascript", "json", "css", "xml"].iter().any(|code| media_type.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_texts_are_articles_and_the_rest_has_a_kind() {
        for (kind, media_type, expected) in [
            ("response", Some("application/http"), None),
            ("response", Some("text/dns"), Some("type_other")),
            ("resource", Some("text/html"), None),
            ("resource", Some("image/png"), Some("type_image")),
            ("conversion", Some("text/plain"), None),
            ("metadata", Some("application/json"), Some("metadata")),
            ("revisit", Some("application/http"), Some("revisit")),
            ("filedesc", Some("text/plain"), Some("warcinfo")),
            ("", None, Some("other_record")),
        ] {
            let media_type = media_type.map(str::to_owned);
            let header = RecordHeader { kind: kind.into(), media_type, ..RecordHeader::default() };
            assert_eq!(header.skipped(), expected, "{kind}");
        }
    }

    #[test]
    fn responses_are_articles_by_status_and_type() {
        for (status, media_type, expected) in [
            ("200 OK", "text/html; charset=utf-8", Ok(Content::Page)),
            ("206 Partial Content", "application/xhtml+xml", Ok(Content::Page)),
            ("200", "text/plain", Ok(Content::Text)),
            ("200", "", Ok(Content::Page)),
            ("301 Moved", "text/html", Err("status_3xx")),
            ("404 Not Found", "text/html", Err("status_4xx")),
            ("503", "text/html", Err("status_5xx")),
            ("999", "text/html", Err("status_other")),
            ("200", "application/pdf", Err("type_pdf")),
            ("200", "video/mp4", Err("type_audio_video")),
            ("200", "text/css", Err("type_code")),
            ("200", "application/rss+xml", Err("type_code")),
            ("200", "application/octet-stream", Err("type_other")),
        ] {
            let block = format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n\r\n");
            let response = Response::parse(block.as_bytes()).unwrap();
            assert_eq!(Content::of_response(&response), expected, "{status} {media_type}");
        }
    }
}
