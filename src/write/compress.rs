//! Deterministic compression of outputs: the same lines always give the same bytes.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use flate2::{GzBuilder, write::GzEncoder};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How an output is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OutputCompression {
    /// Uncompressed.
    #[default]
    #[serde(rename = "plain")]
    Plain,
    /// gzip at level 6, with neither a name nor a time in the header.
    #[serde(rename = "gzip")]
    Gzip,
    /// Zstandard at level 3, one frame with a checksum.
    #[serde(rename = "zstd")]
    Zstd,
}

impl OutputCompression {
    /// The compression that a file name's suffix asks for.
    pub fn from_path(path: &Path) -> Option<Self> {
        let suffix = path.extension()?.to_str()?;
        [Self::Gzip, Self::Zstd].into_iter().find(|compression| suffix.eq_ignore_ascii_case(&compression.suffix()[1..]))
    }

    /// Size of `bytes` after compression.
    pub fn compressed_size(self, bytes: &[u8]) -> Result<u64> {
        let compress = || {
            let mut encoder = Encoder::new(Vec::new(), self)?;
            encoder.write_all(bytes)?;
            encoder.finish()
        };
        let compressed: io::Result<Vec<u8>> = compress();
        compressed.map(|compressed| compressed.len() as u64).map_err(|error| Error::writing("-", error))
    }

    /// The suffix of a file name: `.gz`, `.zst` or none.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

impl FromStr for OutputCompression {
    type Err = Error;

    /// Parses `gz` or `zst`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "gz" => Ok(Self::Gzip),
            "zst" => Ok(Self::Zstd),
            _ => Err(Error::config(format!("unknown compression `{name}`")).help("use gz or zst")),
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
    pub(crate) fn new(to: W, compression: OutputCompression) -> io::Result<Self> {
        Ok(match compression {
            OutputCompression::Plain => Self::Plain(to),
            // The builder's defaults: no time, no name.
            OutputCompression::Gzip => Self::Gzip(GzBuilder::new().write(to, flate2::Compression::new(6))),
            OutputCompression::Zstd => {
                let mut encoder = zstd::Encoder::new(to, 3)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Flushes the buffers and ends the stream.
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
    fn the_suffix_gives_the_compression() {
        for (name, compression) in [
            ("a.jsonl", None),
            ("a.jsonl.gz", Some(OutputCompression::Gzip)),
            ("a.ZST", Some(OutputCompression::Zstd)),
            ("gz", None),
            ("a.gz/b", None),
        ] {
            assert_eq!(OutputCompression::from_path(Path::new(name)), compression, "{name}");
        }
        assert!("xz".parse::<OutputCompression>().unwrap_err().to_string().contains("use gz or zst"));
    }

    #[test]
    fn compression_round_trips_and_is_deterministic() {
        let text: String = (0..5000).map(|number| format!("{{\"n\": {number}}}\n")).collect();
        for compression in [OutputCompression::Plain, OutputCompression::Gzip, OutputCompression::Zstd] {
            // In pieces of any size.
            let pack = |piece: usize| {
                let mut encoder = Encoder::new(Vec::new(), compression).unwrap();
                text.as_bytes().chunks(piece).for_each(|piece| encoder.write_all(piece).unwrap());
                encoder.finish().unwrap()
            };
            let packed = pack(40);
            assert_eq!(pack(40), packed);
            let unpacked = match compression {
                OutputCompression::Plain => packed.clone(),
                OutputCompression::Gzip => {
                    let mut unpacked = Vec::new();
                    flate2::read::GzDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap();
                    unpacked
                }
                OutputCompression::Zstd => zstd::decode_all(&*packed).unwrap(),
            };
            assert_eq!(unpacked, text.as_bytes());
            if compression == OutputCompression::Gzip {
                assert_eq!(packed[3..8], [0; 5], "flags and time in the header");
            }
        }
    }
}
