//! Linking again without inference: the same articles and the spans that a model found in them, another table.
//!
//! Articles are read, cleaned, cut into sentences and tokenized as in a run of the pipeline, so that what is written
//! is what that run would write; only the spans come from a file instead of the model.

use std::io::BufRead;

use rayon::prelude::*;

use crate::chunk::{Chunk, Item, chunks};
use crate::config::Config;
use crate::decode::NerSpan;
use crate::error::Result;
use crate::finish::{Outcome, link};
use crate::link::Linker;
use crate::model::Model;
use crate::read::{RawRecord, Reject};
use crate::report::{Counters, RunReport, Started};
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
        render: impl Fn(&Outcome<'_>) -> Result<R> + Sync,
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
            let one = |item: &Item| {
                let outcome = self.outcome(item, &chunk, &found, &counters)?;
                Ok((outcome.tally(&self.config.languages), render(&outcome)?))
            };
            let results: Result<Vec<_>> = chunk.items.par_iter().map(one).collect();
            for (item, (tally, rendered)) in chunk.items.iter().zip(results?) {
                tally.add_to(chunk.input_of(item), &mut report);
                write(rendered)?;
            }
            report.inputs.end_chunk();
        }
        spans.finish()?;
        report.close(&counters, &started);
        Ok(report)
    }

    fn outcome<'c>(
        &self,
        item: &'c Item,
        chunk: &'c Chunk,
        found: &[Vec<NerSpan>],
        counters: &Counters,
    ) -> Result<Outcome<'c>> {
        match item {
            Item::Rejected(reject) => Ok(Outcome::Rejected(reject)),
            Item::Skipped { article, language } => Ok(Outcome::Skipped { article, language: language.as_deref() }),
            Item::Encoded { article, language } => {
                let (encoded, found) = (&chunk.articles[*article], found[*article].clone());
                let done = link(encoded, language.as_deref(), found, self.linker.as_ref(), counters)?;
                Ok(Outcome::Finished(Box::new(done)))
            }
        }
    }
}
