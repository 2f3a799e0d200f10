//! Limits on how far compressed inputs expand.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// Output below which the ratio is not checked: a small file of blanks has any ratio.
const UNCHECKED_BYTES: u64 = 64 << 20;

/// How far a compressed input may expand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExpansionLimits {
    /// Maximum ratio of output to compressed bytes, checked from 64 MiB of output on. News compresses three to twenty
    /// times, a dump that repeats one story perhaps a hundred times; gzip can reach 1,000 times, Zstandard 20,000.
    pub ratio: u64,
    /// Maximum output of one input in bytes; `None`: as much as the ratio allows.
    pub bytes: Option<u64>,
}

impl Default for ExpansionLimits {
    fn default() -> Self {
        Self { ratio: 400, bytes: None }
    }
}

/// Why the rest of an input is not read.
#[derive(Debug)]
pub(super) struct ExpandsTooMuch(String);

impl fmt::Display for ExpandsTooMuch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for ExpandsTooMuch {}

/// A decompressor whose output is checked against its input.
pub(super) struct Expanding<R> {
    inner: R,
    /// Compressed bytes that were read so far.
    stored: Arc<AtomicU64>,
    /// Bytes that came of them.
    expanded: Arc<AtomicU64>,
    limits: ExpansionLimits,
}

impl<R: BufRead> Expanding<R> {
    pub(super) fn new(inner: R, stored: Arc<AtomicU64>, expanded: Arc<AtomicU64>, limits: ExpansionLimits) -> Self {
        Self { inner, stored, expanded, limits }
    }

    fn check(&self) -> io::Result<()> {
        let limits = self.limits;
        let (stored, expanded) = (self.stored.load(Relaxed), self.expanded.load(Relaxed));
        let why = if limits.bytes.is_some_and(|limit| expanded > limit) {
            format!("it expands to more than {} bytes (`max_unpacked`)", limits.bytes.unwrap_or_default())
        } else if expanded > UNCHECKED_BYTES && expanded / limits.ratio.max(1) > stored {
            let ratio = limits.ratio;
            format!(
                "{stored} compressed bytes gave {expanded}, more than {ratio} for each (`max_ratio`): no ordinary dump does"
            )
        } else {
            return Ok(());
        };
        Err(io::Error::other(ExpandsTooMuch(why)))
    }
}

impl<R: BufRead> Read for Expanding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let count = self.inner.read(buffer)?;
        self.expanded.fetch_add(count as u64, Relaxed);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Expanding<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.expanded.fetch_add(count as u64, Relaxed);
        self.inner.consume(count);
    }
}

/// Whether reading failed because the input expands too far.
pub(super) fn expands_too_much(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<ExpandsTooMuch>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stored: u64, expanded: usize, limits: ExpansionLimits) -> Result<u64, String> {
        let mut reader = Expanding::new(
            io::BufReader::new(io::repeat(b'x').take(expanded as u64)),
            Arc::new(AtomicU64::new(stored)),
            Arc::default(),
            limits,
        );
        io::copy(&mut reader, &mut io::sink()).map_err(|error| {
            assert!(expands_too_much(&error));
            error.to_string()
        })
    }

    #[test]
    fn an_input_may_expand_to_its_ratio() {
        let limits = ExpansionLimits { ratio: 100, bytes: None };
        assert_eq!(read(1, 64 << 20, limits), Ok(64 << 20));
        assert_eq!(read(1 << 20, 100 << 20, limits), Ok(100 << 20));
        let error = read(1 << 19, 100 << 20, limits).unwrap_err();
        assert!(error.contains("more than 100 for each") && error.contains("max_ratio"), "{error}");
    }

    #[test]
    fn an_input_may_expand_to_its_limit() {
        let limits = ExpansionLimits { ratio: 100, bytes: Some(1 << 20) };
        assert_eq!(read(1, 1 << 20, limits), Ok(1 << 20));
        assert!(read(1 << 30, 2 << 20, limits).unwrap_err().contains("more than 1048576 bytes (`max_unpacked`)"));
    }
}
