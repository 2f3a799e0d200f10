//! Opening a model by the name that a user gives it.

use std::path::Path;

use super::{HubCache, HubName};
use crate::error::Result;
use crate::model::{Model, ModelOptions};

/// Opens a model folder or, where there is none of that name, the model `owner/name[@revision]` in the hub's cache.
/// Downloads nothing.
pub fn open_model(name: &Path, options: &ModelOptions) -> Result<Model> {
    match name.to_str().and_then(|text| text.parse::<HubName>().ok()).filter(|_| !name.exists()) {
        Some(name) => Model::open_snapshot(HubCache::from_environment().find(&name)?, options),
        None => Model::open(name, options),
    }
}
