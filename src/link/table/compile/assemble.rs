//! Records in the order of their ids to the sections of a table.

use ahash::AHashMap;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use std::collections::BTreeMap;
use std::io::Write;

use super::super::entity::{BASE, EntityIx};
use super::super::image::cursor::{push_number, push_text};
use super::super::image::index::{IndexWriter, hash};
use super::super::image::{Counts, Section};
use super::super::row::{self, MAX_WORDS};
use super::super::source::Placed;
use super::draft::{Draft, Drafting};
use super::lists::{Lists, Numbers};
use super::sort::{Sorted, Sorter};
use super::writer::ImageWriter;
use crate::error::{Error, ErrorKind, Result};

/// Related entities that one entity may have, for work on it to stay bounded: a country has all its towns.
const MAX_NEIGHBOURS: usize = 4096;
/// Bytes to which records and rows are aligned, so that offsets of 32 bits reach far enough.
const ALIGNMENT: usize = 4;

/// Assembles one table.
pub(super) struct Assembly<'a, W> {
    writer: ImageWriter<W>,
    drafting: Drafting<'a>,
    lists: Lists,
    heads: Vec<u8>,
    entity_bytes: usize,
    /// Pairs of related entities, each with whether the first states it.
    pairs: Vec<(EntityIx, bool, EntityIx)>,
    countries: Vec<EntityIx>,
    rows: Sorter,
    counts: Counts,
    pub(super) tally: Tally,
}

/// What became of names and relations.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Names of the background that were left out, by rule, with an example.
    pub(super) dropped: BTreeMap<&'static str, (u64, String)>,
    pub(super) weak: u64,
    /// Relations that were left out, since their target is nowhere.
    pub(super) missing: u64,
}

/// A finished table, with what it says about entities of the one under it.
pub(super) struct Assembled<W> {
    pub(super) out: W,
    pub(super) counts: Counts,
    /// Entities of the base with the entities of this table that are related to them.
    pub(super) of_base: Vec<(EntityIx, EntityIx)>,
    pub(super) tally: Tally,
    pub(super) bytes: u64,
}

impl<'a, W: Write> Assembly<'a, W> {
    pub(super) fn new(mut writer: ImageWriter<W>, drafting: Drafting<'a>, rows: Sorter) -> Result<Self> {
        writer.begin(Section::Entities)?;
        Ok(Self {
            writer,
            drafting,
            lists: Lists::default(),
            heads: Vec::new(),
            entity_bytes: 0,
            pairs: Vec::new(),
            countries: Vec::new(),
            rows,
            counts: Counts::default(),
            tally: Tally::default(),
        })
    }

    /// Adds records, which follow those added before in the order of ids.
    pub(super) fn add(&mut self, records: &[Placed]) -> Result<()> {
        let first = self.counts.entities;
        let lists = &mut self.lists;
        let numbers: Vec<Numbers> =
            records.iter().map(|(record, origin)| lists.numbers(record, (&origin.file, origin.line))).collect();
        let drafting = &self.drafting;
        let drafts: Vec<Result<Draft>> = records
            .par_iter()
            .zip(&numbers)
            .enumerate()
            .map(|(at, ((record, origin), numbers))| {
                drafting.draft(record, numbers, EntityIx(first + at as u32), origin)
            })
            .collect();
        for (draft, numbers) in drafts.into_iter().zip(numbers) {
            self.add_draft(&draft?, numbers.kind)?;
        }
        Ok(())
    }

    fn add_draft(&mut self, draft: &Draft, kind: u32) -> Result<()> {
        let ix = EntityIx(self.counts.entities);
        self.heads.extend(offset(self.entity_bytes)?.to_le_bytes());
        self.heads.extend(kind.to_le_bytes());
        self.entity_bytes += self.write_aligned(Section::Entities, &draft.entity)?;
        for row in &draft.rows {
            self.rows.push(&row.order, &row.record)?;
        }
        for &(target, is_country) in &draft.targets {
            if target != ix {
                self.pairs.extend([(ix, true, target), (target, false, ix)]);
            }
            if is_country {
                self.countries.push(target);
            }
        }
        self.counts.entities += 1;
        self.counts.aliases += draft.given;
        self.counts.longest = self.counts.longest.max(draft.longest);
        self.counts.has_breaks |= draft.has_breaks;
        self.tally.missing += u64::from(draft.missing);
        self.tally.weak += draft.weak;
        for (rule, name) in &draft.dropped {
            self.tally.dropped.entry(rule).or_insert_with(|| (0, name.clone())).0 += 1;
        }
        Ok(())
    }

    /// Writes what belongs to all records.
    pub(super) fn finish(mut self) -> Result<Assembled<W>> {
        self.writer.add(Section::EntityHeads, &std::mem::take(&mut self.heads))?;
        let of_base = self.write_neighbours()?;
        self.countries.sort_unstable();
        self.countries.dedup();
        let countries: Vec<u8> = self.countries.iter().flat_map(|country| country.0.to_le_bytes()).collect();
        self.writer.add(Section::Countries, &countries)?;
        for (section, bytes) in self.lists.sections() {
            self.writer.add(section, &bytes)?;
        }
        let rows = std::mem::replace(&mut self.rows, Sorter::in_memory()).finish()?;
        self.write_keys(rows)?;
        let (out, bytes) = self.writer.finish(self.counts)?;
        Ok(Assembled { out, counts: self.counts, of_base, tally: self.tally, bytes })
    }

    /// Writes which entities are related, and returns those of the base with what is related to them here.
    fn write_neighbours(&mut self) -> Result<Vec<(EntityIx, EntityIx)>> {
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.sort_unstable();
        pairs.dedup();
        let (mut starts, mut neighbours) = (Vec::new(), Vec::new());
        let mut of_base = Vec::new();
        let mut groups = pairs.chunk_by(|left, right| left.0 == right.0).peekable();
        for at in 0..self.counts.entities {
            starts.extend((neighbours.len() as u32 / 4).to_le_bytes());
            if let Some(group) = groups.next_if(|group| group[0].0 == EntityIx(at)) {
                let stated = group.iter().filter(|pair| pair.1);
                let mut others: Vec<EntityIx> =
                    stated.chain(group.iter().filter(|pair| !pair.1)).map(|pair| pair.2).collect();
                others.truncate(MAX_NEIGHBOURS);
                others.sort_unstable();
                others.dedup();
                neighbours.extend(others.iter().flat_map(|other| other.0.to_le_bytes()));
            }
        }
        starts.extend((neighbours.len() as u32 / 4).to_le_bytes());
        for group in groups {
            of_base.extend(group.iter().take(MAX_NEIGHBOURS).map(|pair| (pair.0, pair.2)));
        }
        debug_assert!(of_base.iter().all(|(base, _)| base.0 >= BASE));
        self.writer.add(Section::NeighbourStarts, &starts)?;
        self.writer.add(Section::Neighbours, &neighbours)?;
        Ok(of_base)
    }

    /// Writes each key with its rows, the indices by hash, and where the keys of curated entities are.
    fn write_keys(&mut self, mut rows: Sorted) -> Result<()> {
        let mut index = IndexWriter::default();
        let mut lengths: AHashMap<Vec<u8>, u64> = AHashMap::new();
        let mut curated = Vec::new();
        let mut of_entities: Vec<(EntityIx, u32)> = Vec::new();
        let mut group = KeyGroup::default();
        let mut at = 0;
        self.writer.begin(Section::Keys)?;
        loop {
            let next = rows.next()?;
            if next.is_none_or(|(order, _)| !order.starts_with(&group.prefix)) && !group.prefix.is_empty() {
                index.push(group.hash(), offset(at)?);
                if let Some(words) = group.curated_words() {
                    curated.extend(offset(at)?.to_le_bytes());
                    let first = group.key().split(|&byte| byte == b' ').next().unwrap_or_default();
                    if words <= MAX_WORDS {
                        *lengths.entry(first.to_owned()).or_default() |= 1 << words;
                    }
                }
                let bytes = group.record();
                let rows = at + bytes.len() - group.rows.len();
                for &(entity, row) in &group.entities {
                    of_entities.push((entity, offset(rows + row)?));
                }
                at += self.writer.write(Section::Keys, &bytes).map(|()| bytes.len())?;
                group = KeyGroup::default();
            }
            let Some((order, record)) = next else { break };
            group.add(order, record);
        }
        self.write_entity_rows(of_entities)?;
        let mut words = Words::default();
        words.add_all(lengths)?;
        self.writer.add(Section::Curated, &curated)?;
        self.writer.add(Section::Words, &words.records)?;
        let of_keys = index.finish([Section::KeyStarts, Section::KeyTags, Section::KeyOffsets]);
        let of_words = words.index.finish([Section::WordStarts, Section::WordTags, Section::WordOffsets]);
        of_keys.into_iter().chain(of_words).try_for_each(|(section, bytes)| self.writer.add(section, &bytes))
    }

    /// Writes which rows each entity has.
    fn write_entity_rows(&mut self, mut rows: Vec<(EntityIx, u32)>) -> Result<()> {
        rows.par_sort_unstable();
        let (mut starts, mut numbers) = (Vec::new(), Vec::with_capacity(rows.len() * 4));
        let mut groups = rows.chunk_by(|left, right| left.0 == right.0).peekable();
        for at in 0..self.counts.entities {
            starts.extend((numbers.len() as u32 / 4).to_le_bytes());
            let group = groups.next_if(|group| group[0].0 == EntityIx(at)).unwrap_or_default();
            numbers.extend(group.iter().flat_map(|(_, row)| row.to_le_bytes()));
        }
        starts.extend((numbers.len() as u32 / 4).to_le_bytes());
        self.writer.add(Section::EntityRowStarts, &starts)?;
        self.writer.add(Section::EntityRows, &numbers)
    }

    fn write_aligned(&mut self, section: Section, bytes: &[u8]) -> Result<usize> {
        let padding = bytes.len().next_multiple_of(ALIGNMENT) - bytes.len();
        self.writer.write(section, bytes)?;
        self.writer.write(section, &[0; ALIGNMENT][..padding])?;
        Ok(bytes.len() + padding)
    }
}

/// The rows of one key on their way into the table.
#[derive(Debug, Default)]
struct KeyGroup {
    /// Hash, key and a zero.
    prefix: Vec<u8>,
    rows: Vec<u8>,
    /// The entity of each row, and where the row begins.
    entities: Vec<(EntityIx, usize)>,
    words: Option<usize>,
}

impl KeyGroup {
    fn add(&mut self, order: &[u8], record: &[u8]) {
        if self.prefix.is_empty() {
            let key = order[8..].iter().position(|&byte| byte == 0).unwrap_or_default();
            self.prefix = order[..8 + key + 1].to_owned();
        }
        let row = row::read(record, &[]);
        self.entities.push((row.entity, self.rows.len()));
        push_number(&mut self.rows, record.len() as u32);
        self.rows.extend_from_slice(record);
        self.rows.resize(self.rows.len().next_multiple_of(ALIGNMENT), 0);
        if row.is_curated() {
            self.words = Some(row.cases.len());
        }
    }

    fn hash(&self) -> u64 {
        let first = self.prefix.get(..8).and_then(|eight| eight.try_into().ok());
        first.map_or(0, u64::from_be_bytes)
    }

    fn key(&self) -> &[u8] {
        self.prefix.get(8..self.prefix.len() - 1).unwrap_or_default()
    }

    /// How many words the key has, where a row is of a curated entity.
    fn curated_words(&self) -> Option<usize> {
        self.words
    }

    /// The key, the number of its rows, and the rows, each aligned.
    fn record(&self) -> Vec<u8> {
        let mut record = Vec::with_capacity(self.prefix.len() + self.rows.len() + 8);
        push_number(&mut record, self.key().len() as u32);
        record.extend_from_slice(self.key());
        push_number(&mut record, self.entities.len() as u32);
        record.resize(record.len().next_multiple_of(ALIGNMENT), 0);
        record.extend_from_slice(&self.rows);
        record
    }
}

/// First words with the lengths of the keys that they begin.
#[derive(Debug, Default)]
struct Words {
    index: IndexWriter,
    records: Vec<u8>,
}

impl Words {
    fn add_all(&mut self, lengths: AHashMap<Vec<u8>, u64>) -> Result<()> {
        let texts = lengths.into_iter().map(|(word, bits)| (String::from_utf8(word).unwrap_or_default(), bits));
        let mut sorted: Vec<(u64, String, u64)> = texts.map(|(word, bits)| (hash(&word), word, bits)).collect();
        sorted.sort_unstable();
        for (hash, word, bits) in sorted {
            self.index.push(hash, self.records.len() as u32);
            push_text(&mut self.records, &word);
            self.records.extend(bits.to_le_bytes());
        }
        Ok(())
    }
}

/// An offset as records are found by it.
fn offset(bytes: usize) -> Result<u32> {
    u32::try_from(bytes / ALIGNMENT).ok().filter(|&offset| offset < BASE).ok_or_else(|| {
        Error::new(ErrorKind::Table, "the table is too large: a section would have more than 8 GiB")
            .help("leave out entities that are never named, for example with --min-popularity")
    })
}
