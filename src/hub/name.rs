//! The name of a model on the hub: `owner/name`, with or without `@revision`.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// A model repository, optionally at a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubName {
    owner: String,
    name: String,
    revision: Option<String>,
}

impl HubName {
    /// The repository without a revision: `owner/name`.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The requested branch, tag or commit.
    pub fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }

    /// The revision, by default the main branch.
    pub fn revision_or_main(&self) -> &str {
        self.revision().unwrap_or("main")
    }

    /// The same repository at another revision.
    pub fn at(&self, revision: &str) -> Self {
        Self { revision: Some(revision.to_owned()), ..self.clone() }
    }

    /// The folder of the repository in the hub's cache.
    pub(super) fn folder(&self) -> String {
        format!("models--{}--{}", self.owner, self.name)
    }

    /// The repository of a folder in the cache.
    pub(super) fn from_folder(folder: &str) -> Option<Self> {
        let (owner, name) = folder.strip_prefix("models--")?.split_once("--")?;
        format!("{owner}/{name}").parse().ok()
    }
}

impl FromStr for HubName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (repository, revision) = match text.split_once('@') {
            Some((repository, revision)) => (repository, Some(revision)),
            None => (text, None),
        };
        let parts = repository.split_once('/').filter(|(owner, name)| is_part(owner) && is_part(name));
        let Some((owner, name)) = parts else {
            return Err(Error::config(format!("{repository:?} is not the name of a model on the hub"))
                .help("give owner and name as in its address, for example dslim/bert-base-NER"));
        };
        if let Some(revision) = revision.filter(|revision| !is_revision(revision)) {
            return Err(Error::config(format!("{revision:?} is not a revision"))
                .help("give a branch, a tag or a commit after the @, for example dslim/bert-base-NER@main"));
        }
        Ok(Self { owner: owner.to_owned(), name: name.to_owned(), revision: revision.map(str::to_owned) })
    }
}

impl fmt::Display for HubName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.owner, self.name)?;
        self.revision.iter().try_for_each(|revision| write!(out, "@{revision}"))
    }
}

/// Whether the text is a full commit: 40 hexadecimal digits, as git writes them.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && is_hex(text)
}

pub(super) fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The hub's own rule; its cache writes `--` for the slash.
fn is_part(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=96).contains(&part.len())
        && part.bytes().all(allowed)
        && !part.contains("--")
        && !part.contains("..")
        && !part.starts_with(['-', '.'])
        && !part.ends_with(['-', '.'])
}

/// What git allows and a path below `refs/` may contain.
fn is_revision(revision: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+');
    revision.len() <= 200
        && revision.bytes().all(allowed)
        && revision.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_revisions_are_parsed() {
        for (text, repository, revision) in [
            ("dslim/bert-base-NER", "dslim/bert-base-NER", None),
            ("dslim/bert-base-NER@main", "dslim/bert-base-NER", Some("main")),
            ("a/b@refs/pr/3", "a/b", Some("refs/pr/3")),
            ("a/b_1.5@v1.0+x", "a/b_1.5", Some("v1.0+x")),
        ] {
            let name: HubName = text.parse().unwrap();
            assert_eq!((name.repository().as_str(), name.revision()), (repository, revision));
            assert_eq!(name.to_string(), text);
            assert_eq!(HubName::from_folder(&name.folder()).unwrap().repository(), repository);
        }
        for text in [
            "model",
            "/a/b",
            "a/b/c",
            "../b",
            "a/..",
            "./b",
            "a/",
            "a/b@",
            "a/b@../x",
            "a/b@x/../y",
            "a/b@/x",
            "a/b@x\\y",
            "a/b@.hidden",
            "a--b/c",
            "a b/c",
            "a/b@x y",
            "",
        ] {
            assert!(text.parse::<HubName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn commits_are_forty_lower_case_digits() {
        assert!(is_commit(&"0a".repeat(20)));
        assert!(!is_commit(&"0A".repeat(20)) && !is_commit("0a0a") && !is_commit(&"0g".repeat(20)));
    }
}
