//! Character references. No entity that a document declares is expanded, so that none can grow.

use std::borrow::Cow;

use memchr::memchr;
use quick_xml::escape::resolve_html5_entity;

/// Maximum length of a reference between `&` and `;`.
const MAX_NAME_BYTES: usize = 40;

/// Replaces references to characters by number and by the names of XML and HTML; feeds use both. Any other is kept as
/// it is written.
pub(super) fn resolved(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', raw.as_bytes()) else { return raw.into() };
    let mut text = String::with_capacity(raw.len());
    let (before, mut rest) = raw.split_at(first);
    text.push_str(before);
    loop {
        // `rest` starts with `&`.
        let name_end = memchr(b';', &rest.as_bytes()[..rest.len().min(MAX_NAME_BYTES + 2)]);
        match name_end.and_then(|end| Some((character(&rest[1..end])?, end + 1))) {
            Some((characters, used)) => {
                text.push_str(&characters);
                rest = &rest[used..];
            }
            None => {
                text.push('&');
                rest = &rest[1..];
            }
        }
        let next = memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        text.push_str(&rest[..next]);
        rest = &rest[next..];
        if rest.is_empty() {
            return text.into();
        }
    }
}

fn character(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else { return resolve_html5_entity(name).map(Cow::Borrowed) };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    let character = match code.ok()? {
        // No text has these: they are written by programs that take Windows-1252 for Unicode.
        code @ 0x80..=0x9F => {
            let byte = [code as u8];
            return Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.into_owned().into());
        }
        0 => return None,
        code => char::from_u32(code)?,
    };
    Some(character.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_characters_are_replaced_and_others_kept() {
        for (raw, expected) in [
            ("plain", "plain"),
            ("AT&amp;T &lt;b&gt; &quot;x&apos;", "AT&T <b> \"x'"),
            ("Davuto&#287;lu &#x11f;&#X11F;", "Davutoğlu ğğ"),
            ("it&#146;s caf&eacute;&nbsp;x", "it\u{2019}s café\u{A0}x"),
            ("&unknown; & ; &; &#; &#xD800; &#0; &#99999999999;", "&unknown; & ; &; &#; &#xD800; &#0; &#99999999999;"),
            ("&amp;#39; &amp;amp;", "&#39; &amp;"),
            ("é&é;&", "é&é;&"),
            ("&", "&"),
        ] {
            assert_eq!(resolved(raw), expected);
        }
    }

    #[test]
    fn long_names_cost_no_time() {
        let many = "&".repeat(1 << 20);
        assert_eq!(resolved(&many), many);
    }
}
