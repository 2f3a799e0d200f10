//! Abbreviated names of US states: "Fla.", "W.Va.".

use std::ops::Range;

use crate::link::text::lists;
use crate::link::text::view::FieldView;
use crate::link::text::words::Gap;

/// True for "Fla." and "W.Va."; for "Pa." and "La." after a comma.
pub(super) fn is_abbreviated_state(field: &FieldView<'_>, words: &Range<usize>) -> bool {
    let key = |at: usize| field.words.key(at);
    let is_name = words.clone().all(|at| field.words.get(at).case.is_capital());
    match words.len() {
        1 if key(words.start).len() == 2 && field.words.get(words.start).gap != Gap::Comma => false,
        1 => is_name && lists::state_of_abbreviation(key(words.start)).is_some(),
        2 => is_name && key(words.start) == "w" && key(words.start + 1) == "va",
        _ => false,
    }
}
