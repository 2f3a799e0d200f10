//! A repository: its commit, licence and files, from the hub or from the cache.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::cache::CachedRepository;
use super::digest::Digest;
use super::name::is_commit;
use super::{FetchManifest, HubName};
use crate::error::{Error, ErrorKind, Result};

/// A repository at one commit.
#[derive(Clone, Debug)]
pub(super) struct Repository {
    pub(super) name: String,
    pub(super) commit: String,
    pub(super) licence: Option<String>,
    pub(super) files: Vec<RemoteFile>,
}

/// One of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemoteFile {
    /// Path in the repository, which never leaves its folder.
    pub(super) path: String,
    pub(super) size: Option<u64>,
    pub(super) digest: Option<Digest>,
}

/// The relevant parts of the hub's response.
#[derive(Deserialize)]
struct ModelInfo {
    sha: String,
    siblings: Vec<Sibling>,
    #[serde(default, rename = "cardData")]
    card: Value,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    #[serde(rename = "blobId")]
    blob: Option<String>,
    lfs: Option<LargeFile>,
}

#[derive(Deserialize)]
struct LargeFile {
    #[serde(alias = "oid")]
    sha256: String,
    size: u64,
}

impl Repository {
    /// Parses the hub's response. Fails on an invalid one, and on a path outside the folder.
    pub(super) fn parse(name: &HubName, response: &[u8]) -> Result<Self> {
        let unclear = |what: String| Error::new(ErrorKind::Hub, format!("the hub's response about {name} {what}"));
        let response: ModelInfo =
            serde_json::from_slice(response).map_err(|error| unclear("cannot be read".to_owned()).because(error))?;
        if !is_commit(&response.sha) {
            return Err(unclear(format!("has an invalid commit {:?}", shorten(&response.sha))));
        }
        if let Some(file) = response.siblings.iter().find(|file| !stays_inside(&file.rfilename)) {
            return Err(unclear(format!("has the file {:?}, which would be outside its folder", file.rfilename))
                .help("nothing was downloaded; do not trust this repository or this HF_ENDPOINT"));
        }
        let licence = licence(&response.card, &response.tags);
        let files = response.siblings.into_iter().map(RemoteFile::from).collect();
        Ok(Self { name: name.repository(), commit: response.sha, licence, files })
    }

    /// The part of a repository that is in the cache.
    pub(super) fn in_cache(name: &HubName, cached: &CachedRepository, commit: &str) -> Self {
        let manifest = cached.manifest(commit);
        let folder = cached.snapshot(commit);
        let mut files = Vec::new();
        for place in ["", "onnx"] {
            let Ok(entries) = std::fs::read_dir(folder.join(place)) else { continue };
            let here = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
            files.extend(here.filter_map(|path| cached_file(&folder, &path, manifest.as_ref())));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let licence = manifest.and_then(|manifest| manifest.licence);
        Self { name: name.repository(), commit: commit.to_owned(), licence, files }
    }

    pub(super) fn file(&self, path: &str) -> Option<&RemoteFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl From<Sibling> for RemoteFile {
    fn from(file: Sibling) -> Self {
        match file.lfs {
            // The git blob of a large file is a pointer, not its content.
            Some(large) => {
                let digest = Digest::from_tag(&large.sha256).filter(|digest| matches!(digest, Digest::Sha256(_)));
                Self { path: file.rfilename, size: Some(large.size), digest }
            }
            None => {
                let digest = file.blob.as_deref().and_then(Digest::from_tag);
                Self { path: file.rfilename, size: file.size, digest }
            }
        }
    }
}

/// A file of a snapshot; its hash is the name of its blob or in the manifest.
fn cached_file(folder: &Path, path: &Path, manifest: Option<&FetchManifest>) -> Option<RemoteFile> {
    let parts: Vec<&str> = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    let below = parts.join("/");
    let blob = std::fs::read_link(path).ok();
    let digest = blob.as_deref().and_then(Path::file_name).and_then(|name| Digest::from_tag(name.to_str()?));
    let listed = || manifest?.files.iter().find(|file| file.path == below).map(|file| file.sha256.clone());
    let digest = digest.or_else(|| listed().map(Digest::Sha256));
    Some(RemoteFile { path: below, size: std::fs::metadata(path).ok().map(|data| data.len()), digest })
}

/// Whether a path is relative and all its parts are plain names on any system.
fn stays_inside(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.split('/').all(plain) && !path.contains(['\\', ':']) && !path.chars().any(char::is_control)
}

/// The licence that a model card states, with name and address of a custom one.
fn licence(card: &Value, tags: &[String]) -> Option<String> {
    let stated = match &card["license"] {
        Value::String(licence) => Some(licence.clone()),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        _ => tags.iter().find_map(|tag| tag.strip_prefix("license:")).map(str::to_owned),
    };
    let own = || ["license_name", "license_link"].iter().filter_map(|key| card[*key].as_str()).collect::<Vec<_>>();
    let stated = stated.filter(|licence| !licence.is_empty())?;
    Some(if stated == "other" && !own().is_empty() { own().join(", ") } else { stated })
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(response: Value) -> Result<Repository> {
        Repository::parse(&"a/b".parse().unwrap(), response.to_string().as_bytes())
    }

    #[test]
    fn files_have_the_hash_of_their_content() {
        let (commit, blob, content) = ("12".repeat(20), "ab".repeat(20), "cd".repeat(32));
        let repository = parse(json!({"sha": commit, "siblings": [
            {"rfilename": "config.json", "size": 3, "blobId": blob},
            {"rfilename": "onnx/model.onnx", "size": 9, "blobId": blob, "lfs": {"sha256": content, "size": 9, "pointerSize": 1}},
            {"rfilename": "bare.json"}]}))
        .unwrap();
        let digests: Vec<_> = repository.files.iter().map(|file| file.digest.clone()).collect();
        assert_eq!(digests, [Some(Digest::GitBlob(blob)), Some(Digest::Sha256(content)), None]);
        assert_eq!(repository.file("onnx/model.onnx").unwrap().size, Some(9));
    }

    #[test]
    fn paths_outside_the_folder_are_rejected() {
        for path in ["../x", "a/../../x", "/etc/x", "a\\..\\x", "C:x", "a//b", "./a", "", "a/..", "a\u{0}b", "a\nb"] {
            let error = parse(json!({"sha": "12".repeat(20), "siblings": [{"rfilename": path}]})).unwrap_err();
            assert!(error.to_string().contains("outside its folder"), "{path:?}: {error}");
        }
        assert!(stays_inside("onnx/model..v2.onnx"));
    }

    #[test]
    fn invalid_responses_are_rejected() {
        for response in [json!({}), json!([]), json!({"sha": "main", "siblings": []}), json!({"sha": "12".repeat(20)})]
        {
            assert!(parse(response).unwrap_err().to_string().starts_with("the hub's response about a/b"));
        }
    }

    #[test]
    fn the_licence_is_taken_from_the_card_or_the_tags() {
        let tags = ["onnx".to_owned(), "license:mit".to_owned()];
        assert_eq!(licence(&Value::Null, &tags).as_deref(), Some("mit"));
        assert_eq!(licence(&json!({"license": "cc-by-nc-sa-4.0"}), &tags).as_deref(), Some("cc-by-nc-sa-4.0"));
        assert_eq!(licence(&json!({"license": ["mit", "x"]}), &[]).as_deref(), Some("mit, x"));
        let own = json!({"license": "other", "license_name": "own", "license_link": "LICENSE"});
        assert_eq!(licence(&own, &[]).as_deref(), Some("own, LICENSE"));
        assert_eq!(licence(&json!({}), &[]), None);
    }
}
