//! How a limit on memory is kept: by the lengths of the queues, and by the maximum length of an article.
//!
//! A run's memory is what it starts with (weights, sessions, tables) and what is in flight: chunks between reader and
//! writer, each at most so many times its bytes. The limit sets how many chunks are in flight, the size of the score
//! cache, and how long an article may be; never the chunks or batches themselves, so that the output for every article
//! that fits stays the same.

use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};

/// Maximum bytes in flight for each byte of text, without scores: a token and a quarter of a window for each byte,
/// and two copies of the text.
const CHUNK_COST: u64 = 130;
/// Maximum bytes for each byte of text while its mentions are linked and written: a name in every second byte.
const MENTIONS_COST: u64 = 700;
/// Raw chunks in memory: one being read, one queued, one being encoded.
const RAW_CHUNKS: u64 = 3;
/// Activations of a session, the word cache of a preparer, and what the allocator adds.
const SESSION_BYTES: u64 = 32 << 20;
const SLACK_BYTES: u64 = 64 << 20;
/// Ids and text hashes that the writer keeps to detect duplicates.
const DUPLICATES_BYTES: u64 = 100 << 20;
/// Row groups that are being filled or written, of mentions and of articles.
const PARQUET_BYTES: u64 = 256 << 20;
/// Articles of this many bytes must always fit.
const MIN_ARTICLE_BYTES: u64 = 64 << 10;

/// The part of a run's memory that does not depend on the input.
#[derive(Clone, Copy, Debug)]
pub(super) struct FixedMemory {
    /// Bytes that the process holds once model, sessions and table are loaded.
    pub loaded: u64,
    /// Sessions.
    pub sessions: usize,
    /// Labels of the model: four bytes of scores each, for every token.
    pub labels: usize,
    /// Whether an input is compressed by Zstandard.
    pub has_zstd: bool,
    /// Whether an output is a Parquet file.
    pub has_parquet: bool,
}

/// Bytes of memory that this process holds, where the system says.
pub(super) fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    // Linux on the processors that it is built for here has pages of 4 KiB; larger ones are counted too low.
    Some(pages * 4096)
}

/// Sets what a limit of `max` bytes leaves room for. Fails, with the bytes that are needed, where it leaves too little.
pub(super) fn fit(config: &mut Config, max: u64, fixed: FixedMemory) -> Result<()> {
    let asked = config.read.max_article_bytes as u64;
    let scores = |max: u64| (max / 16).min(config.memory_bytes as u64);
    let fits = |article: u64, chunks: u64| needed(config, fixed, article, chunks) + scores(max) <= max;
    let longest = |chunks: u64| -> Option<u64> {
        let (mut article, mut over) = (MIN_ARTICLE_BYTES.min(asked), asked + 1);
        if !fits(article, chunks) {
            return None;
        }
        while over - article > 1 {
            let middle = article + (over - article) / 2;
            *(if fits(middle, chunks) { &mut article } else { &mut over }) = middle;
        }
        Some(article)
    };
    // More chunks keep the sessions busy, which is worth more than articles of over a megabyte.
    let max_chunks = config.chunks_in_flight as u64;
    let ample = (2..=max_chunks).rev().map(|chunks| (chunks, longest(chunks)));
    let ample = ample.into_iter().find(|(_, article)| article.is_some_and(|article| article >= asked.min(1 << 20)));
    let Some((chunks, article)) =
        ample.or(Some((1, longest(1)))).and_then(|(chunks, article)| Some((chunks, article?)))
    else {
        let needed = needed(config, fixed, MIN_ARTICLE_BYTES.min(asked), 1);
        let needed = (needed + needed / 15).next_multiple_of(1 << 20) >> 20;
        let what = format!("{} MiB of memory are too little: {needed} MiB are needed", max >> 20);
        let loaded = fixed.loaded >> 20;
        let help = format!("{loaded} MiB are model, sessions and table; fewer workers or a smaller model need less");
        return Err(Error::new(ErrorKind::Config, what).with_setting("memory").help(help));
    };
    config.memory_bytes = scores(max) as usize;
    config.chunks_in_flight = chunks as usize;
    config.read.max_article_bytes = article as usize;
    config.finish_bytes = config.finish_bytes.min(MIN_ARTICLE_BYTES.max(article) as usize);
    Ok(())
}

/// Maximum bytes of a run whose longest article has `article` bytes, with `chunks` chunks in flight.
fn needed(config: &Config, fixed: FixedMemory, article: u64, chunks: u64) -> u64 {
    let chunk = article.max(config.chunk.bytes as u64);
    // A line of JSON may be three times the article.
    let raw = RAW_CHUNKS * chunk.max(3 * article);
    let scored = chunk * (CHUNK_COST + 4 * fixed.labels as u64);
    let finished = article.max(MIN_ARTICLE_BYTES) * MENTIONS_COST;
    let window = if fixed.has_zstd { 1 << config.read.zstd_window_log } else { 0 };
    let row_groups = if fixed.has_parquet { PARQUET_BYTES } else { 0 };
    let around =
        fixed.loaded + fixed.sessions as u64 * SESSION_BYTES + SLACK_BYTES + DUPLICATES_BYTES + window + row_groups;
    around + raw + chunks * scored + finished
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXED: FixedMemory =
        FixedMemory { loaded: 100 << 20, sessions: 2, labels: 9, has_zstd: false, has_parquet: false };

    #[test]
    fn more_memory_admits_longer_articles() {
        let mut longest = 0;
        for megabytes in [700, 1000, 2000, 4000, 100_000] {
            let mut config = Config::default();
            fit(&mut config, megabytes << 20, FIXED).unwrap();
            assert!(config.read.max_article_bytes >= longest);
            longest = config.read.max_article_bytes;
            let chunks = config.chunks_in_flight as u64;
            let sum = needed(&config, FIXED, longest as u64, chunks) + config.memory_bytes as u64;
            assert!(sum <= megabytes << 20 && chunks >= 1, "{sum}");
            let chunk = Config::default().chunk;
            assert_eq!((config.chunk.articles, config.chunk.bytes), (chunk.articles, chunk.bytes));
        }
        assert_eq!(longest, 16 << 20);
    }

    #[test]
    fn too_little_is_refused_with_what_is_enough() {
        let refused = fit(&mut Config::default(), 50 << 20, FIXED).unwrap_err().to_string();
        let enough: u64 = refused.split(' ').find_map(|word| word.parse().ok().filter(|&number| number > 50)).unwrap();
        assert!(refused.contains(&format!("{enough} MiB are needed")), "{refused}");
        assert!(fit(&mut Config::default(), enough << 20, FIXED).is_ok());
    }
}
