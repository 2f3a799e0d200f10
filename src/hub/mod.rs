//! Models of the Hugging Face hub: downloaded once, verified, and opened from the hub's own cache.
//!
//! The cache has the layout of Hugging Face's Python library, so that each finds what the other has downloaded:
//!
//! ```text
//! models--owner--name/
//!   blobs/HASH                       a file's bytes, named by their hash
//!   refs/main                        the commit of a branch or tag
//!   snapshots/COMMIT/config.json     -> ../../blobs/HASH
//!   namewire/COMMIT.json             the manifest: what was fetched and verified
//! ```
//!
//! [`HubCache`] reads it without a network; [`fetch`] fills it. The client is a small one over `ureq`: the crate `hf-hub`
//! 1.0 brings an async runtime and 280 crates, and 0.5, the last without one, does not verify hashes.

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
pub use open::{model_folder, open_model};
pub use settings::{HubSettings, RetryPolicy, Token};
#[cfg(not(feature = "hub"))]
pub use without::fetch;

use crate::device::DeviceKind;
use crate::model::Snapshot;

/// Which files of a repository to fetch.
#[derive(Clone, Debug, Default)]
pub struct FetchOptions {
    /// The ONNX file, by path, file name or stem; `None`: the one that suits the device.
    pub variant: Option<String>,
    /// The device that it will run on, which decides the precision: 8-bit integers on a CPU, half precision on a GPU.
    pub device: DeviceKind,
    /// Label names in the order of the logits, for a model without names for its labels.
    pub labels: Option<Vec<String>>,
}

/// The result of [`fetch`].
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The model in the cache.
    pub snapshot: Snapshot,
    /// The ONNX file that was chosen.
    pub variant: String,
    /// All files, verified.
    pub manifest: FetchManifest,
    /// Where the manifest was written; `None` where the cache cannot be written to.
    pub manifest_path: Option<std::path::PathBuf>,
    /// Number of bytes downloaded.
    pub downloaded: u64,
}

/// Progress of [`fetch`].
#[derive(Clone, Copy, Debug)]
pub enum FetchEvent<'e> {
    /// A file begins.
    File {
        /// Path in the repository.
        path: &'e str,
        /// Its size in bytes.
        size: u64,
    },
    /// Number of bytes of the file downloaded so far.
    Reached(u64),
    /// The file is complete and its hash is being verified.
    Checking,
    /// Another process is downloading the file.
    Locked,
    /// A request failed and is tried again after a wait.
    Waiting {
        /// The failure.
        why: &'e str,
        /// The wait.
        wait: std::time::Duration,
    },
}
