//! What is wrong or doubtful in an entity table, line by line.
//!
//! Loading stops at the first line that cannot stand; checking goes on and finds them all, and looks for rows that load
//! but do not do what their writer meant. Errors are what keeps a table from loading, and circles of places or bodies;
//! everything else is a warning.

mod aliases;
mod compiled;
mod lines;
mod network;
mod partial;
#[cfg(test)]
mod tests;
mod types;

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::link::table::EntityTable;
use crate::link::table::record::EntityRecord;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The table does not load, or cannot be meant so.
    Error,
    /// It loads, and somebody should look at it.
    Warning,
}

impl Severity {
    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong or doubtful.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// The stable name of the rule.
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// The line, counted from 1; 0 for the file as a whole.
    pub line: u32,
    /// The entity of that line, where it can be told.
    pub entity_id: Option<String>,
    /// The alias that it is about.
    pub alias: Option<String>,
    /// What is found.
    pub what: String,
    /// What to do about it.
    pub help: String,
}

/// All findings of a table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By file and line, errors first within a line.
    pub findings: Vec<Finding>,
    /// Entities that could be read.
    pub entities: usize,
    /// Their aliases, names included.
    pub aliases: usize,
}

impl Report {
    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// A line that could be read.
struct Entry {
    record: EntityRecord,
    file: Arc<str>,
    line: u32,
}

/// Collects findings.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, code: &'static str, at: &Entry, what: String, help: &str) -> &mut Finding {
        let id = Some(at.record.id.clone());
        self.add_line(severity, code, (&at.file, at.line), id, what, help)
    }

    fn add_line(
        &mut self,
        severity: Severity,
        code: &'static str,
        (file, line): (&Arc<str>, u32),
        entity_id: Option<String>,
        what: String,
        help: &str,
    ) -> &mut Finding {
        let (file, help) = (file.to_string(), help.to_owned());
        self.0.push(Finding { severity, code, file, line, entity_id, alias: None, what, help });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    fn error(&mut self, code: &'static str, at: &Entry, what: String, help: &str) -> &mut Finding {
        self.add(Severity::Error, code, at, what, help)
    }

    fn warn(&mut self, code: &'static str, at: &Entry, what: String, help: &str) -> &mut Finding {
        self.add(Severity::Warning, code, at, what, help)
    }
}

/// Checks the files of one table. Fails only where a file cannot be read at all.
pub fn check_files(paths: &[PathBuf]) -> Result<Report> {
    let mut sources = Vec::with_capacity(paths.len());
    let mut base = None;
    let mut damaged = Vec::new();
    for path in paths {
        if EntityTable::is_compiled_file(path)? {
            damaged.extend(compiled::damage(path, &mut base));
            continue;
        }
        let bytes = std::fs::read(path)
            .map_err(|error| Error::new(ErrorKind::Table, "cannot read the entity table").at(path).because(error))?;
        sources.push((path.display().to_string(), bytes));
    }
    let sources: Vec<(&str, &[u8])> = sources.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let mut report = if sources.is_empty() { Report::default() } else { check_over(base.as_ref(), &sources) };
    report.findings.splice(0..0, damaged);
    if let Some(base) = &base {
        report.entities += base.len();
        report.aliases += base.alias_count();
    }
    Ok(report)
}

/// Checks the texts of one table, each with the name that findings give it.
pub fn check(sources: &[(&str, &[u8])]) -> Report {
    check_over(None, sources)
}

/// Checks texts over a compiled table, whose entities they may name, extend and remove.
fn check_over(base: Option<&EntityTable>, sources: &[(&str, &[u8])]) -> Report {
    let mut findings = Findings::default();
    let mut entries = Vec::new();
    for (name, bytes) in sources {
        lines::read(&Arc::from(*name), bytes, &mut entries, &mut findings);
    }
    if entries.is_empty() && findings.0.is_empty() {
        let file = Arc::from(sources.first().map_or("", |(name, _)| *name));
        let help = "give a file with one entity per line";
        findings.add_line(Severity::Error, "empty", (&file, 0), None, "the table holds no entity".into(), help);
    }
    let entries = partial::apply(entries, base, &mut findings);
    network::check(&entries, base, &mut findings);
    aliases::check(&entries, &mut findings);
    types::check(&entries, &mut findings);
    let order: Vec<&str> = sources.iter().map(|(name, _)| *name).collect();
    let rank = |file: &str| order.iter().position(|name| *name == file);
    findings.0.sort_by(|left, right| {
        let key = |finding: &Finding| (rank(&finding.file), finding.line, finding.severity, finding.code);
        key(left).cmp(&key(right)).then_with(|| left.what.cmp(&right.what))
    });
    let aliases = entries.iter().map(|entry| entry.record.aliases.len() + 1).sum();
    Report { findings: findings.0, entities: entries.len(), aliases }
}
