//! Decoding of data that may be broken, by code that panics on some of it.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use parquet::errors::ParquetError;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `decode`. A panic is an error, and no message about it is shown: the input is at fault, and what is said of it
/// says so.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let shown = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_GUARDED.get() {
                shown(info);
            }
        }));
    });
    let outer = IS_GUARDED.replace(true);
    let decoded = panic::catch_unwind(AssertUnwindSafe(decode));
    IS_GUARDED.set(outer);
    decoded.unwrap_or_else(|_| Err(ParquetError::General("its data is broken".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
        assert!(
            guarded(|| Ok([0; 0].iter().sum::<u32>() / u32::from(!IS_GUARDED.get())))
                .unwrap_err()
                .to_string()
                .contains("its data is broken")
        );
        assert!(!IS_GUARDED.get());
    }
}
