//! Linking again without inference: the same articles and the spans that a model found in them, another table.
//!
//! Articles are read, cleaned, cut into sentences and tokenized as in a run of the pipeline, so that what is written
//! is what that run would write; only the spans come from a file instead of the model.

use std::io::BufRead;

use rayon::prelude::*;

use crate::chunk::{Chunk, Encoded, chunks};
use crate::config::Config;
use crate::counters::Counters;
use crate::decode::NerSpan;
use crate::error::Result;
use crate::link::Linker;
use crate::mentions::{RecordOutcome, link};
use crate::model::Model;
use crate::outcome::Outcome;
use crate::read::{RawRecord, Reject};
use crate::report::{MentionCounts, RunReport, Started};
use crate::write::SpanReader;

/// What relinking needs besides articles and spans.
#[derive(Debug)]
pub struct Relinker {
    /// Its tokenizer counts tokens; its graph is not run.
    pub model: Model,
    /// The linker over the new table; without one, mentions are written as the model found them.
    pub linker: Option<Linker>,
    /// The configuration of the run that wrote the spans.
    pub config: Config,
}

impl Relinker {
    /// Links all records. `render` and `write` are those of [`Pipeline::run`](crate::pipeline::Pipeline::run). Fails
    /// where spans and records do not belong together.
    pub fn run<R: Send>(
        &self,
        records: impl Iterator<Item = std::result::Result<RawRecord, Reject>>,
        mut spans: SpanReader<impl BufRead>,
        render: impl Fn(&RecordOutcome<'_>) -> Result<R> + Sync,
        mut write: impl FnMut(R) -> Result<()>,
    ) -> Result<RunReport> {
        let started = Started::now();
        let counters = Counters::default();
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
                    link(encoded, language.as_deref(), found, self.linker.as_ref(), &counters)
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
