//! Single output files: written under temporary names, verified, and renamed when the run is complete.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compress::OutputCompression;
use super::conflicts::FileAccess;
use super::counts::{Counts, RunCounts, check_lines};
use super::disk::{Disk, LocalDisk};
use super::duplicates::{DuplicateTracker, Duplicates};
use super::format::OutputFormat;
use super::identity::InputIdentity;
use super::json::escape_separators;
use super::lines::Rendered;
use super::paths::{Destination, OutputPaths};
use super::row_file::{FileFacts, RowFile, RowFormat, dir_of, follow_links};
use super::verify::verify_file;
use crate::error::{Error, Result};
use crate::read::Ledger;

/// Index of the articles file among the outputs.
const ARTICLES: usize = 1;

/// The open outputs of a run.
#[derive(Debug)]
pub struct Outputs {
    disk: Arc<dyn Disk>,
    mentions: RowFile,
    articles: Option<RowFile>,
    spans: Option<RowFile>,
    rejects_path: Option<PathBuf>,
    rejects: Option<RowFile>,
    summary: Option<RowFile>,
    compression: OutputCompression,
    counts: RunCounts,
    duplicates: DuplicateTracker,
}

/// What a run has written to its files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OutputReport {
    /// The files.
    pub files: Vec<FileFacts>,
    /// Counts of their lines.
    pub counts: Counts,
    /// Mentions by type.
    pub by_type: BTreeMap<String, u64>,
    /// Repeated ids.
    pub duplicate_ids: Duplicates,
    /// The rejects file, if there are rejects.
    pub rejects: Option<PathBuf>,
}

impl Outputs {
    /// Creates the temporary files. Fails if one cannot be created, or if two outputs are the same file.
    pub fn create(paths: &OutputPaths) -> Result<Self> {
        Self::create_on(Arc::new(LocalDisk), paths)
    }

    fn create_on(disk: Arc<dyn Disk>, paths: &OutputPaths) -> Result<Self> {
        FileAccess::default().write_outputs(paths).check()?;
        let create = |kind: &str, path: &Path| create_file(&disk, kind, path, paths);
        let open = |kind: &str, path: &Option<PathBuf>| path.as_deref().map(|path| create(kind, path)).transpose();
        // Most runs have no rejects, but an unwritable path must fail now.
        drop(open("rejects", &paths.rejects)?);
        Ok(Self {
            mentions: match &paths.mentions {
                Destination::Stdout => {
                    let format = RowFormat::of("mentions", paths.format, paths.compression, &paths.parquet);
                    RowFile::stdout(format)?
                }
                Destination::File(path) => create("mentions", path)?,
            },
            articles: open("articles", &paths.articles)?,
            spans: open("spans", &paths.spans)?,
            rejects_path: paths.rejects.as_deref().map(follow_links),
            rejects: None,
            summary: paths
                .summary
                .as_deref()
                .map(|path| create_lines(&disk, path, OutputCompression::Plain))
                .transpose()?,
            compression: paths.compression,
            counts: RunCounts::default(),
            duplicates: DuplicateTracker::default(),
            disk,
        })
    }

    /// Writes the lines of one record. Records must come in input order.
    pub fn write(&mut self, rendered: &Rendered) -> Result<()> {
        self.counts.add(rendered);
        let copy_of = self.duplicates.add(rendered);
        self.mentions.write_mentions(rendered)?;
        self.spans.as_mut().map_or(Ok(()), |spans| spans.write(&rendered.spans))?;
        if let (Some(articles), Some(row)) = (&mut self.articles, &rendered.article) {
            articles.write_article(row, copy_of.as_deref())?;
        }
        if let Some(path) = self.rejects_path.as_deref().filter(|_| !rendered.rejects.is_empty()) {
            let rejects = match &mut self.rejects {
                Some(rejects) => rejects,
                None => self.rejects.insert(create_lines(&self.disk, path, self.compression)?),
            };
            rejects.write(&rendered.rejects)?;
        }
        Ok(())
    }

    /// Closes all files but the summary, reads them back, and checks the counts against the lines of each file and against
    /// the records that were `read` from each of the `inputs`.
    pub fn verify(&mut self, read: &Ledger, inputs: &[InputIdentity]) -> Result<OutputReport> {
        let written = self.close_files()?;
        let (read, wrote) = (read.inputs(), &self.counts.inputs);
        let numbers: BTreeSet<u32> = read.keys().chain(wrote.keys()).copied().collect();
        for number in numbers {
            let records = read.get(&number).map_or(0, |read| read.records);
            let counts = wrote.get(&number).copied().unwrap_or_default();
            let input = inputs.get(number as usize);
            counts.check(records, input.map_or(&format!("input {}", number + 1), |input| &input.path))?;
        }
        Ok(written)
    }

    /// Closes the files and reads back those that are on disk.
    fn close_files(&mut self) -> Result<OutputReport> {
        let counts = self.counts.total;
        let expected = [counts.mentions, counts.records, counts.spans, counts.rejected];
        let files = [Some(&mut self.mentions), self.articles.as_mut(), self.spans.as_mut(), self.rejects.as_mut()];
        let mut written = OutputReport {
            files: Vec::new(),
            counts,
            by_type: self.counts.by_type.clone(),
            duplicate_ids: self.duplicates.duplicates().clone(),
            rejects: self.rejects_path.clone().filter(|_| counts.rejected > 0),
        };
        for (kind, (file, expected)) in files.into_iter().zip(expected).enumerate() {
            let Some(file) = file else { continue };
            check_lines(&file.path().display().to_string(), file.rows(), expected)?;
            let is_new = !file.is_closed();
            let facts = file.close()?;
            if let Some(path) = file.temporary_path().filter(|_| is_new) {
                verify_file(path, &facts, (kind == ARTICLES).then_some(&counts))?;
            }
            written.files.push(facts);
        }
        Ok(written)
    }

    /// Writes the summary, a JSON text, if one is wanted.
    pub fn write_summary(&mut self, text: &str) -> Result<()> {
        let mut json = text.as_bytes().to_vec();
        escape_separators(&mut json, 0);
        self.summary.as_mut().map_or(Ok(()), |summary| summary.write(&json))
    }

    /// Makes everything durable, then gives the files their final names: until then, the outputs of an earlier run stay as
    /// they are. Its rejects are removed if this run has none. Returns the rejects file, if there are rejects.
    pub fn publish(mut self) -> Result<Option<PathBuf>> {
        let written = self.close_files()?;
        self.summary.as_mut().map_or(Ok(()), |summary| summary.close().map(drop))?;
        let Self { mentions, articles, spans, rejects, rejects_path, summary, disk, .. } = self;
        let stale_rejects = rejects_path.filter(|path| rejects.is_none() && path.is_file());
        let files = [Some(mentions), articles, spans, rejects, summary].into_iter().flatten();
        let mut dirs = BTreeSet::new();
        for mut file in files {
            if file.publish()? {
                dirs.insert(dir_of(file.path()).to_owned());
            }
        }
        if let Some(stale) = stale_rejects {
            disk.remove(&stale).map_err(|error| Error::writing(&stale, error))?;
            dirs.insert(dir_of(&stale).to_owned());
        }
        let sync = |dir: &PathBuf| disk.sync_dir(dir).map_err(|error| Error::writing(dir, error));
        dirs.iter().try_for_each(sync)?;
        Ok(written.rejects)
    }

    /// Closes the files of a run that was stopped and leaves them under their temporary names, which are returned.
    pub fn keep_partial(self) -> Result<Vec<PathBuf>> {
        let Self { mentions, articles, spans, rejects, .. } = self;
        let files = [Some(mentions), articles, spans, rejects].into_iter().flatten();
        let kept: Vec<Option<PathBuf>> = files.map(RowFile::keep_partial).collect::<Result<_>>()?;
        Ok(kept.into_iter().flatten().collect())
    }
}

/// Creates the file behind a path. Format and compression are those of its name; those of `paths` where it has none.
fn create_file(disk: &Arc<dyn Disk>, kind: &str, path: &Path, paths: &OutputPaths) -> Result<RowFile> {
    let path = follow_links(path);
    let format = OutputFormat::from_path(&path).unwrap_or(paths.format);
    let compression = OutputCompression::from_path(&path).unwrap_or(paths.compression);
    RowFile::create(disk, &path, RowFormat::of(kind, format, compression, &paths.parquet))
}

/// Creates a file of lines behind a path, compressed as its name says.
fn create_lines(disk: &Arc<dyn Disk>, path: &Path, default: OutputCompression) -> Result<RowFile> {
    let path = follow_links(path);
    RowFile::create(disk, &path, RowFormat::Lines(OutputCompression::from_path(&path).unwrap_or(default)))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::super::disk::DiskFile;
    use super::*;
    use crate::outcome::RecordStatus;
    use crate::read::{ReadOptions, Records, discover};

    /// A disk that drops half of every write.
    #[derive(Debug)]
    struct LossyDisk;

    #[derive(Debug)]
    struct LossyFile(Box<dyn DiskFile>);

    impl Disk for LossyDisk {
        fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
            Ok(Box::new(LossyFile(LocalDisk.create(path)?)))
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            LocalDisk.rename(from, to)
        }

        fn remove(&self, path: &Path) -> io::Result<()> {
            LocalDisk.remove(path)
        }

        fn sync_dir(&self, dir: &Path) -> io::Result<()> {
            LocalDisk.sync_dir(dir)
        }
    }

    impl Write for LossyFile {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write_all(&bytes[..bytes.len() / 2])?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }

    impl DiskFile for LossyFile {
        fn sync(&mut self) -> io::Result<()> {
            self.0.sync()
        }
    }

    fn paths(root: &Path) -> OutputPaths {
        let mentions = Destination::File(root.join("mentions.jsonl"));
        OutputPaths { rejects: Some(root.join("rejects.jsonl")), ..OutputPaths::of(mentions) }
    }

    fn rejected() -> Rendered {
        Rendered { status: RecordStatus::Rejected, rejects: b"{}\n".to_vec(), ..Rendered::default() }
    }

    #[test]
    fn lost_bytes_are_detected_before_a_file_is_renamed() {
        let root = tempfile::tempdir().unwrap();
        for (disk, loses) in [(Arc::new(LocalDisk) as Arc<dyn Disk>, false), (Arc::new(LossyDisk), true)] {
            let mut outputs = Outputs::create_on(disk, &paths(root.path())).unwrap();
            outputs.write(&rejected()).unwrap();
            match outputs.publish() {
                Ok(rejects) => assert!(!loses && rejects == Some(root.path().join("rejects.jsonl"))),
                Err(error) => {
                    assert!(loses && error.to_string().contains("rejects.jsonl.part: the file on disk"), "{error}");
                }
            }
            assert_eq!(root.path().join("mentions.jsonl").exists(), !loses);
            let _ = std::fs::remove_file(root.path().join("mentions.jsonl"));
        }
    }

    #[test]
    fn rejects_of_an_earlier_run_are_kept_until_a_run_without_rejects_is_complete() {
        let root = tempfile::tempdir().unwrap();
        let rejects = root.path().join("rejects.jsonl");
        std::fs::write(&rejects, "of an earlier run").unwrap();
        drop(Outputs::create(&paths(root.path())).unwrap());
        Outputs::create(&paths(root.path())).unwrap().keep_partial().unwrap();
        assert_eq!(std::fs::read_to_string(&rejects).unwrap(), "of an earlier run");
        let mut outputs = Outputs::create(&paths(root.path())).unwrap();
        outputs.write(&rejected()).unwrap();
        assert_eq!(std::fs::read_to_string(&rejects).unwrap(), "of an earlier run");
        outputs.publish().unwrap();
        assert_eq!(std::fs::read_to_string(&rejects).unwrap(), "{}\n");
        Outputs::create(&paths(root.path())).unwrap().publish().unwrap();
        assert!(!rejects.exists());
    }

    #[test]
    fn an_input_with_lost_records_is_named() {
        let root = tempfile::tempdir().unwrap();
        let (news, options, ledger) = (root.path().join("news.jsonl"), ReadOptions::default(), Ledger::new(None));
        std::fs::write(&news, "{}\n{}\n").unwrap();
        let records = Records::new(discover(&[news], &options).unwrap(), &options);
        assert_eq!(ledger.follow(records.tracked(&ledger, 0)).count(), 2);
        let inputs = [InputIdentity { path: "news.jsonl".into(), ..InputIdentity::default() }];
        for (written, problem) in [
            (1, Some("news.jsonl: 2 records were read, but 0 written, 1 rejected")),
            (2, None),
            (3, Some("news.jsonl: 2 records were read, but 0 written, 3 rejected")),
        ] {
            let mut outputs = Outputs::create(&paths(root.path())).unwrap();
            (0..written).for_each(|_| outputs.write(&rejected()).unwrap());
            let verified = outputs.verify(&ledger, &inputs).map_err(|error| error.to_string());
            assert_eq!(verified.is_ok(), problem.is_none());
            assert!(problem.is_none_or(|problem| verified.unwrap_err().contains(problem)));
        }
    }
}
