//! The directory of a sharded run: which files belong to it, and whether a run may write there.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::columns::article_rows;
use super::duplicates::DuplicateTracker;
use super::identity::{Identity, differences};
use super::journal::JOURNAL;
use super::manifest::{MANIFEST, Manifest, State};
use super::row_file::RowFormat;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::sha256_file;
use crate::read::{open_stored, path_of};

/// The kinds of files of a shard.
pub(super) const KINDS: [&str; 4] = ["mentions", "articles", "spans", "rejects"];

/// The name of a file of a shard.
pub(super) fn shard_file_name(kind: &str, number: usize, format: &RowFormat<'_>) -> String {
    format!("{kind}-{number:05}{}", format.ending())
}

/// True for the name of a file of a run, with or without `.part`.
pub(super) fn is_run_file(name: &str) -> bool {
    let name = name.strip_suffix(".part").unwrap_or(name);
    let is_shard = |name: &str| {
        let (kind, rest) = name.split_once('-')?;
        let (number, ending) = rest.split_once('.')?;
        let is_number = number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
        Some(KINDS.contains(&kind) && is_number && matches!(ending, "jsonl" | "jsonl.gz" | "jsonl.zst" | "parquet"))
    };
    name == MANIFEST || name == JOURNAL || is_shard(name) == Some(true)
}

/// The names of a directory that are those of files of a run.
pub(super) fn run_files(dir: &Path) -> Result<Vec<String>> {
    let failed = |error| Error::writing(dir, error);
    let entries = std::fs::read_dir(dir).map_err(failed)?.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    let names = entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| is_run_file(name)).collect())
}

/// Removes the files of earlier runs but those to `keep`, the manifest last.
pub(super) fn remove_files(dir: &Path, keep: &dyn Fn(&str) -> bool) -> Result<()> {
    let mut names = run_files(dir)?;
    names.sort_by_key(|name| name == MANIFEST);
    for name in names.iter().filter(|name| !keep(name)) {
        let path = dir.join(name);
        std::fs::remove_file(&path).map_err(|error| Error::writing(&path, error))?;
    }
    Ok(())
}

/// Without a manifest, finished files with the names of a run are not replaced unless the user asks for it.
pub(super) fn refuse_unlisted_files(dir: &Path) -> Result<()> {
    match run_files(dir)?.into_iter().find(|name| !name.ends_with(".part")) {
        Some(name) => Err(Error::config("the directory has the files of a run, but no manifest")
            .at(dir.join(name))
            .help("overwrite them, or use another directory")
            .with_setting("existing")),
        None => Ok(()),
    }
}

/// Checks that a resumed run is the run of the manifest. Inputs may have a new time if their content is the same.
pub(super) fn check_identity(manifest: &mut Manifest, identity: &Identity, dir: &Path) -> Result<()> {
    accept_new_times(manifest, identity);
    let differences = differences(&manifest.identity(), identity, 12);
    if differences.is_empty() {
        return Ok(());
    }
    let what = format!(
        "the run cannot be resumed, because its settings or inputs have changed\n    {}",
        differences.join("\n    ")
    );
    Err(Error::config(what)
        .at(dir.join(MANIFEST))
        .help("use the settings and inputs of the first run, or overwrite it")
        .with_setting("existing"))
}

/// Enters the new times of inputs with the same content. An input that was read to its end is compared by hash. Of the one
/// that reading resumes in, the records are compared as they are skipped; the inputs after it have not been read.
fn accept_new_times(manifest: &mut Manifest, identity: &Identity) {
    let resumes_at = manifest.end().map_or(0, |end| end.input as usize);
    let is_complete = manifest.state == State::Complete;
    for (number, (input, is)) in manifest.inputs.iter_mut().zip(&identity.inputs).enumerate() {
        let was = &mut input.identity;
        if was.modified == is.modified || was.path != is.path || was.size != is.size {
            continue;
        }
        let is_same = match input.read.as_ref().and_then(|read| read.sha256.as_ref()) {
            Some(hash) => sha256_file(&path_of(&is.path)).is_ok_and(|found| found == *hash),
            None => !is_complete && number >= resumes_at,
        };
        if is_same {
            was.modified.clone_from(&is.modified);
        }
    }
}

/// Restores the texts and ids of the articles in the complete shards.
pub(super) fn replay_articles(manifest: &Manifest, dir: &Path, duplicates: &mut DuplicateTracker) -> Result<()> {
    for file in manifest.files().filter(|file| file.name.starts_with("articles-")) {
        let path = dir.join(&file.name);
        let replayed = if file.has_columns() {
            article_rows(&path, |id, hash| duplicates.replay_article(id, hash))
        } else {
            open_stored(&path).and_then(|lines| duplicates.replay(lines))
        };
        replayed.map_err(|error| {
            Error::new(ErrorKind::Output, "a file of a complete shard cannot be read")
                .at(&path)
                .because(error)
                .help("restore the file, or overwrite the run")
                .with_setting("existing")
        })?;
    }
    Ok(())
}

/// Locks the directory against other runs. On a file system without locks there is no protection.
pub(super) fn lock(dir: &Path) -> Result<Option<File>> {
    let Ok(file) = File::open(dir) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Error::config("another run is writing to this directory")
            .at(dir)
            .help("wait until it ends, or use another directory")),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;
    use crate::read::{InputRead, Position};
    use crate::write::identity::InputIdentity;
    use crate::write::journal::ShardEntry;
    use crate::write::manifest::InputEntry;

    #[test]
    fn a_new_time_is_accepted_if_the_content_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jsonl");
        std::fs::write(&path, "now").unwrap();
        let at = |time: &str| InputIdentity {
            path: path.display().to_string(),
            size: Some(3),
            modified: Some(time.to_owned()),
        };
        let is = Identity { inputs: vec![at("today"), at("today")], ..Identity::default() };
        let manifest = |hashes: [Option<&str>; 2], state, resumes_at| {
            let entry = |hash: Option<&str>| InputEntry {
                identity: at("yesterday"),
                read: hash.map(|text| InputRead { sha256: Some(sha256(text.as_bytes())), ..InputRead::default() }),
                ..InputEntry::default()
            };
            let end = Position { input: resumes_at, ..Position::default() };
            let shard = ShardEntry { shard: 0, first_record: 0, counts: Default::default(), files: Vec::new(), end };
            let mut manifest = Manifest::new(Identity::default());
            (manifest.inputs, manifest.state, manifest.shards) = (hashes.map(entry).to_vec(), state, vec![shard]);
            manifest
        };
        for (hashes, state, resumes_at, accepted) in [
            ([Some("now"), Some("now")], State::Complete, 1, true),
            ([Some("now"), Some("was")], State::Complete, 1, false),
            ([Some("now"), None], State::Complete, 1, false),
            ([Some("now"), None], State::Stopped, 1, true),
            ([None, None], State::Running, 0, true),
            ([None, None], State::Running, 1, false),
            ([Some("was"), None], State::Stopped, 1, false),
        ] {
            let mut manifest = manifest(hashes, state, resumes_at);
            let checked = check_identity(&mut manifest, &is, dir.path()).map_err(|error| error.to_string());
            assert_eq!(checked.is_ok(), accepted, "{hashes:?} {state:?}: {checked:?}");
            assert!(!accepted || manifest.inputs[1].identity == at("today"));
        }
    }

    #[test]
    fn files_of_a_run_are_recognised_by_name() {
        for name in [
            "manifest.json",
            "manifest.json.part",
            JOURNAL,
            "mentions-00000.jsonl",
            "articles-00001.parquet",
            "rejects-123456.jsonl.zst.part",
        ] {
            assert!(is_run_file(name), "{name}");
        }
        for name in
            ["mentions.jsonl", "mentions-1.jsonl", "mentions-00000.json", "notes-00000.jsonl", "manifest.json.bak"]
        {
            assert!(!is_run_file(name), "{name}");
        }
    }
}
