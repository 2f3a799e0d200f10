//! A compiled table: one block of bytes, in a file or in memory, that is looked into without being read first.
//!
//! Little-endian. Eight bytes that name the format are followed by the sections, and these by a trailer of fixed size
//! with the version, the digest of all before it, figures, and where each section lies.
//!
//! | section | holds |
//! |---|---|
//! | `Entities`, `EntityHeads` | records of entities in the order of their ids; where each begins, and its type |
//! | `NeighbourStarts`, `Neighbours` | related entities in either direction |
//! | `EntityRowStarts`, `EntityRows` | the rows of each entity |
//! | `Keys` | each folded alias, and its rows after it |
//! | `KeyStarts`, `KeyTags`, `KeyOffsets` | the index of the keys by hash |
//! | `Words`, `WordStarts`, `WordTags`, `WordOffsets` | first words of aliases that are looked for in texts, by hash |
//! | `Curated` | where the keys with rows of curated entities begin |
//! | `Kinds`, `Relations`, `Sources`, `Files`, `Countries` | lists that records refer to by number |
//!
//! Nothing here trusts the bytes: where they are damaged, values are wrong or missing, and nothing panics.

pub(crate) mod cursor;
pub(crate) mod index;

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::hash::hex;
use crate::mapped_file::MappedFile;
use cursor::Cursor;
pub(crate) use index::read_u32;

/// How a compiled table begins.
pub(crate) const MAGIC: &[u8; 8] = b"nwtable\0";
/// Version of the layout, and of what folding makes of a name: a change of either makes old files unreadable.
const VERSION: u32 = 1;
/// Bytes of the trailer.
const TRAILER: usize = 1024;

/// A part of a compiled table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Entities,
    EntityHeads,
    NeighbourStarts,
    Neighbours,
    EntityRowStarts,
    EntityRows,
    Keys,
    KeyStarts,
    KeyTags,
    KeyOffsets,
    Words,
    WordStarts,
    WordTags,
    WordOffsets,
    Curated,
    Kinds,
    Relations,
    Sources,
    Files,
    Countries,
}

pub(crate) const SECTIONS: usize = Section::Countries as usize + 1;

/// Figures of the trailer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) entities: u32,
    /// Aliases as the sources give them, names included.
    pub(crate) aliases: u32,
    /// Words of the longest key.
    pub(crate) longest: u32,
    /// Whether some key holds punctuation other than commas and hyphens.
    pub(crate) has_breaks: bool,
}

#[derive(Debug)]
enum Storage {
    Memory(Cow<'static, [u8]>),
    File(MappedFile),
}

/// A compiled table whose trailer has been checked.
#[derive(Debug)]
pub(crate) struct Image {
    storage: Storage,
    sections: [Range<usize>; SECTIONS],
    pub(crate) counts: Counts,
    digest: [u8; 32],
}

impl Image {
    /// Opens a file: checks the trailer and that the sections lie in the file, and reads nothing else.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let map = MappedFile::open(path)
            .map_err(|error| Error::new(ErrorKind::Table, "cannot read the compiled table").at(path).because(error))?;
        Self::checked(Storage::File(map)).map_err(|error| error.at(path))
    }

    /// A table without anything.
    pub(crate) fn empty() -> Self {
        let sections = std::array::from_fn(|_| 0..0);
        Self { storage: Storage::Memory(Cow::default()), sections, counts: Counts::default(), digest: [0; 32] }
    }

    /// A table that was compiled in memory, or is compiled in.
    pub(crate) fn from_bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self> {
        Self::checked(Storage::Memory(bytes.into()))
    }

    fn checked(storage: Storage) -> Result<Self> {
        let bytes: &[u8] = match &storage {
            Storage::Memory(bytes) => bytes,
            Storage::File(map) => map,
        };
        let foreign = |what: String| Error::new(ErrorKind::Table, what).help(REBUILD);
        let end = bytes.len().checked_sub(TRAILER).filter(|_| bytes.starts_with(MAGIC));
        let (before, trailer) =
            end.map(|end| bytes.split_at(end)).ok_or_else(|| foreign("this is no compiled table".into()))?;
        let (body, sum) = trailer.split_at(TRAILER - 32);
        if Sha256::digest(body).as_slice() != sum {
            return Err(foreign("the compiled table is truncated or damaged: it has no whole trailer".into()));
        }
        let mut cursor = Cursor::new(body);
        let version = cursor.u64();
        if version != u64::from(VERSION) {
            return Err(foreign(format!("the table has version {version}, and this program reads version {VERSION}")));
        }
        let digest = cursor.bytes(32).try_into().unwrap_or_default();
        let mut figure = || u32::try_from(cursor.u64()).unwrap_or(u32::MAX);
        let counts = Counts { entities: figure(), aliases: figure(), longest: figure(), has_breaks: figure() != 0 };
        let sections = std::array::from_fn(|_| {
            let start = usize::try_from(cursor.u64()).unwrap_or(usize::MAX);
            let len = usize::try_from(cursor.u64()).unwrap_or(usize::MAX);
            start..start.saturating_add(len)
        });
        if sections.iter().any(|section: &Range<usize>| before.get(section.clone()).is_none()) {
            return Err(foreign("the compiled table is damaged: a section lies outside of it".into()));
        }
        Ok(Self { storage, sections, counts, digest })
    }

    fn bytes(&self) -> &[u8] {
        match &self.storage {
            Storage::Memory(bytes) => bytes,
            Storage::File(map) => map,
        }
    }

    /// The bytes of a section.
    pub(crate) fn section(&self, section: Section) -> &[u8] {
        self.bytes().get(self.sections[section as usize].clone()).unwrap_or_default()
    }

    /// The bytes of a section from an offset on.
    pub(crate) fn from(&self, section: Section, offset: usize) -> &[u8] {
        self.section(section).get(offset..).unwrap_or_default()
    }

    /// The digest that the trailer states of everything before it, as hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        hex(&self.digest)
    }

    /// Everything before the trailer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes()[..self.bytes().len().saturating_sub(TRAILER)]
    }

    /// Whether the bytes have the digest that the trailer states. Reads all of them.
    pub(crate) fn is_whole(&self) -> bool {
        Sha256::digest(self.body()).as_slice() == self.digest
    }
}

const REBUILD: &str = "make it again with `namewire entities build`";

/// The trailer of a compiled table.
pub(crate) fn trailer(counts: Counts, digest: [u8; 32], sections: &[Range<u64>; SECTIONS]) -> Vec<u8> {
    let mut trailer = u64::from(VERSION).to_le_bytes().to_vec();
    trailer.extend(digest);
    for figure in [counts.entities, counts.aliases, counts.longest, u32::from(counts.has_breaks)] {
        trailer.extend(u64::from(figure).to_le_bytes());
    }
    for section in sections {
        trailer.extend(section.start.to_le_bytes());
        trailer.extend((section.end - section.start).to_le_bytes());
    }
    trailer.resize(TRAILER - 32, 0);
    let sum = Sha256::digest(&trailer);
    trailer.extend_from_slice(&sum);
    trailer
}
