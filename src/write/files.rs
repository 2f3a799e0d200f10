//! One file of each kind: written under a temporary name, synced and renamed when the run is done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::account::{Account, Counts, check_lines};
use super::compress::Encoding;
use super::disk::{Disk, LocalDisk};
use super::line_file::{FileFacts, LineFile, folder_of, is_special};
use super::lines::Rendered;
use super::manifest::InputIdentity;
use super::readback::check_file;
use super::seen::{Duplicates, Seen};
use crate::error::{Error, ErrorKind, Result};
use crate::read::Ledger;

/// The place of the articles among the files.
const ARTICLES: usize = 1;

/// Where a stream of lines goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// The outputs of a run.
#[derive(Clone, Debug)]
pub struct OutputPaths {
    /// One line per mention.
    pub mentions: Destination,
    /// One line per article.
    pub articles: Option<PathBuf>,
    /// One line per span of the model.
    pub spans: Option<PathBuf>,
    /// One line per record that was set aside, made when the first one is.
    pub rejects: Option<PathBuf>,
    /// One JSON object about the whole run.
    pub summary: Option<PathBuf>,
    /// How outputs are compressed whose names do not tell; the summary is not.
    pub encoding: Encoding,
}

/// The open outputs of a run.
#[derive(Debug)]
pub struct Outputs {
    disk: Arc<dyn Disk>,
    mentions: LineFile,
    articles: Option<LineFile>,
    spans: Option<LineFile>,
    rejects_path: Option<PathBuf>,
    rejects: Option<LineFile>,
    summary: Option<LineFile>,
    encoding: Encoding,
    account: Account,
    seen: Seen,
}

/// What was written, and has been brought to the disk.
#[derive(Clone, Debug)]
pub struct Written {
    /// The files.
    pub files: Vec<FileFacts>,
    /// Their counts.
    pub counts: Counts,
    /// Mentions of each type.
    pub by_type: BTreeMap<String, u64>,
    /// Ids that came more than once.
    pub duplicate_ids: Duplicates,
    /// Where the rejects are, if there are any.
    pub rejects: Option<PathBuf>,
}

impl Outputs {
    /// Opens everything but the rejects. Fails where a file cannot be made, or two outputs are one file.
    pub fn create(paths: &OutputPaths) -> Result<Self> {
        Self::create_on(Arc::new(LocalDisk), paths)
    }

    fn create_on(disk: Arc<dyn Disk>, paths: &OutputPaths) -> Result<Self> {
        check_distinct(paths)?;
        let create = |path: &Path| LineFile::create(&disk, path, encoding_of(path, paths.encoding));
        let open = |path: &Option<PathBuf>| path.as_deref().map(create).transpose();
        // What an earlier run set aside must not stand beside the mentions of this one.
        if let Some(stale) = paths.rejects.as_deref().filter(|path| path.is_file()) {
            std::fs::remove_file(stale).map_err(|error| Error::writing(stale, error))?;
        }
        // Most runs need no rejects file; whether one could be made must show now all the same.
        drop(open(&paths.rejects)?);
        Ok(Self {
            mentions: match &paths.mentions {
                Destination::Stdout => LineFile::stdout(paths.encoding)?,
                Destination::File(path) => create(path)?,
            },
            articles: open(&paths.articles)?,
            spans: open(&paths.spans)?,
            rejects_path: paths.rejects.clone(),
            rejects: None,
            summary: paths
                .summary
                .as_deref()
                .map(|path| LineFile::create(&disk, path, encoding_of(path, Encoding::Plain)))
                .transpose()?,
            encoding: paths.encoding,
            account: Account::default(),
            seen: Seen::default(),
            disk,
        })
    }

    /// Writes the lines of one outcome; outcomes come in the order of the input.
    pub fn write(&mut self, rendered: &Rendered) -> Result<()> {
        self.account.enter(rendered);
        let copy_of = self.seen.take(rendered);
        self.mentions.write(&rendered.mentions)?;
        self.spans.as_mut().map_or(Ok(()), |spans| spans.write(&rendered.spans))?;
        if let (Some(articles), Some(row)) = (&mut self.articles, &rendered.article) {
            articles.write(&row.line(copy_of.as_deref())?)?;
        }
        if let Some(path) = self.rejects_path.as_deref().filter(|_| !rendered.rejects.is_empty()) {
            let rejects = match &mut self.rejects {
                Some(rejects) => rejects,
                None => self.rejects.insert(LineFile::create(&self.disk, path, encoding_of(path, self.encoding))?),
            };
            rejects.write(&rendered.rejects)?;
        }
        Ok(())
    }

    /// Brings everything but the summary to the disk, and holds the account against the lines of each file and against
    /// the records that were `read` of each of the `inputs`.
    pub fn seal(&mut self, read: &Ledger, inputs: &[InputIdentity]) -> Result<Written> {
        let written = self.seal_files()?;
        let (read, wrote) = (read.inputs(), &self.account.inputs);
        let numbers: BTreeSet<u32> = read.keys().chain(wrote.keys()).copied().collect();
        for number in numbers {
            let records = read.get(&number).map_or(0, |read| read.records);
            let counts = wrote.get(&number).copied().unwrap_or_default();
            let input = inputs.get(number as usize);
            counts.check(records, input.map_or(&format!("input {}", number + 1), |input| &input.path))?;
        }
        Ok(written)
    }

    /// What can be read again from where it lies is read again.
    fn seal_files(&mut self) -> Result<Written> {
        let counts = self.account.total;
        let expected = [counts.mentions, counts.records, counts.spans, counts.rejected];
        let files = [Some(&mut self.mentions), self.articles.as_mut(), self.spans.as_mut(), self.rejects.as_mut()];
        let mut written = Written {
            files: Vec::new(),
            counts,
            by_type: self.account.by_type.clone(),
            duplicate_ids: self.seen.duplicates().clone(),
            rejects: self.rejects_path.clone().filter(|_| counts.rejected > 0),
        };
        for (kind, (file, expected)) in files.into_iter().zip(expected).enumerate() {
            let Some(file) = file else { continue };
            check_lines(&file.path().display().to_string(), file.lines(), expected)?;
            let is_new = !file.is_sealed();
            let facts = file.seal()?;
            if let Some(path) = file.lies_at().filter(|_| is_new) {
                check_file(path, &facts, (kind == ARTICLES).then_some(&counts))?;
            }
            written.files.push(facts);
        }
        Ok(written)
    }

    /// Writes the summary, where one is wanted.
    pub fn write_summary(&mut self, text: &str) -> Result<()> {
        self.summary.as_mut().map_or(Ok(()), |summary| summary.write(text.as_bytes()))
    }

    /// Brings everything to the disk, and only then gives the files their names. Returns where the rejects are, if
    /// there are any.
    pub fn finish(mut self) -> Result<Option<PathBuf>> {
        let written = self.seal_files()?;
        self.summary.as_mut().map_or(Ok(()), |summary| summary.seal().map(drop))?;
        let Self { mentions, articles, spans, rejects, summary, disk, .. } = self;
        let files = [Some(mentions), articles, spans, rejects, summary].into_iter().flatten();
        let mut folders = BTreeSet::new();
        for mut file in files {
            if file.name()? {
                folders.insert(folder_of(file.path()).to_owned());
            }
        }
        let sync = |folder: &PathBuf| disk.sync_folder(folder).map_err(|error| Error::writing(folder, error));
        folders.iter().try_for_each(sync)?;
        Ok(written.rejects)
    }

    /// Ends the files of a run that was stopped, and leaves them under their temporary names, which are returned.
    pub fn keep(self) -> Result<Vec<PathBuf>> {
        let Self { mentions, articles, spans, rejects, .. } = self;
        let files = [Some(mentions), articles, spans, rejects].into_iter().flatten();
        let kept: Vec<Option<PathBuf>> = files.map(LineFile::keep).collect::<Result<_>>()?;
        Ok(kept.into_iter().flatten().collect())
    }
}

fn encoding_of(path: &Path, otherwise: Encoding) -> Encoding {
    Encoding::of_name(path).unwrap_or(otherwise)
}

fn check_distinct(paths: &OutputPaths) -> Result<()> {
    let mentions = match &paths.mentions {
        Destination::File(path) => Some(path),
        Destination::Stdout => None,
    };
    let rest = [&paths.articles, &paths.spans, &paths.rejects, &paths.summary].into_iter().flatten();
    let mut all: Vec<&PathBuf> = mentions.into_iter().chain(rest).collect();
    all.sort();
    match all.windows(2).find(|pair| pair[0] == pair[1] && !is_special(pair[0])) {
        Some(pair) => Err(Error::new(ErrorKind::Config, "two outputs have the same name").at(pair[0])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::super::disk::DiskFile;
    use super::*;
    use crate::outcome::RecordStatus;
    use crate::read::{ReadOptions, Records, discover};

    /// A disk that says it has written what it has not.
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

        fn sync_folder(&self, folder: &Path) -> io::Result<()> {
            LocalDisk.sync_folder(folder)
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
        OutputPaths {
            mentions: Destination::File(root.join("mentions.jsonl")),
            articles: None,
            spans: None,
            rejects: Some(root.join("rejects.jsonl")),
            summary: None,
            encoding: Encoding::Plain,
        }
    }

    fn rejected() -> Rendered {
        Rendered {
            input: 0,
            id: None,
            status: RecordStatus::Rejected,
            mentions: Vec::new(),
            spans: Vec::new(),
            span_count: 0,
            rejects: b"{}\n".to_vec(),
            article: None,
            written: Vec::new(),
        }
    }

    #[test]
    fn what_the_disk_lost_is_noticed_before_a_file_has_its_name() {
        let root = tempfile::tempdir().unwrap();
        for (disk, loses) in [(Arc::new(LocalDisk) as Arc<dyn Disk>, false), (Arc::new(LossyDisk), true)] {
            let mut outputs = Outputs::create_on(disk, &paths(root.path())).unwrap();
            outputs.write(&rejected()).unwrap();
            match outputs.finish() {
                Ok(rejects) => assert!(!loses && rejects == Some(root.path().join("rejects.jsonl"))),
                Err(error) => {
                    assert!(
                        loses && error.to_string().contains("rejects.jsonl.part: what lies on the disk"),
                        "{error}"
                    );
                }
            }
            assert_eq!(root.path().join("mentions.jsonl").exists(), !loses);
            let _ = std::fs::remove_file(root.path().join("mentions.jsonl"));
        }
    }

    #[test]
    fn an_input_whose_records_were_lost_is_named() {
        let root = tempfile::tempdir().unwrap();
        let (news, options, ledger) = (root.path().join("news.jsonl"), ReadOptions::default(), Ledger::new(None));
        std::fs::write(&news, "{}\n{}\n").unwrap();
        let records = Records::new(discover(&[news], &options).unwrap(), &options);
        assert_eq!(ledger.follow(records.tracked(&ledger, 0)).count(), 2);
        let inputs = [InputIdentity { path: "news.jsonl".into(), ..InputIdentity::default() }];
        for (written, problem) in [
            (1, Some("news.jsonl: 2 records were read, but 0 written, 1 set aside")),
            (2, None),
            (3, Some("news.jsonl: 2 records were read, but 0 written, 3 set aside")),
        ] {
            let mut outputs = Outputs::create(&paths(root.path())).unwrap();
            (0..written).for_each(|_| outputs.write(&rejected()).unwrap());
            let sealed = outputs.seal(&ledger, &inputs).map_err(|error| error.to_string());
            assert_eq!(sealed.is_ok(), problem.is_none());
            assert!(problem.is_none_or(|problem| sealed.unwrap_err().contains(problem)));
        }
    }
}
