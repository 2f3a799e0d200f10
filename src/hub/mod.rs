//! Models of the Hugging Face hub: downloaded once, checked, and found again in the hub's own cache.
//!
//! The cache is laid out as Hugging Face's Python library lays it out, so that each finds what the other has
//! downloaded:
//!
//! ```text
//! models--owner--name/
//!   blobs/HASH                       a file's bytes, named by their hash
//!   refs/main                        the commit that a branch or tag stands for
//!   snapshots/COMMIT/config.json     -> ../../blobs/HASH
//!   namewire/COMMIT.json             what was fetched and checked: the manifest
//! ```
//!
//! [`HubCache`] reads it and needs no network; [`fetch`] fills it. The client is a small one of our own over
//! `ureq`: the crate `hf-hub` 1.0 brings an async runtime and 280 crates, and 0.5, the last that can do without,
//! does not compare what arrives with its hash.

mod cache;
mod manifest;
mod name;
mod open;
mod settings;

#[cfg(feature = "hub")]
mod address;
#[cfg(feature = "hub")]
mod client;
#[cfg(feature = "hub")]
mod digest;
#[cfg(feature = "hub")]
mod download;
#[cfg(feature = "hub")]
mod fetch;
#[cfg(feature = "hub")]
mod repository;
#[cfg(feature = "hub")]
mod retry;
#[cfg(feature = "hub")]
mod select;
#[cfg(feature = "hub")]
mod store;
#[cfg(not(feature = "hub"))]
mod without;

pub use cache::HubCache;
#[cfg(feature = "hub")]
pub use fetch::fetch;
pub use manifest::{FetchManifest, ManifestFile};
pub use name::HubName;
pub use open::open_model;
pub use settings::{HubSettings, Patience, Token};
#[cfg(not(feature = "hub"))]
pub use without::fetch;

use crate::device::DeviceKind;
use crate::model::Snapshot;

/// What to fetch of a repository.
#[derive(Clone, Debug, Default)]
pub struct FetchOptions {
    /// Which ONNX file, by path, file name or stem; otherwise the one that suits the device.
    pub variant: Option<String>,
    /// The device that it will run on, which decides the precision: 8-bit integers on a CPU, half precision on a GPU.
    pub device: DeviceKind,
    /// The names of its labels, for a model that does not name them.
    pub labels: Option<Vec<String>>,
}

/// What came of [`fetch`].
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where the model lies now.
    pub snapshot: Snapshot,
    /// The ONNX file that was chosen.
    pub variant: String,
    /// All files, checked.
    pub manifest: FetchManifest,
    /// Where the manifest was written; `None` where the cache cannot be written to.
    pub manifest_path: Option<std::path::PathBuf>,
    /// How many bytes came over the network.
    pub downloaded: u64,
}

/// What happens during [`fetch`], for whoever watches.
#[derive(Clone, Copy, Debug)]
pub enum FetchEvent<'e> {
    /// A file is next.
    File {
        /// Path in the repository.
        path: &'e str,
        /// Bytes in all.
        size: u64,
    },
    /// So many bytes of the file are here.
    Reached(u64),
    /// All bytes are here, and are compared with the hash.
    Checking,
    /// Somebody else is downloading the file.
    Locked,
    /// Something failed, and is tried again after a wait.
    Waiting {
        /// What failed.
        why: &'e str,
        /// How long.
        wait: std::time::Duration,
    },
}
