//! Texts by their hash: where a compiled table has its keys.
//!
//! Entries are in the order of their hashes, with a small bucket for each range of hashes. A look at one costs the
//! start of its bucket, the other half of the hashes in it, and the text itself where one is equal.

use super::Section;

/// Entries in a bucket, on average at most.
const BUCKET: usize = 4;

/// A stable hash of a text.
pub(crate) fn hash(text: &str) -> u64 {
    // As FxHash, with a final mix so that high and low bits both depend on all bytes.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = text.len() as u64;
    let mut chunks = text.as_bytes().chunks_exact(8);
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    for chunk in &mut chunks {
        hash = mix(hash, u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    hash = mix(hash, u64::from_le_bytes(last));
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    hash ^ hash >> 32
}

/// The bytes of an index: starts of buckets, halves of hashes, offsets of entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index<'t> {
    starts: &'t [u8],
    tags: &'t [u8],
    offsets: &'t [u8],
}

impl<'t> Index<'t> {
    pub(crate) const fn new(starts: &'t [u8], tags: &'t [u8], offsets: &'t [u8]) -> Self {
        Self { starts, tags, offsets }
    }

    /// Offsets of the entries that may be the text with this hash.
    pub(crate) fn candidates(self, hash: u64) -> impl Iterator<Item = u32> + 't {
        let buckets = (self.starts.len() / 4).saturating_sub(1).max(1);
        let bucket = bucket_of((hash >> 32) as u32, buckets);
        let range = read_u32(self.starts, bucket)..read_u32(self.starts, bucket + 1);
        let tag = hash as u32;
        range
            .map(|at| at as usize)
            .take_while(move |at| at * 4 < self.tags.len())
            .filter(move |&at| read_u32(self.tags, at) == tag)
            .map(move |at| read_u32(self.offsets, at))
    }
}

/// The bucket of a hash, by its high half.
const fn bucket_of(high: u32, buckets: usize) -> usize {
    ((high as u64 * buckets as u64) >> 32) as usize
}

/// A number of an array of little-endian numbers; 0 past its end.
pub(crate) fn read_u32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at * 4..at * 4 + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

/// An index while it is made. Entries come in the order of their hashes.
#[derive(Debug, Default)]
pub(crate) struct IndexWriter {
    hashes: Vec<u32>,
    tags: Vec<u8>,
    offsets: Vec<u8>,
}

impl IndexWriter {
    /// Adds an entry; `offset` is what [`Index::candidates`] gives back.
    pub(crate) fn push(&mut self, hash: u64, offset: u32) {
        self.hashes.push((hash >> 32) as u32);
        self.tags.extend((hash as u32).to_le_bytes());
        self.offsets.extend(offset.to_le_bytes());
    }

    /// The three sections, in the order in which [`Index::new`] takes them.
    pub(crate) fn finish(self, sections: [Section; 3]) -> [(Section, Vec<u8>); 3] {
        let buckets = (self.hashes.len() / BUCKET).max(1);
        let mut starts = Vec::with_capacity(buckets * 4 + 4);
        let mut at = 0u32;
        for bucket in 0..=buckets {
            while (at as usize) < self.hashes.len() && bucket_of(self.hashes[at as usize], buckets) < bucket {
                at += 1;
            }
            starts.extend(at.to_le_bytes());
        }
        let [first, second, third] = sections;
        [(first, starts), (second, self.tags), (third, self.offsets)]
    }
}
