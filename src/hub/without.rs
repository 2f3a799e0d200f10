//! [`fetch`] in a build without downloads.

use super::{FetchEvent, FetchOptions, Fetched, HubName, HubSettings};
use crate::error::{Error, ErrorKind, Result};

/// Fails: this build downloads nothing.
pub fn fetch(
    name: &HubName,
    _options: &FetchOptions,
    _settings: &HubSettings,
    _watch: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<Fetched> {
    Err(Error::new(ErrorKind::Hub, "this build cannot fetch models: it was made without the feature \"hub\"")
        .help(format!("`hf download {name}` fills the same cache; or name a model folder"))
        .with_setting("model"))
}
