//! How a bound on memory is kept: what stands in the queues, and how long an article may be.
//!
//! A run's memory is what it starts with (weights, sessions, the table) and what is on its way: chunks between reader
//! and writer, each at most so many times its bytes. The bound sets how many chunks are on their way, how much is
//! remembered of repeated sentences, and how long an article may be; never the chunks or batches themselves, so that
//! the output for every article that fits stays the same.

use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};

/// Bytes that a byte of text takes while its chunk is on its way, but for scores, at worst: a token and a quarter of a
/// window for each byte, beside two copies of the text.
const CHUNK_COST: u64 = 130;
/// Bytes that a byte of text takes while its mentions are linked and written, at worst: a name in every second byte.
const FINISH_COST: u64 = 700;
/// Raw chunks that wait: one read, one queued, one taken.
const RAW_CHUNKS: u64 = 3;
/// What a session's activations and the allocator add.
const SESSION_BYTES: u64 = 32 << 20;
const SLACK_BYTES: u64 = 64 << 20;
/// What the writer remembers of ids and texts.
const REMEMBERED_BYTES: u64 = 100 << 20;
/// The longest window of a zstd frame that is read.
const ZSTD_WINDOW: u64 = 128 << 20;
/// An article must be allowed as much.
const LEAST_ARTICLE: u64 = 64 << 10;

/// What of a run's memory does not depend on the input.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    /// Bytes that the process holds once model, sessions and table are loaded.
    pub loaded: u64,
    /// Sessions.
    pub sessions: usize,
    /// Labels of the model: four bytes of scores each, for every token.
    pub labels: usize,
    /// Whether an input is compressed by Zstandard.
    pub has_zstd: bool,
}

/// Bytes of memory that this process holds, where the system says.
pub fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    // Linux on the processors that it is built for here has pages of 4 KiB; larger ones are counted too low.
    Some(pages * 4096)
}

/// Sets what a bound of `most` bytes leaves room for. Fails, with the bytes that are needed, where it leaves too
/// little.
pub fn fit(config: &mut Config, most: u64, fixed: Fixed) -> Result<()> {
    let asked = config.read.max_article_bytes as u64;
    let scores = |most: u64| (most / 16).min(config.memory_bytes as u64);
    let fits = |article: u64, chunks: u64| needed(config, fixed, article, chunks) + scores(most) <= most;
    let longest = |chunks: u64| -> Option<u64> {
        let (mut article, mut over) = (LEAST_ARTICLE.min(asked), asked + 1);
        if !fits(article, chunks) {
            return None;
        }
        while over - article > 1 {
            let middle = article + (over - article) / 2;
            *(if fits(middle, chunks) { &mut article } else { &mut over }) = middle;
        }
        Some(article)
    };
    // More chunks keep the sessions busy; more than a megabyte of article is worth less than that.
    let most_chunks = config.chunks_in_flight as u64;
    let ample = (2..=most_chunks).rev().map(|chunks| (chunks, longest(chunks)));
    let ample = ample.into_iter().find(|(_, article)| article.is_some_and(|article| article >= asked.min(1 << 20)));
    let Some((chunks, article)) =
        ample.or(Some((1, longest(1)))).and_then(|(chunks, article)| Some((chunks, article?)))
    else {
        let needed = needed(config, fixed, LEAST_ARTICLE.min(asked), 1);
        let needed = (needed + needed / 15).next_multiple_of(1 << 20) >> 20;
        let what = format!("--memory: {} MiB are too little: {needed} MiB are needed", most >> 20);
        let loaded = fixed.loaded >> 20;
        let help = format!("{loaded} MiB are model, sessions and table; fewer --workers or a smaller model need less");
        return Err(Error::new(ErrorKind::Config, what).help(help));
    };
    config.memory_bytes = scores(most) as usize;
    config.chunks_in_flight = chunks as usize;
    config.read.max_article_bytes = article as usize;
    config.finish_bytes = config.finish_bytes.min(LEAST_ARTICLE.max(article) as usize);
    Ok(())
}

/// The most that a run takes whose longest article has so many bytes.
fn needed(config: &Config, fixed: Fixed, article: u64, chunks: u64) -> u64 {
    let chunk = article.max(config.chunk.bytes as u64);
    // A line of JSON may be three times the article.
    let raw = RAW_CHUNKS * chunk.max(3 * article);
    let scored = chunk * (CHUNK_COST + 4 * fixed.labels as u64);
    let finished = article.max(LEAST_ARTICLE) * FINISH_COST;
    let window = if fixed.has_zstd { ZSTD_WINDOW } else { 0 };
    let around = fixed.loaded + fixed.sessions as u64 * SESSION_BYTES + SLACK_BYTES + REMEMBERED_BYTES + window;
    around + raw + chunks * scored + finished
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXED: Fixed = Fixed { loaded: 100 << 20, sessions: 2, labels: 9, has_zstd: false };

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
            assert_eq!((config.chunk.articles, config.chunk.bytes), (64, 1 << 20));
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
