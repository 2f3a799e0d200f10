//! Reading the hub's cache: which models are in it, and at which commits.

use std::path::{Path, PathBuf};

use super::name::is_commit;
use super::settings::cache_from_environment;
use super::{FetchManifest, HubName};
use crate::error::{Error, ErrorKind, Remedy, Result};
use crate::model::Snapshot;

/// The hub's cache on this machine.
#[derive(Clone, Debug)]
pub struct HubCache {
    root: PathBuf,
}

impl HubCache {
    /// The cache named by the environment (`HF_HUB_CACHE`, `HF_HOME`).
    pub fn from_environment() -> Self {
        Self::new(cache_from_environment())
    }

    /// The cache in a folder, which need not exist.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A model with all the files that opening it needs. Uses no network; fails where a part is not in the cache.
    pub fn find(&self, name: &HubName) -> Result<Snapshot> {
        let repository = self.repository(name);
        let Some(commit) = repository.commit_of(name.revision_or_main()) else {
            return Err(self.missing(name, &repository));
        };
        let folder = repository.snapshot(&commit);
        if let Some(lacking) = lacking(&folder) {
            return Err(Error::new(ErrorKind::Model, format!("{name} is in the cache, but without {lacking}"))
                .at(folder)
                .help("fetch it again: what is there is kept")
                .with_remedy(Remedy::FetchModel { name: name.to_string(), variant: None }));
        }
        let licence = repository.manifest(&commit).and_then(|manifest| manifest.licence);
        Ok(Snapshot { name: name.repository(), commit, folder, licence })
    }

    /// The names of all models that namewire has fetched, even in part, in alphabetical order.
    pub fn fetched(&self) -> Vec<HubName> {
        let Ok(entries) = std::fs::read_dir(&self.root) else { return Vec::new() };
        let folders = entries.flatten().filter(|entry| entry.path().join("namewire").is_dir());
        let mut names: Vec<HubName> =
            folders.filter_map(|entry| HubName::from_folder(entry.file_name().to_str()?)).collect();
        names.sort_by_key(HubName::repository);
        names
    }

    /// The folder of all that the cache has of a model, which need not exist.
    pub fn folder_of(&self, name: &HubName) -> PathBuf {
        self.root.join(name.folder())
    }

    pub(super) fn repository(&self, name: &HubName) -> CachedRepository {
        let folder = name.folder();
        CachedRepository { locks: self.root.join(".locks").join(&folder), folder: self.root.join(&folder) }
    }

    fn missing(&self, name: &HubName, repository: &CachedRepository) -> Error {
        let what = format!("{name} is neither a folder here nor a model in the hub's cache");
        // A commit that was fetched by its hash has no branch that leads to it.
        let help = match repository.commits().as_slice() {
            [] => "give the path of a folder, or fetch the model from the hub".to_owned(),
            commits => {
                let commits: Vec<String> = commits.iter().map(|commit| name.at(commit).to_string()).collect();
                format!("the cache has {}", commits.join(", "))
            }
        };
        Error::new(ErrorKind::Model, what)
            .at(&self.root)
            .help(help)
            .with_remedy(Remedy::FetchModel { name: name.to_string(), variant: None })
    }
}

/// The part of the cache that belongs to one repository.
#[derive(Clone, Debug)]
pub(super) struct CachedRepository {
    pub(super) folder: PathBuf,
    /// Where Hugging Face's tools keep a lock for each file.
    #[cfg_attr(not(feature = "hub"), expect(dead_code))]
    pub(super) locks: PathBuf,
}

impl CachedRepository {
    /// The commit of a branch, tag or commit, where its files are in the cache.
    pub(super) fn commit_of(&self, revision: &str) -> Option<String> {
        let reference = std::fs::read_to_string(self.folder.join("refs").join(revision)).ok();
        let commit = reference.as_deref().map(str::trim).unwrap_or(revision);
        // Nothing else that a file contains may become a path.
        Some(commit.to_owned()).filter(|commit| is_commit(commit) && self.snapshot(commit).is_dir())
    }

    pub(super) fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }

    pub(super) fn manifest_path(&self, commit: &str) -> PathBuf {
        self.folder.join("namewire").join(format!("{commit}.json"))
    }

    pub(super) fn manifest(&self, commit: &str) -> Option<FetchManifest> {
        FetchManifest::read(&self.manifest_path(commit))
    }

    /// All commits that have files in the cache, in order.
    fn commits(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("snapshots")) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut commits: Vec<String> = names.filter(|name| is_commit(name)).collect();
        commits.sort();
        commits
    }
}

/// What a folder misses to be a model, where it misses anything.
fn lacking(folder: &Path) -> Option<&'static str> {
    let has = |file: &str| ["", "onnx"].iter().any(|place| folder.join(place).join(file).exists());
    let is_graph = |path: PathBuf| path.extension().is_some_and(|end| end == "onnx") && path.exists();
    let has_graph = ["", "onnx"].iter().any(|place| {
        std::fs::read_dir(folder.join(place)).is_ok_and(|entries| entries.flatten().any(|entry| is_graph(entry.path())))
    });
    match () {
        () if !has("config.json") => Some("config.json"),
        () if !has("tokenizer.json") => Some("tokenizer.json"),
        () if !has_graph => Some("an ONNX file"),
        () => None,
    }
}
