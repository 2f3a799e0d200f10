//! A model from the hub into the cache: asked for, chosen, downloaded, checked, noted.

use std::path::PathBuf;

use super::cache::CachedRepository;
use super::client::Client;
use super::digest::{Digest, Measured, measure};
use super::download::Download;
use super::repository::{RemoteFile, Repository};
use super::select::{Selection, select};
use super::store::failed;
use super::{FetchEvent, FetchManifest, FetchOptions, Fetched, HubCache, HubName, HubSettings, ManifestFile};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Snapshot;

/// Fetches a model into the hub's cache and checks every file. Files that are there are checked and kept; interrupted
/// downloads are resumed. Offline, checks the files in the cache.
///
/// # Errors
///
/// Fails where the hub does not have the model or denies access, where the model has no ONNX file or no tokenizer,
/// where its labels have no meaningful names, and where a file does not have the hash that the hub states.
pub fn fetch(
    name: &HubName,
    options: &FetchOptions,
    settings: &HubSettings,
    watch: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<Fetched> {
    let cache = HubCache::new(&settings.cache);
    let cached = cache.repository(name);
    let client = if settings.offline { None } else { Some(Client::new(settings, name)?) };
    let repository = match &client {
        Some(client) => client.repository(watch)?,
        None => without_asking(name, &cache)?,
    };
    let selection = select(&repository, options).map_err(|error| match client {
        Some(_) => error,
        None => error.help("HF_HUB_OFFLINE is set: only what the cache has of the repository was looked at"),
    })?;
    let mut files =
        Files { client: client.as_ref(), settings, cached: &cached, repository: &repository, options, downloaded: 0 };
    let listed = files.bring_all(&selection, watch)?;
    if client.is_some() {
        // Last: a branch never leads to a snapshot of which a part is missing.
        cached.refer(name.revision_or_main(), &repository.commit)?;
    }
    let downloaded = files.downloaded;
    let (manifest, manifest_path) = note(&cached, &repository, listed, downloaded)?;
    let snapshot = Snapshot {
        name: repository.name.clone(),
        folder: cached.snapshot(&repository.commit),
        commit: repository.commit.clone(),
        licence: manifest.licence.clone(),
    };
    Ok(Fetched { snapshot, variant: selection.graph.path.clone(), manifest, manifest_path, downloaded })
}

/// What the cache has of the repository.
fn without_asking(name: &HubName, cache: &HubCache) -> Result<Repository> {
    let hint = "HF_HUB_OFFLINE is set, so that nothing is downloaded";
    let snapshot = cache.find(name).map_err(|error| error.help(hint))?;
    Ok(Repository::in_cache(name, &cache.repository(name), &snapshot.commit))
}

/// Writes the manifest. A cache that others fill may be closed to us: where nothing was downloaded, that is no fault.
fn note(
    cached: &CachedRepository,
    repository: &Repository,
    files: Vec<ManifestFile>,
    downloaded: u64,
) -> Result<(FetchManifest, Option<PathBuf>)> {
    let (name, commit, licence) = (repository.name.clone(), repository.commit.clone(), repository.licence.clone());
    let manifest = FetchManifest { name, commit, licence, files };
    match cached.note(manifest.clone()) {
        Ok((manifest, path)) => Ok((manifest, Some(path))),
        Err(error) if downloaded == 0 => {
            tracing::warn!("the manifest was not written: {error}");
            Ok((manifest, None))
        }
        Err(error) => Err(error),
    }
}

/// The files of one repository on their way.
struct Files<'f> {
    /// `None` offline.
    client: Option<&'f Client<'f>>,
    settings: &'f HubSettings,
    cached: &'f CachedRepository,
    repository: &'f Repository,
    options: &'f FetchOptions,
    downloaded: u64,
}

impl Files<'_> {
    fn bring_all(
        &mut self,
        selection: &Selection<'_>,
        watch: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<Vec<ManifestFile>> {
        let mut listed = Vec::new();
        for file in &selection.texts {
            listed.push(self.bring(file, watch)?);
            if file.path.ends_with("config.json") && !file.path.ends_with("tokenizer_config.json") {
                self.check_labels(&file.path)?;
            }
        }
        // The graph comes last: a folder with one is complete.
        for file in selection.weights.iter().chain([&selection.graph]) {
            listed.push(self.bring(file, watch)?);
        }
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listed)
    }

    /// Brings one file into the snapshot.
    fn bring(&mut self, file: &RemoteFile, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<ManifestFile> {
        let Some(client) = self.client else { return self.check(file, watch) };
        let (size, digest) = match (file.size, file.digest.clone()) {
            (Some(size), Some(digest)) => (size, digest),
            (size, digest) => {
                let (stated_size, stated_digest) = client.describe(&self.repository.commit, &file.path, watch)?;
                self.complete(&file.path, size.or(stated_size), digest.or(stated_digest))?
            }
        };
        let download = Download {
            client,
            cached: self.cached,
            retries: self.settings.retries,
            commit: &self.repository.commit,
            path: &file.path,
            size,
            digest: &digest,
        };
        let (measured, downloaded) = download.run(watch)?;
        self.downloaded += downloaded;
        Ok(list(file, measured, Some(&digest)))
    }

    fn complete(&self, path: &str, size: Option<u64>, digest: Option<Digest>) -> Result<(u64, Digest)> {
        size.zip(digest).ok_or_else(|| {
            let what = format!("the hub states no size or no hash of {path}, so that it could not be checked");
            Error::new(ErrorKind::Hub, what).help("HF_ENDPOINT names the hub; https://huggingface.co states both")
        })
    }

    /// Compares a file of the cache with the hash that it is stored under, without any request.
    fn check(&self, file: &RemoteFile, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<ManifestFile> {
        watch(FetchEvent::File { path: &file.path, size: file.size.unwrap_or(0) });
        watch(FetchEvent::Checking);
        let path = self.cached.snapshot(&self.repository.commit).join(&file.path);
        let measured = measure(&path).map_err(|error| failed(&path, error))?;
        match &file.digest {
            Some(digest) if digest.of(&measured) != digest.tag() => {
                let (kind, expected, found) = (digest.kind(), digest.tag(), digest.of(&measured));
                let what = format!("the cached file is damaged: expected {kind} {expected}, got {found}");
                Err(Error::new(ErrorKind::Hub, what)
                    .at(path)
                    .help("fetch without HF_HUB_OFFLINE: it is downloaded again"))
            }
            digest => Ok(list(file, measured, digest.as_ref())),
        }
    }

    /// A model whose labels say nothing is not worth the download of its weights.
    fn check_labels(&self, config: &str) -> Result<()> {
        let path = self.cached.snapshot(&self.repository.commit).join(config);
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
        crate::model::check_labels(&text, self.options.labels.as_deref()).map_err(|error| error.at(path))
    }
}

fn list(file: &RemoteFile, measured: Measured, digest: Option<&Digest>) -> ManifestFile {
    let git_sha1 = match digest {
        Some(Digest::GitBlob(tag)) => Some(tag.clone()),
        _ => None,
    };
    ManifestFile { path: file.path.clone(), size: measured.size, sha256: measured.sha256, git_sha1 }
}
