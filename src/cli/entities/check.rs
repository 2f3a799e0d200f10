//! `namewire entities check`: what is wrong or doubtful in entity tables.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::link::check::{self, Severity};
use serde_json::json;

use crate::cli::{End, print, print_json};

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 no errors (there may be warnings); 1 errors, with which the table does not load or
cannot be meant; 2 the check was not possible."
)]
pub(crate) struct CheckArgs {
    /// The files of one table.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object with all findings.
    #[arg(long)]
    json: bool,
    /// Report errors only.
    #[arg(long)]
    errors_only: bool,
}

pub(crate) fn run(args: &CheckArgs) -> Result<End> {
    let mut report = check::check_files(&args.files)?;
    let errors = report.count(Severity::Error);
    let warnings = report.count(Severity::Warning);
    if args.errors_only {
        report.findings.retain(|finding| finding.severity == Severity::Error);
    }
    if args.json {
        let value = json!({"entities": report.entities, "aliases": report.aliases, "errors": errors,
                           "warnings": warnings, "findings": report.findings});
        print_json(&format!("{value:#}\n"))?;
    } else {
        let mut text = String::new();
        for finding in &report.findings {
            let check::Finding { severity, code, file, line, what, help, .. } = finding;
            let _ = writeln!(text, "{file}:{line}: {}[{code}]: {what}\n  help: {help}", severity.as_str());
        }
        let (entities, aliases) = (report.entities, report.aliases);
        let _ = writeln!(text, "{entities} entities, {aliases} aliases: {errors} errors, {warnings} warnings");
        print(&text)?;
    }
    Ok(if errors > 0 { End::WithRejects } else { End::Done })
}
