//! Blocks of whole lines, read and decompressed on a thread of their own.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::super::lines::open;
use crate::error::{Error, Result};

/// Bytes of a block; one with a longer line is longer.
const BLOCK_BYTES: usize = 8 << 20;
/// Blocks that wait for being parsed.
const QUEUE: usize = 2;

/// Whole lines.
pub(super) struct Block {
    bytes: Vec<u8>,
    /// The number of the first line, from 1.
    pub(super) first_line: u64,
}

impl Block {
    pub(super) fn lines(&self) -> Vec<&[u8]> {
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', &self.bytes).chain([self.bytes.len()]);
        let lines = ends.map(|end| (std::mem::replace(&mut start, end + 1), end));
        lines
            .filter(|(start, end)| start <= end && *start < self.bytes.len())
            .map(|(start, end)| &self.bytes[start..end])
            .collect()
    }
}

/// Gives the blocks of a file to `each`, in order.
pub(super) fn with_blocks(path: &Path, mut each: impl FnMut(Block) -> Result<()>) -> Result<()> {
    let reader = open(path)?;
    thread::scope(|scope| {
        let (sender, receiver): (_, Receiver<Result<Block>>) = sync_channel(QUEUE);
        scope.spawn(move || {
            if let Err(error) = cut(reader, &sender) {
                // Nobody takes it where `each` failed first.
                let _ = sender.send(Err(Error::reading(path, error)));
            }
        });
        receiver.into_iter().try_for_each(|block| each(block?))
    })
}

/// Ends early where nobody takes the blocks.
fn cut(mut reader: impl Read, sender: &SyncSender<Result<Block>>) -> std::io::Result<()> {
    let (mut rest, mut first_line) = (Vec::new(), 1);
    loop {
        let mut bytes = Vec::with_capacity(BLOCK_BYTES + rest.len());
        bytes.append(&mut rest);
        let read = (&mut reader).take(BLOCK_BYTES as u64).read_to_end(&mut bytes)?;
        if read > 0 {
            let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |last| last + 1);
            rest = bytes.split_off(whole);
        }
        let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        if !bytes.is_empty() && sender.send(Ok(Block { bytes, first_line })).is_err() {
            return Ok(());
        }
        first_line += lines;
        if read == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_across_blocks() {
        let line = |at: usize| format!("{at} {}", "x".repeat(at * 7919 % 300_000));
        for ends_in_newline in [false, true] {
            let mut text = (1..=200).map(line).collect::<Vec<_>>().join("\n");
            if ends_in_newline {
                text.push('\n');
            }
            let (sender, receiver) = sync_channel(99);
            cut(text.as_bytes(), &sender).unwrap();
            drop(sender);
            let blocks: Vec<Block> = receiver.into_iter().map(|block| block.unwrap()).collect();
            assert!(blocks.len() > 1);
            let numbered = blocks.iter().flat_map(|block| (block.first_line as usize..).zip(block.lines()));
            let numbered: Vec<(usize, &[u8])> = numbered.collect();
            assert_eq!(numbered.len(), 200);
            assert!(numbered.iter().all(|(at, text)| *text == line(*at).as_bytes()));
        }
    }
}
