//! Flags of the commands that write mentions: `extract` and `relink`.

use std::path::PathBuf;

use clap::Args;
use namewire::error::Result;
use namewire::run::RunOptions;

use super::engine::{LinkingArgs, ModelArgs};
use super::reading::{ReadingArgs, WritingArgs};
use super::selection::{ListArgs, SelectionArgs};

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) writing: WritingArgs,
    #[command(flatten)]
    linking: LinkingArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    model: ModelArgs,
}

impl RunArgs {
    /// The settings that the flags give, but for the target.
    pub(super) fn options(&self, inputs: &[PathBuf]) -> Result<RunOptions> {
        let mut options = RunOptions::default();
        options.inputs.paths = inputs.to_vec();
        options.inputs.listed = self.list.listed(inputs)?;
        options.inputs.setting_files.extend(self.list.files_from.clone());
        options.inputs.setting_files.extend(self.model.labels_file());
        options.read = self.reading.options();
        options.read.selection = self.selection.selection(self.list.seed);
        options.languages = self.reading.languages().to_vec();
        self.model.apply(&mut options.engine)?;
        self.linking.apply(&mut options.engine);
        self.writing.apply(&mut options.output);
        Ok(options)
    }
}
