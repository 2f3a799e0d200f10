//! The character encoding of records.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::wide::Wide;
use crate::error::{Error, Result};

/// How the bytes of a record are decoded. UTF-16 and UTF-32 are recognised by a byte order mark or by their shape,
/// whatever is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum TextEncoding {
    /// UTF-8; other records are rejected.
    #[default]
    Utf8,
    /// UTF-8 where a record is that, else a guess from its bytes, which is counted as `encoding_guessed`.
    Auto,
    /// One of the encodings of the web.
    Named(&'static Encoding),
}

/// A decoded record.
#[derive(Debug)]
pub(super) struct Decoded<'r> {
    pub(super) text: Cow<'r, str>,
    /// The encoding, where it was a guess.
    pub(super) guess: Option<&'static str>,
}

impl TextEncoding {
    /// The encoding of whole inputs, where it is one whose bytes cannot be cut into records.
    pub(super) fn wide(self) -> Option<Wide> {
        match self {
            Self::Named(encoding) if encoding == encoding_rs::UTF_16LE => Some(Wide::Utf16Le),
            Self::Named(encoding) if encoding == encoding_rs::UTF_16BE => Some(Wide::Utf16Be),
            _ => None,
        }
    }

    /// Decodes a record. Otherwise, the offset of the first byte that is not text in this encoding.
    pub(super) fn decode(self, bytes: &[u8]) -> std::result::Result<Decoded<'_>, usize> {
        let encoding = match (self, std::str::from_utf8(bytes)) {
            // What was UTF-16 has been decoded with its input.
            (_, Ok(text)) if self.wide().is_some() => return Ok(Decoded { text: text.into(), guess: None }),
            (Self::Utf8 | Self::Auto, Ok(text)) => return Ok(Decoded { text: text.into(), guess: None }),
            (Self::Utf8, Err(error)) => return Err(error.valid_up_to()),
            (Self::Auto, Err(_)) => {
                let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
                detector.feed(bytes, true);
                detector.guess(None, Utf8Detection::Deny)
            }
            (Self::Named(encoding), _) => encoding,
        };
        let fault = || std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
        // Text of one encoding has no unassigned bytes; what has them is something else.
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(fault)?;
        let guess = (self == Self::Auto).then(|| encoding.name());
        Ok(Decoded { text, guess })
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Auto => "auto",
            Self::Named(encoding) => encoding.name(),
        })
    }
}

impl FromStr for TextEncoding {
    type Err = Error;

    /// Reads `auto` or the label of an encoding, such as `utf-8`, `latin1` or `windows-1254`.
    fn from_str(name: &str) -> Result<Self> {
        if name.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        match Encoding::for_label(name.as_bytes()) {
            Some(encoding) if encoding == encoding_rs::UTF_8 => Ok(Self::Utf8),
            Some(encoding) if encoding != encoding_rs::REPLACEMENT => Ok(Self::Named(encoding)),
            _ => Err(Error::config(format!("unknown encoding `{name}`"))
                .help("known are auto, utf-8 and the names of the Encoding Standard, such as windows-1254 or gb18030")),
        }
    }
}

impl TryFrom<String> for TextEncoding {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

impl From<TextEncoding> for String {
    fn from(encoding: TextEncoding) -> Self {
        encoding.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_decoded_as_set() {
        let turkish = "Başbakan Ahmet Davutoğlu Ankara'da açıklama yaptı ve görüşmelerin süreceğini söyledi.";
        let (bytes, ..) = encoding_rs::WINDOWS_1254.encode(turkish);
        let named: TextEncoding = "cp1254".parse().unwrap_or_else(|_| "windows-1254".parse().unwrap());
        let decoded = named.decode(&bytes).unwrap();
        assert_eq!((&*decoded.text, decoded.guess), (turkish, None));
        let decoded = TextEncoding::Auto.decode(&bytes).unwrap();
        assert_eq!((&*decoded.text, decoded.guess), (turkish, Some("windows-1254")));
        assert_eq!(TextEncoding::Utf8.decode(&bytes).unwrap_err(), 2);
        assert_eq!(TextEncoding::Auto.decode(turkish.as_bytes()).unwrap().guess, None);
    }

    #[test]
    fn encodings_have_names() {
        for (name, shown) in
            [("AUTO", "auto"), ("utf8", "utf-8"), ("latin1", "windows-1252"), ("Shift_JIS", "Shift_JIS")]
        {
            let encoding: TextEncoding = name.parse().unwrap();
            assert_eq!(serde_json::to_string(&encoding).unwrap(), format!("\"{shown}\""));
            assert_eq!(serde_json::from_str::<TextEncoding>(&format!("\"{shown}\"")).unwrap(), encoding);
        }
        assert!("klingon".parse::<TextEncoding>().unwrap_err().to_string().contains("known are auto"));
    }
}
