//! Sorting more than memory holds: sorted runs on disk, merged as they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use rayon::slice::ParallelSliceMut;

use crate::error::{Error, Result};

/// Bytes that an item costs beside its own.
const ITEM: usize = size_of::<Item>();
/// Bytes read ahead of each run.
const READ_AHEAD: usize = 1 << 18;

/// Sorts pairs of byte strings by the first, then by the second.
#[derive(Debug)]
pub(super) struct Sorter {
    bytes: Vec<u8>,
    items: Vec<Item>,
    /// How the paths of runs begin, and the bytes in memory from which on one is written. Without, all stays in memory.
    spill: Option<(PathBuf, usize)>,
    runs: Vec<File>,
}

/// A pair in `bytes`: where it begins, and the lengths of its halves.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// The first bytes of the order, which mostly decide.
    prefix: u64,
    start: u32,
    order: u32,
    payload: u32,
}

impl Sorter {
    pub(super) fn in_memory() -> Self {
        Self { bytes: Vec::new(), items: Vec::new(), spill: None, runs: Vec::new() }
    }

    /// Runs are written to files in `folder` that begin with `name` whenever `memory` bytes are held.
    pub(super) fn on_disk(folder: &Path, name: &str, memory: usize) -> Self {
        // Offsets of items have 32 bits.
        let memory = memory.min(u32::MAX as usize / 2);
        // Not grown by doubling, which for a while would take three times as much.
        let (bytes, items) = (Vec::with_capacity(memory), Vec::with_capacity(memory / (2 * ITEM)));
        Self { bytes, items, spill: Some((folder.join(name), memory)), runs: Vec::new() }
    }

    pub(super) fn push(&mut self, order: &[u8], payload: &[u8]) -> Result<()> {
        let mut prefix = [0; 8];
        let len = order.len().min(8);
        prefix[..len].copy_from_slice(&order[..len]);
        self.items.push(Item {
            prefix: u64::from_be_bytes(prefix),
            start: self.bytes.len() as u32,
            order: order.len() as u32,
            payload: payload.len() as u32,
        });
        self.bytes.extend_from_slice(order);
        self.bytes.extend_from_slice(payload);
        if self.spill.as_ref().is_some_and(|(_, memory)| self.bytes.len() + self.items.len() * ITEM > *memory) {
            self.write_run()?;
        }
        Ok(())
    }

    /// All pairs in their order.
    pub(super) fn finish(mut self) -> Result<Sorted> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Sorted::Memory { sorter: self, next: 0 });
        }
        self.write_run()?;
        let runs = self.runs.into_iter().map(|file| BufReader::with_capacity(READ_AHEAD, file)).collect();
        let mut sorted = Sorted::Disk { runs, heads: BinaryHeap::new(), current: Pair::default() };
        sorted.rewind()?;
        Ok(sorted)
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.items.par_sort_unstable_by(|left, right| {
            left.prefix.cmp(&right.prefix).then_with(|| left.halves(bytes).cmp(&right.halves(bytes)))
        });
    }

    fn write_run(&mut self) -> Result<()> {
        self.sort();
        let Some((prefix, _)) = &self.spill else { return Ok(()) };
        let path = prefix.with_extension(self.runs.len().to_string());
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path).map_err(spilling)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        for item in &self.items {
            let (order, payload) = item.halves(&self.bytes);
            let write = |bytes: &[u8], out: &mut BufWriter<File>| out.write_all(bytes);
            write(&item.order.to_le_bytes(), &mut out)
                .and_then(|()| write(&item.payload.to_le_bytes(), &mut out))
                .and_then(|()| write(order, &mut out))
                .and_then(|()| write(payload, &mut out))
                .map_err(spilling)?;
        }
        let mut file = out.into_inner().map_err(|error| spilling(error.into_error()))?;
        file.rewind().map_err(spilling)?;
        self.runs.push(file);
        self.bytes.clear();
        self.items.clear();
        Ok(())
    }
}

impl Item {
    fn halves(self, bytes: &[u8]) -> (&[u8], &[u8]) {
        let start = self.start as usize;
        let middle = start + self.order as usize;
        (&bytes[start..middle], &bytes[middle..middle + self.payload as usize])
    }
}

/// Order and payload.
type Pair = (Vec<u8>, Vec<u8>);

/// Pairs in their order.
pub(super) enum Sorted {
    Memory { sorter: Sorter, next: usize },
    Disk { runs: Vec<BufReader<File>>, heads: BinaryHeap<Reverse<(Pair, usize)>>, current: Pair },
}

impl Sorted {
    /// Begins with the first pair again.
    pub(super) fn rewind(&mut self) -> Result<()> {
        match self {
            Self::Memory { next, .. } => *next = 0,
            Self::Disk { runs, heads, .. } => {
                heads.clear();
                for (number, run) in runs.iter_mut().enumerate() {
                    run.rewind().map_err(spilling)?;
                    heads.extend(read_pair(run).map_err(spilling)?.map(|pair| Reverse((pair, number))));
                }
            }
        }
        Ok(())
    }

    /// The next pair.
    pub(super) fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        match self {
            Self::Memory { sorter, next } => {
                let Some(item) = sorter.items.get(*next) else { return Ok(None) };
                *next += 1;
                Ok(Some(item.halves(&sorter.bytes)))
            }
            Self::Disk { runs, heads, current } => {
                let Some(Reverse((pair, number))) = heads.pop() else { return Ok(None) };
                *current = pair;
                let next = read_pair(&mut runs[number]).map_err(spilling)?;
                heads.extend(next.map(|pair| Reverse((pair, number))));
                Ok(Some((&current.0, &current.1)))
            }
        }
    }
}

fn read_pair(run: &mut impl Read) -> std::io::Result<Option<Pair>> {
    let mut lengths = [0; 8];
    match run.read_exact(&mut lengths) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let [order, payload] = [0, 4].map(|at| {
        let four = lengths[at..at + 4].try_into().unwrap_or_default();
        u32::from_le_bytes(four) as usize
    });
    let mut pair = (vec![0; order], vec![0; payload]);
    run.read_exact(&mut pair.0)?;
    run.read_exact(&mut pair.1)?;
    Ok(Some(pair))
}

fn spilling(error: std::io::Error) -> Error {
    Error::writing("the folder for sorting", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_on_disk_give_what_memory_gives() {
        let folder = tempfile::tempdir().unwrap();
        let [mut small, mut large] = [Sorter::on_disk(folder.path(), "keys", 2000), Sorter::in_memory()];
        let mut expected = Vec::new();
        for number in 0..1000u32 {
            let order = format!("key {}", number.wrapping_mul(2_654_435_761) % 300);
            for sorter in [&mut small, &mut large] {
                sorter.push(order.as_bytes(), &number.to_be_bytes()).unwrap();
            }
            expected.push((order.into_bytes(), number.to_be_bytes().to_vec()));
        }
        expected.sort();
        assert!(small.runs.len() > 10);
        for sorter in [small, large] {
            let mut sorted = sorter.finish().unwrap();
            let mut pairs = Vec::new();
            while let Some((order, payload)) = sorted.next().unwrap() {
                pairs.push((order.to_vec(), payload.to_vec()));
            }
            assert_eq!(pairs, expected);
        }
    }
}
