//! Compiled tables: whether every byte is as it was written.

use std::path::Path;

use super::{Finding, Severity};
use crate::link::table::EntityTable;

/// What is wrong with a file. It becomes the base for the rows over it, unless it is the second one.
pub(super) fn damage(path: &Path, base: &mut Option<EntityTable>) -> Option<Finding> {
    let file = path.display().to_string();
    let finding = |what: String, help: &str| Finding {
        severity: Severity::Error,
        code: "damaged_table",
        file: file.clone(),
        line: 0,
        entity_id: None,
        alias: None,
        what,
        help: help.to_owned(),
    };
    let help = "make it again with `namewire entities build`";
    match EntityTable::load(&[path.to_owned()]) {
        Err(error) => Some(finding(error.to_string(), help)),
        Ok(_) if base.is_some() => Some(finding(
            "this is a second compiled table".into(),
            "one table can lie under your rows: make one of both with `namewire entities build`",
        )),
        Ok(table) if !table.is_whole() => {
            Some(finding("the file is damaged: its bytes do not have the digest that it states".into(), help))
        }
        Ok(table) => {
            *base = Some(table);
            None
        }
    }
}
