//! Linking again without inference: the same articles and the spans that a model found in them, but another table.
//!
//! Articles are read, cleaned, cut into sentences and tokenized as in a run of the pipeline, so that what is written
//! is what that run would write; only the spans come from a file instead of the model.

use std::io::BufRead;
use std::path::Path;

use rayon::prelude::*;

use super::identity::relinked_footer;
use super::options::{OutputOptions, RunOptions, Target};
use super::sink::output_paths;
use super::{files, inputs, known_types, line_options, mention_columns};
use crate::chunk::{Chunk, Encoded, chunks};
use crate::config::Config;
use crate::counters::Counters;
use crate::decode::NerSpan;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::language::language_codes;
use crate::link::Linker;
use crate::mentions::{Extractor, RecordOutcome};
use crate::model::Model;
use crate::outcome::Outcome;
use crate::read::{RawRecord, Records, Reject, open_stored};
use crate::report::{MentionCounts, RunReport, Started};
use crate::write::{OutputPaths, Outputs, ParquetContent, SpanReader, render};

/// Links the spans that an earlier run wrote to `spans`, and writes what that run would have written with these options.
///
/// # Errors
///
/// As [`Run::open`](super::Run::open) and [`Run::execute`](super::Run::execute); also where spans and inputs do not
/// belong together, or where the outputs are a directory.
pub fn relink(options: &RunOptions, spans: &Path) -> Result<RunReport> {
    options.validate()?;
    let OutputOptions { target, summary, .. } = &options.output;
    let Target::Files { mentions, articles, spans: None, rejects } = target else {
        return Err(Error::invalid("target", "must be single files, without spans, to link again"));
    };
    let mut config = Config { read: options.read.clone(), ..Config::default() };
    config.languages.only = language_codes(&options.languages)?;
    let inputs = inputs::find(options)?.inputs;
    files::check_files(options, &inputs, Some(spans))?;
    let records = Records::new(inputs, &config.read);
    let table = options.engine.tables.open()?;
    let model = options.engine.open_model(Device::Cpu)?;
    let linking = || options.engine.linking.clone();
    let linker = table.map(|table| Linker::new(table, linking()).with_types(model.labels.types()));
    config.languages.known.clone_from(&model.card.languages);
    config.keep_addresses = options.engine.linking.keep_addresses;
    let mut lines = line_options(&options.output, &options.read.keep);
    lines.types = known_types(&options.output.types, &model, linker.as_ref())?.into_iter().collect();
    let found = open_stored(spans).map_err(|error| Error::opening(spans, error))?;
    let found = SpanReader::new(found, spans)?;
    let parquet = ParquetContent {
        mentions: mention_columns(&options.output, &options.read.keep),
        footer: relinked_footer(&model, &options.engine.tables)?,
    };
    let paths = output_paths(mentions, [articles, &None, rejects, summary], &options.output);
    let mut outputs = Outputs::create(&OutputPaths { parquet, ..paths })?;
    let relinker = Relinker { model, linker, config };
    let table = relinker.linker.as_ref().map(Linker::table);
    let render = |outcome: &RecordOutcome<'_>| render(outcome, table, &lines);
    let report = relinker.run(records, found, render, |rendered| outputs.write(&rendered))?;
    outputs.publish()?;
    Ok(report)
}

/// What relinking needs besides articles and spans.
struct Relinker {
    /// Its tokenizer counts tokens; its graph is not run.
    model: Model,
    /// The linker over the new table, if there is one.
    linker: Option<Linker>,
    /// The configuration of the run that wrote the spans.
    config: Config,
}

impl Relinker {
    /// Links all records. `render` and `write` are those of [`Pipeline::run`](crate::pipeline::Pipeline::run). Fails
    /// where spans and records do not belong together.
    fn run<R: Send>(
        &self,
        records: impl Iterator<Item = std::result::Result<RawRecord, Reject>>,
        mut spans: SpanReader<impl BufRead>,
        render: impl Fn(&RecordOutcome<'_>) -> Result<R> + Sync,
        mut write: impl FnMut(R) -> Result<()>,
    ) -> Result<RunReport> {
        let started = Started::now();
        let counters = Counters::default();
        let Self { model, linker, config } = self;
        let extractor = Extractor { model, config, linker: linker.as_ref(), counters: &counters };
        let mut report = RunReport::default();
        for raw in chunks(records, self.config.chunk) {
            Counters::add(&counters.records, raw.len());
            let chunk = Chunk::prepare(raw, &self.model, &self.config, None, &counters);
            let articles = chunk.articles.iter();
            let found: Vec<Vec<NerSpan>> = articles
                .map(|encoded| spans.of_article(&encoded.article, &encoded.raw_sentences()))
                .collect::<Result<_>>()?;
            let one = |record: &Outcome<Encoded>| {
                let outcome = record.as_ref().map(|Encoded { article, language }| {
                    let (encoded, found) = (&chunk.articles[*article], found[*article].clone());
                    extractor.link(encoded, language.as_deref(), found)
                });
                let outcome = outcome.transpose()?;
                Ok((MentionCounts::from(&outcome), render(&outcome)?))
            };
            let results: Result<Vec<_>> = chunk.records.par_iter().map(one).collect();
            for (record, (counts, rendered)) in chunk.records.iter().zip(results?) {
                report.count(record, &chunk, &self.config.languages);
                report.count_mentions(counts);
                write(rendered)?;
            }
            report.inputs.end_chunk();
        }
        spans.finish()?;
        report.close(&counters, &started);
        Ok(report)
    }
}
