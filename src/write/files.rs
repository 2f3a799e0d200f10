//! Output files: written under a temporary name, renamed when the run is done.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ahash::AHashMap;

use super::lines::Rendered;
use crate::error::{Error, ErrorKind, Result};

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
}

/// The open outputs of a run.
#[derive(Debug)]
pub struct Outputs {
    mentions: Output,
    articles: Option<Output>,
    spans: Option<Output>,
    rejects_path: Option<PathBuf>,
    rejects: Option<Output>,
    summary: Option<Output>,
    seen: Seen,
}

impl Outputs {
    /// Opens everything but the rejects. Fails where a file cannot be made, or two outputs are one file.
    pub fn create(paths: &OutputPaths) -> Result<Self> {
        check_distinct(paths)?;
        let open = |path: &Option<PathBuf>| path.as_deref().map(Output::create).transpose();
        // What an earlier run set aside must not stand beside the mentions of this one.
        if let Some(stale) = paths.rejects.as_deref().filter(|path| path.is_file()) {
            std::fs::remove_file(stale).map_err(|error| Error::writing(stale, error))?;
        }
        // Most runs need no rejects file; whether one could be made must show now all the same.
        open(&paths.rejects)?.map_or(Ok(()), Output::discard)?;
        Ok(Self {
            mentions: match &paths.mentions {
                Destination::Stdout => Output::stdout(),
                Destination::File(path) => Output::create(path)?,
            },
            articles: open(&paths.articles)?,
            spans: open(&paths.spans)?,
            rejects_path: paths.rejects.clone(),
            rejects: None,
            summary: open(&paths.summary)?,
            seen: Seen::default(),
        })
    }

    /// Writes the lines of one outcome; outcomes come in the order of the input.
    pub fn write(&mut self, rendered: &Rendered) -> Result<()> {
        self.mentions.write(&rendered.mentions)?;
        self.spans.as_mut().map_or(Ok(()), |spans| spans.write(&rendered.spans))?;
        if let (Some(articles), Some(row)) = (&mut self.articles, &rendered.article) {
            let copy_of = self.seen.first_with(row.text_hash.as_deref(), row.doc_id.as_deref());
            articles.write(&row.line(copy_of.as_deref())?)?;
        }
        if let Some(path) = self.rejects_path.as_deref().filter(|_| !rendered.rejects.is_empty()) {
            if self.rejects.is_none() {
                self.rejects = Some(Output::create(path)?);
            }
            self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.write(&rendered.rejects))?;
        }
        Ok(())
    }

    /// Writes the summary, where one is wanted.
    pub fn write_summary(&mut self, text: &str) -> Result<()> {
        self.summary.as_mut().map_or(Ok(()), |summary| summary.write(text.as_bytes()))
    }

    /// Flushes everything, and only then gives the files their names. Returns where the rejects are, if there
    /// are any.
    pub fn finish(self) -> Result<Option<PathBuf>> {
        let rejects = self.rejects.as_ref().and(self.rejects_path.clone());
        let rest = [self.articles, self.spans, self.rejects, self.summary].into_iter().flatten();
        let mut outputs: Vec<Output> = std::iter::once(self.mentions).chain(rest).collect();
        outputs.iter_mut().try_for_each(Output::flush)?;
        outputs.into_iter().try_for_each(Output::name)?;
        Ok(rejects)
    }
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

/// Devices and pipes are written as they are; a rename would replace them.
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| !meta.is_file())
}

#[derive(Debug)]
struct Output {
    to: Box<BufWriter<Sink>>,
    path: PathBuf,
    temporary: Option<PathBuf>,
}

#[derive(Debug)]
enum Sink {
    Stdout(io::Stdout),
    File(File),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

impl Output {
    fn stdout() -> Self {
        Self { to: buffered(Sink::Stdout(io::stdout())), path: "-".into(), temporary: None }
    }

    fn create(path: &Path) -> Result<Self> {
        let temporary = (!is_special(path)).then(|| {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".part");
            path.with_file_name(name)
        });
        let target = temporary.as_deref().unwrap_or(path);
        let file = File::create(target)
            .map_err(|error| Error::writing(path, error).help("check that its folder exists and may be written"))?;
        Ok(Self { to: buffered(Sink::File(file)), path: path.to_owned(), temporary })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.to.write_all(bytes).map_err(|error| Error::writing(&self.path, error))
    }

    fn flush(&mut self) -> Result<()> {
        self.to.flush().map_err(|error| Error::writing(&self.path, error))
    }

    fn discard(self) -> Result<()> {
        let Self { path, temporary, .. } = self;
        temporary.map_or(Ok(()), std::fs::remove_file).map_err(|error| Error::writing(&path, error))
    }

    fn name(self) -> Result<()> {
        let Self { path, temporary, .. } = self;
        let named = temporary.map_or(Ok(()), |temporary| std::fs::rename(temporary, &path));
        named.map_err(|error| Error::writing(&path, error))
    }
}

fn buffered(sink: Sink) -> Box<BufWriter<Sink>> {
    Box::new(BufWriter::with_capacity(1 << 18, sink))
}

/// Texts that were seen, to name the first article of each. Holds the newest quarter of a million: copies
/// in a news dump stand near one another, and memory must not grow with the dump.
#[derive(Debug, Default)]
struct Seen {
    first: AHashMap<u128, Box<str>>,
    order: std::collections::VecDeque<u128>,
}

impl Seen {
    const MOST: usize = 1 << 18;

    /// The id of the first article with this hash, if it is not this one.
    fn first_with(&mut self, hash: Option<&str>, id: Option<&str>) -> Option<String> {
        let key = u128::from_str_radix(hash?, 16).ok()?;
        if let Some(first) = self.first.get(&key) {
            return Some(first.to_string());
        }
        self.first.insert(key, id?.into());
        self.order.push_back(key);
        if self.order.len() > Self::MOST {
            self.order.pop_front().map(|oldest| self.first.remove(&oldest));
        }
        None
    }
}
