//! Opening a model by the name that a user gives it.

use std::path::{Path, PathBuf};

use super::{HubCache, HubName};
use crate::error::Result;
use crate::model::{Model, ModelOptions};

/// The folder of a model that a user names, where there is one.
pub fn model_folder(name: &Path) -> Option<PathBuf> {
    match hub_name(name) {
        Some(name) => Some(HubCache::from_environment().find(&name).ok()?.folder),
        None => Some(name.to_owned()),
    }
}

/// The name, where it is one of the hub and no folder has it.
fn hub_name(name: &Path) -> Option<HubName> {
    name.to_str().and_then(|text| text.parse().ok()).filter(|_| !name.exists())
}

/// Opens a model folder or, where there is none of that name, the model `owner/name[@revision]` in the hub's cache.
/// Downloads nothing.
pub fn open_model(name: &Path, options: &ModelOptions) -> Result<Model> {
    match hub_name(name) {
        Some(name) => Model::open_snapshot(HubCache::from_environment().find(&name)?, options),
        None => Model::open(name, options),
    }
}
