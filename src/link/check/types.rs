//! Types of entities that linking does not know.

use std::collections::BTreeMap;

use super::{Entry, Findings};
use crate::link::text::lists;

/// Warns of each unknown type once, at the first entity that has it.
pub(super) fn check(entries: &[Entry], findings: &mut Findings) {
    let mut unknown: BTreeMap<&str, (&Entry, usize)> = BTreeMap::new();
    for entry in entries {
        let kind = entry.record.kind.as_str();
        if !kind.trim().is_empty() && !lists::is_known_kind(kind) {
            unknown.entry(kind).or_insert((entry, 0)).1 += 1;
        }
    }
    for (kind, (first, count)) in unknown {
        let what = format!(
            "the type `{kind}` ({count} of the table) is none that linking knows: for such entities a surname does not \
             follow its full name, titles are not cut off, and the model's type is no evidence"
        );
        let help = "write PER, ORG, LOC or MISC, or one of their common names (Person, Organization, GPE, Event)";
        findings.warn("unknown_type", first, what, help);
    }
}
