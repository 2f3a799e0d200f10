//! The hashes of the hub's files, and verifying them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::name::is_hex;
use crate::hash::hex;

/// The hash that the hub states for a file. It is also the name of the file's blob in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    /// SHA-256 of the content: files in large file storage.
    Sha256(String),
    /// Git's hash of the content, a SHA-1 with a header: small files.
    GitBlob(String),
}

/// Size and hashes of a file.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) size: u64,
    pub(super) sha256: String,
    pub(super) git_blob: String,
}

impl Digest {
    /// The digest of an entity tag or of the name of a blob; `None` where it is neither hash.
    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
        match tag.len() {
            64 if is_hex(tag) => Some(Self::Sha256(tag.to_owned())),
            40 if is_hex(tag) => Some(Self::GitBlob(tag.to_owned())),
            _ => None,
        }
    }

    /// The hexadecimal digits.
    pub(super) fn tag(&self) -> &str {
        match self {
            Self::Sha256(tag) | Self::GitBlob(tag) => tag,
        }
    }

    /// The name of the hash function, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "SHA-256",
            Self::GitBlob(_) => "git SHA-1",
        }
    }

    /// The hash of a file by the same function.
    pub(super) fn of<'m>(&self, measured: &'m Measured) -> &'m str {
        match self {
            Self::Sha256(_) => &measured.sha256,
            Self::GitBlob(_) => &measured.git_blob,
        }
    }
}

/// Reads a file once, for its size and both hashes.
pub(super) fn measure(path: &Path) -> std::io::Result<Measured> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let (mut sha256, mut git) = (Sha256::new(), Sha1::new());
    git.update(format!("blob {size}\0"));
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => {
                sha256.update(&buffer[..read]);
                git.update(&buffer[..read]);
            }
        }
    }
    Ok(Measured { size, sha256: hex(sha256.finalize().as_slice()), git_blob: hex(git.finalize().as_slice()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_hashes_that_git_and_sha256sum_print() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hello");
        std::fs::write(&path, "hello\n").unwrap();
        let measured = measure(&path).unwrap();
        assert_eq!(measured.size, 6);
        // `git hash-object hello`, `sha256sum hello`
        assert_eq!(measured.git_blob, "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(measured.sha256, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    }

    #[test]
    fn digests_are_recognised_by_their_length() {
        let (short, long) = ("0a".repeat(20), "0a".repeat(32));
        assert_eq!(Digest::from_tag(&format!("W/\"{short}\"")), Some(Digest::GitBlob(short.clone())));
        assert_eq!(Digest::from_tag(&long), Some(Digest::Sha256(long.clone())));
        for tag in ["", "\"abc-5\"", "../../../../../../../../../../../../../x", &long.to_uppercase()] {
            assert_eq!(Digest::from_tag(tag), None, "{tag}");
        }
    }
}
