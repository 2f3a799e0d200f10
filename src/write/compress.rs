//! Outputs as `.gz` or `.zst`: the same lines give the same bytes, whenever and wherever they are written.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use flate2::{Compression, GzBuilder, write::GzEncoder};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How an output is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Not at all.
    #[default]
    Plain,
    /// gzip, level 6, without a name or a time in its header.
    Gzip,
    /// Zstandard, level 3, one frame with a checksum.
    Zstd,
}

impl Encoding {
    /// What the ending of a file's name asks for.
    pub fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        [Self::Gzip, Self::Zstd].into_iter().find(|encoding| ending.eq_ignore_ascii_case(&encoding.ending()[1..]))
    }

    /// Bytes that `bytes` take up, compressed so.
    pub fn packed_size(self, bytes: &[u8]) -> Result<u64> {
        let pack = || {
            let mut encoder = Encoder::new(Vec::new(), self)?;
            encoder.write_all(bytes)?;
            encoder.finish()
        };
        let packed: io::Result<Vec<u8>> = pack();
        packed.map(|packed| packed.len() as u64).map_err(|error| Error::writing("-", error))
    }

    /// The ending of a file's name: `.gz`, `.zst` or none.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

impl FromStr for Encoding {
    type Err = Error;

    /// Reads `gz` or `zst`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "gz" => Ok(Self::Gzip),
            "zst" => Ok(Self::Zstd),
            _ => Err(Error::config(format!("unknown compression `{name}`")).help("known are gz and zst")),
        }
    }
}

/// A writer that compresses.
pub(crate) enum Encoder<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Encoder<W> {
    pub(crate) fn new(to: W, encoding: Encoding) -> io::Result<Self> {
        Ok(match encoding {
            Encoding::Plain => Self::Plain(to),
            // The builder's defaults: no time, no name.
            Encoding::Gzip => Self::Gzip(GzBuilder::new().write(to, Compression::new(6))),
            Encoding::Zstd => {
                let mut encoder = zstd::Encoder::new(to, 3)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Writes what is held back, and the end of the stream.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(to) => Ok(to),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(to) => to.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(to) => to.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

impl<W: Write> fmt::Debug for Encoder<W> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Gzip(_) => "Gzip",
            Self::Zstd(_) => "Zstd",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn names_tell_the_encoding() {
        for (name, encoding) in [
            ("a.jsonl", None),
            ("a.jsonl.gz", Some(Encoding::Gzip)),
            ("a.ZST", Some(Encoding::Zstd)),
            ("gz", None),
            ("a.gz/b", None),
        ] {
            assert_eq!(Encoding::of_name(Path::new(name)), encoding, "{name}");
        }
        assert!("xz".parse::<Encoding>().unwrap_err().to_string().contains("known are gz and zst"));
    }

    #[test]
    fn what_is_packed_comes_back_and_packs_alike() {
        let text: String = (0..5000).map(|number| format!("{{\"n\": {number}}}\n")).collect();
        for encoding in [Encoding::Plain, Encoding::Gzip, Encoding::Zstd] {
            // However the lines come in pieces.
            let pack = |piece: usize| {
                let mut encoder = Encoder::new(Vec::new(), encoding).unwrap();
                text.as_bytes().chunks(piece).for_each(|piece| encoder.write_all(piece).unwrap());
                encoder.finish().unwrap()
            };
            let packed = pack(40);
            assert_eq!(pack(40), packed);
            let mut unpacked = String::new();
            match encoding {
                Encoding::Plain => unpacked = String::from_utf8(packed.clone()).unwrap(),
                Encoding::Gzip => drop(flate2::read::GzDecoder::new(&*packed).read_to_string(&mut unpacked).unwrap()),
                Encoding::Zstd => unpacked = String::from_utf8(zstd::decode_all(&*packed).unwrap()).unwrap(),
            }
            assert_eq!(unpacked, text);
            if encoding == Encoding::Gzip {
                assert_eq!(packed[3..8], [0; 5], "neither flags nor a time in the header");
            }
        }
    }
}
