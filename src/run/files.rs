//! The files of a run, compared before any output is opened.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use ahash::AHashSet;
use serde::Deserialize;

use super::options::{InputOptions, OutputOptions, RunOptions, Target};
use super::sink::{output_paths, rejects_beside};
use crate::error::{Error, Result};
use crate::read::{Input, open_stored, path_of};
use crate::write::{FileAccess, is_same_file};

/// Checks that no output is a file that the run reads, or another output. `spans` is the spans file that is linked again.
pub(super) fn check_files(options: &RunOptions, inputs: &[Input], spans: Option<&Path>) -> Result<()> {
    let InputOptions { paths: _, listed: _, retry, setting_files } = &options.inputs;
    let OutputOptions { target, summary, .. } = &options.output;
    let mut access = FileAccess::default();
    let role = if retry.is_empty() { "input" } else { "rejects file" };
    access.read_all(role, inputs.iter().map(|input| &input.path)).read_all("file", setting_files);
    access.read_all("spans file", spans);
    options.engine.add_files(&mut access);
    if !retry.is_empty() {
        access.read_all("input", retried_inputs(inputs)?);
    }
    match target {
        Target::Files { mentions, articles, spans, rejects } => {
            check_retried_run(mentions, retry)?;
            let files = [articles, spans, rejects, summary];
            access.write_outputs(&output_paths(mentions, files, &options.output));
        }
        Target::Directory { path, .. } => {
            access.write_shards(path).write_all("summary", summary);
        }
    }
    access.check()
}

/// Fails if the mentions would replace those of the run whose rejects are processed again.
fn check_retried_run(mentions: &Path, retry: &[PathBuf]) -> Result<()> {
    let Some(rejects) = rejects_beside(mentions).filter(|_| mentions.is_file()) else { return Ok(()) };
    match retry.iter().find(|retried| is_same_file(retried, &rejects)) {
        Some(retried) => Err(Error::config(format!(
            "the mentions of the run whose rejects {} are processed again would be lost",
            retried.display()
        ))
        .at(mentions)
        .help("give the output another name: it gets the mentions of the rejected records only")
        .with_setting("mentions")),
        None => Ok(()),
    }
}

/// The inputs that rejects files name: truncated records are read from them.
fn retried_inputs(rejects: &[Input]) -> Result<Vec<PathBuf>> {
    #[derive(Deserialize)]
    struct Line {
        input: String,
    }
    let mut found: AHashSet<String> = AHashSet::new();
    for file in rejects.iter().filter(|file| !file.is_stdin()) {
        let failed = |error| Error::opening(&file.path, error);
        for line in open_stored(&file.path).map_err(failed)?.split(b'\n') {
            // Lines that are not rejects are reported when their turn comes.
            if let Ok(Line { input }) = serde_json::from_slice(&line.map_err(failed)?) {
                found.insert(input);
            }
        }
    }
    Ok(found.iter().map(|input| path_of(input)).collect())
}
