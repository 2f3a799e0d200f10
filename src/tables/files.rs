//! The files of runs: those of a directory of shards, in order, or those that the user names.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::write::{FileAccess, Manifest, State};

/// The mentions of runs, and their articles, both in the order of the run.
#[derive(Clone, Debug, Default)]
pub struct RunFiles {
    /// Files of mentions.
    pub mentions: Vec<PathBuf>,
    /// Files of articles; without any, only articles with mentions are known, and few of their facts.
    pub articles: Vec<PathBuf>,
    /// The manifests of directories of shards.
    pub manifests: Vec<Manifest>,
}

impl RunFiles {
    /// Finds the files: each of `runs` is a directory of shards, or a file of mentions; `articles` belong to the
    /// latter.
    ///
    /// # Errors
    ///
    /// Fails where a directory has no manifest, where its shards are damaged, or where only some of the mentions have
    /// their articles.
    pub fn find(runs: &[PathBuf], articles: &[PathBuf]) -> Result<Self> {
        let mut files = Self { articles: articles.to_vec(), ..Self::default() };
        for run in runs {
            if run.is_dir() {
                files.add_shards(run)?;
            } else {
                files.mentions.push(run.clone());
            }
        }
        let has_both = !files.manifests.is_empty() && files.manifests.len() < runs.len();
        if has_both || (!articles.is_empty() && !files.manifests.is_empty()) {
            return Err(Error::config("directories of shards and files of mentions cannot be mixed")
                .help("a directory brings its own articles; give directories only, or files only"));
        }
        Ok(files)
    }

    fn add_shards(&mut self, dir: &Path) -> Result<()> {
        let manifest = Manifest::read(dir)?.ok_or_else(|| {
            Error::new(ErrorKind::Input, "the directory has no manifest of a run")
                .at(dir)
                .help("give a directory that namewire wrote, or files of mentions")
        })?;
        manifest.check_files(dir)?;
        if manifest.state != State::Complete {
            tracing::warn!("{}: the run is not complete; its complete shards are read", dir.display());
        }
        for file in manifest.files() {
            let list = match file.name.split('-').next() {
                Some("mentions") => &mut self.mentions,
                Some("articles") => &mut self.articles,
                _ => continue,
            };
            list.push(dir.join(&file.name));
        }
        self.manifests.push(manifest);
        Ok(())
    }

    /// Adds all files to those that a command reads.
    pub fn read_by(&self, access: &mut FileAccess) {
        access.read_all("mentions", &self.mentions).read_all("articles", &self.articles);
    }
}
