//! The names of inputs: as short as tells them apart.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::input::Input;
use super::paths::shown;

/// Gives inputs that share a name as much more of their path as tells them apart.
pub(super) fn make_unique(inputs: &mut [Input]) {
    loop {
        let mut by_name: HashMap<&str, &Path> = HashMap::new();
        let mut shared: HashSet<String> = HashSet::new();
        for input in inputs.iter() {
            if **by_name.entry(&input.name).or_insert(&input.path) != *input.path {
                shared.insert(input.name.clone());
            }
        }
        let mut is_changed = false;
        for input in inputs.iter_mut().filter(|input| shared.contains(&input.name)) {
            if let Some(longer) = longer_name(input) {
                input.name = longer;
                is_changed = true;
            }
        }
        if !is_changed {
            return;
        }
    }
}

/// The name of an input with one more component of its path; `None` where it has all of it.
fn longer_name(input: &Input) -> Option<String> {
    let path = shown(&input.path);
    let before = path.strip_suffix(&input.name).filter(|before| !before.is_empty())?;
    let start = before.trim_end_matches('/').rfind('/').map_or(0, |slash| slash + 1);
    // The root has no name.
    let start = if before.trim_end_matches('/').is_empty() { 0 } else { start };
    Some(path[start..].to_owned())
}
