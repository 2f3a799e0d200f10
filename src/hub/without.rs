//! What stands for the downloads in a build without them.

use super::{FetchEvent, FetchOptions, Fetched, HubName, HubSettings};
use crate::error::{Error, ErrorKind, Result};

/// Fails: this build downloads nothing.
pub fn fetch(
    name: &HubName,
    _options: &FetchOptions,
    _settings: &HubSettings,
    _watch: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<Fetched> {
    Err(Error::new(ErrorKind::Hub, "this build of namewire has no hub: it was made without the feature \"hub\"").help(
        format!("download {name} with `hf download`, whose cache namewire reads, or give a model folder to --model"),
    ))
}
