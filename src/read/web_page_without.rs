//! Stands for `web_page` in builds without the feature: pages are rejected, texts are read.

use super::options::ReadOptions;
use super::reject::RejectReason;
use crate::article::Article;

/// Decoded bytes, as far as texts need it.
pub(super) struct Decoded {
    pub(super) html: String,
    pub(super) encoding: &'static str,
    pub(super) is_guess: bool,
}

/// Decodes by a byte order mark or by the encoding that the server named, else as UTF-8.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> Decoded {
    let named = charset.and_then(|label| encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()));
    let (text, encoding, _) = named.unwrap_or(encoding_rs::UTF_8).decode(bytes);
    Decoded { html: text.into_owned(), encoding: encoding.name(), is_guess: false }
}

pub(super) fn article(_: &str, _: &ReadOptions) -> Result<Article, (RejectReason, String)> {
    Err(unsupported())
}

/// What has no markup is text as it stands.
pub(super) fn text(html: &str) -> Result<String, (RejectReason, String)> {
    if html.contains(['<', '&']) { Err(unsupported()) } else { Ok(html.trim().to_owned()) }
}

fn unsupported() -> (RejectReason, String) {
    (RejectReason::UnsupportedFormat, "this build reads no pages: it was made without the feature `html`".to_owned())
}
