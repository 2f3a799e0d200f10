//! `namewire entities`: tools for entity tables.

mod check;
mod import;
mod suggest;

use clap::Subcommand;
use namewire::error::Result;

use super::End;

#[derive(Debug, Subcommand)]
pub(super) enum EntitiesCommand {
    /// Find mistakes and doubtful rows in entity tables.
    Check(check::CheckArgs),
    /// Turn dictionaries and plain lists into a table.
    Import(import::ImportArgs),
    /// Turn the unlinked mentions of a run into rows for a table.
    Suggest(suggest::SuggestArgs),
}

pub(super) fn run(command: &EntitiesCommand) -> Result<End> {
    match command {
        EntitiesCommand::Check(args) => check::run(args),
        EntitiesCommand::Import(args) => import::run(args),
        EntitiesCommand::Suggest(args) => suggest::run(args),
    }
}
