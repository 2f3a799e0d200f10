//! `namewire entities`: tools for entity tables.

mod build;
mod check;
mod import;
mod show;
mod suggest;

use clap::Subcommand;
use namewire::error::Result;

use super::End;

#[derive(Debug, Subcommand)]
pub(super) enum EntitiesCommand {
    /// Compile tables of any size into one file that opens at once.
    Build(build::BuildArgs),
    /// Find mistakes and doubtful rows in entity tables.
    Check(check::CheckArgs),
    /// Turn dictionaries and plain lists into a table.
    Import(import::ImportArgs),
    /// Show an entity with its names and relations, and where they are written.
    Show(show::ShowArgs),
    /// Turn the unlinked mentions of a run into rows for a table.
    Suggest(suggest::SuggestArgs),
}

pub(super) fn run(command: &EntitiesCommand) -> Result<End> {
    match command {
        EntitiesCommand::Build(args) => build::run(args),
        EntitiesCommand::Check(args) => check::run(args),
        EntitiesCommand::Import(args) => import::run(args),
        EntitiesCommand::Show(args) => show::run(args),
        EntitiesCommand::Suggest(args) => suggest::run(args),
    }
}
