//! A build that does not read pages.

use super::{Page, PageError, PageOptions};

/// Fails: this build does not read pages.
pub fn extract(_html: &str, _options: &PageOptions) -> Result<Page, PageError> {
    Err(PageError::NotBuilt)
}

/// Fails: this build does not read pages.
pub fn extract_fragment(_html: &str, _options: &PageOptions) -> Result<Page, PageError> {
    Err(PageError::NotBuilt)
}
